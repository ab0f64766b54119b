/** The look for system packages, on a machine whose PATH is one folder, with an apt that knows what it is told. */
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { postgresFolder } from "../../../deploy/postgres-folder.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const needed = ["git", "bubblewrap", "perl-base"];
let folder = "";
let programs = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "codegen-packages-"));
  programs = join(folder, "bin");
  await mkdir(programs);
  for (const name of ["env", "touch", "true"]) await symlink(`/usr/bin/${name}`, join(programs, name));
  await program("sudo", 'shift; exec "$@"');
  // As apt does it: everything that it was asked for, or nothing.
  await program(
    "apt-get",
    `shift; echo "$*" >> ${folder}/calls
    [ "$1" = install ] || exit "$UPDATED"
    shift 3
    for name; do case " $OFFERED " in *" $name "*) ;; *) exit 100;; esac; done
    for name; do case " $BROKEN " in *" $name "*) exit 100;; esac; done
    for name; do case "$name" in bubblewrap) name=bwrap;; perl-base) name=perl;; esac; touch ${programs}/$name; done`,
  );
  await program("apt-cache", 'case " $OFFERED " in *" $2 "*) echo "  Candidate: 1.0";; esac');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function program(name: string, text: string): Promise<void> {
  await writeFile(join(programs, name), `#!/bin/sh\n${text}\n`);
  await chmod(join(programs, name), 0o755);
}

/** What `npm run demo` or `npm test` would get to know, where apt offers these packages. */
async function look(
  purpose: "demo" | "test",
  offered: readonly string[],
  { broken = "", updated = 0 }: { broken?: string; updated?: number } = {},
) {
  const { exitCode, stderr } = await execa(process.execPath, ["deploy/system-packages.mjs", purpose], {
    cwd: root,
    extendEnv: false,
    env: { PATH: programs, OFFERED: offered.join(" "), BROKEN: broken, UPDATED: String(updated) },
    reject: false,
  });
  const calls = await readFile(join(folder, "calls"), "utf8").catch(() => "");
  const installed = [...calls.matchAll(/^install -y --no-install-recommends (.*)$/gm)].map(([, names = ""]) => names);
  const [, advice] = /install -y --no-install-recommends (.*)\n/.exec(stderr) ?? [];
  return { exitCode, stderr, installed, advice };
}

describe("for the demo, which can do without Chromium", () => {
  test("all is installed, what it needs before what it can do without", async () => {
    expect(await look("demo", [...needed, "chromium"])).toMatchObject({
      exitCode: 0,
      installed: ["git bubblewrap perl-base", "chromium"],
      advice: undefined,
    });
  });

  test("an apt without Chromium still installs the rest, and nothing is advised that cannot be had", async () => {
    const { exitCode, stderr, installed, advice } = await look("demo", needed);
    expect({ exitCode, installed, advice }).toEqual({
      exitCode: 0,
      installed: ["git bubblewrap perl-base"],
      advice: undefined,
    });
    expect(stderr).toMatch(/^Missing: chromium \(for looking at pages\)\.$/m);
    expect(stderr).toContain("CHROMIUM_PATH");
  });

  test("a Chromium of another name is found", async () => {
    expect(await look("demo", [...needed, "chromium-browser"])).toMatchObject({
      exitCode: 0,
      installed: ["git bubblewrap perl-base", "chromium-browser"],
    });
  });

  test("a Chromium that cannot be installed is a warning, and the advice is about nothing else", async () => {
    const { exitCode, stderr, advice } = await look("demo", [...needed, "chromium"], { broken: "chromium" });
    expect({ exitCode, advice }).toEqual({ exitCode: 0, advice: "chromium" });
    expect(stderr).toContain("apt-get install ended with 100.");
  });

  test("what it needs and does not get ends it, with the advice for all that is missing", async () => {
    expect(await look("demo", [...needed, "chromium"], { broken: "git" })).toMatchObject({
      exitCode: 1,
      advice: "git bubblewrap perl-base",
    });
  });

  test("an apt that cannot renew its lists is asked all the same, and the advice keeps the names", async () => {
    expect(await look("demo", [], { updated: 100 })).toMatchObject({
      exitCode: 1,
      installed: ["git bubblewrap perl-base", "chromium"],
      advice: "git bubblewrap perl-base chromium",
    });
  });

  test("with everything in its place nothing is asked and nothing said", async () => {
    for (const name of ["git", "bwrap", "perl", "chromium"]) await program(name, "");
    expect(await look("demo", [])).toMatchObject({ exitCode: 0, stderr: "", installed: [] });
  });
});

test("the tests ask for a Chromium, and for the lighter one where there is one", async () => {
  for (const name of ["git", "bwrap", "perl", "redis-server"]) await program(name, "");
  expect(await look("test", ["chromium"])).toMatchObject({ exitCode: 0, installed: ["chromium"] });
  expect(await look("test", ["chromium", "chromium-headless-shell"])).toMatchObject({
    exitCode: 0,
    installed: ["chromium", "chromium-headless-shell"],
  });
});

describe("PostgreSQL is there", () => {
  const make = async (...path: string[]) => {
    const place = join(folder, ...path);
    await mkdir(place, { recursive: true });
    for (const name of ["initdb", "postgres"]) await writeFile(join(place, name), "");
    return place;
  };

  test("where Debian puts it, the newest", async () => {
    await make("debian/9/bin");
    const newest = await make("debian/15/bin");
    expect(postgresFolder(programs, join(folder, "debian"))).toBe(newest);
  });

  test("where the PATH leads, also by a link", async () => {
    const place = await make("opt/pgsql/bin");
    await symlink(join(place, "initdb"), join(programs, "initdb"));
    expect(postgresFolder(programs, join(folder, "debian"))).toBe(place);
  });

  test("not where only a part of it is", async () => {
    await program("initdb", "");
    expect(postgresFolder(programs, join(folder, "debian"))).toBeUndefined();
  });
});
