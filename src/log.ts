import { destination, pino, type Logger } from "pino";

/** The fields-first logger everybody takes: `log.info({ repo }, "static message")`. */
export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "fatal" | "child">;

const secretPaths = [
  "authorization",
  "token",
  "privateKey",
  "secret",
  "*.authorization",
  "*.token",
  "*.privateKey",
  "*.secret",
  "headers.authorization",
  "*.headers.authorization",
];

/**
 * JSON lines on standard output.
 * @param level pino's level names, `silent` included
 */
export function createLog(level: string): Logger {
  // A destination that waits for nothing can be waited for.
  const output = destination({ minLength: 1, sync: false });
  return pino({ level, base: null, redact: { paths: secretPaths, censor: "[redacted]" } }, output);
}

/**
 * Waits until what was logged is written, or cannot be. At the end of a process sonic-boom 4.2.1 writes what is left again and again where the reader of
 * standard output is gone, and the process never ends.
 */
export async function closeLog(log: Pick<Logger, "flush">): Promise<void> {
  await new Promise<void>((resolve) => log.flush(() => resolve()));
}

export const silentLog: Logger = pino({ level: "silent" });
