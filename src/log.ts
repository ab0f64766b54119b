import { pino, type Logger } from "pino";

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
  return pino({ level, base: null, redact: { paths: secretPaths, censor: "[redacted]" } });
}

export const silentLog: Logger = pino({ level: "silent" });
