import type { CodegenConfig } from "../src/config/schema.ts";
import type { Sha } from "../src/domain/ids.ts";
import type { Mirror } from "../src/workspace/mirror.ts";

/** Files by which repositories tell agents how to work. They are read at the base commit, never from a pull. */
const ruleFiles = ["AGENTS.md", "CLAUDE.md", ".github/copilot-instructions.md"] as const;
const maxRuleFile = 32 * 1024;

/** What the repository's owners want an agent to know: from `.codegen.yml` and from rule files of the base branch. */
export async function readGuidance(mirror: Mirror, base: Sha, config: CodegenConfig): Promise<readonly string[]> {
  const blobs = await mirror.readBlobs(base, ruleFiles);
  const fromFiles = ruleFiles.flatMap((path) => {
    const blob = blobs.get(path);
    return blob === undefined ? [] : [`From ${path}:\n${blob.subarray(0, maxRuleFile).toString("utf8")}`];
  });
  const statement = config.agent.planning_statement;
  return [...(statement === undefined ? [] : [statement]), ...config.agent.rules, ...fromFiles];
}
