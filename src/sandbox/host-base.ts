import { readFile, stat } from "node:fs/promises";

/** What changes whenever a package of the distribution does, and the places where software is put beside it. */
const stamped = [
  "/var/lib/dpkg/status",
  "/var/lib/rpm/rpmdb.sqlite",
  "/usr/lib/sysimage/rpm/rpmdb.sqlite",
  "/lib/apk/db/installed",
  "/var/lib/pacman/local",
  "/usr/local/bin",
  "/usr/local/lib",
  "/usr/local/lib/node_modules",
];

/**
 * What a command finds on a host that lends its own /usr: a text that changes with the distribution, its packages, and the node that
 * sandboxes get.
 * @param node its path
 */
export async function hostBase(node: string): Promise<string> {
  const release = await readFile("/etc/os-release", "utf8").catch(() => "");
  const facts = ["NAME", "VERSION", "VERSION_ID", "BUILD_ID"].map(
    (name) => new RegExp(`^${name}="?([^"\n]*)`, "m").exec(release)?.[1] ?? "",
  );
  const stamps = await Promise.all(
    [node, ...stamped].map(async (path) => {
      const found = await stat(path).catch(() => undefined);
      return found === undefined ? "" : `${path} ${found.size} ${Math.round(found.mtimeMs)}`;
    }),
  );
  return [process.arch, process.version, ...facts, ...stamps].join("\n");
}
