import { createServer, type Server } from "node:net";
import { messageOf, TransientError, UserError } from "../errors.ts";
import { launchOrThrow } from "../launcher.ts";
import { hostEnvironment } from "./host-environment.ts";

/** A uid (and gid of the same number) that no other sandbox of this host has at the same time. */
export interface UidClaim {
  readonly uid: number;
  release(): Promise<void>;
}

/** Puts a command behind one that gives up root. Another one in tests. */
export type PrivilegeDrop = (uid: number, command: readonly string[]) => readonly string[];

/**
 * The uids that sandboxes of a bot started by root run as, one for each concurrent sandbox. They lie between what
 * systemd keeps for home directories (60001–60577) and for dynamic users (from 61184), and own nothing on a usual host.
 */
export const sandboxUids = { first: 61_000, last: 61_183 };

/** Root gives itself up before bubblewrap starts: a sandbox whose kernel uid is 0 could write below /proc/sys. */
export const setpriv: PrivilegeDrop = (uid, command) => [
  "setpriv",
  `--reuid=${uid}`,
  `--regid=${uid}`,
  "--clear-groups",
  "--inh-caps=-all",
  "--no-new-privs",
  "--",
  ...command,
];

/**
 * Tries the drop for real.
 * @throws UserError when a command behind it would still have root's or another uid or gid
 */
export async function verifyDrop(drop: PrivilegeDrop, uid: number): Promise<void> {
  const advice =
    "Run the bot as an ordinary user (then the sandbox runs as that user), or install util-linux (setpriv) and give the bot's container the capabilities SETUID and SETGID.";
  const [file = "", ...args] = drop(uid, ["sh", "-c", "id -u; id -g; id -G"]);
  const ids = await launchOrThrow({ file, args, env: hostEnvironment, timeoutMs: 10_000 }).then(
    (stdout) => stdout.trim().split(/\s+/),
    (error: unknown) => {
      if (error instanceof TransientError) throw error;
      throw new UserError(
        `The bot runs as root and cannot become uid ${uid} for the sandbox: ${messageOf(error).trim()}. ${advice}`,
        { cause: error },
      );
    },
  );
  if (ids.length !== 3 || ids.some((id) => id !== String(uid))) {
    throw new UserError(
      `The bot runs as root, and what should run as uid ${uid} ran as uid, gid and groups ${ids.join(" ")}. ${advice}`,
    );
  }
}

/**
 * Takes the first free uid of the range. The claim is an abstract socket, so that two bots on one host never share a
 * uid and a dead one's claims end with it.
 * @throws UserError when all are taken
 */
export async function claimUid(range = sandboxUids): Promise<UidClaim> {
  for (let uid = range.first; uid <= range.last; uid++) {
    const server = await listen(`\0codegen-sandbox-uid-${uid}`);
    if (server === undefined) continue;
    return { uid, release: () => new Promise((resolve) => server.close(() => resolve())) };
  }
  throw new UserError(
    `All ${range.last - range.first + 1} sandboxes of this host are in use; try again when a run has ended.`,
  );
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((connection) => connection.destroy());
    server.unref();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(undefined) : reject(error),
    );
    server.listen({ path }, () => resolve(server));
  });
}
