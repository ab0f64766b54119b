import { parseArgs } from "node:util";
import { readLocalEnv } from "../../src/env.ts";
import * as messages from "../../src/messages/doctor.ts";
import { inspectThisHost } from "./inspect-host.ts";
import { inspectSandboxes } from "./inspect-sandboxes.ts";
import { UsageError, type Subcommand } from "./subcommand.ts";

/** What works on this host and what is missing. */
export const doctor: Subcommand = {
  help: messages.doctorHelp,
  async run(args, terminal) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: "boolean", default: false } },
    });
    if (positionals.length > 0) throw new UsageError(`It takes no \`${positionals[0]}\`.`);
    const env = readLocalEnv();
    const findings = { sandboxes: await inspectSandboxes(env), host: await inspectThisHost(env) };
    const ok = findings.sandboxes.some((one) => one.chosen && one.ok);
    terminal.out(values.json ? JSON.stringify({ ok, ...findings }, undefined, 2) : messages.doctorReport(findings));
    return ok ? 0 : 1;
  },
};
