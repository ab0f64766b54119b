import { createHash } from "node:crypto";

/** Answers as an engine 20.10 gave them, without what they say about its machine. */

export const info = {
  Containers: 0,
  Images: 2,
  Driver: "overlay2",
  MemoryLimit: true,
  SwapLimit: true,
  CpuCfsPeriod: true,
  CpuCfsQuota: true,
  CPUShares: true,
  CPUSet: true,
  PidsLimit: true,
  OomKillDisable: true,
  LoggingDriver: "json-file",
  CgroupDriver: "cgroupfs",
  CgroupVersion: "1",
  OperatingSystem: "Debian GNU/Linux 12 (bookworm)",
  OSType: "linux",
  Architecture: "x86_64",
  NCPU: 2,
  MemTotal: 25_276_502_016,
  ServerVersion: "20.10.24+dfsg1",
  DefaultRuntime: "runc",
  InitBinary: "docker-init",
  SecurityOptions: ["name=seccomp,profile=default"],
  Warnings: ["WARNING: IPv4 forwarding is disabled"],
};

export type EngineInfo = Partial<typeof info>;

/** What `GET /containers/{id}/stats?stream=false` says on a host with cgroup v1; version 2 has no `max_usage`. */
export function stats(memory: number, processes: number) {
  return {
    read: "2026-01-01T00:00:01.000000000Z",
    pids_stats: { current: processes, limit: 64 },
    cpu_stats: {
      cpu_usage: { total_usage: 392_062_645, usage_in_kernelmode: 230_000_000, usage_in_usermode: 160_000_000 },
      system_cpu_usage: 69_351_000_000_000,
      online_cpus: 2,
      throttling_data: { periods: 9, throttled_periods: 0, throttled_time: 0 },
    },
    memory_stats: { usage: memory, max_usage: memory, stats: { cache: 0, total_inactive_file: 0 }, limit: 134_217_728 },
  };
}

export function execState(
  id: string,
  container: string,
  { running, code, pid }: { running: boolean; code: number | null; pid: number },
) {
  return {
    ID: id,
    Running: running,
    ExitCode: code,
    OpenStdin: true,
    OpenStderr: true,
    OpenStdout: true,
    ContainerID: container,
    DetachKeys: "",
    Pid: pid,
  };
}

/** An image in `GET /images/json`. */
export function image(name: string) {
  const id = createHash("sha256").update(name).digest("hex");
  return { Containers: -1, Created: 1_767_225_600, Id: `sha256:${id}`, RepoTags: [name], Size: 1_120_000_000 };
}

/** What the stream of a command that could not be started carries on its standard output. */
export function startFailure(reason: string): string {
  return `OCI runtime exec failed: exec failed: unable to start container process: ${reason}: unknown\r\n`;
}

export function event(
  action: string,
  id: string,
  labels: Readonly<Record<string, string>>,
  more: Readonly<Record<string, string>>,
) {
  const attributes = { ...labels, ...more };
  return {
    status: action,
    id,
    Type: "container",
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    scope: "local",
    time: 1_767_225_600,
  };
}
