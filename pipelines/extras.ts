/** What a workspace gets besides the files of its commit, where `.codegen.yml` of the base branch lists it: submodules and files of Git LFS. */
import { createHash } from "node:crypto";
import type { CodegenConfig } from "../src/config/schema.ts";
import { repoName, toSha, type RepoRef, type Sha } from "../src/domain/ids.ts";
import { messageOf, UserError } from "../src/errors.ts";
import type { Extras, Submodule } from "../src/workspace/extras.ts";
import { parseSubmoduleUrl, readGitmodules, type RepositoryName } from "../src/workspace/gitmodules.ts";
import { fillLfsFiles } from "../src/workspace/lfs.ts";
import { openMirror, type Mirror } from "../src/workspace/mirror.ts";
import { checkoutSubmodule } from "../src/workspace/submodule.ts";
import type { PipelineDeps } from "./deps.ts";

/** What may be fetched, and by whose word. */
export interface ExtrasWish {
  readonly environment: Pick<CodegenConfig["environment"], "lfs" | "submodules" | "limits">;
  /** The commit of the base branch: what it says of submodules is what somebody with write access said. */
  readonly base: Sha;
  readonly fromFork: boolean;
}

/** Where they go: files of a commit or tree of the mirror, with nobody at work in them yet. */
export interface ExtrasPlace {
  readonly repo: RepoRef;
  readonly mirror: Mirror;
  readonly treeish: string;
  readonly directory: string;
  readonly signal: AbortSignal;
}

type Deps = Pick<PipelineDeps, "github" | "dataDir">;

/**
 * Fetches what is listed and writes it. The mirror must have the base commit.
 * @throws UserError naming what cannot be had and what to do, so that nothing is tested without it
 */
export async function addExtras(deps: Deps, wish: ExtrasWish, place: ExtrasPlace): Promise<Extras> {
  const submodules = await addSubmodules(deps, wish, place);
  return { lfs: await addLfsFiles(deps, wish, place), submodules };
}

/** Whoever may read the repository may read its files in Git LFS, so forks too. */
async function addLfsFiles({ github }: Deps, { environment }: ExtrasWish, place: ExtrasPlace): Promise<Extras["lfs"]> {
  const { lfs: globs, limits } = environment;
  if (globs.length === 0) return new Map();
  const remote = { url: github.cloneUrl(place.repo), token: await github.gitToken(place.repo) };
  return fillLfsFiles({ ...place, globs, remote, limit: limits.disk });
}

async function addSubmodules(
  deps: Deps,
  wish: ExtrasWish,
  place: ExtrasPlace,
): Promise<ReadonlyMap<string, Submodule>> {
  const paths = [...new Set(wish.environment.submodules)];
  const added = new Map<string, Submodule>();
  if (paths.length === 0) return added;
  const links = await linksAt(place.mirror, place.treeish, paths);
  const linksAtBase = await linksAt(place.mirror, wish.base, paths);
  const urls = await readGitmodules(place.mirror, place.treeish);
  const urlsAtBase = await readGitmodules(place.mirror, wish.base);
  for (const path of paths) {
    const sha = links.get(path);
    // A pull may take a submodule away, or bring the one that the base branch lists already.
    if (sha === undefined && (linksAtBase.has(path) || place.treeish === wish.base)) continue;
    if (sha === undefined) throw missing(path, "the commit has no submodule there");
    const wanted = addressOf(deps, place.repo, path, urls.get(path));
    const known = urlsAtBase.get(path);
    const isKnown = known !== undefined && isSame(wanted, parseSubmoduleUrl(known, deps.github.cloneUrl(place.repo)));
    if (wish.fromFork && !isKnown)
      throw missing(path, "its address in `.gitmodules` is not that of the base branch, and the pull is from a fork");
    // What no stranger may read is fetched where people of this repository have named it, and shown to nobody else.
    const token = isKnown && !wish.fromFork ? await tokenFor(deps, place.repo, wanted) : null;
    const submodule = await fetchSubmodule(deps, place, path, { ...wanted, token, sha });
    await checkoutSubmodule(place.directory, path, submodule, place.signal);
    added.set(path, submodule);
  }
  return added;
}

/** The commits of submodules, by their paths. */
async function linksAt(mirror: Mirror, treeish: string, paths: readonly string[]): Promise<ReadonlyMap<string, Sha>> {
  const entries = await mirror.listFiles(treeish, paths);
  return new Map(entries.flatMap(({ kind, path, oid }) => (kind === "submodule" ? [[path, toSha(oid)]] : [])));
}

function addressOf({ github }: Deps, repo: RepoRef, path: string, url: string | undefined): RepositoryName {
  if (url === undefined) throw missing(path, "`.gitmodules` has no address for it");
  const parsed = parseSubmoduleUrl(url, github.cloneUrl(repo));
  if ("problem" in parsed) throw missing(path, `its address in \`.gitmodules\` ${parsed.problem}`);
  return parsed;
}

function isSame(a: RepositoryName, b: RepositoryName | { readonly problem: string }): boolean {
  return !("problem" in b) && fullName(a) === fullName(b);
}

/** Only in the same account: an installation elsewhere is of people who never heard of this repository. */
async function tokenFor({ github }: Deps, repo: RepoRef, { owner, name }: RepositoryName): Promise<string | null> {
  return owner.toLowerCase() === repo.owner.toLowerCase() ? github.neighbourToken(repo, name) : null;
}

/**
 * Each repository has mirrors of its own of its submodules, one of what anybody may read and one of what the App may: whoever may not ask for a
 * commit shall not find it because somebody else has.
 */
async function fetchSubmodule(
  { github, dataDir }: Deps,
  { repo, signal }: ExtrasPlace,
  path: string,
  wanted: RepositoryName & { readonly token: string | null; readonly sha: Sha },
): Promise<Submodule> {
  const { token, sha } = wanted;
  const key = `${repo.installation} ${repo.id} ${token === null ? "anybody" : "app"} ${fullName(wanted)}`;
  const id = createHash("sha256").update(key).digest("hex").slice(0, 40);
  const mirror = openMirror({ dataDir, repositoryId: `submodule-${id}` });
  const url = github.cloneUrl({ ...repo, owner: wanted.owner, name: wanted.name });
  try {
    await mirror.ensureCommit({ url, sha, signal, ...(token === null ? {} : { token }) });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const name = repoName({ ...repo, owner: wanted.owner, name: wanted.name });
    const asked = token === null ? "asked as anybody may" : "asked as the App";
    throw missing(path, `${messageOf(error).replace(/\.$/, "")} (${name}, ${asked})`, error);
  }
  return { mirror, commit: sha };
}

function fullName({ owner, name }: RepositoryName): string {
  return `${owner}/${name}`.toLowerCase();
}

function missing(path: string, reason: string, cause?: unknown): UserError {
  return new UserError(
    `The submodule \`${path}\` cannot be checked out: ${reason}. Correct that, or take it out of \`environment.submodules\` of the base branch.`,
    { cause },
  );
}
