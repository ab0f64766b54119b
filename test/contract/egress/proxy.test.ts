/** The proxy of a sandbox against real sockets: who asks, who is asked, and a resolver that says what a test wants. */
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type Server } from "node:http";
import { connect, createServer as createSocketServer, type AddressInfo, type Server as SocketServer } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, test } from "@jest/globals";
import { toHostPatterns } from "../../../src/domain/host-pattern.ts";
import { egressDefaults, openProxy, type EgressLimits, type Proxy } from "../../../src/egress/proxy.ts";

const closers: (() => unknown)[] = [];
afterEach(() => {
  for (const close of closers.splice(0).toReversed()) close();
});

interface Scene {
  readonly proxy: Proxy;
  readonly proxyPort: number;
  /** Everything that a host got. */
  readonly got: string[];
  readonly port: number;
  readonly looked: string[];
}

interface SceneOptions {
  readonly hosts?: (port: number) => string[];
  readonly permitted?: (port: number) => string[];
  readonly names?: Readonly<Record<string, string[]>>;
  readonly limits?: Partial<EgressLimits>;
  readonly answer?: Parameters<typeof createServer>[1];
}

/** A web server, a proxy that may reach it as `good.example`, and a door to the proxy. */
async function scene(options: SceneOptions = {}): Promise<Scene> {
  const got: string[] = [];
  const web = await listen(
    createServer((asked, response) => {
      got.push(`${asked.method} ${asked.url} ${asked.headers.host}`);
      if (options.answer) (options.answer as (a: IncomingMessage, b: typeof response) => void)(asked, response);
      else void text(asked).then((body) => response.end(`${body || "hello"} ${JSON.stringify(asked.headers)}`));
    }),
  );
  const looked: string[] = [];
  const own = [`good.example:${web}`];
  const proxy = openProxy({
    hosts: toHostPatterns(options.hosts?.(web) ?? own),
    privateHosts: toHostPatterns(options.permitted?.(web) ?? own),
    lookup: (host) => {
      looked.push(host);
      return Promise.resolve(options.names?.[host] ?? ["127.0.0.1"]);
    },
    timeoutMs: 1_000,
    limits: { ...egressDefaults, ...options.limits },
  });
  closers.push(() => proxy.close());
  const proxyPort = await listen(createSocketServer((connection) => proxy.connect(connection)));
  return { proxy, proxyPort, got, port: web, looked };
}

async function listen(server: Server | SocketServer): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(() => {
    server.close();
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends bytes to the proxy and gives all that comes back until it closes. */
async function say(proxyPort: number, bytes: string): Promise<string> {
  const socket = connect({ host: "127.0.0.1", port: proxyPort });
  socket.on("error", () => socket.destroy());
  socket.write(bytes);
  let out = "";
  socket.setEncoding("latin1").on("data", (piece: string) => (out += piece));
  await once(socket, "close");
  return out;
}

async function get(proxyPort: number, url: string, headers = {}, body?: string) {
  const outgoing = request({ host: "127.0.0.1", port: proxyPort, path: url, method: body ? "POST" : "GET", headers });
  outgoing.end(body);
  const [answer] = (await once(outgoing, "response")) as [IncomingMessage];
  return { status: answer.statusCode, headers: answer.headers, body: await text(answer) };
}

const tunnelled = (host: string, port: number, more = "") =>
  `CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n${more}`;

describe("a listed host", () => {
  test("is reached through a tunnel, also with bytes that were sent before the answer", async () => {
    const { proxy, proxyPort, port, got } = await scene();
    const inner = `GET /in HTTP/1.1\r\nHost: good.example\r\nConnection: close\r\n\r\n`;
    const out = await say(proxyPort, tunnelled("GOOD.example.", port, inner));
    expect(out).toMatch(/^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.1 200 OK\r\n[\s\S]*hello/);
    expect(got).toEqual(["GET /in good.example"]);
    expect(proxy.takeRefused()).toEqual([]);
  });

  test("is asked in absolute form, as the host that was checked, without what was meant for the proxy", async () => {
    const { proxyPort, port, got } = await scene();
    const { status, body } = await get(proxyPort, `http://good.example:${port}/a%2Fb/../c?d`, {
      host: "other.example",
      "proxy-authorization": "Basic c2VjcmV0",
      "x-mine": "kept",
      connection: "keep-alive, x-hop",
      "x-hop": "dropped",
    });
    expect(status).toBe(200);
    expect(got).toEqual([`GET /a%2Fb/../c?d good.example:${port}`]);
    expect(body).toContain('"x-mine":"kept"');
    expect(body).not.toMatch(/proxy-authorization|x-hop/);
  });

  test("gets bodies as they are, with a length and without", async () => {
    const { proxyPort, port } = await scene();
    const url = `http://good.example:${port}/`;
    expect((await get(proxyPort, url, { "content-length": 5 }, "12345")).body).toMatch(/^12345 .*"content-length":"5"/);
    expect((await get(proxyPort, url, { "transfer-encoding": "chunked" }, "12345")).body).toMatch(
      /^12345 .*"transfer-encoding":"chunked"/,
    );
  });

  test("is connected to at the checked address, with one look at its name", async () => {
    const answers = [["127.0.0.1"], ["169.254.169.254"]];
    const names = {
      get "good.example"() {
        return answers.shift() ?? [];
      },
    };
    const { proxyPort, port, looked } = await scene({ names });
    expect((await get(proxyPort, `http://good.example:${port}/`)).status).toBe(200);
    expect(looked).toEqual(["good.example"]);
    expect((await get(proxyPort, `http://good.example:${port}/`)).status).toBe(403);
  });

  test("that does not answer, or has no name, is not the rules' fault", async () => {
    const gone = await listen(createSocketServer());
    closers.pop()?.();
    const { proxy, proxyPort } = await scene({
      hosts: () => [`good.example:${gone}`, "lost.example"],
      permitted: () => [`good.example:${gone}`],
      names: { "lost.example": [] },
    });
    expect(await say(proxyPort, tunnelled("good.example", gone))).toMatch(/^HTTP\/1\.1 502 [\s\S]*did not answer/);
    expect((await get(proxyPort, "http://lost.example/")).body).toBe("The name lost.example was not found.\n");
    expect(proxy.takeRefused()).toEqual([
      { host: "good.example", port: gone, reason: "unreachable", count: 1 },
      { host: "lost.example", port: 80, reason: "unresolved", count: 1 },
    ]);
  });

  test("that speaks no HTTP gets no further than its connection", async () => {
    const odd = await listen(createSocketServer((socket) => socket.end("no HTTP at all\r\n\r\n")));
    const { proxyPort } = await scene({
      hosts: () => [`good.example:${odd}`],
      permitted: () => [`good.example:${odd}`],
    });
    expect((await get(proxyPort, `http://good.example:${odd}/`)).status).toBe(502);
  });
});

describe("everything else", () => {
  test("is refused with the entry that would open it, and counted", async () => {
    const { proxy, proxyPort, port, got, looked } = await scene();
    expect(await say(proxyPort, tunnelled("evil.example", 443))).toMatch(
      /^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*add evil\.example to environment\.network/,
    );
    const { status, body } = await get(proxyPort, `http://evil.example:${port}/?leak=1`);
    expect([status, body]).toEqual([403, expect.stringContaining(`add evil.example:${port} to environment.network`)]);
    await say(proxyPort, tunnelled("EVIL.example", 443));
    await say(proxyPort, tunnelled("good.example", 22));
    expect(looked).toEqual([]);
    expect(got).toEqual([]);
    expect(proxy.takeRefused()).toEqual([
      { host: "evil.example", port: 443, reason: "unlisted", count: 2 },
      { host: "evil.example", port, reason: "unlisted", count: 1 },
      { host: "good.example", port: 22, reason: "unlisted", count: 1 },
    ]);
    expect(proxy.takeRefused()).toEqual([]);
  });

  test.each([
    ["this machine", ["127.0.0.1"]],
    ["this machine by IPv6", ["::1"]],
    ["a private network", ["10.0.0.1"]],
    ["a metadata service", ["169.254.169.254"]],
    ["an IPv4 address in disguise", ["::ffff:127.0.0.1"]],
    ["a good address and a bad one", ["93.184.216.34", "127.0.0.1"]],
  ])("is a listed name that leads to %s", async (_, addresses) => {
    const { proxy, proxyPort, port, got } = await scene({
      permitted: () => [],
      names: { "good.example": addresses },
    });
    expect((await get(proxyPort, `http://good.example:${port}/`)).status).toBe(403);
    expect(await say(proxyPort, tunnelled("good.example", port))).toMatch(/^HTTP\/1\.1 403 [\s\S]*not public/);
    expect(got).toEqual([]);
    expect(proxy.takeRefused()).toMatchObject([{ reason: "not-public", count: 2 }]);
  });

  test("is a metadata service also where the operator lets the name be private", async () => {
    const { proxyPort, port } = await scene({ names: { "good.example": ["169.254.169.254"] } });
    expect((await get(proxyPort, `http://good.example:${port}/`)).status).toBe(403);
  });

  test.each([
    ["a request for the proxy itself", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a name and password in the address", "GET http://a:b@good.example/ HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["TLS in absolute form", "GET https://good.example/ HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["another scheme", "GET file:///etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a tunnel to no port", "CONNECT good.example HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["a tunnel to a path", "CONNECT good.example:443/x HTTP/1.1\r\nHost: a\r\n\r\n"],
    ["two lengths", "POST http://good.example/ HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx"],
    ["SOCKS", "\u0005\u0001\u0000"],
    ["noise", "\u0000\u00FF\u0001 \r\n\r\n"],
  ])("is %s", async (_, bytes) => {
    const { proxyPort, got, proxy } = await scene();
    expect(await say(proxyPort, bytes)).toMatch(/^HTTP\/1\.1 400 /);
    expect(got).toEqual([]);
    expect(proxy.takeRefused()).toEqual([]);
  });

  test("is what comes second on a connection whose first request was good", async () => {
    const { proxyPort, port, got } = await scene();
    const first = `GET http://good.example:${port}/1 HTTP/1.1\r\nHost: good.example\r\n\r\n`;
    const second = `GET http://evil.example/2 HTTP/1.1\r\nHost: good.example\r\n\r\n`;
    const out = await say(proxyPort, first + second);
    expect(out.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 200", "HTTP/1.1 403"]);
    expect(got).toHaveLength(1);
  });
});

describe("the limits", () => {
  test("end a head that is too long", async () => {
    const { proxyPort } = await scene({ limits: { headBytes: 1_024 } });
    expect(await say(proxyPort, `GET http://good.example/${"a".repeat(5_000)} HTTP/1.1\r\n\r\n`)).toMatch(/ 431 /);
  });

  test("count the bytes of all connections together, and let nothing through after them", async () => {
    const { proxy, proxyPort, port } = await scene({
      limits: { bytes: 100_000 },
      answer: (_, response) => void response.end("x".repeat(80_000)),
    });
    const url = `http://good.example:${port}/`;
    expect((await get(proxyPort, url)).body).toHaveLength(80_000);
    await expect(get(proxyPort, url)).rejects.toThrow(/aborted|hang up|ECONNRESET/);
    expect(await say(proxyPort, tunnelled("good.example", port))).toMatch(/^HTTP\/1\.1 403 [\s\S]*as much data/);
    expect(proxy.takeRefused()).toEqual([{ host: "good.example", port, reason: "limit", count: 2 }]);
  });

  test("end connections that are silent, and those that take too long", async () => {
    const silent = await scene({ limits: { idleMs: 50 } });
    expect(await say(silent.proxyPort, "CONNECT")).toBe("");
    const slow = await scene({ limits: { connectionMs: 50 } });
    expect(await say(slow.proxyPort, tunnelled("good.example", slow.port))).toContain("200 Connection established");
  });

  test("turn away who opens too many connections, and take others when those are gone", async () => {
    const { proxyPort, port } = await scene({ limits: { connections: 1 } });
    const held = connect({ host: "127.0.0.1", port: proxyPort });
    held.write(tunnelled("good.example", port));
    await once(held, "data");
    expect(await say(proxyPort, tunnelled("good.example", port))).toBe("");
    held.destroy();
    await once(held, "close");
    const url = `http://good.example:${port}/`;
    for (let tries = 0; tries < 100; tries += 1) {
      const found = await get(proxyPort, url).catch(() => null);
      if (found?.status === 200) return;
    }
    throw new Error("the place did not become free");
  });

  test("name no more than some hosts to who asks for all of them", async () => {
    const { proxy, proxyPort } = await scene();
    const hosts = Array.from({ length: 130 }, (_, n) => `GET http://h${n}.example/ HTTP/1.1\r\nHost: a\r\n\r\n`);
    for (const asked of hosts) await say(proxyPort, asked);
    expect(proxy.takeRefused()).toHaveLength(100);
  });

  test("hold to the end: what is under way ends with the proxy", async () => {
    const { proxy, proxyPort, port } = await scene();
    const held = connect({ host: "127.0.0.1", port: proxyPort });
    held.write(tunnelled("good.example", port));
    await once(held, "data");
    proxy.close();
    await once(held, "close");
    expect(await say(proxyPort, tunnelled("good.example", port))).toBe("");
  });
});
