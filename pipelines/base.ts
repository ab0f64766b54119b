/** What is trusted: the base branch at one recorded commit, and the configuration there. A pull's own version decides nothing. */
import { parseConfig } from "../src/config/load.ts";
import type { LoadedConfig } from "../src/config/port.ts";
import { defaultConfig, type CodegenConfig } from "../src/config/schema.ts";
import type { Sha, ThreadRef } from "../src/domain/ids.ts";
import { UserError } from "../src/errors.ts";
import { getPull } from "../src/github/pulls.ts";
import { getBranchHead, getRepository, readFile } from "../src/github/repositories.ts";
import type { PipelineDeps } from "./deps.ts";

export const configPath = ".codegen.yml";

export interface Base {
  readonly branch: string;
  readonly sha: Sha;
  readonly configPath: string;
  readonly config: LoadedConfig;
  /** Safe defaults, for answers that must be given while the file is broken. */
  readonly fallback: CodegenConfig;
}

/**
 * The base of a pull, or the default branch for an issue; null when the repository (or all its content) is gone.
 * @param isPull where it is known: for an issue the App need not be allowed to read pulls
 */
export async function readBase(deps: PipelineDeps, thread: ThreadRef, isPull = true): Promise<Base | null> {
  const repository = await getRepository(deps.github, thread.repo);
  if (repository === null) return null;
  const pull = isPull ? await getPull(deps.github, thread) : null;
  const branch = pull?.base.branch ?? repository.defaultBranch;
  const sha = await getBranchHead(deps.github, thread.repo, branch);
  if (sha === null) return null;
  const config = await readConfig(deps, thread, sha);
  return { branch, sha, configPath, config, fallback: defaultConfig };
}

/** A file that GitHub does not hand out because of its size is a mistake in the file like any other. */
async function readConfig(deps: PipelineDeps, thread: ThreadRef, sha: Sha): Promise<LoadedConfig> {
  try {
    return parseConfig(await readFile(deps.github, thread.repo, configPath, sha));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { state: "invalid", problems: [{ line: 1, column: 1, key: "", message: error.message }] };
  }
}
