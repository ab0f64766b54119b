import type { Subcommand } from "./subcommand.ts";

export interface CommandEntry {
  /** One line for the list of all. */
  readonly summary: string;
  /** Loads what the command needs, which is nobody else's burden. */
  readonly load: () => Promise<Subcommand>;
}

/** Every subcommand, one file each. */
export const commands: Readonly<Record<string, CommandEntry>> = {
  analyze: {
    summary: "look at the code of a folder, or at what it adds to a commit",
    load: async () => (await import("./analyze.ts")).analyze,
  },
  doctor: {
    summary: "try what runs other people's code here, and say what is missing",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  snapshot: {
    summary: "list and drop what set-ups left on this host",
    load: async () => (await import("./snapshot.ts")).snapshot,
  },
  where: {
    summary: "find the files and symbols that a text is about",
    load: async () => (await import("./where.ts")).where,
  },
};
