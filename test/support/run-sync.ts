import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export interface SyncOptions {
  readonly cwd?: string;
  /** Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: Uint8Array;
}

export interface SyncEnd {
  /** 128 and the signal when one ended it */
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const program = fileURLToPath(new URL("run-sync.pl", import.meta.url));
let helper: { readonly orders: number; readonly answers: number } | undefined;

/**
 * Runs a program to its end and stands still meanwhile, as `spawnSync`. A small process starts it: a start copies the page tables of the process
 * that does, and those of a worker with half a gigabyte keep both cores for 30 ms.
 */
export function runSync(file: string, args: readonly string[], options: SyncOptions = {}): SyncEnd {
  const { cwd = process.cwd(), env = process.env, input = new Uint8Array() } = options;
  helper ??= startHelper();
  const variables = Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]));
  const fields = [cwd, [file, ...args].join("\0"), variables.join("\0")].flatMap((text) => {
    const bytes = Buffer.from(text);
    return [lengthOf(bytes), bytes];
  });
  const order = Buffer.concat([...fields, input]);
  write(helper.orders, Buffer.concat([lengthOf(order), order]));
  const answer = read(helper.answers, read(helper.answers, 4).readUInt32BE());
  const stdoutFrom = 8 + answer.readUInt32BE(4);
  return {
    code: answer.readUInt32BE(),
    stdout: answer.subarray(stdoutFrom),
    stderr: answer.toString("utf8", 8, stdoutFrom),
  };
}

/**
 * The same for a program that has to end with 0.
 * @throws Error with the end of its standard error
 */
export function outputSync(file: string, args: readonly string[], options: SyncOptions = {}): string {
  const { code, stdout, stderr } = runSync(file, args, options);
  if (code !== 0) throw new Error(`Command failed: ${[file, ...args].join(" ")} (${code})\n${stderr}`);
  return stdout.toString();
}

/** It ends with this process, whose end of the FIFO closes. */
function startHelper(): NonNullable<typeof helper> {
  const folder = mkdtempSync(join(tmpdir(), "run-sync-"));
  const [orders, answers] = [join(folder, "orders"), join(folder, "answers")];
  execFileSync("mkfifo", [orders, answers]);
  spawn("perl", [program, orders, answers], { stdio: ["ignore", "ignore", "inherit"] }).unref();
  // Each waits for the other side.
  const opened = { orders: openSync(orders, "w"), answers: openSync(answers, "r") };
  rmSync(folder, { recursive: true });
  return opened;
}

function lengthOf(bytes: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return length;
}

function write(fd: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
}

function read(fd: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length;) {
    const got = readSync(fd, bytes, done, length - done, null);
    if (got === 0) throw new Error("the process that runs programs for tests has ended");
    done += got;
  }
  return bytes;
}
