import { chown } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { messageOf, UserError } from "../../errors.ts";
import type { SandboxAddress } from "../port.ts";
import { inside } from "./container-spec.ts";
import { executeIn, type DockerPlace } from "./place.ts";

/** The kernel has no room for more. */
const longestPath = 107;
const mostConnections = 32;
const forwarderMs = 10_000;
/** Counts the sockets of this process. */
let made = 0;

/**
 * Makes a service of the bot reachable inside. A container without network still reaches a socket in a directory that it is shown and cannot write;
 * a small program inside passes on to it.
 * @throws UserError when the image has no `node` for that
 */
export async function serve(place: DockerPlace, connect: (connection: Socket) => void): Promise<SandboxAddress> {
  const { name, close } = await listen(place, connect);
  try {
    const forwarder = await forward(place, toTheBot, [`${inside.services}/${name}`]);
    return {
      url: `http://127.0.0.1:${forwarder.said}`,
      async close() {
        await Promise.all([close(), forwarder.close()]);
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Makes a server inside reachable for this process. A socket that the sandbox could make would lead wherever it pleases; so the program inside calls
 * out, and a connection from here is passed over one of its calls.
 */
export async function expose(place: DockerPlace, port: number): Promise<SandboxAddress> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UserError(`${port} is no port.`);
  const idle: Socket[] = [];
  const waiting: Socket[] = [];
  const connect = (near: Socket, far: Socket) => {
    // Anything: it tells the other end that this call is in use.
    far.write("\n");
    near.pipe(far).pipe(near);
    near.once("close", () => far.destroy());
    far.once("close", () => near.destroy());
  };
  const calls = await listen(place, (far) => {
    const near = waiting.shift();
    if (near !== undefined) return connect(near, far);
    idle.push(far);
    far.once("close", () => idle.includes(far) && idle.splice(idle.indexOf(far), 1));
  });
  const open = new Set<Socket>();
  const server = createServer((near) => {
    open.add(near);
    near.on("error", () => near.destroy());
    near.once("close", () => {
      open.delete(near);
      if (waiting.includes(near)) waiting.splice(waiting.indexOf(near), 1);
    });
    const far = idle.shift();
    if (far === undefined) waiting.push(near);
    else connect(near, far);
  });
  server.maxConnections = mostConnections;
  const stop = async () => {
    await Promise.all([shut(server, open), calls.close()]);
  };
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(0, "127.0.0.1", resolve);
    });
    const forwarder = await forward(place, fromTheBot, [`${inside.services}/${calls.name}`, String(port)]);
    const address = server.address();
    return {
      url: `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : ""}`,
      async close() {
        await Promise.all([stop(), forwarder.close()]);
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function listen({ plan }: DockerPlace, connect: (connection: Socket) => void) {
  const name = `socket-${++made}`;
  const path = join(plan.services, name);
  if (Buffer.byteLength(path) > longestPath)
    throw new UserError(`${path} is too long for a socket: let TMPDIR of the bot be a shorter path.`);
  const open = new Set<Socket>();
  const server = createServer((connection) => {
    open.add(connection);
    connection.once("close", () => open.delete(connection));
    connection.on("error", () => connection.destroy());
    connect(connection);
  });
  server.maxConnections = mostConnections;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new UserError(`${path} cannot be a socket: ${messageOf(error)}`)));
    server.listen(path, resolve);
  });
  if (process.getuid?.() === 0) await chown(path, plan.user.uid, plan.user.gid);
  return { name, close: () => shut(server, open) };
}

function shut(server: Server, open: ReadonlySet<Socket>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    for (const connection of open) connection.destroy();
  });
}

/** Runs a forwarder inside until it is closed. @returns also the first line that it says */
async function forward(place: DockerPlace, program: string, args: readonly string[]) {
  const output = new PassThrough();
  const execution = await executeIn(place, {
    run: ["node", "-e", program, "--", ...args],
    cwd: inside.workspace,
    env: {},
    merge: true,
    tty: false,
    take: (_name, chunk) => void output.write(chunk),
  });
  const over = execution.ended.catch(() => undefined).then(() => output.end());
  const timer = setTimeout(() => execution.kill(), forwarderMs);
  let said: string | undefined;
  for await (const line of createInterface({ input: output })) {
    said = line;
    break;
  }
  clearTimeout(timer);
  // What comes later is nobody's.
  output.resume();
  if (said === undefined || !/^\d+$/.test(said)) {
    execution.kill();
    throw new UserError(
      `The image ${place.plan.image} cannot pass connections on: it needs \`node\` for that. ${said ?? "Nothing was said."}`,
    );
  }
  return {
    said,
    async close() {
      execution.kill();
      await over;
    },
  };
}

const toTheBot = `
const { connect, createServer } = require("node:net");
const [socket] = process.argv.slice(1);
createServer((near) => {
  const far = connect(socket);
  for (const [one, other] of [[near, far], [far, near]]) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
    one.pipe(other);
  }
}).listen(0, "127.0.0.1", function () { console.log(this.address().port); });
`;

const fromTheBot = `
const { connect } = require("node:net");
const [socket, port] = process.argv.slice(1);
const call = () => {
  const far = connect(socket);
  far.on("error", () => far.destroy());
  let used = false;
  far.once("data", (first) => {
    used = true;
    call();
    const near = connect(Number(port), "127.0.0.1");
    near.on("error", () => far.destroy());
    near.on("close", () => far.destroy());
    far.on("close", () => near.destroy());
    near.write(first.subarray(1));
    far.pipe(near).pipe(far);
  });
  far.on("close", () => used || setTimeout(call, 100));
};
for (let count = 0; count < 4; count++) call();
console.log(port);
`;
