import type Docker from "dockerode";
import { messageOf, TransientError, UserError } from "../../errors.ts";

/** A Docker engine of this machine, asked with a deadline. */
export interface Engine {
  readonly socketPath: string;
  /**
   * @param what in words, for the error: `make a container`
   * @param call has to hand the signal on
   * @throws UserError where the engine cannot be reached as this machine is set up, TransientError when it does not answer in time or
   * breaks off, Error with `statusCode` for what it refuses
   */
  ask<T>(what: string, call: (docker: Docker, abortSignal: AbortSignal) => Promise<T>): Promise<T>;
}

/** @param deadlineMs for each answer */
export function connectEngine(socketPath: string, deadlineMs: number): Engine {
  let docker: Promise<Docker> | null = null;
  // Loaded when it is asked for the first time: it brings a sixth of all modules, and most bots never ask it.
  const load = async (): Promise<Docker> => {
    const { default: Client } = await import("dockerode");
    // Without `host` a DOCKER_HOST of the environment would win over the socket.
    return new Client({ socketPath, host: undefined });
  };
  return {
    socketPath,
    async ask(what, call) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(), deadlineMs);
      try {
        return await call(await (docker ??= load()), late.signal);
      } catch (error) {
        if (late.signal.aborted)
          throw new TransientError(
            `The Docker engine at ${socketPath} did not ${what} within ${deadlineMs / 1_000} seconds. Look at its log (\`journalctl -u docker\`); a restart of the engine may help.`,
            { cause: error },
          );
        throw explain(socketPath, what, error);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/** The HTTP status with which the engine refused, if that is what happened. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof Error && "statusCode" in error && typeof error.statusCode === "number"
    ? error.statusCode
    : undefined;
}

function explain(socketPath: string, what: string, error: unknown): unknown {
  if (statusOf(error) !== undefined || !(error instanceof Error) || !("code" in error)) return error;
  switch (error.code) {
    case "ENOENT":
    case "ECONNREFUSED":
      return new UserError(
        `No Docker engine answers at ${socketPath}: start it (\`sudo systemctl start docker\`), or name its socket in DOCKER_HOST as unix:///PATH.`,
        { cause: error },
      );
    case "EACCES":
    case "EPERM":
      return new UserError(
        `The bot's user may not use Docker's socket ${socketPath}: let it (\`sudo usermod -aG docker USER\`, then start the bot anew). Whoever may use the socket can become root of this machine.`,
        { cause: error },
      );
    case "ENOTSOCK":
      return new UserError(`${socketPath} is no socket of a Docker engine: correct DOCKER_HOST.`, { cause: error });
    default:
      return new TransientError(
        `The Docker engine at ${socketPath} broke off: it did not ${what}. ${messageOf(error)}`,
        {
          cause: error,
        },
      );
  }
}
