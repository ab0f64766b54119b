/** The pull's own version of `.codegen.yml`: looked at and shown, never applied. */
import { compareConfigs } from "../../src/config/compare.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { ConfigProblems } from "../../src/config/port.ts";
import { UserError } from "../../src/errors.ts";
import { listPullPaths } from "../../src/github/pulls.ts";
import type { OwnConfigText } from "../../src/messages/own-config.ts";
import { configPath } from "../base.ts";
import { openRepository } from "../workbench.ts";
import type { ReadyScope } from "./decide.ts";
import type { Validation } from "./run-commands.ts";

export type OwnConfig =
  | ({ readonly end: "invalid" } & ConfigProblems)
  | (Extract<OwnConfigText, { end: "changed" }> & {
      /** The commands of its set-up, where those are others; null where there is nothing to try. */
      readonly setup: readonly string[] | null;
    });

/** Null when the pull leaves the file as it is. GitHub is asked only where head and base differ: the base may have moved on. */
export async function readOwnConfig(run: Validation, { head, config }: ReadyScope): Promise<OwnConfig | null> {
  const { deps, thread, signal } = run;
  const ref = `refs/pull/${thread.number}/head`;
  const mirror = await openRepository(deps, thread.repo, head, { ref, signal });
  const own = await mirror.readBlob(head, configPath).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  const found = own instanceof UserError ? broken(own) : compare(own, config);
  if (found === null) return null;
  return (await listPullPaths(deps.github, thread)).includes(configPath) ? found : null;
}

function compare(own: Buffer | undefined, config: ReadyScope["config"]): OwnConfig | null {
  const loaded = parseConfig(own ?? null);
  if (loaded.state === "invalid") return { ...loaded, end: "invalid" };
  const changes = compareConfigs(config, loaded.config);
  if (changes.length === 0) return null;
  const { setup } = loaded.config.environment;
  const isOther = setup.length > 0 && JSON.stringify(setup) !== JSON.stringify(config.environment.setup);
  return { end: "changed", changes, removed: own === undefined, setup: isOther ? setup : null };
}

function broken({ message }: UserError): OwnConfig {
  return { end: "invalid", problems: [{ line: 1, column: 1, key: "", message }] };
}
