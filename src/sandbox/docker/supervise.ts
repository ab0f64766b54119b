import type { SandboxCommand } from "../port.ts";
import { scratchDirectories } from "./container-spec.ts";

export interface SupervisedCommand {
  /** Names the command among the processes of the container. */
  readonly token: string;
  readonly run: SandboxCommand["run"];
  /** Absolute, inside. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Puts standard error into standard output, which keeps the order of what was written. */
  readonly merge: boolean;
  readonly tty: boolean;
  /** Empties temporary directories before. */
  readonly alone: boolean;
}

/**
 * The argument list of one `docker exec`. The engine cannot kill what it executes, and what a command leaves behind would go on. So each command
 * runs below an init of its own, to which all its descendants come back when they lose their parents; a shell beside it ends them when the command ends.
 */
export function superviseCommand({ token, run, cwd, env, merge, tty, alone }: SupervisedCommand): readonly string[] {
  const words = typeof run === "string" ? ["/bin/sh", "-c", run] : run;
  // The engine puts a host name there.
  const foreign = ["OLDPWD", "HOSTNAME"].filter((name) => !(name in env));
  const steps = [
    `# ${token}${functions}`,
    `cd -- "$1" 2>/dev/null || { printf '%s no directory' ${token}; exit 1; }`,
    "shift",
    ...(foreign.length === 0 ? [] : [`unset ${foreign.join(" ")}`]),
    ...(alone ? [emptyScratch] : []),
    ...(tty ? ["stty cols 120 rows 40 2>/dev/null"] : []),
    merge ? '(exec "$@") 2>&1' : '(exec "$@")',
    "code=$?",
    'spared=" $PPID $$ "',
    "end_below $PPID",
    "exit $code",
  ];
  return [init, "-s", "--", "/bin/sh", "-c", steps.join("\n"), "sh", cwd, ...words];
}

/** The argument list that kills the command with this token and everything that it started. */
export function killCommand(token: string): readonly string[] {
  return ["/bin/sh", "-c", killer, "codegen-kill", token];
}

/** What a supervised command says, and nothing else, when its directory does not exist. */
export function noDirectory(token: string): string {
  return `${token} no directory`;
}

const init = "/sbin/docker-init";

/**
 * A process that forks and ends at once, again and again, may be at neither place when the shell looks there. So it looks until the kernel has
 * given no new process a number meanwhile; so many looks that find nothing are enough all the same, since other commands start processes too.
 * A number may have been given before, to a process that is not there yet: while somebody moves another one between cgroups, each `fork` of the machine waits
 * between the two, for 15 ms and more. Its parent is seen, and once that is gone its child is there: so after an end it looks again.
 */
const enoughLooks = 100;
/** What is killed is there for a moment more, and counts. After about a second it is told as ended all the same. */
const longestWait = 300_000;

// Only what the shell does itself: where the sandbox has no process left, nothing else could be started.
const functions = `
below() {
  tree=" $1 "
  more=1
  while [ $more = 1 ]; do
    more=0
    for directory in /proc/[0-9]*; do
      process=\${directory#/proc/}
      case $tree in *" $process "*) continue ;; esac
      parent=
      while read -r field value; do
        if [ "$field" = PPid: ]; then parent=$value; break; fi
      done <$directory/status
      case $tree in *" $parent "*) tree="$tree$process "; more=1 ;; esac
    done
  done
} 2>/dev/null
newest() {
  last=
  read -r one five fifteen running last </proc/loadavg
}
stop_below() {
  looks=0
  while [ $looks -lt ${enoughLooks} ]; do
    looks=$((looks + 1))
    newest
    before=$last
    below "$1"
    newest
    [ "$last" = "$before" ] && looks=${enoughLooks}
    for process in $tree; do
      case "$stopped$ended$spared" in *" $process "*) continue ;; esac
      kill -STOP $process
      stopped="$stopped$process "
      looks=0
    done
  done
}
end_below() {
  ended=" "
  while :; do
    stopped=" "
    stop_below "$1"
    [ "$stopped" = " " ] && break
    for process in $stopped; do kill -KILL $process; done
    waited=0
    for process in $stopped; do
      while [ -e /proc/$process ] && [ $waited -lt ${longestWait} ]; do waited=$((waited + 1)); done
    done
    ended="$ended$stopped"
  done
} 2>/dev/null
`;

const emptyScratch = scratchDirectories
  .map((path) => `rm -rf -- ${path}/* ${path}/.[!.]* ${path}/..?* 2>/dev/null`)
  .join("\n");

const killer = `${functions}
spared=" $$ "
for directory in /proc/[0-9]*; do
  line=
  read -r line <$directory/cmdline
  case $line in ${init}*"$1") end_below \${directory#/proc/} ;; esac
done 2>/dev/null
`;
