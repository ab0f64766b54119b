import type { SandboxStats } from "../port.ts";
import type { DockerParts } from "./docker-place.ts";

/** The part of `GET /containers/{id}/stats` that is read; cgroup v2 has no `max_usage`, and names `inactive_file` otherwise than v1. */
interface EngineStats {
  readonly memory_stats?: {
    readonly usage?: number;
    readonly max_usage?: number;
    readonly stats?: { readonly total_inactive_file?: number; readonly inactive_file?: number };
  };
  readonly cpu_stats?: { readonly cpu_usage?: { readonly total_usage?: number } };
  readonly pids_stats?: { readonly current?: number };
}

/** What a sandbox uses, and has used since its container was made. */
export async function statsOf({ engine, holder, files }: DockerParts): Promise<SandboxStats> {
  const { api } = await holder.container();
  const counted: EngineStats = await engine.ask("count what a container uses", (_docker, abortSignal) => {
    const options = { stream: false as const, "one-shot": true, abortSignal };
    return api.stats(options);
  });
  const { usage, max_usage: peak, stats } = counted.memory_stats ?? {};
  const cpu = counted.cpu_stats?.cpu_usage?.total_usage;
  // Pages of files that nobody uses can be had back at any time.
  const idle = stats?.total_inactive_file ?? stats?.inactive_file ?? 0;
  return {
    memory: usage === undefined ? null : Math.max(0, usage - idle),
    memoryPeak: peak ?? null,
    cpuMs: cpu === undefined ? null : Math.round(cpu / 1e6),
    processes: counted.pids_stats?.current ?? null,
    written: await files.written(),
  };
}
