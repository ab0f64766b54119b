import { afterEach, describe, expect, test } from "@jest/globals";
import { readdirSync, readFileSync, rmSync, statSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { toSha } from "../../../src/domain/ids.ts";
import { readChangedLines } from "../../../src/workspace/changed-lines.ts";
import { openMirror } from "../../../src/workspace/mirror.ts";
import { readContents } from "../../../src/workspace/read-contents.ts";
import { serve, temporary } from "./repository.ts";
import { outputSync } from "../../support/run-sync.ts";

const places = temporary();
afterEach(() => places.removeAll());

const mirrorIn = (dataDir: string, timeoutMs = 20_000) =>
  openMirror({ dataDir, repositoryId: 7, allowFileProtocol: true, timeoutMs });
const missing = toSha("0123456789012345678901234567890123456789");

describe("a mirror", () => {
  test("fetches a commit once, by its id, also when only a pull's ref leads to it", async () => {
    const remote = places.repository();
    remote.commit({ a: "1" });
    remote.git("checkout", "-q", "-b", "side");
    const head = remote.commit({ a: "2" });
    remote.git("update-ref", "refs/pull/1/head", head);
    remote.git("checkout", "-q", "main");
    remote.git("branch", "-q", "-D", "side");
    const mirror = mirrorIn(places.directory());
    await mirror.ensureCommit({ url: remote.url, sha: head });
    expect((await mirror.readBlob(head, "a"))?.toString()).toBe("2");
    rmSync(remote.directory, { recursive: true });
    await mirror.ensureCommit({ url: remote.url, sha: head });
  });

  test("fetches only what it lacks", async () => {
    const remote = places.repository();
    const first = remote.commit(
      Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`f${index}`, `${Math.random()}`])),
    );
    const server = await serve(remote.directory);
    const mirror = mirrorIn(places.directory());
    await mirror.ensureCommit({ url: server.url, sha: first });
    const second = remote.commit({ f0: "changed" });
    await mirror.ensureCommit({ url: server.url, sha: second });
    await server.close();
    // The second fetch brought a commit, a tree and a file, which git keeps loose.
    const loose = readdirSync(join(mirror.directory, "objects")).filter((name) => /^[0-9a-f]{2}$/.test(name));
    expect(loose.length).toBeLessThanOrEqual(3);
    expect(loose.length).toBeGreaterThan(0);
    expect(await mirror.changedPaths(first, second)).toEqual([{ path: "f0", change: "modified" }]);
  });

  test("tells the changed lines between commits, whatever the repository asks git for", async () => {
    const remote = places.repository();
    const lines = (...changed: readonly string[]) => `${["1", "2", "3", ...changed, "4", "5"].join("\n")}\n`;
    const attributes = "*.js diff=evil -diff\n";
    const first = remote.commit({
      "a b.js": lines(),
      "ö.js": "1\n",
      "old.js": lines("old"),
      ".gitattributes": attributes,
    });
    remote.git("mv", "old.js", "new.js");
    const second = remote.commit({ "a b.js": lines("x", "y"), "ö.js": "2", binary: "\0\u0001" });
    const mirror = mirrorIn(places.directory());
    await mirror.ensureCommit({ url: remote.url, sha: second });
    expect(await readChangedLines(mirror, first, second)).toEqual(
      new Map([
        ["a b.js", [{ start: 4, end: 5 }]],
        ["ö.js", [{ start: 1, end: 1 }]],
      ]),
    );
  });

  test("is fetched once when several ask for the same commit at the same time", async () => {
    const remote = places.repository();
    const head = remote.commit({ a: "1" });
    const server = await serve(remote.directory);
    const dataDir = places.directory();
    await Promise.all([1, 2, 3, 4].map(() => mirrorIn(dataDir).ensureCommit({ url: server.url, sha: head })));
    await server.close();
    expect(server.requests.filter(({ url }) => url.startsWith("/repo.git/info/refs"))).toHaveLength(1);
    expect(readdirSync(join(dataDir, "mirrors"))).toEqual(["7.git"]);
  });

  test("gives the token as a header to its server alone, and keeps it nowhere", async () => {
    const remote = places.repository();
    const head = remote.commit({ a: "1" });
    const server = await serve(remote.directory);
    const elsewhere = createServer((request, response) => {
      response.writeHead(302, { location: `${server.url}${(request.url ?? "").replace("/moved.git", "")}` }).end();
    }).listen(0, "127.0.0.1");
    await once(elsewhere, "listening");
    const token = "ghs_12345_secret.token-value";
    const expected = `Basic ${Buffer.from(`x-access-token:${token}`).toString("base64")}`;
    const mirror = mirrorIn(places.directory());
    await mirror.ensureCommit({ url: server.url, token, sha: head });
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(server.requests.map(() => expected));
    const stored = outputSync("sh", [
      "-c",
      'grep -rac "$0\\|$1" "$2" | grep -v ":0$" || true',
      token,
      expected.slice(6),
      mirror.directory,
    ]);
    expect(stored).toBe("");

    server.requests.length = 0;
    const port = (elsewhere.address() as AddressInfo).port;
    const moved = mirrorIn(places.directory()).ensureCommit({
      url: `http://127.0.0.1:${port}/moved.git`,
      token,
      sha: head,
    });
    await expect(moved).rejects.toMatchObject({ name: "TransientError", message: expect.stringContaining("renamed") });
    expect(server.requests).toEqual([]);
    elsewhere.closeAllConnections();
    elsewhere.close();
    await server.close();
  });

  test("falls back to the ref, and says when the commit is gone from there too", async () => {
    const remote = places.repository();
    remote.commit({ a: "1" });
    const mirror = mirrorIn(places.directory());
    await expect(mirror.ensureCommit({ url: remote.url, sha: missing, ref: "refs/heads/main" })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("no longer in"),
    });
    await expect(mirror.ensureCommit({ url: remote.url, sha: missing })).rejects.toMatchObject({ name: "UserError" });
    await expect(mirror.ensureCommit({ url: remote.url, sha: missing, ref: "refs/heads/gone" })).rejects.toMatchObject({
      name: "UserError",
    });
  });

  test.each([
    ["its packs are cut short", (directory: string) => eachPack(directory, (file) => truncateSync(file, 20))],
    ["its packs are gone", (directory: string) => eachPack(directory, (file) => rmSync(file))],
    ["its HEAD is garbage", (directory: string) => writeFileSync(join(directory, "HEAD"), "\0garbage")],
    ["its config is garbage", (directory: string) => writeFileSync(join(directory, "config"), "[core")],
    ["it is an empty directory", (directory: string) => rmSync(join(directory, "HEAD"))],
  ])("is made anew when %s", async (_name, damage) => {
    const remote = places.repository();
    const head = remote.commit(
      Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`f${index}`, `${Math.random()}`])),
    );
    const server = await serve(remote.directory);
    const mirror = mirrorIn(places.directory());
    await mirror.ensureCommit({ url: server.url, sha: head });
    expect(readdirSync(join(mirror.directory, "objects", "pack")).length).toBeGreaterThan(0);
    damage(mirror.directory);
    await mirror.ensureCommit({ url: server.url, sha: head });
    await server.close();
    expect(await mirror.listFiles(head)).toHaveLength(150);
    expect(await mirror.readBlob(head, "f149")).toBeDefined();
  });

  test("tells a remote that is away from one that refuses", async () => {
    const mirror = mirrorIn(places.directory());
    await expect(mirror.ensureCommit({ url: "http://127.0.0.1:9/x.git", sha: missing })).rejects.toMatchObject({
      name: "TransientError",
    });
    for (const status of [401, 403, 404]) {
      const server = createServer((_, response) => response.writeHead(status).end()).listen(0, "127.0.0.1");
      await once(server, "listening");
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
      await expect(mirror.ensureCommit({ url, token: "t0k3n", sha: missing })).rejects.toMatchObject({
        name: "UserError",
        message: expect.stringContaining("cannot be read"),
      });
      server.closeAllConnections();
      server.close();
    }
  });

  test("does not wait for a silent remote for longer than it may, nor after it was cancelled", async () => {
    const server = createServer(() => {}).listen(0, "127.0.0.1");
    await once(server, "listening");
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.git`;
    await expect(
      mirrorIn(places.directory(), 300).ensureCommit({ url, token: "t0k3n", sha: missing }),
    ).rejects.toMatchObject({
      name: "TransientError",
      message: expect.not.stringContaining("t0k3n"),
    });
    const controller = new AbortController();
    server.once("request", () => controller.abort());
    await expect(
      mirrorIn(places.directory()).ensureCommit({ url, sha: missing, signal: controller.signal }),
    ).rejects.toMatchObject({ name: "Cancelled" });
    server.closeAllConnections();
    server.close();
  });

  test("waits for another process that holds its lock, and takes over that of a dead one", async () => {
    const remote = places.repository();
    const head = remote.commit({ a: "1" });
    const dataDir = places.directory();
    const mirror = mirrorIn(dataDir, 200);
    const lock = `${mirror.directory}.lock`;
    await mirror.ensureCommit({ url: remote.url, sha: head });
    const next = remote.commit({ a: "2" });
    writeFileSync(lock, "somebody");
    await expect(mirror.ensureCommit({ url: remote.url, sha: next })).rejects.toMatchObject({
      name: "TransientError",
      message: expect.stringContaining("held by another process"),
    });
    expect(readFileSync(lock, "utf8")).toBe("somebody");
    utimesSync(lock, new Date(0), new Date(0));
    await mirrorIn(dataDir).ensureCommit({ url: remote.url, sha: next });
    expect(() => statSync(lock)).toThrow("ENOENT");
  });

  test.each(["https://user:pw@example.com/x.git", "ext::sh -c id", "ssh://example.com/x.git", "--upload-pack=id"])(
    "refuses the URL %s",
    async (url) => {
      await expect(mirrorIn(places.directory()).ensureCommit({ url, sha: missing })).rejects.toThrow(TypeError);
    },
  );

  test("does not speak the file protocol unless it is allowed to", async () => {
    const remote = places.repository();
    const sha = remote.commit({ a: "1" });
    const mirror = openMirror({ dataDir: places.directory(), repositoryId: 1 });
    await expect(mirror.ensureCommit({ url: remote.url, sha })).rejects.toThrow(/transport 'file' not allowed/);
  });
});

describe("the content of a commit", () => {
  test("is read as it is stored, whatever the names are", async () => {
    const remote = places.repository();
    const odd = ["with space", "quote\"'", "new\nline", "ünï/cödé 😀", ":(top)x", "*glob?[a]", "-dash", "tab\tx"];
    const binary = Buffer.from([0, 255, 10, 13]);
    const sha = remote.commit({
      ...Object.fromEntries(odd.map((name) => [name, name])),
      binary,
      run: { executable: "x" },
      link: { link: "binary" },
      "dir/file": "1",
    });
    const mirror = mirrorIn(places.directory());
    await mirror.ensureCommit({ url: remote.url, sha });
    for (const name of odd) expect((await mirror.readBlob(sha, name))?.toString()).toBe(name);
    expect(await mirror.readBlob(sha, "binary")).toEqual(binary);
    for (const none of ["link", "dir", "dir/", "nothing", "../x", "", "*"])
      expect(await mirror.readBlob(sha, none)).toBeUndefined();
    const files = await mirror.listFiles(sha);
    expect(files.map(({ path }) => path).toSorted()).toEqual([...odd, "binary", "run", "link", "dir/file"].toSorted());
    expect(files.find(({ path }) => path === "run")).toMatchObject({ kind: "file", executable: true, size: 1 });
    expect(files.find(({ path }) => path === "link")).toMatchObject({ kind: "link", executable: false });
  });

  test("is read for many paths at once, each as by itself", async () => {
    const remote = places.repository();
    const long = (number: number) => `${`${"d".repeat(240)}/`.repeat(12)}f${number}`;
    const many = Array.from({ length: 200 }, (_, number) => [long(number), `content ${number}`] as const);
    const large = Object.fromEntries(["x", "y", "z"].map((name) => [name, Buffer.alloc(24_000_000, name)]));
    const files = {
      ...Object.fromEntries(many),
      ...large,
      empty: "",
      twin: "content 1",
      "dir/a\nb": Buffer.from("\n\0"),
    };
    const sha = remote.commit({ ...files, link: { link: "empty" }, "dir/other": "1", huge: Buffer.alloc(25_000_001) });
    const mirror = mirrorIn(places.directory());
    await mirror.ensureCommit({ url: remote.url, sha });
    const none = ["link", "dir", "dir/", "", ".", "..", "nothing", "nothing/a", "a\0b", "twin/x", "/empty"];
    const read = await mirror.readBlobs(sha, [...none, ...Object.keys(files), ...none, "twin", "empty"]);
    expect([...read.keys()].toSorted()).toEqual(Object.keys(files).toSorted());
    for (const [path, content] of Object.entries(files))
      expect(read.get(path)?.equals(Buffer.from(content))).toBe(true);
    expect(await mirror.readBlobs(sha, [])).toEqual(new Map());
    expect(await mirror.readBlobs(sha, none)).toEqual(new Map());
    for (const paths of [["huge"], ["empty", "huge"]])
      await expect(mirror.readBlobs(sha, paths)).rejects.toMatchObject({
        name: "UserError",
        message: "huge has 25000001 bytes; 25000000 are read at most.",
      });
    await expect(mirror.readBlobs("HEAD", ["empty"])).rejects.toThrow(RangeError);
  });

  test("is said to be missing when the mirror lacks it", async () => {
    const remote = places.repository();
    const sha = remote.commit({ a: "12" });
    const blob = { oid: remote.git("rev-parse", `${sha}:a`).trim(), size: 2 };
    const read = async (...blobs: (typeof blob)[]) => {
      const contents = [];
      const options = { gitDirectory: join(remote.directory, ".git") };
      for await (const [, content] of readContents(blobs, options)) contents.push(content.toString());
      return contents;
    };
    expect(await read(blob, blob)).toEqual(["12", "12"]);
    await expect(read(blob, { oid: missing, size: 1 })).rejects.toMatchObject({
      name: "GitError",
      message: expect.stringContaining(`${missing} missing`),
    });
  });

  test("is not mixed up when names are no text", async () => {
    const remote = places.repository();
    remote.commit({ "dir/a\ufffd": "by name" });
    const stray = remote.git("hash-object", "-w", "--stdin").trim();
    remote.gitWith(Buffer.from(`100644 ${stray}\tdir/a\xff\0`, "latin1"), "update-index", "-z", "--index-info");
    remote.git("commit", "-q", "-m", "x");
    const sha = toSha(remote.git("rev-parse", "HEAD").trim());
    const mirror = mirrorIn(places.directory());
    await mirror.ensureCommit({ url: remote.url, sha });
    const read = await mirror.readBlobs(sha, ["dir", "dir/a\ufffd"]);
    expect([...read].map(([path, content]) => [path, content.toString()])).toEqual([["dir/a\ufffd", "by name"]]);
  });

  test("is named by full ids only", async () => {
    const mirror = mirrorIn(places.directory());
    for (const name of ["HEAD", "--help", "main", "abc"])
      await expect(mirror.listFiles(name)).rejects.toThrow(RangeError);
  });

  test("is merged without a work tree: a tree, or the files in conflict", async () => {
    const remote = places.repository();
    const start = remote.commit({ a: "1\n2\n3\n4\n5\n", b: "b" });
    const head = remote.commit({ a: "1\n2\n3\n4\nfive\n", c: "new" });
    remote.git("checkout", "-q", "-b", "other", start);
    const fits = remote.commit({ a: "one\n2\n3\n4\n5\n", b: undefined });
    const clashes = remote.commit({ a: "1\n2\n3\n4\n5!\n" });
    remote.git("checkout", "-q", "--orphan", "alone");
    const alone = remote.commit({ z: "z" });
    const mirror = mirrorIn(places.directory());
    for (const sha of [head, clashes, alone]) await mirror.ensureCommit({ url: remote.url, sha });
    const merged = await mirror.mergeTree(fits, head);
    if (!merged.clean) throw new Error("conflict");
    expect((await mirror.listFiles(merged.tree)).map(({ path }) => path)).toEqual(["a", "c"]);
    expect((await mirror.readBlob(merged.tree, "a"))?.toString()).toBe("one\n2\n3\n4\nfive\n");
    expect(await mirror.mergeTree(clashes, head)).toEqual({ clean: false, conflicts: ["a"] });
    await expect(mirror.mergeTree(alone, head)).rejects.toMatchObject({ name: "UserError" });
    expect(await mirror.mergeBase(clashes, head)).toBe(start);
    expect(await mirror.mergeBase(alone, head)).toBeUndefined();
    expect(await mirror.changedPaths(start, head)).toEqual([
      { path: "a", change: "modified" },
      { path: "c", change: "added" },
    ]);
  });
});

function eachPack(directory: string, damage: (file: string) => void): void {
  const packs = join(directory, "objects", "pack");
  for (const name of readdirSync(packs).filter((file) => file.endsWith(".pack"))) {
    outputSync("chmod", ["u+w", join(packs, name)]);
    damage(join(packs, name));
  }
}
