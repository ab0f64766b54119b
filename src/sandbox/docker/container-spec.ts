import type { ContainerCreateOptions, HostConfig } from "dockerode";
import { etcFiles, sandboxUser } from "../command-line.ts";
import type { SandboxLimits } from "../port.ts";

/** The label of every container that is ours; its value names the process that made it ({@link ../owner.ts}). */
export const ownerLabel = "codegen.sandbox";

/** Where a container finds what the bot shows it. */
export const inside = { workspace: "/workspace", home: sandboxUser.home, services: "/run/codegen" };

export interface ContainerSpec extends ContainerCreateOptions {
  // The typings of the client know the API up to 1.40.
  HostConfig: HostConfig & { CgroupnsMode: "private" | "host" };
}

/** Temporary directories; they are memory. */
export const scratchDirectories = ["/tmp", "/var/tmp", "/dev/shm"];

/** What one container is made of; all paths are the host's. */
export interface ContainerPlan {
  readonly image: string;
  readonly owner: string;
  /** Neither may be 0. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly limits: SandboxLimits;
  readonly workspace: string;
  readonly home: string;
  /** A directory with the sockets that the bot serves, and with the files `passwd` and `group`. */
  readonly services: string;
}

/** What else a container for one program has. */
export interface ProgramPlan {
  /** The container whose network it shares. */
  readonly network: string;
  readonly run: readonly string[];
  readonly env: readonly string[];
  readonly mounts: readonly { readonly source: string; readonly at: string }[];
  readonly readOnly: boolean;
}

/**
 * The body of `POST /containers/create` (Docker Engine API 1.41, ContainerConfig and HostConfig). The container is never root and cannot
 * become it, has no capability and no network, writes nothing but the workspace, its home and bounded temporary directories, and ends when the bot's
 * connection to its standard input does: nothing outlives the bot.
 */
export function containerSpec(plan: ContainerPlan, program?: ProgramPlan): ContainerSpec {
  const { limits, user } = plan;
  const scratch = `rw,nosuid,nodev,exec,mode=1777,size=${scratchBytes(limits)}`;
  const readable = [
    ...["passwd", "group"].map((name) => ({ source: `${plan.services}/${name}`, at: `/etc/${name}` })),
    { source: plan.services, at: inside.services },
    ...(program?.mounts ?? []),
  ];
  return {
    Image: plan.image,
    // Waits without end for what nobody ever writes.
    Entrypoint: [],
    Cmd: program === undefined ? ["cat"] : [...program.run],
    User: `${user.uid}:${user.gid}`,
    WorkingDir: inside.workspace,
    Env: [`HOME=${inside.home}`, ...(program?.env ?? [])],
    Labels: { [ownerLabel]: plan.owner },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: program !== undefined,
    AttachStderr: program !== undefined,
    ...(program === undefined ? { Hostname: "codegen" } : {}),
    HostConfig: {
      AutoRemove: true,
      // Reaps what has lost its parent, and is what commands are started behind.
      Init: true,
      NetworkMode: program === undefined ? "none" : `container:${program.network}`,
      IpcMode: "private",
      CgroupnsMode: "private",
      // Files of the workspace belong to a uid of the host, also where the engine maps the others.
      UsernsMode: "host",
      ReadonlyRootfs: true,
      CapDrop: ["ALL"],
      // Beside this the engine's own seccomp and AppArmor profiles hold, which are in force unless one names another.
      SecurityOpt: ["no-new-privileges"],
      PidsLimit: limits.processes,
      Memory: limits.memory,
      MemorySwap: limits.memory,
      NanoCpus: Math.round(limits.cpus * 1e9),
      // Under memory pressure of the whole host the kernel is to kill the sandbox first.
      OomScoreAdj: 1_000,
      ShmSize: scratchBytes(limits),
      Tmpfs: { "/tmp": scratch, "/var/tmp": scratch },
      Ulimits: [
        { Name: "core", Soft: 0, Hard: 0 },
        { Name: "fsize", Soft: limits.disk, Hard: limits.disk },
      ],
      LogConfig: { Type: "none", Config: {} },
      Mounts: [
        bind(plan.workspace, inside.workspace, program?.readOnly ?? false),
        bind(plan.home, inside.home, false),
        ...readable.map(({ source, at }) => bind(source, at, true)),
      ],
    },
  };
}

/** Contents of the files `passwd` and `group`: the user has a name, whatever the image knows. */
export function accountFiles({ uid, gid }: ContainerPlan["user"]): { readonly passwd: string; readonly group: string } {
  const { name, home, id } = sandboxUser;
  return {
    passwd: etcFiles.passwd.replace(`${name}:x:${id}:${id}::${home}`, `${name}:x:${uid}:${gid}::${home}`),
    group: etcFiles.group.replace(`${name}:x:${id}:`, `${name}:x:${gid}:`),
  };
}

/** Temporary directories are memory. */
function scratchBytes({ memory }: SandboxLimits): number {
  return Math.max(16 * 1024 ** 2, Math.floor(memory / 2));
}

function bind(Source: string, Target: string, ReadOnly: boolean) {
  return { Type: "bind" as const, Source, Target, ReadOnly };
}
