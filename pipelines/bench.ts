/** A sandbox over the files of a commit, made when something is first to be executed: reading a repository needs none. */
import type { AgentWorkspace } from "../src/agents/port.ts";
import type { ExecResult, Sandbox, SandboxCommand, SandboxLimits } from "../src/sandbox/port.ts";
import { openWorkspaceFiles } from "../src/workspace/safe-files.ts";
import type { PipelineDeps } from "./deps.ts";
import { networkOf, type SandboxNetwork } from "./network.ts";
import { startProgram } from "./workspace-program.ts";

export interface Bench {
  execute(command: SandboxCommand): Promise<ExecResult>;
  /** @throws UserError where the host cannot give a safe one; the next call tries again */
  openSandbox(): Promise<Sandbox>;
  /** The files as they are now: before there is a sandbox those of the host, which what is written then changes. */
  readonly workspace: AgentWorkspace;
  /** Closed, but for whom opens it. */
  readonly network: SandboxNetwork;
  /** Where they are for this process. */
  directory(): string;
  /** Something has been executed here, so the files may have changed. */
  isUsed(): boolean;
  /** Stops what runs and ends the sandbox. The next use begins anew. */
  close(): Promise<void>;
}

export interface BenchRequest {
  readonly runId: string;
  /** Of the host, with the commit's files. */
  readonly directory: string;
  /** Told before those are changed, and when something may still be at work over them after all was closed. */
  readonly onChange: () => void;
  /** What others left, over those files. */
  readonly over: readonly string[];
  /** Snapshots beneath those files, asked for when the sandbox is made. */
  readonly layers: () => readonly string[];
  readonly limits: SandboxLimits;
  /** Hosts that commands may reach once the network is opened. */
  readonly network: readonly string[];
  /** What runs with the same one shares the limits. */
  readonly group: string;
  readonly signal: AbortSignal;
}

export function openBench(deps: PipelineDeps, request: BenchRequest): Bench {
  const { runId, over, limits, group, signal } = request;
  let sandbox: Promise<Sandbox> | undefined;
  let place = request.directory;
  let used = false;
  const files = () => openWorkspaceFiles(place);
  const filesToChange = () => {
    if (place === request.directory) request.onChange();
    return files();
  };
  const create = async () => {
    const layers = request.layers();
    const made = await deps.sandboxes.create({ workspace: request.directory, over, layers, limits, group });
    place = made.directory;
    return made;
  };
  const open = () => {
    sandbox ??= create().catch((error: unknown) => {
      sandbox = undefined;
      throw error;
    });
    return sandbox;
  };
  const network = networkOf(deps, request.network, open);
  const execute = async (command: SandboxCommand): Promise<ExecResult> => {
    used = true;
    const result = await (await open()).exec(command);
    deps.log.info({ run: runId, end: result.end, code: result.code, ms: result.ms }, "command ran");
    return result;
  };
  const workspace: AgentWorkspace = {
    read: (path, options) => files().read(path, options),
    list: (path, limit) => files().list(path, limit),
    search: (text, options) => files().search(text, options),
    write: (path, content) => filesToChange().write(path, content),
    remove: (path) => filesToChange().remove(path),
    run: (command, { timeoutMs, signal: stop }) => execute({ run: command, timeoutMs, signal: stop ?? signal }),
    async start(program) {
      used = true;
      return startProgram(await open(), program);
    },
  };
  return {
    execute,
    openSandbox: open,
    workspace,
    network,
    directory: () => place,
    isUsed: () => used,
    async close() {
      const closing = sandbox;
      sandbox = undefined;
      place = request.directory;
      used = false;
      await network.close();
      await closing?.then((made) => made.destroy()).catch(request.onChange);
    },
  };
}
