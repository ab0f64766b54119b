import type { Subcommand } from "./subcommand.ts";

export interface CommandEntry {
  /** One line for the list of all. */
  readonly summary: string;
  /** Loads what the command needs, which is nobody else's burden. */
  readonly load: () => Promise<Subcommand>;
}

/** Every subcommand, one file each. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  snapshot: {
    summary: "list and drop what set-ups left on this host",
    load: async () => (await import("./snapshot.ts")).snapshot,
  },
};
