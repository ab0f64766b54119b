/** The store follows GitHub: which accounts installed the App, with which permissions, on which repositories. */
import { getInstallation } from "../../src/github/installations.ts";
import type { PipelineDeps } from "../deps.ts";
import type { Jobs } from "../jobs.ts";

export async function installation(
  job: Jobs["installation"],
  deps: Pick<PipelineDeps, "github" | "store" | "log">,
): Promise<void> {
  const { installations } = deps.store;
  const present = await getInstallation(deps.github, job.installation);
  if (present === null) {
    await installations.remove(job.installation);
    deps.log.info({ installation: job.installation }, "installation is gone");
    return;
  }
  await installations.put(present);
  await installations.setRepositories(present.id, present.repositories);
  deps.log.info({ installation: present.id, repositories: present.repositories.length }, "installation is up to date");
}
