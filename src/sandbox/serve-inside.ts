import { chown } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { messageOf, UserError } from "../errors.ts";

/** Where the socket of a service is inside. */
const insideSocket = "/run/codegen-service";
/** The kernel has no room for more. */
const longestPath = 107;
const mostConnections = 32;

export interface SocketService {
  /** What the sandbox has to show: the socket. */
  readonly mount: { readonly source: string; readonly at: string };
  close(): Promise<void>;
}

/**
 * Opens a service of the bot to one sandbox, as a socket in the file system: the sandbox has a network of its own, which ends there.
 * @param path of the host, in a directory that the sandbox does not see; else it could put something else in its place
 * @param uid of the sandbox; undefined when that is the bot's own
 * @throws UserError
 */
export async function serveInside(
  path: string,
  uid: number | undefined,
  connect: (connection: Socket) => void,
): Promise<SocketService> {
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
  if (uid !== undefined) await chown(path, uid, uid);
  return {
    mount: { source: path, at: insideSocket },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const connection of open) connection.destroy();
      }),
  };
}

/** Puts a program behind one that listens on the sandbox's loopback, passes on to the socket, and names its address in a variable. */
export function behindForwarder(variable: string, run: readonly string[]): readonly string[] {
  return ["node", "-e", forwarder, "--", insideSocket, variable, ...run];
}

const forwarder = `
const { connect, createServer } = require("node:net");
const { spawn } = require("node:child_process");
const [socket, variable, file, ...args] = process.argv.slice(1);
const server = createServer((near) => {
  const far = connect(socket);
  for (const [one, other] of [[near, far], [far, near]]) {
    one.on("error", () => other.destroy());
    one.on("close", () => other.destroy());
    one.pipe(other);
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = "http://127.0.0.1:" + server.address().port;
  const child = spawn(file, args, { stdio: "inherit", env: { ...process.env, [variable]: address } });
  child.on("error", (error) => {
    console.error(error.message);
    process.exit(127);
  });
  child.on("exit", (code) => process.exit(code ?? 137));
});
`;
