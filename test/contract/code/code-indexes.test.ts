import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { openCodeIndexes, type CodeIndexes } from "../../../pipelines/code-index.ts";
import { analyserVersion } from "../../../src/code/analyser-files.ts";
import { UserError } from "../../../src/errors.ts";
import { silentLog } from "../../../src/log.ts";
import { createBubblewrap } from "../../../src/sandbox/bubblewrap.ts";
import type { SandboxProvider } from "../../../src/sandbox/port.ts";
import { openCommitFiles } from "../../../src/workspace/commit-files.ts";
import { openObjects } from "../../../src/workspace/objects.ts";
import { temporary } from "../git/repository.ts";

const places = temporary();
let codes: CodeIndexes | undefined;
afterEach(async () => {
  await codes?.close();
  places.removeAll();
});

/** Command lines and environments of the analysers that this process has started, as this machine sees them. */
function analysers(): readonly { command: string; environment: string; network: string }[] {
  return readdirSync("/proc").flatMap((pid) => {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
      if (
        !/(?:analyser-child\.ts|analyser\.mjs) native\s*$/.test(command) ||
        /bwrap|perl/.test(command) ||
        !isOurs(pid)
      )
        return [];
      const environment = readFileSync(`/proc/${pid}/environ`, "latin1");
      return [{ command, environment, network: readFileSync(`/proc/${pid}/net/dev`, "latin1") }];
    } catch {
      return [];
    }
  });
}

/** Whether a process descends from this one: other tests have analysers at the same time. */
function isOurs(pid: string): boolean {
  for (let at = pid; at !== "0" && at !== "";) {
    if (at === String(process.pid)) return true;
    const status = readFileSync(`/proc/${at}/status`, "latin1");
    at = /^PPid:\s*(\d+)/m.exec(status)?.[1] ?? "";
  }
  return false;
}

async function read(sandboxes: SandboxProvider, dataDir = places.directory()) {
  const remote = places.repository();
  const head = remote.commit({ "a.ts": 'import "./b.ts";', "b.ts": "export const b = 1;", "c.py": "import a" });
  const source = await openCommitFiles(openObjects(`${remote.directory}/.git`, 20_000), head);
  codes = openCodeIndexes({ dataDir, sandboxes, log: silentLog, idleMs: 200 });
  return codes.use(7, async (index) => {
    const { graph } = await index.repository(source);
    return { graph, running: analysers() };
  });
}

describe("the indexes of code", () => {
  test("analyse in a sandbox without network and secrets, and end the analysers after a while", async () => {
    const provider = createBubblewrap({});
    let destroyed: (() => void) | undefined;
    const isDestroyed = new Promise<void>((resolve) => (destroyed = resolve));
    const { graph, running } = await read({
      ...provider,
      create: async (options) => {
        const sandbox = await provider.create(options);
        const destroy = async () => {
          await sandbox.destroy();
          destroyed?.();
        };
        return { ...sandbox, destroy };
      },
    });
    expect(graph.edges.map(({ from, to }) => `${from} → ${to}`)).toEqual(["a.ts → b.ts"]);
    expect(running.map(({ command }) => command.split(" ")[0])).toContain("/opt/codegen/node");
    for (const { environment, network } of running) {
      expect(environment).not.toMatch(/TOKEN|KEY|SECRET|JEST/);
      expect(network).not.toMatch(/eth|ens|wlan/);
    }
    await isDestroyed;
  });

  test("start the program as it was compiled, where it has been started before", async () => {
    const dataDir = places.directory();
    const environments: string[][] = [];
    const commands: string[] = [];
    for (let time = 0; time < 3; time++) {
      const { running, graph } = await read(createBubblewrap({}), dataDir);
      expect(graph.files.size).toBe(3);
      environments.push(running.map(({ environment }) => environment));
      commands.push(running.map(({ command }) => command).join("; "));
      await codes?.close();
      // The next repository is another one, so that there is something to analyse.
      rmSync(join(dataDir, "code", "7.sqlite"));
    }
    expect(environments[1]?.join(" ")).not.toContain("CACHE=/opt");
    expect(environments[2]?.join(" ")).toContain("NODE_COMPILE_CACHE=/opt/codegen/compiled");
    expect(commands.map((command) => /\/opt\/codegen\/(?:src|compiled)\/\S+/.exec(command)?.[0])).toEqual([
      "/opt/codegen/src/code/analyser-child.ts",
      "/opt/codegen/src/code/analyser-child.ts",
      "/opt/codegen/compiled/analyser.mjs",
    ]);
    expect(readdirSync(join(dataDir, "code", "compiled")).toSorted()).toEqual(
      [analyserVersion(), "started"].toSorted(),
    );
  });

  test("analyse in plain processes with an empty environment where there is no sandbox", async () => {
    const provider: SandboxProvider = {
      ...createBubblewrap({}),
      create: () => Promise.reject(new UserError("bubblewrap is missing")),
    };
    const { graph, running } = await read(provider);
    expect(graph.files.size).toBe(3);
    expect(running.map(({ environment }) => environment)).toContain("");
    await codes?.close();
    await expect(codes?.use(7, () => Promise.resolve())).rejects.toThrow("closed");
  });
});
