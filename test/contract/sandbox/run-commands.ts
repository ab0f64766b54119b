/** Run by another user: makes a sandbox, runs the commands of standard input one after the other, prints the results. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { createBubblewrap, sweepSandboxes } from "../../../src/sandbox/bubblewrap.ts";
import type { Order, Report } from "./bots.ts";

const order = JSON.parse(await text(process.stdin)) as Order;
const workspace = await mkdtemp(join(tmpdir(), "codegen-test-"));
const provider = createBubblewrap();
const probe = await provider.probe();
const sandbox = await provider.create({ workspace, limits: order.limits });
const report: Report = { probe, results: [], leftovers: [] };
for (const command of order.commands) report.results.push(await sandbox.exec(command));
await sandbox.destroy();
report.leftovers.push(...(await sweepSandboxes()));
await rm(workspace, { recursive: true });
process.stdout.write(JSON.stringify(report));
