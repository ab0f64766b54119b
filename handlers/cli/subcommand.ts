/** One word after `codegen`. */
export interface Subcommand {
  /** What `codegen help NAME` shows. */
  readonly help: string;
  /**
   * @param args what follows the word
   * @returns 0 when it was done, 1 when not
   * @throws UsageError for arguments that make no sense; what `parseArgs` throws counts as one
   */
  run(args: readonly string[], terminal: Terminal): Promise<0 | 1>;
}

/** Where lines go; a line end is added. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** The arguments make no sense; the message says which and what would. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
