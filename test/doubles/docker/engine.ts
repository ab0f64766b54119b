/** Stands in for a Docker engine where none runs: its API on a socket, for what the product asks, with containers that bubblewrap makes. */
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { startContainer, type CreateBody, type RunningCommand, type StartedContainer } from "./container.ts";
import { oddBody } from "./fields.ts";
import * as recorded from "./recorded.ts";

export interface DockerDouble {
  readonly socketPath: string;
  /** Requests, such as `POST /containers/create`. */
  readonly asked: readonly string[];
  /** What the real engine would have ignored or not known: the test is wrong, or the product. */
  readonly odd: readonly string[];
  /** Ids of the containers that exist. */
  readonly containers: readonly string[];
  /** The body with which a container was made. */
  bodyOf(id: string): CreateBody;
  /** The next request of this route is refused, or never answered. */
  next(route: string, fault: { readonly status: number; readonly message: string } | "hang"): void;
  /** Every container ends, as when the machine kills it. */
  killAll(): void;
  /** Changes what `GET /info` says. */
  say(info: recorded.EngineInfo): void;
  close(): Promise<void>;
}

interface Container {
  readonly id: string;
  readonly body: CreateBody;
  started?: StartedContainer;
  readonly streams: Set<Duplex>;
  attached?: { readonly stream: Duplex; readonly output: boolean };
}

interface Exec {
  readonly id: string;
  readonly container: Container;
  readonly body: { readonly Cmd: readonly string[]; readonly Env?: readonly string[]; readonly Tty?: boolean };
  running: boolean;
  code: number | null;
  pid: number;
}

type Reply = { readonly status: number; readonly body?: object };
type Hijack = (stream: Duplex) => void;

const newId = () => randomBytes(32).toString("hex");
const refuse = (status: number, message: string): Reply => ({ status, body: { message } });

/** @param images names that the engine has */
export async function startDockerDouble(images: readonly string[]): Promise<DockerDouble> {
  const directory = await mkdtemp(join(tmpdir(), "codegen-docker-"));
  const socketPath = join(directory, "docker.sock");
  const containers = new Map<string, Container>();
  const execs = new Map<string, Exec>();
  const listeners = new Set<(event: ReturnType<typeof recorded.event>) => void>();
  const faults: { readonly route: string; readonly fault: Parameters<DockerDouble["next"]>[1] }[] = [];
  const [asked, odd]: [string[], string[]] = [[], []];
  const connections = new Set<Socket>();
  let info: recorded.EngineInfo = recorded.info;

  const tell = (action: string, { id, body }: Container, more: Readonly<Record<string, string>> = {}) => {
    for (const listener of listeners) listener(recorded.event(action, id, body.Labels, { image: body.Image, ...more }));
  };
  const die = async (container: Container, code: number) => {
    if (!containers.delete(container.id)) return;
    container.started?.kill();
    await container.started?.gone;
    tell("die", container, { exitCode: String(code) });
    container.attached?.stream.end();
    for (const stream of container.streams) stream.end();
  };

  const routes: Record<string, (id: string, body: never, query: URLSearchParams) => Reply | Promise<Reply>> = {
    "GET /info": () => ({ status: 200, body: info }),
    "GET /images/json": (_id, _body, query) => {
      const { reference } = JSON.parse(query.get("filters") ?? "{}") as { reference: string[] };
      const found = images.filter((name) => reference.includes(name));
      return { status: 200, body: found.map((name) => recorded.image(name)) };
    },
    "GET /images/{name}/json": (name) =>
      images.includes(name)
        ? { status: 200, body: { Id: `sha256:${createHash("sha256").update(name).digest("hex")}`, RepoTags: [name] } }
        : refuse(404, `No such image: ${name}`),
    "GET /containers/json": (_id, _body, query) => {
      const { label } = JSON.parse(query.get("filters") ?? "{}") as { label: string[] };
      const found = [...containers.values()].filter(({ body }) => label.every((name) => name in body.Labels));
      return {
        status: 200,
        body: found.map(({ id, body }) => ({ Id: id, Names: [`/box-${id.slice(0, 6)}`], Labels: body.Labels })),
      };
    },
    "POST /containers/create": (_id, body: CreateBody) => {
      if (!images.includes(body.Image)) return refuse(404, `No such image: ${body.Image}`);
      const lost = body.HostConfig.Mounts.find(({ Source: source }) => !existsSync(source));
      if (lost !== undefined)
        return refuse(400, `invalid mount config for type "bind": bind source path does not exist: ${lost.Source}`);
      const id = newId();
      containers.set(id, { id, body, streams: new Set() });
      return { status: 201, body: { Id: id, Warnings: [] } };
    },
    "POST /containers/{id}/start": async (id) => {
      const container = containers.get(id);
      if (container === undefined) return missing(id);
      const { NetworkMode: network } = container.body.HostConfig;
      const shared = network === "none" ? undefined : containers.get(network.replace("container:", ""))?.started?.pid;
      if (network !== "none" && shared === undefined)
        return refuse(409, `cannot join network of a non running container: ${network}`);
      container.started = await startContainer(container.body, shared, () => tell("oom", container));
      void container.started.gone.then(() => die(container, 137));
      runMain(container);
      return { status: 204 };
    },
    "DELETE /containers/{id}": async (id) => {
      const container = containers.get(id);
      if (container === undefined) return missing(id);
      await die(container, 137);
      return { status: 204 };
    },
    "POST /containers/{id}/exec": (id, body: Exec["body"]) => {
      const container = containers.get(id);
      if (container === undefined) return missing(id);
      const exec = { id: newId(), container, body, running: false, code: null, pid: 0 };
      execs.set(exec.id, exec);
      return { status: 201, body: { Id: exec.id } };
    },
    // Without an upgrade only what is detached can be started.
    "POST /exec/{id}/start": (id) => {
      const exec = execs.get(id);
      if (exec === undefined || !containers.has(exec.container.id)) return refuse(404, `No such exec instance: ${id}`);
      runExec(exec, undefined);
      return { status: 200 };
    },
    "GET /exec/{id}/json": (id) => {
      const exec = execs.get(id);
      if (exec === undefined || !containers.has(exec.container.id)) return refuse(404, `No such exec instance: ${id}`);
      return { status: 200, body: recorded.execState(id, exec.container.id, exec) };
    },
    "POST /exec/{id}/resize": (id) => (execs.has(id) ? { status: 200 } : refuse(404, `No such exec instance: ${id}`)),
    "POST /containers/{id}/pause": (id) => (containers.has(id) ? { status: 204 } : missing(id)),
    "POST /containers/{id}/unpause": (id) => (containers.has(id) ? { status: 204 } : missing(id)),
    "GET /containers/{id}/stats": (id) =>
      containers.has(id) ? { status: 200, body: recorded.stats(6_709_248, 3) } : missing(id),
  };
  const hijacks: Record<string, (id: string, query: URLSearchParams) => Hijack | Reply> = {
    "POST /containers/{id}/attach": (id, query) => {
      const container = containers.get(id);
      if (container === undefined) return missing(id);
      return (stream) => void (container.attached = { stream, output: query.get("stdout") === "true" });
    },
    "POST /exec/{id}/start": (id) => {
      const exec = execs.get(id);
      if (exec === undefined || !containers.has(exec.container.id)) return refuse(404, `No such exec instance: ${id}`);
      return (stream) => runExec(exec, stream);
    },
  };

  function runMain(container: Container): void {
    const { body, attached } = container;
    const main = container.started?.run(
      { run: [...(body.Entrypoint ?? []), ...(body.Cmd ?? [])], env: [], tty: false },
      {
        onPid() {},
        onData: (number, data) => void (attached?.output === true && attached.stream.write(frame(number, data))),
        onEnd: (end) => void die(container, typeof end === "number" ? end : 127),
      },
    );
    feed(attached?.stream, main);
  }

  function runExec(exec: Exec, stream: Duplex | undefined): void {
    const { container, body } = exec;
    exec.running = true;
    if (stream !== undefined) container.streams.add(stream);
    const tty = body.Tty ?? false;
    const put = (number: 1 | 2, data: Buffer) => void stream?.write(tty ? data : frame(number, data));
    const command = container.started?.run(
      { run: body.Cmd, env: body.Env ?? [], tty },
      {
        onPid: (pid) => void (exec.pid = pid),
        onData: put,
        onEnd(end) {
          if (typeof end === "string") put(1, Buffer.from(recorded.startFailure(end)));
          if (stream !== undefined) container.streams.delete(stream);
          stream?.end();
          exec.running = false;
          exec.code = typeof end === "string" ? 126 : end;
        },
      },
    );
    feed(stream, command);
  }

  const server = createServer((request, response) => void answer(request, response));
  server.on("connection", (connection) => {
    connections.add(connection);
    connection.once("close", () => connections.delete(connection));
    connection.on("error", () => connection.destroy());
  });
  server.on("upgrade", (request, socket: Duplex, head: Buffer) => void upgrade(request, socket, head));

  function begin(request: IncomingMessage) {
    const url = new URL(request.url ?? "/", "http://engine");
    const [, image] = /^\/images\/(.+)\/json$/.exec(url.pathname) ?? [];
    const id = image ?? /[0-9a-f]{64}/.exec(url.pathname)?.[0] ?? "";
    const path = url.pathname.replace(/[0-9a-f]{64}/, "{id}").replace(/^\/images\/.+\/json$/, "/images/{name}/json");
    const route = `${request.method} ${path}`;
    asked.push(route);
    const at = faults.findIndex((fault) => fault.route === route);
    const fault = at < 0 ? undefined : faults.splice(at, 1)[0]?.fault;
    return { url, id, route, fault };
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url, id, route, fault } = begin(request);
    if (fault === "hang") return;
    const text = await bodyOf(request);
    if (route === "GET /events" && fault === undefined) return sendEvents(url.searchParams, response);
    const reply =
      fault === undefined ? await act(route, id, text, url.searchParams) : refuse(fault.status, fault.message);
    response.writeHead(reply.status, { "content-type": "application/json", "api-version": "1.41" });
    response.end(reply.body === undefined ? "" : `${JSON.stringify(reply.body)}\n`);
  }

  function act(route: string, id: string, text: string, query: URLSearchParams): Reply | Promise<Reply> {
    const run = routes[route];
    if (run === undefined) {
      odd.push(`no route ${route}`);
      return refuse(501, `The stand-in does not know ${route}.`);
    }
    const body = text === "" ? {} : (JSON.parse(text) as object);
    const wrong = oddBody(route, body);
    if (wrong === undefined) return run(id, body as never, query);
    odd.push(wrong);
    return refuse(400, wrong);
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { url, id, route, fault } = begin(request);
    if (fault === "hang") return;
    const { body, rest } = await upgradeBody(request, socket, head);
    const wrong = oddBody(route, body === "" ? {} : JSON.parse(body));
    if (wrong !== undefined) odd.push(wrong);
    const hijack = fault ?? hijacks[route]?.(id, url.searchParams) ?? refuse(501, `no hijack ${route}`);
    if (typeof hijack === "function") {
      socket.write(
        "HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n",
      );
      if (rest.length > 0) socket.unshift(rest);
      return hijack(socket);
    }
    const text = JSON.stringify("message" in hijack ? { message: hijack.message } : hijack.body);
    socket.end(
      `HTTP/1.1 ${hijack.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\nConnection: close\r\n\r\n${text}`,
    );
  }

  function sendEvents(query: URLSearchParams, response: ServerResponse): void {
    const { container, event } = JSON.parse(query.get("filters") ?? "{}") as { container: string[]; event: string[] };
    const listener = (told: ReturnType<typeof recorded.event>) => {
      if (container.includes(told.id) && event.includes(told.Action)) response.write(`${JSON.stringify(told)}\n`);
    };
    listeners.add(listener);
    response.once("close", () => listeners.delete(listener));
    response.writeHead(200, { "content-type": "application/json" });
    response.flushHeaders();
  }

  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    socketPath,
    asked,
    odd,
    get containers() {
      return [...containers.keys()];
    },
    bodyOf(id) {
      const container = containers.get(id);
      if (container === undefined) throw new Error(`no container ${id}`);
      return container.body;
    },
    next: (route, fault) => void faults.push({ route, fault }),
    killAll() {
      for (const { started } of containers.values()) started?.kill();
    },
    say: (change) => void (info = { ...info, ...change }),
    async close() {
      await Promise.all([...containers.values()].map((container) => die(container, 137)));
      for (const connection of connections) connection.destroy();
      await new Promise((resolve) => server.close(resolve));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function missing(id: string): Reply {
  return refuse(404, `No such container: ${id}`);
}

/** What comes over a connection is a command's input; with the connection the input ends. */
function feed(stream: Duplex | undefined, command: RunningCommand | undefined): void {
  stream?.on("data", (data: Buffer) => command?.write(data));
  stream?.once("end", () => command?.end());
  stream?.resume();
  stream?.once("close", () => command?.end());
}

function frame(stream: 1 | 2, data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(stream, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** Node leaves the body of a request that upgrades to whoever takes the connection. */
async function upgradeBody(request: IncomingMessage, socket: Duplex, head: Buffer) {
  const length = Number(request.headers["content-length"] ?? 0);
  let seen = head;
  while (seen.length < length) {
    const chunk = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
    seen = Buffer.concat([seen, chunk]);
  }
  socket.pause();
  return { body: seen.subarray(0, length).toString(), rest: seen.subarray(length) };
}
