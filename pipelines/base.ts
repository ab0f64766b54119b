/** What is trusted: the base branch at one recorded commit, and the configuration there. A pull's own version decides nothing. */
import { parseConfig } from "../src/config/load.ts";
import type { LoadedConfig } from "../src/config/port.ts";
import { defaultConfig, type CodegenConfig } from "../src/config/schema.ts";
import type { Sha, ThreadRef } from "../src/domain/ids.ts";
import { getPull } from "../src/github/pulls.ts";
import { getBranchHead, getRepository, readTextFile } from "../src/github/repositories.ts";
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

/** The base of a pull, or the default branch for an issue; null when the repository (or all its content) is gone. */
export async function readBase(deps: PipelineDeps, thread: ThreadRef): Promise<Base | null> {
  const repository = await getRepository(deps.github, thread.repo);
  if (repository === null) return null;
  const pull = await getPull(deps.github, thread);
  const branch = pull?.base.branch ?? repository.defaultBranch;
  const sha = await getBranchHead(deps.github, thread.repo, branch);
  if (sha === null) return null;
  const config = parseConfig(await readTextFile(deps.github, thread.repo, configPath, sha));
  return { branch, sha, configPath, config, fallback: defaultConfig };
}
