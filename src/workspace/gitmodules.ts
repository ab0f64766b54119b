import { UserError } from "../errors.ts";
import { fieldsOf, git } from "./git.ts";
import type { Mirror } from "./mirror.ts";

const largest = 200_000;

/**
 * The addresses of submodules by their paths, as `.gitmodules` of a commit or tree writes them (gitmodules(5)). They are what anybody wrote, for
 * `parseSubmoduleUrl` alone. Nothing that the file says is done: of all its settings only `path` and `url` are looked at.
 * @throws UserError for a file that git cannot read, or that says something twice
 */
export async function readGitmodules(
  mirror: Pick<Mirror, "readBlob" | "directory">,
  treeish: string,
): Promise<ReadonlyMap<string, string>> {
  const content = await mirror.readBlob(treeish, ".gitmodules");
  if (content === undefined) return new Map();
  if (content.length > largest) throw new UserError(`.gitmodules has more than ${largest} bytes.`);
  const { code, stdout } = await git(["config", "--file", "-", "--no-includes", "--list", "-z"], {
    gitDirectory: mirror.directory,
    input: content,
    accept: [0, 1, 3, 128],
  });
  if (code !== 0) throw new UserError(".gitmodules is not in git's format; `git config -f .gitmodules -l` says where.");
  const modules = new Map<string, { path?: string; url?: string }>();
  for (const field of fieldsOf(stdout)) {
    const [, name = "", key, value] = /^submodule\.([^\n]*)\.(path|url)\n([\s\S]*)$/.exec(field) ?? [];
    if (value === undefined || (key !== "path" && key !== "url")) continue;
    const found = modules.get(name) ?? {};
    if (found[key] !== undefined) throw new UserError(`.gitmodules names the ${key} of ${JSON.stringify(name)} twice.`);
    modules.set(name, { ...found, [key]: value });
  }
  const urls = new Map<string, string>();
  for (const { path, url } of modules.values()) {
    if (path === undefined || url === undefined) continue;
    if (urls.has(path)) throw new UserError(`.gitmodules names the path ${JSON.stringify(path)} twice.`);
    urls.set(path, url);
  }
  return urls;
}

export interface RepositoryName {
  readonly owner: string;
  readonly name: string;
}

/**
 * The repository that a submodule's address leads to. Only the names are taken from it, so that nobody can put anything else into the address
 * that is fetched.
 * @param cloneUrl of the repository that has the submodule: relative addresses begin there, and others must lead to the same server
 * @returns the end of a sentence about the address, when it is none that may be used
 */
export function parseSubmoduleUrl(text: string, cloneUrl: string): RepositoryName | { readonly problem: string } {
  const own = new URL(cloneUrl);
  if (text.length > 1_000 || /[\p{Cc}\p{Cf}\s\\%?#]/u.test(text))
    return { problem: "holds characters that no address of a repository has" };
  const path = /^\.\.?\//.test(text) ? joined(own.pathname, text) : pathOn(own, text);
  if (path === null) return { problem: `does not lead to a repository on ${own.host}, where this one is` };
  if (typeof path !== "string") return path;
  const [, owner, name] =
    /^\/?([A-Za-z0-9_][A-Za-z0-9_-]{0,99})\/([A-Za-z0-9_.-]{1,100}?)(?:\.git)?\/?$/.exec(path) ?? [];
  if (owner === undefined || name === undefined || /^\.+$|^\.git$/.test(name))
    return { problem: `is not of the form ${own.origin}/OWNER/NAME.git` };
  return { owner, name };
}

/** A relative address as git resolves it: `../` takes one part away, from the end of the repository's own. */
function joined(base: string, relative: string): string | null {
  const parts = base.replace(/^\/|\/$/g, "").split("/");
  let rest = relative;
  for (let found = /^(\.\.?)\/+/.exec(rest); found !== null; found = /^(\.\.?)\/+/.exec(rest)) {
    if (found[1] === ".." && parts.pop() === undefined) return null;
    rest = rest.slice(found[0].length);
  }
  return [...parts, rest].join("/");
}

/** The path of an absolute address on the server; by ssh means the same repository as without. */
function pathOn(own: URL, text: string): string | null | { readonly problem: string } {
  const scp = /^git@([A-Za-z0-9.-]+):(?!\/)(.*)$/.exec(text) ?? /^ssh:\/\/git@([A-Za-z0-9.-]+)\/(.*)$/.exec(text);
  if (scp !== null) return scp[1]?.toLowerCase() === own.hostname ? (scp[2] ?? null) : null;
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || /^\w+:\/\/[^/]*@/.test(text))
    return { problem: "holds a name or password" };
  // The URL parser would take `..` for what it means; here it means that somebody tries something.
  const path = text.replace(/^\w+:\/\/[^/]*/, "");
  return url.origin === own.origin ? path : null;
}
