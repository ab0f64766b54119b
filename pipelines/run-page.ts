import { linkLifeMs, logAnchor, runPath } from "../src/domain/run-link.ts";
import type { Store } from "../src/store/port.ts";

/**
 * The address of a run's page, for people: the same each time, until a new key is made. It is a secret between us and who may see the
 * repository, so it goes to GitHub and into no log.
 * @param log the name of what prints, to begin there
 */
export async function runPageUrl(
  { store, publicUrl }: { store: Pick<Store, "runs" | "linkKeys">; publicUrl: string },
  runId: string,
  log: string,
): Promise<string> {
  const run = await store.runs.get(runId);
  if (run === null) throw new Error(`there is no run ${runId}`);
  const [key] = await store.linkKeys.all();
  const expiresAt = new Date(run.createdAt.getTime() + linkLifeMs);
  return `${publicUrl}${runPath({ runId, expiresAt }, key)}#${logAnchor(log)}`;
}
