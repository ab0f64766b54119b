import { createServer, type Server } from "node:net";
import { UserError } from "../errors.ts";

/** A uid (and gid of the same number) that no other sandbox of this host has at the same time. */
export interface UidClaim {
  readonly uid: number;
  release(): Promise<void>;
}

/**
 * The uids that sandboxes of a bot started by root run as, one for each concurrent sandbox. They lie between what
 * systemd keeps for home directories (60001–60577) and for dynamic users (from 61184), and own nothing on a usual host.
 */
export const sandboxUids = { first: 61_000, last: 61_183 };

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
