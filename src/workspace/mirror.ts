import { createHash, randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../domain/ids.ts";
import { TransientError, UserError } from "../errors.ts";
import { exclusively } from "./exclusive.ts";
import { git, GitError, type GitOptions } from "./git.ts";
import { openObjects, type GitObjects } from "./objects.ts";

export interface Remote {
  /** `https://…/owner/name.git`, without credentials. */
  readonly url: string;
  /** Installation token; reaches git by environment only. */
  readonly token?: string;
}

/** One bare repository per repository of GitHub. Untrusted code never sees its directory. */
export interface Mirror extends GitObjects {
  /**
   * Fetches the commit if it is not here yet; a broken mirror is made anew.
   * @throws UserError when the remote has no such commit or refuses us, TransientError when it is away
   */
  ensureCommit(
    request: Remote & { readonly sha: Sha; readonly ref?: string; readonly signal?: AbortSignal },
  ): Promise<void>;
}

export interface MirrorOptions {
  readonly dataDir: string;
  /** GitHub's number of the repository, or the name of what is not kept by its number. */
  readonly repositoryId: number | `submodule-${string}`;
  /** Time limit of one git command in ms; default 120 000. */
  readonly timeoutMs?: number;
  /** For tests with a local remote: also `file://` URLs. */
  readonly allowFileProtocol?: boolean;
}

/** Where the commits that runs have asked for have a ref each; its file has the time at which one was asked for last. */
export const commitRefs = join("refs", "commits");

/** Commits that a mirror of this shape was seen to hold: a run asks for the same few again and again, and each time would start a git. */
const seen = new Set<string>();
const mostSeen = 1_000;

/** What is different after a mirror was broken or made anew; undefined when there is none. */
async function shapeOf(directory: string): Promise<string | undefined> {
  const packs = join("objects", "pack");
  const names = await readdir(join(directory, packs)).catch(() => []);
  const files = ["HEAD", "config", ...names.map((name) => join(packs, name))];
  const all = await Promise.all(files.map((file) => stat(join(directory, file)).catch(() => undefined)));
  if (all[0] === undefined) return undefined;
  const shapes = all.map((one) => (one === undefined ? "" : `${one.ino} ${one.size} ${one.mtimeMs}`));
  return createHash("sha256")
    .update([directory, ...shapes].join("\n"))
    .digest("hex");
}

/** The mirror `<dataDir>/mirrors/<repository id>.git`; made on first use. */
export function openMirror(options: MirrorOptions): Mirror {
  const directory = join(options.dataDir, "mirrors", `${options.repositoryId}.git`);
  const timeoutMs = options.timeoutMs ?? 120_000;
  const run = (args: readonly string[], more: GitOptions = {}) =>
    git(args, { gitDirectory: directory, timeoutMs, ...more });

  const holds = async (sha: Sha) => {
    const shape = await shapeOf(directory);
    if (shape === undefined) return false;
    const key = `${sha} ${shape}`;
    if (seen.has(key)) return true;
    const isThere = (await run(["cat-file", "-e", `${sha}^{commit}`], { accept: [0, 1, 128] })).code === 0;
    if (seen.size === mostSeen) seen.clear();
    if (isThere) seen.add(key);
    return isThere;
  };
  const fetch = async ({ url, token, signal }: Remote & { readonly signal?: AbortSignal }, refspec: string) => {
    await run(
      ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules", "--", url, refspec],
      {
        ...(token === undefined ? {} : { credentials: { url, token } }),
        ...(signal === undefined ? {} : { signal }),
        allowFileProtocol: options.allowFileProtocol === true,
      },
    );
  };
  return {
    ...openObjects(directory, timeoutMs),
    async ensureCommit(request) {
      const { sha, url, ref, signal } = request;
      checkRemote(url);
      if (await holds(sha)) return noteUse(directory, sha);
      await mkdir(join(options.dataDir, "mirrors"), { recursive: true });
      await exclusively(`${directory}.lock`, 3 * timeoutMs, async () => {
        for (const isLastTry of [false, true]) {
          if (await holds(sha)) return noteUse(directory, sha);
          try {
            await makeRepository(directory, timeoutMs);
            // The ref keeps the commit known: the next fetch tells the server that it is here.
            const missing = await fetch(request, `${sha}:refs/commits/${sha}`).then(() => undefined, notThere);
            if (missing === undefined) {
              if (await holds(sha)) return;
            } else {
              await fetch(
                request,
                ref === undefined ? "+refs/heads/*:refs/remote/heads/*" : `+${ref}:refs/remote/${ref}`,
              ).catch((error: unknown) => notThere(error));
              if (await holds(sha)) return await noteUse(directory, sha);
              throw new UserError(`The commit ${sha} is no longer in ${url}; was it pushed over?`, { cause: missing });
            }
          } catch (error) {
            if (signal?.aborted === true || isLastTry || !isBroken(error)) throw explainFetch(error, url);
          }
          await rm(directory, { recursive: true, force: true });
        }
        throw new TransientError(`The commit ${sha} of ${url} was fetched and cannot be read.`);
      });
    },
  };
}

/** A commit that came with another one gets its ref now: that one may be forgotten first. */
async function noteUse(directory: string, sha: Sha): Promise<void> {
  const ref = join(directory, commitRefs, sha);
  const now = new Date();
  await utimes(ref, now, now).catch(async () => {
    await mkdir(join(directory, commitRefs), { recursive: true });
    // Beside the refs, then moved there: git takes one that is half-written for broken.
    const fresh = join(directory, `codegen-ref-${randomUUID()}`);
    await writeFile(fresh, `${sha}\n`);
    await rename(fresh, ref);
  });
}

/** Made beside its place and moved there, so that a half-made one is never taken for a mirror. */
async function makeRepository(directory: string, timeoutMs: number): Promise<void> {
  if ((await stat(join(directory, "HEAD")).catch(() => undefined)) !== undefined) return;
  const fresh = `${directory}.${randomUUID()}`;
  await git(["init", "--quiet", "--bare", "--template=", "--", fresh], { timeoutMs });
  await mkdir(join(fresh, "info"), { recursive: true });
  // Files are written as they are stored, whatever .gitattributes says: no line ends, keywords, encodings or filters.
  await writeFile(join(fresh, "info", "attributes"), "* -text !eol -ident -filter !working-tree-encoding\n");
  await rm(directory, { recursive: true, force: true });
  await rename(fresh, directory);
}

function checkRemote(url: string): void {
  if (!URL.canParse(url)) throw new TypeError(`not a URL of a remote: ${JSON.stringify(url.slice(0, 200))}`);
  const { username, password, protocol } = new URL(url);
  if (username !== "" || password !== "")
    throw new TypeError("a remote's URL must not hold credentials; give the token by itself");
  if (!["https:", "http:", "file:"].includes(protocol))
    throw new TypeError(`a remote's URL must begin with https://, not ${protocol}`);
}

/** @returns the error when it says that the server does not give this object; others are thrown on */
function notThere(error: unknown): GitError {
  if (
    error instanceof GitError &&
    /not our ref|unadvertised object|couldn't find remote ref|does not allow request/i.test(error.stderr)
  )
    return error;
  throw error;
}

function isBroken(error: unknown): boolean {
  return (
    error instanceof GitError &&
    /not a git repository|bad config|bad object|corrupt|loose object|unable to read|packfile|is empty|missing (blob|tree|commit)|unresolved deltas|did not send all necessary|bad tree|object file|broken|cannot lock ref|not a commit/i.test(
      error.stderr,
    )
  );
}

function explainFetch(error: unknown, url: string): unknown {
  if (!(error instanceof GitError)) return error;
  if (/Authentication failed|could not read Username|error: 40[134]|repository .* not found/i.test(error.stderr)) {
    return new UserError(
      `${url} cannot be read: it does not exist, or the App's installation may not read its contents.`,
      { cause: error },
    );
  }
  if (/error: 30[12378]/.test(error.stderr)) {
    return new TransientError(
      `${url} redirects to another place, where the token is not sent; was the repository renamed?`,
      { cause: error },
    );
  }
  return new TransientError(error.message, { cause: error });
}
