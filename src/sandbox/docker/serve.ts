import { chown } from "node:fs/promises";
import type { Socket } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { UserError } from "../../errors.ts";
import type { SandboxAddress } from "../port.ts";
import { listenOn } from "../relays.ts";
import { inside } from "./container-spec.ts";
import { executeIn, type DockerParts } from "./docker-place.ts";
import { exposeScript, serveScript } from "./forwarders.ts";

const startMs = 10_000;
const againMs = 200;
/** Counts the sockets of this process. */
let made = 0;

/**
 * Makes a service of the bot reachable inside. A container without network still reaches a socket in a directory that it is shown and cannot write;
 * a small program inside passes on to it.
 * @throws UserError when the image has no `node` for that
 */
export async function serve(parts: DockerParts, connect: (connection: Socket) => void): Promise<SandboxAddress> {
  const { name, close } = await listen(parts, connect);
  try {
    const forwarder = await forward(parts, serveScript, name, 0);
    return { url: `http://127.0.0.1:${forwarder.port}`, close: () => closeAll(close, () => forwarder.close()) };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Makes a server inside reachable for this process. A socket that the sandbox could make would lead wherever it pleases; so the program inside calls
 * out, and a connection from here is passed over one of its calls.
 * @throws UserError as `serve`, or for what is no port
 */
export async function expose(parts: DockerParts, port: number): Promise<SandboxAddress> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new UserError(`${port} is no port.`);
  const idle = new Set<Socket>();
  const waiting = new Set<Socket>();
  const calls = await listen(parts, (far) => meet(far, waiting, idle, (near) => bridge(near, far)));
  const near = await listenOn({ host: "127.0.0.1", port: 0 }, (one) =>
    meet(one, idle, waiting, (far) => bridge(one, far)),
  );
  const stop = () => closeAll(near.close, calls.close);
  try {
    const forwarder = await forward(parts, exposeScript, calls.name, port);
    return { url: near.address.url, close: () => closeAll(stop, () => forwarder.close()) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Takes the first of the others, or waits to be taken. */
function meet(one: Socket, others: Set<Socket>, own: Set<Socket>, take: (other: Socket) => void): void {
  const [other] = others;
  if (other === undefined) {
    own.add(one);
    one.once("close", () => own.delete(one));
    return;
  }
  others.delete(other);
  take(other);
}

function bridge(near: Socket, far: Socket): void {
  // Anything: it tells the other end that this call is in use.
  far.write("\n");
  near.pipe(far).pipe(near);
  near.once("close", () => far.destroy());
  far.once("close", () => near.destroy());
}

async function listen({ plan }: DockerParts, connect: (connection: Socket) => void) {
  const name = `socket-${++made}`;
  const path = join(plan.services, name);
  const { close } = await listenOn({ path }, connect);
  if (process.getuid?.() === 0) await chown(path, plan.user.uid, plan.user.gid);
  return { name, close };
}

async function closeAll(...closers: readonly (() => Promise<void>)[]): Promise<void> {
  await Promise.all(closers.map((close) => close()));
}

/** Runs a forwarder until it is closed, anew when something inside has ended it: its address stays the same. */
async function forward(parts: DockerParts, script: string, name: string, port: number) {
  const start = (at: number) => startForwarder(parts, script, [`${inside.services}/${name}`, String(at)]);
  let isClosed = false;
  let current = await start(port);
  const { said } = current;
  void (async () => {
    for (;;) {
      await current.ended;
      await pause(againMs, undefined, { ref: false });
      if (isClosed) return;
      current = await start(said);
      // It was closed while it was being started.
      if (isClosed) current.kill();
    }
  })().catch(() => undefined);
  return {
    port: said,
    async close() {
      isClosed = true;
      current.kill();
      await current.ended;
    },
  };
}

async function startForwarder(parts: DockerParts, script: string, args: readonly string[]) {
  const output = new PassThrough();
  const execution = await executeIn(parts, {
    run: ["node", "-e", script, "--", ...args],
    cwd: inside.workspace,
    env: {},
    merge: true,
    tty: false,
    alone: false,
    take: (_name, chunk) => void output.write(chunk),
  });
  void execution.ended.then(() => output.end());
  const timer = setTimeout(() => execution.kill(), startMs);
  let said: string | undefined;
  for await (const line of createInterface({ input: output })) {
    said = line;
    break;
  }
  clearTimeout(timer);
  // What comes later is nobody's.
  output.resume();
  if (said !== undefined && /^\d+$/.test(said)) return { ...execution, said: Number(said) };
  execution.kill();
  throw new UserError(
    `The image ${parts.plan.image} cannot pass connections on: it needs \`node\` for that. ${said ?? "Nothing was said."}`,
  );
}
