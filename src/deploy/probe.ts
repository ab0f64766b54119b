/** One look at a server of somebody else's: whether it is there, and how it answers. Nothing of what it says is read or followed. */
import { request } from "node:http";
import { connect } from "node:net";

export type Seen =
  /** Nothing takes connections. */
  | { readonly end: "closed" }
  /** It takes connections. */
  | { readonly end: "open" }
  | { readonly end: "answered"; readonly status: number }
  /** It took the connection and did not answer in time. */
  | { readonly end: "silent" }
  /** What it answered is no HTTP. */
  | { readonly end: "not-http" };

/** A relay takes connections itself, and closes them at once when nobody is behind it. */
const settleMs = 200;

/** @param url of this host's loopback, `http://127.0.0.1:PORT`; never rejects */
export function probeHttp(url: string, path: string, port: number, timeoutMs: number): Promise<Seen> {
  return new Promise((resolve) => {
    const { hostname, port: at } = new URL(url);
    const headers = { host: `127.0.0.1:${port}`, accept: "*/*", "user-agent": "codegen", connection: "close" };
    const asking = request({ hostname, port: at, path, headers, agent: false }, (answer) => {
      resolve({ end: "answered", status: answer.statusCode ?? 0 });
      asking.destroy();
    });
    const timer = setTimeout(() => {
      resolve({ end: "silent" });
      asking.destroy();
    }, timeoutMs);
    asking.on("error", (error: NodeJS.ErrnoException) =>
      resolve({ end: error.code?.startsWith("HPE_") === true ? "not-http" : "closed" }),
    );
    asking.on("close", () => clearTimeout(timer));
    asking.end();
  });
}

/** @param url as above; never rejects */
export function probePort(url: string): Promise<Seen> {
  return new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const end = (seen: Seen) => {
      resolve(seen);
      clearTimeout(timer);
      socket.destroy();
    };
    const timer = setTimeout(() => end({ end: "open" }), settleMs);
    socket.on("data", () => end({ end: "open" }));
    socket.on("error", () => end({ end: "closed" }));
    socket.on("close", () => end({ end: "closed" }));
  });
}
