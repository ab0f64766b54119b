import { access, constants, mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { messageOf, StartError } from "../../../src/errors.ts";
import { startGitHub, type LocalGitHub } from "./index.ts";

const HELP = `Runs a GitHub on this machine: pages, REST, GraphQL, git over HTTP and webhooks. For development and tests only.

usage: npm run github -- [options]

  --port N      port on 127.0.0.1; 0, the default, takes any free one
  --data DIR    keep state and repositories in DIR; by default they end with the process
  --lenient     do not hold requests and answers against GitHub's published description
  --help        print this

When ready it prints one line of JSON: url (pages, git, API), admin (calls that make users, apps and installations), data.
SIGINT (Ctrl-C) or SIGTERM ends it.
`;

interface Options {
  readonly port: number;
  readonly data: string | null;
  readonly strict: boolean;
  readonly help: boolean;
}

/** The process behind `npm run github`. Prints one line of JSON when ready; a start-up problem is a sentence and exit code 1. */
async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  // Listened for before the start, so that no signal in between is lost.
  const asked = new Promise<void>((stop) => {
    process.once("SIGINT", stop);
    process.once("SIGTERM", stop);
  });
  const host = await start(options);
  const { url, github } = host;
  process.stdout.write(`${JSON.stringify({ url, admin: `${url}/_admin`, data: options.data ?? github.dataDir })}\n`);
  await asked;
  await host.close();
}

/** Reads the command line. Throws StartError that says what is wrong with it. */
function readOptions(args: string[]): Options {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: "string", default: "0" },
        data: { type: "string" },
        lenient: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const port = Number(values.port);
    if (!/^\d+$/.test(values.port) || port > 65_535)
      throw new Error(`--port ${values.port} is no number from 0 to 65535`);
    if (values.data === "") throw new Error("--data needs the name of a folder");
    const data = values.data === undefined ? null : resolve(values.data);
    return { port, data, strict: !values.lenient, help: values.help };
  } catch (error) {
    throw new StartError(`${messageOf(error)}\nSee: npm run github -- --help`, { cause: error });
  }
}

async function start(options: Options): Promise<LocalGitHub> {
  if (options.data !== null) await requireWritable(options.data);
  try {
    return await startGitHub({
      port: options.port,
      strict: options.strict,
      ...(options.data !== null && { dataDir: options.data }),
    });
  } catch (error) {
    throw new StartError(explain(error, options), { cause: error });
  }
}

async function requireWritable(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StartError(
      `The data folder ${folder} cannot be written: ${messageOf(error)}. Choose another with --data.`,
    );
  }
}

function explain(error: unknown, { port, data }: Options): string {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "EADDRINUSE")
    return `Port ${String(port)} is taken by another process. Choose another with --port, or 0 for any.`;
  if (code === "EACCES") return `Port ${String(port)} may not be used by this user. Choose one above 1023 with --port.`;
  if (error instanceof SyntaxError) return `The state in ${String(data)}/state.json cannot be read: ${error.message}`;
  return messageOf(error);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
