import type { SandboxLimits } from "../port.ts";
import type { ContainerPlan } from "./container-spec.ts";
import type { DiskWatch } from "./disk-watch.ts";
import type { Engine } from "./engine.ts";
import { execute, type Execution, type ExecutionOrder } from "./execution.ts";
import type { SandboxFiles } from "./files.ts";
import type { Holder } from "./holder.ts";
import { isGone, type LiveContainer } from "./live-container.ts";

/** Everything that stays the same for the commands of one sandbox. */
export interface DockerPlace {
  readonly engine: Engine;
  readonly plan: ContainerPlan;
  readonly limits: SandboxLimits;
  readonly files: SandboxFiles;
  readonly disk: DiskWatch;
  readonly holder: Holder;
  /** Containers of single programs. */
  readonly others: Set<LiveContainer>;
}

/**
 * Executes in the sandbox's container. One that died a moment ago may not have told yet; then the next one is taken.
 * @throws as `execute`
 */
export async function executeIn(place: DockerPlace, order: ExecutionOrder): Promise<Execution> {
  const container = await place.holder.container();
  try {
    return await execute(place.engine, container, order);
  } catch (error) {
    if (!isGone(error)) throw error;
    await container.kill();
    return execute(place.engine, await place.holder.container(), order);
  }
}

/** Does something while nothing in a sandbox runs. */
export async function whilePaused<T>({ engine, holder, others }: DockerPlace, work: () => Promise<T>): Promise<T> {
  const containers = [await holder.container(), ...others];
  const each = (what: "pause" | "unpause") =>
    Promise.all(
      containers.map(({ api }) =>
        engine
          .ask(`${what} a container`, (_docker, abortSignal) => api[what]({ abortSignal }))
          .catch((error: unknown) => {
            // In one that has died nothing runs either.
            if (!isGone(error)) throw error;
          }),
      ),
    );
  try {
    await each("pause");
    return await work();
  } finally {
    await each("unpause");
  }
}
