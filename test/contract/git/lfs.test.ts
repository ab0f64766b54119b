/** Files of Git LFS that the base branch's file lists: with the local GitHub, and with servers that lie. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { checkout } from "../../../src/workspace/checkout.ts";
import { fillLfsFiles } from "../../../src/workspace/lfs.ts";
import { openMirror } from "../../../src/workspace/mirror.ts";
import { storeLfsObject } from "../../doubles/github/git/lfs.ts";
import { openExtrasScene, type ExtrasScene } from "./extras-scene.ts";
import { temporary, type Content } from "./repository.ts";

const nothing = { additions: [], deletions: [], refused: [], modeChanges: [] };
const image = Buffer.from([0, 255, 10, 13, 0, 1, 2, 3]);
const big = Buffer.alloc(3_000_000, "0123456789abcdef\n");

describe("with the local GitHub", () => {
  let scene: ExtrasScene;
  beforeAll(async () => (scene = await openExtrasScene()), 30_000);
  afterAll(() => scene.close());

  const store = (content: Buffer) => {
    const shop = scene.local.github.state.repositories.find(({ id }) => id === scene.ref.id);
    if (shop === undefined) throw new Error("no octo/shop");
    return storeLfsObject(scene.local.github, shop, content);
  };
  const commit = (files: Record<string, Content>) => {
    const repository = scene.places.repository();
    repository.commit(files);
    return scene.push(repository, "octo", "shop");
  };

  test("listed files get their content, others stay pointers, and none of them is a change", async () => {
    const pointer = await store(image);
    const sha = await commit({
      ".gitattributes": "* filter=lfs\n",
      ".lfsconfig": "[lfs]\n\turl = https://evil.example/\n",
      "assets/a b.png": pointer,
      "assets/big.bin": { executable: await store(big) },
      "assets/none.txt": "no pointer\n",
      "other.png": pointer,
    });
    const { directory, changes } = await scene.open({ commit: sha, environment: { lfs: ["assets/**"] } });
    expect(readFileSync(join(directory, "assets/a b.png")).equals(image)).toBe(true);
    expect(readFileSync(join(directory, "assets/big.bin")).equals(big)).toBe(true);
    expect(readFileSync(join(directory, "assets/none.txt"), "utf8")).toBe("no pointer\n");
    expect(readFileSync(join(directory, "other.png"), "utf8")).toBe(pointer);
    expect(await changes()).toEqual(nothing);

    writeFileSync(join(directory, "assets/a b.png"), pointer);
    expect(await changes()).toEqual(nothing);
    writeFileSync(join(directory, "assets/a b.png"), "another");
    const reason = "its content is in Git LFS, where this App cannot put another one";
    expect(await changes()).toEqual({ ...nothing, refused: [{ path: "assets/a b.png", reason }] });
  });

  test("nothing is asked where nothing is listed", async () => {
    const pointer = await store(image);
    const { directory } = await scene.open({ commit: await commit({ "a.png": pointer }) });
    expect(readFileSync(join(directory, "a.png"), "utf8")).toBe(pointer);
  });

  test("what is not there, or more than the disk may hold, is told with what to do", async () => {
    const lost = `version https://git-lfs.github.com/spec/v1\noid sha256:${"a".repeat(64)}\nsize 5\n`;
    await expect(
      scene.open({ commit: await commit({ "a.png": lost }), environment: { lfs: ["*.png"] } }),
    ).rejects.toThrow(
      "`a.png` is a pointer to an object that Git LFS does not have (aaaaaaaaaaaa…). Push it with `git lfs push`, or take the file out of `environment.lfs`.",
    );
    const huge = lost.replace("size 5", "size 900000000000");
    await expect(
      scene.open({ commit: await commit({ "a.png": huge }), environment: { lfs: ["*.png"] } }),
    ).rejects.toThrow(/matches 1 files of Git LFS with 900000000000 bytes; .* raise `environment.limits.disk`/);
  });

  test.each([
    ["502", "TransientError"],
    ["409", "UserError"],
  ] as const)("an answer of %s to the question is a %s", async (status, name) => {
    const sha = await commit({ "a.png": await store(image) });
    scene.local.failNext("POST /{owner}/{repo}.git/info/lfs/objects/batch", status);
    await expect(scene.open({ commit: sha, environment: { lfs: ["*.png"] } })).rejects.toMatchObject({ name });
  });
});

describe("with a server that lies", () => {
  const places = temporary();
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close().closeAllConnections();
    places.removeAll();
  });

  async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void) {
    const seen: { url: string; authorization: string | undefined }[] = [];
    const server = createServer((request, response) => {
      seen.push({ url: request.url ?? "", authorization: request.headers.authorization });
      request.resume();
      answer(request, response);
    });
    servers.push(server.listen(0, "127.0.0.1"));
    await once(server, "listening");
    return { seen, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
  }

  const oid = createHash("sha256").update(image).digest("hex");
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${oid}\nsize ${image.length}\n`;

  /** Fills `a.png` by a server whose batch answer names this download. */
  async function fill(
    download: (url: string) => object,
    give: (request: IncomingMessage, response: ServerResponse) => void,
    signal = new AbortController().signal,
  ) {
    const server = await serve((request, response) => {
      if (request.method !== "POST") return give(request, response);
      response.end(
        JSON.stringify({ objects: [{ oid, size: image.length, actions: { download: download(server.url) } }] }),
      );
    });
    const source = places.repository();
    const treeish = source.commit({ "a.png": pointer });
    const dataDir = places.directory();
    const mirror = openMirror({ dataDir, repositoryId: 1, allowFileProtocol: true });
    await mirror.ensureCommit({ url: source.url, sha: treeish });
    const directory = join(dataDir, "w");
    await checkout({ mirror, treeish, directory });
    const remote = { url: `${server.url}/octo/shop.git`, token: "s3cr3t" };
    const filled = fillLfsFiles({ mirror, treeish, directory, globs: ["*.png"], remote, limit: 1_000_000, signal });
    const failure = await filled.then(
      () => undefined,
      (error: Error) => error,
    );
    return { failure, seen: server.seen, content: readFileSync(join(directory, "a.png")) };
  }
  const good = (_: IncomingMessage, response: ServerResponse) => void response.end(image);

  test("headers of the answer are sent, the token only where none of them is for that, and nothing after a redirect", async () => {
    const basic = `Basic ${Buffer.from("x-access-token:s3cr3t").toString("base64")}`;
    const own = await fill((url) => ({ href: `${url}/own` }), good);
    expect(own.seen.map(({ authorization }) => authorization)).toEqual([basic, basic]);
    const given = await fill((url) => ({ href: `${url}/given`, header: { Authorization: "Given" } }), good);
    expect(given.seen[1]).toEqual({ url: "/given", authorization: "Given" });
    const sent = await fill(
      (url) => ({ href: `${url}/first`, header: { Authorization: "Given" } }),
      (request, response) =>
        request.url === "/first" ? response.writeHead(302, { location: "/second" }).end() : response.end(image),
    );
    expect(sent.seen.slice(1)).toEqual([
      { url: "/first", authorization: "Given" },
      { url: "/second", authorization: undefined },
    ]);
    for (const { failure, content } of [own, given, sent]) {
      expect(failure).toBeUndefined();
      expect(content.equals(image)).toBe(true);
    }
  });

  test.each(["http://127.0.0.1:1/x", "file:///etc/passwd", "ftp://h/x", "data:,x", "not a URL", "http://[::1]/x"])(
    "the address %s is not asked, neither named nor by a redirect",
    async (href) => {
      const named = await fill(() => ({ href }), good);
      expect(named.failure).toMatchObject({ name: "UserError", message: expect.stringContaining("not https") });
      expect(named.seen).toHaveLength(1);
      if (!URL.canParse(href)) return;
      const led = await fill(
        (url) => ({ href: `${url}/x` }),
        (_, response) => response.writeHead(307, { location: href }).end(),
      );
      expect(led.failure).toMatchObject({ name: "UserError", message: expect.stringContaining("not https") });
    },
  );

  test.each<[string, (request: IncomingMessage, response: ServerResponse) => void, string, RegExp]>([
    [
      "other bytes",
      (_, response) => response.end(Buffer.alloc(image.length)),
      "UserError",
      /is not what its pointer names/,
    ],
    ["fewer bytes", (_, response) => response.end(image.subarray(1)), "UserError", /is not what its pointer names/],
    [
      "bytes without end",
      (_, response) => void setInterval(() => response.write(big), 1).unref(),
      "UserError",
      /more than the 8 bytes/,
    ],
    [
      "redirects without end",
      (_, response) => response.writeHead(302, { location: "/x" }).end(),
      "UserError",
      /on and on/,
    ],
    [
      "a broken connection",
      (request) => request.socket.destroy(),
      "TransientError",
      /cannot be reached, took too long or broke off/,
    ],
    ["too many questions", (_, response) => response.writeHead(429).end(), "RateLimited", /answered 429/],
    ["a used quota", (_, response) => response.writeHead(509).end(), "UserError", /quota for Git LFS is used up/],
    ["nothing", (_, response) => response.writeHead(404).end(), "UserError", /answered 404/],
  ])("%s end in an error", async (_, give, name, message) => {
    const { failure } = await fill((url) => ({ href: `${url}/x` }), give);
    expect(failure).toMatchObject({ name, message: expect.stringMatching(message) });
  });

  test.each<[string, object, string]>([
    ["headers with line breaks", { header: { "x-a": "b\r\nhost: evil" } }, "UserError"],
    ["headers that are none", { header: "Authorization: x" }, "TransientError"],
    ["a password in the address", { href: "https://a:b@127.0.0.1/" }, "UserError"],
    ["no address", { href: 5 }, "TransientError"],
  ])("an answer with %s ends in an error", async (_, more, name) => {
    const { failure } = await fill((url) => ({ href: `${url}/x`, ...more }), good);
    expect(failure).toMatchObject({ name });
    expect(failure?.message).not.toContain("s3cr3t");
  });

  test("a server that does not go on is left when the run is cancelled", async () => {
    const cancel = new AbortController();
    const { failure } = await fill(
      (url) => ({ href: `${url}/x` }),
      (_, response) => {
        response.write(image.subarray(1));
        cancel.abort();
      },
      cancel.signal,
    );
    expect(failure).toMatchObject({ name: "Cancelled" });
  });
});
