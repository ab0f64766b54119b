import type { GitHub } from "./state/github.ts";

/** Milliseconds within which changes are gathered into one write; more when writing takes long, so that it never takes a tenth of the time. */
const gathering = 100;

/** Writes the state to disk soon after it changed, one write at a time, and once more at the end. */
export class Snapshots {
  readonly #github: GitHub;
  readonly #kept: boolean;
  #lastMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #writing: Promise<void> = Promise.resolve();

  /** @param kept false: the state is thrown away at the end, and nothing is written */
  constructor(github: GitHub, kept: boolean) {
    this.#github = github;
    this.#kept = kept;
  }

  soon(): void {
    if (!this.#kept || this.#timer) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        // A failed write shows at `close`, which writes again.
        this.#write().catch(() => undefined);
      },
      Math.max(gathering, 10 * this.#lastMs),
    );
  }

  async close(): Promise<void> {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#kept) await this.#write();
  }

  #write(): Promise<void> {
    this.#writing = this.#writeAfter(this.#writing);
    return this.#writing;
  }

  async #writeAfter(before: Promise<void>): Promise<void> {
    await before.catch(() => undefined);
    const started = performance.now();
    await this.#github.save();
    this.#lastMs = performance.now() - started;
  }
}
