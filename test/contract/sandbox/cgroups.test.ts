import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCgroup, findCgroups } from "../../../src/sandbox/cgroups.ts";

const limits = { memory: 1_000_000, processes: 10, cpus: 1.5 };
let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "codegen cgroups-"));
});
afterEach(() => rm(root, { recursive: true }));

/** The kernel's tables as they would be in a container of which `own` is the cgroup; only names and contents are as in a cgroup file system. */
async function tables(mounts: string, own: string) {
  const files = { mountinfo: join(root, "mountinfo"), cgroup: join(root, "cgroup") };
  await writeFile(files.mountinfo, mounts);
  await writeFile(files.cgroup, own);
  return files;
}

const inMountinfo = (path: string) => path.replaceAll(" ", "\\040");

describe("cgroups of version 2", () => {
  test("are handed memory, pids and cpu, below the directory that the bot is in", async () => {
    const own = join(root, "tree", "service");
    await mkdir(own, { recursive: true });
    await writeFile(join(own, "cgroup.controllers"), "cpuset cpu io memory pids\n");
    const files = await tables(
      `41 31 0:38 /outer ${inMountinfo(join(root, "tree"))} rw - cgroup2 cgroup2 rw\n`,
      "0::/outer/service\n",
    );
    await findCgroups("trial", files);
    expect(await readFile(join(own, "cgroup.subtree_control"), "utf8")).toBe("+memory +pids +cpu");
    expect(await readFile(join(own, "trial", "memory.max"), "utf8")).toBe(String(64 * 1024 ** 2));
  });

  test("without the memory controller are not used, and the reason is told", async () => {
    await writeFile(join(root, "cgroup.controllers"), "hugetlb\n");
    const files = await tables(`41 31 0:38 / ${inMountinfo(root)} rw - cgroup2 cgroup2 rw\n`, "0::/\n");
    expect(await findCgroups("trial", files)).toMatch(/^version 2: .* has no memory, pids, cpu controller$/);
  });

  test("bound memory, swap, processes and cores by their files, and count who was killed", async () => {
    const cgroup = await createCgroup({ version: 2, memory: root, pids: root, cpu: root }, "one", limits);
    const file = (name: string) => readFile(join(root, "one", name), "utf8");
    expect(cgroup.directories).toEqual([join(root, "one")]);
    expect([await file("memory.max"), await file("pids.max"), await file("cpu.max")]).toEqual([
      "1000000",
      "14",
      "150000 100000",
    ]);
    await writeFile(join(root, "one", "memory.events"), "low 0\nhigh 0\nmax 4\noom 1\noom_kill 3\n");
    expect(await cgroup.oomKills()).toBe(3);
  });
});

describe("where no cgroup can be made", () => {
  test("the reason is told", async () => {
    expect(await findCgroups("trial", await tables("", ""))).toBe("no cgroup file system is mounted");
    const files = await tables(
      "35 31 0:32 / /proc/no-memory rw - cgroup cgroup rw,memory\n39 31 0:36 / /proc/no-pids rw - cgroup cgroup rw,pids\n",
      "8:pids:/\n4:memory:/\n",
    );
    expect(await findCgroups("trial", files)).toMatch(/^version 1: ENOENT/);
  });
});
