import { existsSync, globSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * Where PostgreSQL's server is, for who asks whether it is there and for who starts it: the newest of Debian's, which are not on the PATH, else
 * the one on the PATH. A folder that can make a cluster and cannot serve it does not count.
 */
export function postgresFolder(path = process.env["PATH"] ?? "", debian = "/usr/lib/postgresql"): string | undefined {
  const newest = globSync(`${debian}/*/bin`).toSorted((a, b) => b.localeCompare(a, "en", { numeric: true }));
  const onPath = path
    .split(delimiter)
    .map((folder) => join(folder, "initdb"))
    .filter((program) => existsSync(program))
    .map((program) => dirname(realpathSync(program)));
  return [...newest, ...onPath].find((folder) =>
    ["initdb", "postgres"].every((program) => existsSync(join(folder, program))),
  );
}
