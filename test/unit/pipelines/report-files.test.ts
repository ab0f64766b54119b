import { describe, expect, test } from "@jest/globals";
import { readReports, removeReports } from "../../../pipelines/validate/report-files.ts";
import { UserError } from "../../../src/errors.ts";

const missing = (path: string) =>
  new UserError(`${path} does not exist.`, { cause: Object.assign(new Error("no"), { code: "ENOENT" }) });

/** Files of a workspace, some of which cannot be removed. */
function workspace(present: Record<string, string>, fixed: readonly string[] = []) {
  const files = new Map(Object.entries(present));
  const reads: string[] = [];
  return {
    files,
    reads,
    list: (folder: string, limit: number) =>
      Promise.resolve([...files.keys()].filter((path) => path.startsWith(folder)).slice(0, limit)),
    read: (path: string, { most = 0 } = {}) => {
      reads.push(path);
      const text = files.get(path);
      if (text === undefined) return Promise.reject(missing(path));
      if (text.length > most) return Promise.reject(new UserError(`${path} has more than ${most} bytes.`));
      return Promise.resolve(text);
    },
    remove: (path: string) => {
      if (fixed.includes(path)) return Promise.reject(new UserError(`${path} cannot be removed: permission denied.`));
      return files.delete(path) ? Promise.resolve() : Promise.reject(missing(path));
    },
  };
}

async function readAll(pattern: string, files: ReturnType<typeof workspace>, left = new Map<string, string>()) {
  const texts: string[] = [];
  const unread = await readReports(pattern, files, left, (text) => {
    if (text === "bad") throw new UserError("it is none.");
    texts.push(text);
  });
  return { texts, unread };
}

describe("the files that a command writes about itself", () => {
  test("are all that match, and those that cannot be read are told", async () => {
    const files = workspace({ "out/a.xml": "a", "out/b.xml": "bad", "out/c.txt": "c", "d.xml": "d" });
    expect(await readAll("out/*.xml", files)).toEqual({
      texts: ["a"],
      unread: [{ path: "out/b.xml", reason: "it is none." }],
    });
    expect(files.reads).toEqual(["out/a.xml", "out/b.xml"]);
  });

  test("are said to be missing when there are none", async () => {
    const reason = "the command wrote no such file.";
    expect(await readAll("a.xml", workspace({}))).toEqual({ texts: [], unread: [{ path: "a.xml", reason }] });
    expect(await readAll("*.xml", workspace({}))).toEqual({ texts: [], unread: [{ path: "*.xml", reason }] });
  });

  test("are found by their name without looking through the workspace", async () => {
    const files = { ...workspace({ "a.xml": "a" }), list: () => Promise.reject(new Error("looked through")) };
    expect((await readAll("a.xml", files)).texts).toEqual(["a"]);
  });

  test("are read up to a number and a size, and it is said that there are more", async () => {
    const many = Object.fromEntries(Array.from({ length: 2_001 }, (_, n) => [`out/${n}.xml`, "a"]));
    const { texts, unread } = await readAll("out/*.xml", workspace(many));
    expect(texts).toHaveLength(2_000);
    expect(unread).toEqual([{ path: "out/*.xml", reason: "2001 files match, of which 2000 are read." }]);
    const large = Object.fromEntries(["a", "b", "c", "d"].map((name) => [name, name.repeat(9_900_000)]));
    const some = await readAll("{a,b,c,d}", workspace(large));
    expect(some.texts.map(([first]) => first)).toEqual(["a", "b", "c"]);
    expect(some.unread).toMatchObject([{ path: "d" }]);
  });

  test("are taken for no result when they were there before and could not be removed", async () => {
    const files = workspace({ "out/a.xml": "old", "out/b.xml": "old" }, ["out/a.xml"]);
    const left = await removeReports(["out/*.xml", "coverage.info"], files);
    files.files.set("out/b.xml", "new");
    const { texts, unread } = await readAll("out/*.xml", files, new Map(left));
    expect(texts).toEqual(["new"]);
    expect(unread).toMatchObject([{ path: "out/a.xml" }]);
    expect(unread[0]?.reason).toContain("It was there before the command ran, and stayed");
  });
});
