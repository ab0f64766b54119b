import type { RunningProgram, WorkspaceProgram } from "../src/agents/port.ts";
import type { Sandbox } from "../src/sandbox/port.ts";

/** Starts a program of an agent in a sandbox, with the address of its service in its environment until it ends. */
export async function startProgram(sandbox: Sandbox, asked: WorkspaceProgram): Promise<RunningProgram> {
  const { service, env, ...program } = asked;
  const address = await sandbox.serve((connection) => service.connect(connection));
  try {
    const running = await sandbox.start({ ...program, env: { ...env, [service.variable]: address.url } });
    return {
      ...running,
      ended: running.ended.then(async (end) => {
        await address.close();
        return end;
      }),
    };
  } catch (error) {
    await address.close();
    throw error;
  }
}
