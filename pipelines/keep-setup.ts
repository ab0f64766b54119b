import { join } from "node:path";
import { repoName } from "../src/domain/ids.ts";
import { messageOf } from "../src/errors.ts";
import { setupNotKept } from "../src/messages/setup.ts";
import type { SnapshotName } from "../src/snapshots/about.ts";
import { separateFromCommit } from "../src/workspace/separate.ts";
import type { PipelineDeps } from "./deps.ts";
import type { EnvironmentRequest } from "./environment.ts";
import type { Workbench } from "./workbench.ts";

/**
 * Keeps what a set-up left as a snapshot. It is no reason for a run to fail that this is not possible.
 * @param setupMs what the set-up took
 * @returns whether the next run can begin with it
 */
export async function keepSetup(
  { snapshots, log }: PipelineDeps,
  { repo, commit }: Pick<EnvironmentRequest, "repo" | "commit">,
  bench: Workbench,
  name: SnapshotName,
  setupMs: number,
): Promise<boolean> {
  const facts = { repo: repoName(repo), key: name.key, scope: name.scope };
  const start = performance.now();
  try {
    const sandbox = await bench.openSandbox();
    const written = (await sandbox.stats()).written ?? 0;
    let unfit: string | null = null;
    const kept = await snapshots.keep(
      { ...name, name: repoName(repo), commit, setupMs, refused: [...bench.network.ofSetup] },
      written,
      async (directory) => {
        const size = await sandbox.snapshot(directory);
        const changed = await separateFromCommit({
          mirror: bench.mirror,
          treeish: bench.treeish,
          directory: sandbox.directory,
          written: join(directory, "workspace"),
        });
        if (changed.length === 0) return size;
        unfit = setupNotKept(changed);
        return { unfit };
      },
    );
    const ms = Math.round(performance.now() - start);
    log.info({ ...facts, bytes: written, ms, outcome: kept, unfit }, "a set-up was kept, or why not");
    return kept === "kept" || kept === "there";
  } catch (error) {
    log.warn({ ...facts, error: messageOf(error) }, "what the set-up left could not be kept");
    return false;
  }
}
