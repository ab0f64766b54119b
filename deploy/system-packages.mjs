// Finds the system packages that are missing, installs them with apt where it may, else prints the exact command.
// Usage: node deploy/system-packages.mjs demo|test|pictures
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

const purpose = process.argv[2];
if (purpose !== "demo" && purpose !== "test" && purpose !== "pictures") {
  console.error("Say what for: node deploy/system-packages.mjs demo|test|pictures");
  process.exit(1);
}

const everywhere = [
  { name: "git", found: () => onPath("git"), why: "repositories" },
  { name: "bubblewrap", found: () => onPath("bwrap"), why: "the sandbox" },
  { name: "perl-base", found: () => onPath("perl"), why: "starting programs, and the sandbox" },
  {
    name: "chromium",
    found: () => ["chromium-headless-shell", "chromium", "chromium-browser"].some(onPath) || hasOwnBrowser(),
    why: "looking at pages",
  },
];
const forTests = [
  { name: "redis-server", found: () => onPath("redis-server"), why: "the queue on Redis" },
  {
    name: "postgresql",
    found: () => onPath("initdb") || postgresIsHere(),
    why: "the store and the queue on PostgreSQL",
  },
];
const forPictures = [{ name: "fonts-noto-color-emoji", found: hasEmoji, why: "the signs in the bot's messages" }];
// The demo shows its pages in your own browser; without Chromium it only cannot take pictures of them.
const optional = purpose === "demo" ? ["chromium"] : [];

const wanted = [...everywhere, ...({ test: forTests, pictures: forPictures }[purpose] ?? [])];
let missing = wanted.filter((item) => !item.found());
// Tests look at many pages, and this Chromium takes a third of the processor time. Ubuntu does not have it; the whole one does as well.
const lighter = "chromium-headless-shell";
const canBeLighter = purpose === "test" && !onPath(lighter) && !hasOwnBrowser();
if (missing.length === 0 && !canBeLighter) process.exit(0);

const installing = (names) => ["install", "-y", "--no-install-recommends", ...names];
const command = `apt-get update && apt-get ${installing(missing.map((item) => item.name)).join(" ")}`;
const installer = findInstaller();
if (installer) {
  let names = missing.map((item) => item.name);
  if (names.length > 0) {
    console.error(`Installing what is missing: ${missing.map((item) => `${item.name} (${item.why})`).join(", ")} …`);
    apt(installer, ["update"]);
  }
  if (canBeLighter && isOffered(lighter)) {
    console.error(`Installing ${lighter}, which takes less of the processor …`);
    names = [...names.filter((name) => name !== "chromium"), lighter];
  }
  if (names.length > 0) apt(installer, installing(names));
  missing = wanted.filter((item) => !item.found());
}
const blocking = missing.filter((item) => !optional.includes(item.name));
if (missing.length > 0) {
  console.error(`Missing: ${missing.map((item) => `${item.name} (for ${item.why})`).join(", ")}.`);
  console.error(
    `On Debian or Ubuntu, run:\n\n    ${process.getuid?.() === 0 ? command : command.replaceAll("apt-get", "sudo apt-get")}\n`,
  );
}
process.exit(blocking.length > 0 ? 1 : 0);

/** How apt can be called without asking anybody: as root, or through sudo that needs no password. */
function findInstaller() {
  if (!onPath("apt-get")) return undefined;
  if (process.getuid?.() === 0) return [];
  return onPath("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0
    ? ["sudo", "-n"]
    : undefined;
}

function apt(prefix, args) {
  const [program, ...rest] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", ...args];
  const { status } = spawnSync(program, rest, { stdio: ["ignore", "ignore", "inherit"], timeout: 15 * 60_000 });
  if (status !== 0) console.error(`apt-get ${args[0]} ended with ${status ?? "a signal"}.`);
}

function onPath(program) {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"].some((folder) =>
    isFile(join(folder, program)),
  );
}

/** Whether the lists that apt has name such a package. */
function isOffered(name) {
  const { stdout } = spawnSync("apt-cache", ["policy", name], { encoding: "utf8" });
  return /Candidate: (?!\(none\))/.test(stdout ?? "");
}

function hasOwnBrowser() {
  return isFile(process.env.CHROMIUM_PATH);
}

function postgresIsHere() {
  const root = "/usr/lib/postgresql";
  return existsSync(root) && readdirSync(root).some((version) => isFile(join(root, version, "bin", "initdb")));
}

function hasEmoji() {
  const { stdout } = spawnSync("fc-list", [":lang=und-zsye", "family"], { encoding: "utf8" });
  return (stdout ?? "").trim() !== "";
}

function isFile(path) {
  return path !== undefined && path !== "" && existsSync(path);
}
