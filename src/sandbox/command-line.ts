import { existsSync } from "node:fs";
import type { RootEntry } from "./holder.ts";
import type { Host } from "./host.ts";
import type { SandboxLimits, SandboxMount } from "./port.ts";

/** Numbers of the open files that the holder gives to bubblewrap besides the first three. */
export const descriptors = { status: 3, arguments: 4, seccomp: 5 };

/** The user inside. The kernel knows it as the claimed uid, or as the bot's own. */
export const sandboxUser = { name: "codegen", id: 1000, home: "/home/codegen" };

/** The files of /etc that differ from the host's. */
export const etcFiles = {
  passwd: `root:x:0:0:root:/root:/usr/sbin/nologin\n${sandboxUser.name}:x:${sandboxUser.id}:${sandboxUser.id}::${sandboxUser.home}:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n`,
  group: `root:x:0:\n${sandboxUser.name}:x:${sandboxUser.id}:\nnogroup:x:65534:\n`,
  hosts: "127.0.0.1 localhost codegen\n::1 localhost ip6-localhost ip6-loopback\n",
};

export interface Inside {
  readonly host: Host;
  /** The holder's directory. */
  readonly point: string;
  /** For one program. */
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
  const environment = {
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/opt/node/bin",
    HOME: sandboxUser.home,
    ...inside.env,
  };
  return [
    // The network is the holder's, which all commands of a sandbox share, and which ends at its loopback.
    [
      "--unshare-all",
      "--share-net",
      "--unshare-user",
      ...(host.options.has("--disable-userns") ? ["--disable-userns"] : []),
    ],
    ["--uid", String(sandboxUser.id), "--gid", String(sandboxUser.id), "--hostname", "codegen"],
    ["--die-with-parent", "--new-session", "--json-status-fd", String(descriptors.status)],
    inside.seccomp ? ["--seccomp", String(descriptors.seccomp)] : [],
    ["--clearenv", ...Object.entries(environment).flatMap(([name, value]) => ["--setenv", name, value])],
    ["--ro-bind", `${inside.point}/root`, "/"],
    // Root's bubblewrap leaves /proc/sys writable; ours never runs as root, and this holds even so.
    ["--proc", "/proc", "--ro-bind", "/proc/sys", "/proc/sys"],
    host.maskedProc.flatMap((path) => ["--ro-bind", "/dev/null", path]),
    ["--dev", "/dev", "--remount-ro", "/dev", ...tmpfs("/dev/shm"), ...tmpfs("/tmp"), ...tmpfs("/var/tmp")],
    ["--bind", `${inside.point}/home`, sandboxUser.home],
    [inside.readOnly === true ? "--ro-bind" : "--bind", `${inside.point}/workspace`, "/workspace"],
    (inside.mounts ?? []).flatMap(({ source, at }) => ["--ro-bind", source, at]),
    ["--chdir", inside.cwd],
  ].flat();
}

/** What every command finds in its root directory, which nobody can write; bubblewrap adds /proc, /dev and what can be written. */
export function rootEntries(host: Host): readonly RootEntry[] {
  const shown = (path: string): RootEntry => ({ kind: "shown", at: path, with: path });
  const places = ["/etc", "/home", "/opt", "/var", "/proc", "/dev", "/tmp", "/var/tmp", "/run", "/workspace"];
  return [
    ...[...places, sandboxUser.home].map((at): RootEntry => ({ kind: "directory", at })),
    ...host.systemDirectories.map(shown),
    ...host.systemLinks.map(({ target, at }): RootEntry => ({ kind: "link", at, with: target })),
    ...host.etc.map(shown),
    ...Object.entries(etcFiles).map(([name, content]): RootEntry => ({
      kind: "file",
      at: `/etc/${name}`,
      with: content,
    })),
    ...host.tools.map(({ source, at }): RootEntry => ({ kind: "shown", at, with: source })),
    ...host.toolLinks.map(({ target, at }): RootEntry => ({ kind: "link", at, with: target })),
  ];
}

/** The command inside: a list goes through a shell too, so that a missing program is exit code 127 and not a failure of bubblewrap. */
export function innerCommand(
  { run, tty }: { readonly run: readonly string[] | string; readonly tty?: boolean },
  processes: number | undefined,
): string[] {
  const shell = tty === true ? atTerminal(run) : shellOf(run);
  // Counted by the kernel for this user namespace alone, and so set inside it.
  return processes === undefined ? shell : ["/usr/bin/prlimit", `--nproc=${processes}:${processes}`, "--", ...shell];
}

function shellOf(run: readonly string[] | string): string[] {
  return typeof run === "string" ? ["/bin/sh", "-c", run] : ["/bin/sh", "-c", 'exec "$@"', "sh", ...run];
}

/** The terminal is made inside, where nobody else's are. `script` takes one line for a shell. */
function atTerminal(run: readonly string[] | string): string[] {
  const words = shellOf(run).map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const line = `stty cols 120 rows 40; exec ${words.join(" ")}`;
  return ["/usr/bin/script", "--quiet", "--return", "--flush", "--command", line, "/dev/null"];
}

/** A directory of every host that holds none of the sources: the holder covers it. */
export function freePoint(sources: readonly string[]): string | undefined {
  return ["/mnt", "/media", "/srv", "/opt"].find(
    (point) => existsSync(point) && !sources.some((source) => source === point || source.startsWith(`${point}/`)),
  );
}
