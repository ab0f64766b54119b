import { randomBytes } from "node:crypto";
import { createServer, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { UserError } from "../errors.ts";
import { launch, type ProgramEnd } from "../launcher.ts";
import { hostEnvironment } from "./host-environment.ts";
import { keepSpares, type Spare } from "./spares.ts";

/** A started `holder.pl` that waits to be told what place to make. */
export interface HolderProcess extends Spare {
  readonly socket: Socket;
}

const program = fileURLToPath(new URL("holder.pl", import.meta.url));
const longestTimer = 2 ** 31 - 1;

const spares = keepSpares(startHolder);

/**
 * One that was started ahead, if there is one: two thirds of the time until a sandbox is there goes into starting its process and making its
 * network.
 * @throws UserError when the host does not give it
 */
export function takeHolder(): Promise<HolderProcess> {
  return spares.take();
}

/** The holder comes to us with a ticket: the name of an abstract socket can be seen, and called, by anybody of the host. */
async function startHolder(): Promise<HolderProcess> {
  const name = `codegen-sandbox-holder-${randomBytes(16).toString("hex")}`;
  const ticket = `${randomBytes(32).toString("hex")}\n`;
  const server = createServer();
  server.unref();
  const came = new Promise<Socket>((resolve) => {
    server.on("connection", (socket) => {
      socket.on("error", () => socket.destroy());
      socket.once("readable", () => {
        if (String(socket.read(ticket.length)) === ticket) resolve(socket);
        else socket.destroy();
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen({ path: `\0${name}` }, resolve);
  });
  const running = launch({
    file: "perl",
    args: [program, name, process.arch],
    env: hostEnvironment,
    input: ticket,
    timeoutMs: longestTimer,
    aside: true,
  });
  try {
    const socket = await Promise.race([came, running.then((end) => Promise.reject(notStarted(end)))]);
    socket.unref();
    return {
      socket,
      running,
      hold: () => void socket.ref(),
      drop: () => void socket.destroy(),
    };
  } finally {
    server.close();
  }
}

function notStarted({ end, code, stderr }: ProgramEnd): UserError {
  return new UserError(`The sandbox could not be made: ${stderr.trim() || `${end} with code ${code}`}.`);
}
