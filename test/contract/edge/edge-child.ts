/** An edge in a process of its own, so that its memory can be read. Prints its port; ends when its input does. */
import { startEdge } from "../../../handlers/edge.ts";
import { silentLog } from "../../../src/log.ts";
import { emptyStore } from "../../doubles/empty-store.ts";
import { secret } from "./client.ts";

const edge = await startEdge({
  role: "edge",
  host: "127.0.0.1",
  port: 0,
  appId: 1,
  secrets: [secret],
  enqueue: async () => {},
  queueMetrics: async () => "",
  deliveries: { record: async () => {} },
  store: emptyStore,
  githubWebUrl: "http://github.test",
  parts: {},
  log: silentLog,
});
process.stdout.write(`${edge.port}\n`);
process.stdin.on("end", () => void edge.close()).resume();
