import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { AgentWorkspace } from "../../../src/agents/port.ts";
import { startProgram } from "../../../pipelines/workspace-program.ts";
import { createBubblewrap } from "../../../src/sandbox/bubblewrap.ts";
import { defaultLimits, type Sandbox, type SandboxLimits } from "../../../src/sandbox/port.ts";
import { openWorkspaceFiles } from "../../../src/workspace/safe-files.ts";

export interface SandboxWorkspace extends AgentWorkspace {
  readonly start: NonNullable<AgentWorkspace["start"]>;
  readonly directory: string;
  readonly sandbox: Sandbox;
  close(): Promise<void>;
}

/** A workspace of real files over a real sandbox, for back-ends whose program works in it. */
export async function sandboxWorkspace(
  files: Readonly<Record<string, string>>,
  limits: Partial<SandboxLimits> = {},
): Promise<SandboxWorkspace> {
  const directory = await mkdtemp(join(tmpdir(), "codegen-agent-"));
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), content);
  }
  const sandbox = await createBubblewrap().create({ workspace: directory, limits: { ...defaultLimits, ...limits } });
  const held = openWorkspaceFiles(sandbox.directory);
  return {
    ...held,
    directory: sandbox.directory,
    sandbox,
    search: (text, options) => held.search(text, options),
    run: (command, options) => sandbox.exec({ run: command, ...options }),
    start: (program) => startProgram(sandbox, program),
    close: async () => {
      await sandbox.destroy();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
