/** Where the files of one repository are analysed: one sandbox, without network, secrets or anything of the repository but what is sent. */
import { mkdir } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { analyserFiles } from "../src/code/analyser-files.ts";
import type { AnalyserProcess } from "../src/code/analyser-process.ts";
import { startAnalyser } from "../src/code/start-analyser.ts";
import { messageOf } from "../src/errors.ts";
import type { Log } from "../src/log.ts";
import { defaultLimits, type Sandbox, type SandboxProvider } from "../src/sandbox/port.ts";
import { openCompiled } from "./compiled-analyser.ts";

export interface AnalyserPlace {
  start(): Promise<AnalyserProcess>;
  close(): Promise<void>;
}

/** Analysers of one repository. */
export const processes = Math.min(4, availableParallelism());
const limits = { ...defaultLimits, memory: 3 * 1024 ** 3, cpus: processes, processes: 64, disk: 64 * 1024 ** 2 };
const inside = "/opt/codegen";

export function openAnalyserPlace(
  { dataDir, sandboxes }: { readonly dataDir: string; readonly sandboxes: SandboxProvider },
  log: Log,
): AnalyserPlace {
  let sandbox: Promise<Sandbox | null> | undefined;
  const compiled = openCompiled({ folder: join(dataDir, "code", "compiled"), sandboxes, limits, inside, log });
  const create = async (): Promise<Sandbox | null> => {
    const workspace = join(dataDir, "code", "empty");
    await mkdir(workspace, { recursive: true });
    try {
      return await sandboxes.create({ workspace, limits });
    } catch (error) {
      log.warn({ problem: messageOf(error) }, "code is analysed without a sandbox, in processes that know nothing");
      return null;
    }
  };
  const find = async () => ({ ...analyserFiles(inside), ...(await compiled.find()) });
  const start = async (
    made: Sandbox,
    { mounts, node, program, mount, env }: Awaited<ReturnType<typeof find>>,
  ): Promise<AnalyserProcess> => {
    const run = [...node, program, "native"];
    const started = await made.start({ run, mounts: [...mounts, ...mount], env, readOnly: true });
    started.stderr.on("data", (piece: Buffer) =>
      log.debug({ said: piece.toString().slice(0, 2_000) }, "an analyser complains"),
    );
    return started;
  };
  return {
    async start() {
      sandbox ??= create();
      // While the sandbox is made.
      const program = await find();
      const made = await sandbox;
      if (made === null) return startAnalyser();
      try {
        return await start(made, program);
      } catch (error) {
        log.warn({ problem: messageOf(error) }, "an analyser could not be started; its sandbox is made anew");
        await made.destroy();
        sandbox = create();
        const another = await sandbox;
        return another === null ? startAnalyser() : start(another, program);
      }
    },
    async close() {
      const made = await sandbox;
      sandbox = undefined;
      await made?.destroy();
      await compiled.close();
    },
  };
}
