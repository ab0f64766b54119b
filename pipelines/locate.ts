/** Where in the code of a commit a text leads: for people who ask, and for agents before they look themselves. */
import { readCorpus } from "../src/code/locate/corpus.ts";
import { findTests } from "../src/code/locate/find-tests.ts";
import { createLocator, type Located } from "../src/code/locate/locate.ts";
import { repoMap } from "../src/code/locate/repo-map.ts";
import type { RepoRef, Sha } from "../src/domain/ids.ts";
import { messageOf } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import { openCommitFiles } from "../src/workspace/commit-files.ts";
import { GitError } from "../src/workspace/git.ts";
import { readHistory, type PastCommit } from "../src/workspace/history.ts";
import type { Mirror } from "../src/workspace/mirror.ts";
import type { PipelineDeps } from "./deps.ts";
import { openRepository } from "./workbench.ts";

export interface LocateRequest {
  readonly repo: RepoRef;
  readonly commit: Sha;
  readonly text: string;
  /** At most so many files. */
  readonly limit: number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

export interface Searched {
  /** The best first. */
  readonly found: readonly Located[];
  /** Files of tests that reach it, the best file's first. */
  readonly tests: readonly string[];
  /** Source files that were searched, and how many of them could not be read. */
  readonly files: number;
  readonly leftOut: number;
  /** The same as a text of about so many tokens, with the signatures of what the files hold. */
  map(tokens: number): string;
}

/** @throws UserError when the commit is gone, TransientError when GitHub is away, the signal's reason */
export async function locateIn(deps: PipelineDeps, request: LocateRequest): Promise<Searched> {
  const { repo, commit, text, limit, signal } = request;
  const mirror = await openRepository(deps, repo, commit, { signal });
  const source = await openCommitFiles(mirror, commit);
  const past = await pastOf(mirror, request);
  return deps.code.use(repo.id, async (index) => {
    const { files, leftOut, repository } = await readCorpus(index, source, { signal });
    const found = createLocator(files, past).locate(text, limit);
    const symbols = new Map(files.map((file) => [file.path, file.symbols]));
    const symbolsOf = (path: string) => symbols.get(path) ?? [];
    const tests = await findTests(index.symbols(source, repository, { signal }), found, symbolsOf);
    return {
      found,
      tests,
      files: files.length,
      leftOut: leftOut.size,
      map: (tokens) => repoMap(found, symbolsOf, tokens, tests),
    };
  });
}

const history = { most: 3_000, timeoutMs: 10_000 };

/** What was changed before for the like helps, and its absence does not hurt. */
async function pastOf(mirror: Mirror, { commit, signal, log }: LocateRequest): Promise<readonly PastCommit[]> {
  try {
    return await readHistory(mirror, commit, { ...history, signal });
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    log.warn({ error: messageOf(error).slice(0, 300) }, "the history could not be read");
    return [];
  }
}

/** Of an agent's context. */
const map = { tokens: 3_000, files: 25, timeoutMs: 60_000 };

/** The map of a repository for an agent's task; undefined where there is none, or none in time: the agent can look for itself. */
export async function mapFor(
  deps: PipelineDeps,
  run: Pick<LocateRequest, "repo" | "commit" | "text" | "signal" | "log">,
): Promise<string | undefined> {
  const startedAt = performance.now();
  const signal = AbortSignal.any([run.signal, AbortSignal.timeout(map.timeoutMs)]);
  try {
    const searched = await locateIn(deps, { ...run, limit: map.files, signal });
    const text = searched.map(map.tokens);
    run.log.info({ files: searched.files, ms: Math.round(performance.now() - startedAt) }, "the code was searched");
    return text === "" ? undefined : text;
  } catch (error) {
    run.signal.throwIfAborted();
    run.log.warn({ error: messageOf(error).slice(0, 300) }, "the agent gets no map of the repository");
    return undefined;
  }
}
