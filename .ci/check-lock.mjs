// `npm install` can write a lock that `npm ci` refuses on another machine: when a registry lacks the platform packages of a new release,
// they are silently left out. This finds every optional dependency that a locked package names and the lock does not hold.
import { readFileSync } from "node:fs";

const { packages } = JSON.parse(readFileSync(new URL("../package-lock.json", import.meta.url), "utf8"));
const held = new Set(Object.keys(packages).map((path) => path.split("node_modules/").pop()));
const missing = Object.entries(packages).flatMap(([path, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !held.has(name))
    .map((name) => `${path || "package.json"} → ${name}`),
);
const hosts = Object.entries(packages).filter(([, entry]) => /^https?:/.test(entry.resolved ?? ""));
const loose = Object.entries({ ...packages[""].dependencies, ...packages[""].devDependencies }).filter(
  ([, range]) => !/^(npm:.+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(range),
);

if (missing.length > 0)
  console.error(
    `Not in the lock, so \`npm ci\` may fail elsewhere; pin an older, complete release:\n  ${missing.join("\n  ")}`,
  );
if (hosts.length > 0)
  console.error(
    `The lock names download addresses (npm config set omit-lockfile-registry-resolved true, then install again):\n  ${hosts
      .slice(0, 5)
      .map(([path]) => path)
      .join("\n  ")}`,
  );
if (loose.length > 0)
  console.error(`Not an exact version in package.json: ${loose.map(([name, range]) => `${name}@${range}`).join(", ")}`);
if (missing.length + hosts.length + loose.length > 0) process.exit(1);
console.log(`The lock is whole: ${held.size} packages.`);
