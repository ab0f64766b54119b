import type { Host } from "./host.ts";
import type { SandboxLimits, SandboxMount } from "./port.ts";
import type { PrivilegeDrop } from "./uid.ts";

/** Numbers of the open files that the launched command gets besides the first three. */
export const descriptors = { status: 3, arguments: 4, passwd: 5, group: 6, hosts: 7, seccomp: 8 };

/** The user inside. The kernel knows it as the claimed uid, or as the bot's own. */
export const sandboxUser = { name: "codegen", id: 1000, home: "/home/codegen" };

/** The files of /etc that differ from the host's, in the order of their descriptors. */
export const etcFiles = {
  passwd: `root:x:0:0:root:/root:/usr/sbin/nologin\n${sandboxUser.name}:x:${sandboxUser.id}:${sandboxUser.id}::${sandboxUser.home}:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`,
  group: `root:x:0:\n${sandboxUser.name}:x:${sandboxUser.id}:\nnogroup:x:65534:\n`,
  hosts: "127.0.0.1 localhost codegen\n::1 localhost ip6-localhost ip6-loopback\n",
};

export interface Inside {
  readonly host: Host;
  /** Paths of the host as bubblewrap finds them. */
  readonly workspace: string;
  readonly home: string;
  readonly tools: Host["tools"];
  /** Besides the tools, for one program. */
  readonly mounts?: readonly SandboxMount[];
  readonly readOnly?: boolean;
  readonly limits: SandboxLimits;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly seccomp: boolean;
}

/** Everything that bubblewrap is told, but for the command. It travels through a file: the host's process list stays free of the values of `env`. */
export function bwrapArguments(inside: Inside): string[] {
  const { host, limits } = inside;
  const memoryDisk = Math.max(16 * 1024 ** 2, Math.floor(limits.memory / 2));
  const tmpfs = (path: string) => [
    ...(host.options.has("--size") ? ["--size", String(memoryDisk)] : []),
    ...(host.options.has("--perms") ? ["--perms", "1777"] : []),
    "--tmpfs",
    path,
  ];
  const data = (descriptor: number, path: string) => [
    ...(host.options.has("--perms") ? ["--perms", "0644"] : []),
    "--ro-bind-data",
    String(descriptor),
    path,
  ];
  const bind = (path: string) => ["--ro-bind", path, path];
  const environment = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/node/bin",
    HOME: sandboxUser.home,
    ...inside.env,
  };
  return [
    ["--unshare-all", "--unshare-user", ...(host.options.has("--disable-userns") ? ["--disable-userns"] : [])],
    ["--uid", String(sandboxUser.id), "--gid", String(sandboxUser.id), "--hostname", "codegen"],
    ["--die-with-parent", "--new-session", "--json-status-fd", String(descriptors.status)],
    inside.seccomp ? ["--seccomp", String(descriptors.seccomp)] : [],
    ["--clearenv", ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value])],
    host.systemDirectories.flatMap(bind),
    host.systemLinks.flatMap(({ target, at }) => ["--symlink", target, at]),
    ["/etc", "/home", "/opt", "/var"].flatMap((path) => ["--dir", path]),
    host.etc.flatMap(bind),
    data(descriptors.passwd, "/etc/passwd"),
    data(descriptors.group, "/etc/group"),
    data(descriptors.hosts, "/etc/hosts"),
    inside.tools.flatMap(({ source, at }) => ["--ro-bind", source, at]),
    host.toolLinks.flatMap(({ target, at }) => ["--symlink", target, at]),
    // Root's bubblewrap leaves /proc/sys writable; ours never runs as root, and this holds even so.
    ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"],
    host.maskedProc.flatMap((path) => ["--ro-bind", "/dev/null", path]),
    ["--dev", "/dev", ...tmpfs("/dev/shm"), ...tmpfs("/tmp"), ...tmpfs("/var/tmp"), "--dir", "/run"],
    ["--bind", inside.home, sandboxUser.home],
    [inside.readOnly === true ? "--ro-bind" : "--bind", inside.workspace, "/workspace"],
    (inside.mounts ?? []).flatMap(({ source, at }) => ["--ro-bind", source, at]),
    // Without this the root directory itself is a tmpfs that the command could fill without a bound.
    ["--remount-ro", "/", "--chdir", inside.cwd],
  ].flat();
}

/** The command inside: a list goes through a shell too, so that a missing program is exit code 127 and not a failure of bubblewrap. */
export function innerCommand(run: readonly string[] | string, processes: number | undefined): string[] {
  const shell = typeof run === "string" ? ["/bin/sh", "-c", run] : ["/bin/sh", "-c", 'exec "$@"', "sh", ...run];
  // Counted by the kernel for this user namespace alone, and so set inside it.
  return processes === undefined ? shell : ["/usr/bin/prlimit", `--nproc=${processes}:${processes}`, "--", ...shell];
}

export interface Outside {
  readonly bwrap: string;
  /** Directories of the sandbox's cgroups. */
  readonly cgroups: readonly string[];
  /** Given when the bot is root. */
  readonly drop?: { readonly how: PrivilegeDrop; readonly uid: number };
  readonly stage?: Stage;
  readonly limits: SandboxLimits;
  readonly openFiles: number;
}

/** Paths that the dropped uid cannot walk to are bound to a place that it can, in a mount namespace that ends with the command. */
export interface Stage {
  readonly point: string;
  readonly sources: readonly string[];
}

/** Where a source is after staging. */
export function stagedPath(stage: Stage | undefined, source: string): string {
  const index = stage?.sources.indexOf(source) ?? -1;
  return stage === undefined || index < 0 ? source : `${stage.point}/${index}`;
}

/** The whole chain on the host: join the cgroups, stage, give up root, set the limits, become bubblewrap. One process, by exec. */
export function launchCommand(outside: Outside, command: readonly string[]): string[] {
  const { limits, drop, stage } = outside;
  const bounds = [
    "--core=0:0",
    `--fsize=${limits.disk}:${limits.disk}`,
    `--nofile=${outside.openFiles}:${outside.openFiles}`,
  ];
  const limited = [
    "prlimit",
    ...bounds,
    "--",
    outside.bwrap,
    "--args",
    String(descriptors.arguments),
    "--",
    ...command,
  ];
  const dropped = drop === undefined ? limited : drop.how(drop.uid, limited);
  const staged = stage === undefined ? dropped : [...stageCommand(stage), ...dropped];
  return ["/bin/sh", "-c", joinScript, "codegen-launch", ...outside.cgroups, "--", ...staged];
}

/** The command in front of another which gives it the staged paths. */
export function stageCommand(stage: Stage): string[] {
  return [
    "unshare",
    "--mount",
    "--propagation",
    "private",
    "--",
    "/bin/sh",
    "-c",
    stageScript,
    "codegen-stage",
    stage.point,
    ...stage.sources,
    "--",
  ];
}

/** A directory of every host that holds none of the sources. */
export function stagePoint(sources: readonly string[]): string | undefined {
  return ["/mnt", "/media", "/srv", "/opt"].find(
    (point) => !sources.some((source) => source === point || source.startsWith(`${point}/`)),
  );
}

/** Under memory pressure of the whole host the kernel is to kill the sandbox first. */
const joinScript = `set -eu
echo 1000 >/proc/self/oom_score_adj
while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs"; shift; done
shift
exec "$@"`;

const stageScript = `set -eu
point=$1
shift
mount -t tmpfs -o mode=0755,size=64k codegen "$point"
n=0
while [ "$1" != -- ]; do
  if [ -d "$1" ]; then mkdir "$point/$n"; else : >"$point/$n"; fi
  mount --bind "$1" "$point/$n"
  n=$((n + 1))
  shift
done
shift
exec "$@"`;
