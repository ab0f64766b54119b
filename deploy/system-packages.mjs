// Finds the system packages that are missing, installs them with apt where it may, else prints the exact command.
// Usage: node deploy/system-packages.mjs demo|test|pictures
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { postgresFolder } from "./postgres-folder.ts";

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
    // As Ubuntu calls it.
    alias: "chromium-browser",
    found: () => ["chromium-headless-shell", "chromium", "chromium-browser"].some(onPath) || hasOwnBrowser(),
    why: "looking at pages",
  },
];
const forTests = [
  { name: "redis-server", found: () => onPath("redis-server"), why: "the queue on Redis" },
  { name: "postgresql", found: () => postgresFolder() !== undefined, why: "the store and the queue on PostgreSQL" },
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

const installer = findInstaller();
/** Whether what apt does not list is not to be had. */
let listsAreFresh = false;
if (installer) {
  if (missing.length > 0) {
    console.error(`Installing what is missing: ${missing.map((item) => `${item.name} (${item.why})`).join(", ")} …`);
    listsAreFresh = apt(installer, ["update"]);
  }
  const takesLighter = canBeLighter && isOffered(lighter);
  if (takesLighter) console.error(`Installing ${lighter}, which takes less of the processor …`);
  const wantedNow = missing.filter((item) => !(takesLighter && item.name === "chromium"));
  // apt installs all that it is asked for at once, or nothing: what can be done without does not stand in the way of the rest.
  install(wantedNow.filter((item) => !optional.includes(item.name)).map(nameHere));
  install(wantedNow.filter((item) => optional.includes(item.name)).map(nameHere));
  if (takesLighter) install([lighter]);
  missing = wanted.filter((item) => !item.found());
}
if (missing.length > 0) tellMissing();
process.exit(missing.some((item) => !optional.includes(item.name)) ? 1 : 0);

/** What is missing by now, and the command that brings it. */
function tellMissing() {
  console.error(`Missing: ${missing.map((item) => `${item.name} (for ${item.why})`).join(", ")}.`);
  const names = missing.map(nameHere).filter((name) => name !== undefined);
  if (names.length > 0) {
    const command = `apt-get update && apt-get ${installing(names).join(" ")}`;
    console.error(
      `On Debian or Ubuntu, run:\n\n    ${process.getuid?.() === 0 ? command : command.replaceAll("apt-get", "sudo apt-get")}\n`,
    );
  }
  const absent = missing.filter((item) => nameHere(item) === undefined).map((item) => item.name);
  if (absent.length > 0)
    console.error(`apt offers no ${absent.join(", ")} here. CHROMIUM_PATH may name a Chromium of your own.`);
}

/** The package that apt here offers for it; undefined where there is none. */
function nameHere({ name, alias }) {
  return [name, alias].find((one) => one !== undefined && isOffered(one)) ?? (listsAreFresh ? undefined : name);
}

function installing(names) {
  return ["install", "-y", "--no-install-recommends", ...names];
}

function install(offered) {
  const names = offered.filter((name) => name !== undefined);
  if (names.length > 0) apt(installer, installing(names));
}

/** How apt can be called without asking anybody: as root, or through sudo that needs no password. */
function findInstaller() {
  if (!onPath("apt-get")) return undefined;
  if (process.getuid?.() === 0) return [];
  return onPath("sudo") && spawnSync("sudo", ["-n", "true"], { stdio: "ignore" }).status === 0
    ? ["sudo", "-n"]
    : undefined;
}

/** Whether it did it. */
function apt(prefix, args) {
  const [program, ...rest] = [...prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", ...args];
  const { status } = spawnSync(program, rest, { stdio: ["ignore", "ignore", "inherit"], timeout: 15 * 60_000 });
  if (status !== 0) console.error(`apt-get ${args[0]} ended with ${status ?? "a signal"}.`);
  return status === 0;
}

function onPath(program) {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/sbin"].some((folder) =>
    isFile(join(folder, program)),
  );
}

/** Whether the lists that apt has name such a package. */
function isOffered(name) {
  // In English, whatever the person speaks.
  const env = { ...process.env, LC_ALL: "C" };
  const { stdout } = spawnSync("apt-cache", ["policy", name], { encoding: "utf8", env });
  return /Candidate: (?!\(none\))/.test(stdout ?? "");
}

function hasOwnBrowser() {
  return isFile(process.env.CHROMIUM_PATH);
}

function hasEmoji() {
  const { stdout } = spawnSync("fc-list", [":lang=und-zsye", "family"], { encoding: "utf8" });
  return (stdout ?? "").trim() !== "";
}

function isFile(path) {
  return path !== undefined && path !== "" && existsSync(path);
}
