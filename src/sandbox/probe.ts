import { readFileSync } from "node:fs";
import { messageOf } from "../errors.ts";

/** What an administrator can do when bubblewrap does not start here; empty when nothing known stands in the way. */
export function explainStart(error: unknown): readonly string[] {
  const message = messageOf(error);
  if (message.includes("ENOENT"))
    return ["bubblewrap is missing: run `apt-get install bubblewrap` (or install your system's package of that name)."];
  const problems = switches.filter(({ file, off }) => read(file) === off).map(({ advice }) => advice);
  if (problems.length > 0) return problems;
  return [
    `bubblewrap does not start: ${message}. In a container, unprivileged user namespaces must be allowed ` +
      "(Docker: `--security-opt seccomp=unconfined --security-opt apparmor=unconfined --security-opt systempaths=unconfined`).",
  ];
}

const switches = [
  {
    file: "/proc/sys/kernel/unprivileged_userns_clone",
    off: "0",
    advice:
      "User namespaces are closed to ordinary users: ask the administrator for `sysctl -w kernel.unprivileged_userns_clone=1`.",
  },
  {
    file: "/proc/sys/user/max_user_namespaces",
    off: "0",
    advice: "User namespaces are switched off: ask the administrator for `sysctl -w user.max_user_namespaces=15000`.",
  },
  {
    file: "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
    off: "1",
    advice:
      "AppArmor closes user namespaces to bubblewrap: ask the administrator for a profile that allows `userns` for /usr/bin/bwrap, or for `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`.",
  },
];

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
