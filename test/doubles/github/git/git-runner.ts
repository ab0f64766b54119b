import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { GitResult } from "./run-git.ts";

export interface GitCall {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly input: Buffer | string;
  /** Gets the output in pieces as they come; none of it is in the result then. */
  readonly onOutput?: (piece: Buffer) => void;
  /** Nobody wants the output any more, so that git gives up. */
  readonly signal?: AbortSignal;
}

type Answer = { readonly id: number } & (
  { readonly result: GitResult } | { readonly piece: Uint8Array } | { readonly error: string }
);
interface Waiting {
  onOutput: GitCall["onOutput"];
  resolve: (result: GitResult) => void;
  reject: (error: Error) => void;
}

interface Runner {
  readonly child: ChildProcess;
  readonly waiting: Map<number, Waiting>;
}

const program = fileURLToPath(new URL("git-runner-child.mjs", import.meta.url));
let runner: Runner | undefined;
let lastId = 0;
let holders = 0;

/**
 * Runs one git process, from a small process of our own. Starting a process copies the page tables of the one that starts it:
 * from a process of some hundred megabytes, which a test's is, that takes twenty times as long and stops everything else meanwhile.
 */
export function execGit({ onOutput, signal, ...call }: GitCall): Promise<GitResult> {
  runner ??= startRunner();
  const { child, waiting } = runner;
  const id = ++lastId;
  return new Promise((resolve, reject) => {
    waiting.set(id, { onOutput, resolve, reject });
    child.ref();
    child.channel?.ref();
    child.send({ id, ...call, stream: onOutput !== undefined }, (error) => {
      if (error !== null) settle(runner, id)?.reject(error);
    });
    signal?.addEventListener("abort", () => {
      if (waiting.has(id) && child.connected) child.send({ stop: id });
    });
  });
}

/** Keeps the small process for several users in one; the last one's release ends it. Unheld, it ends with this process. */
export function holdGitRunner(): () => Promise<void> {
  holders += 1;
  let held = true;
  return async () => {
    if (!held) return;
    held = false;
    holders -= 1;
    if (holders === 0) await end();
  };
}

async function end(): Promise<void> {
  const ending = runner;
  runner = undefined;
  if (ending === undefined || ending.child.exitCode !== null || ending.child.signalCode !== null) return;
  const gone = once(ending.child, "exit");
  ending.child.ref();
  if (ending.child.connected) ending.child.disconnect();
  await gone;
}

function startRunner(): Runner {
  const child = fork(program, {
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const started: Runner = { child, waiting: new Map() };
  rest(started);
  child.on("message", (answer: Answer) => {
    if ("piece" in answer) return started.waiting.get(answer.id)?.onOutput?.(Buffer.from(answer.piece));
    const one = settle(started, answer.id);
    if ("error" in answer) one?.reject(new Error(answer.error));
    // Bytes come over the channel as plain Uint8Arrays.
    else one?.resolve({ ...answer.result, stdout: Buffer.from(answer.result.stdout) });
  });
  child.on("exit", (code, signal) => {
    if (runner === started) runner = undefined;
    for (const { reject } of started.waiting.values())
      reject(new Error(`the process that runs git ended with ${String(code ?? signal)}`));
    started.waiting.clear();
  });
  return started;
}

function settle(of: Runner | undefined, id: number): Waiting | undefined {
  const one = of?.waiting.get(id);
  of?.waiting.delete(id);
  if (of?.waiting.size === 0) rest(of);
  return one;
}

/** While nobody waits for it, it keeps no process alive. */
function rest({ child }: Runner): void {
  child.unref();
  child.channel?.unref();
}
