import type { CodegenConfig } from "./schema.ts";

export interface ConfigChange {
  /** Dotted; commands by their name: `validation.commands.test.timeout`. */
  readonly key: string;
  /** As JSON; null where it is not there. */
  readonly before: string | null;
  readonly after: string | null;
}

/** What somebody who judges a change of the file wants to see first: who may do what, what may be reached, and what is asked of a pull. */
const weighty = [
  "environment.network",
  "environment.secrets",
  "environment.setup_secrets",
  "permissions",
  "merge",
  "validation",
];

/** In which keys two configurations differ, the weightiest first. What only says the same in another way is no difference. */
export function compareConfigs(before: CodegenConfig, after: CodegenConfig): readonly ConfigChange[] {
  const [old, now] = [leavesOf(before), leavesOf(after)];
  const changes = [...new Set([...old.keys(), ...now.keys()])]
    .filter((key) => old.get(key) !== now.get(key))
    .map((key) => ({ key, before: old.get(key) ?? null, after: now.get(key) ?? null }));
  return wholes(changes, old, now).toSorted((a, b) => weightOf(a.key) - weightOf(b.key));
}

/** A command that came or went is one change, not one for each of its keys. */
function wholes(
  changes: readonly ConfigChange[],
  old: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
): readonly ConfigChange[] {
  const whole = (key: string) =>
    commandIn(key) !== null && !(old.has(`${commandIn(key)}.run`) && now.has(`${commandIn(key)}.run`));
  return changes.flatMap((change) => {
    if (!whole(change.key)) return [change];
    return change.key.endsWith(".run") ? [{ ...change, key: commandIn(change.key) ?? change.key }] : [];
  });
}

/** `validation.commands.NAME`; names hold dots too, so it is found by the last key, which does not. */
function commandIn(key: string): string | null {
  return /^(validation\.commands\..+)\.[a-z_]+$/.exec(key)?.[1] ?? null;
}

function leavesOf(config: CodegenConfig): ReadonlyMap<string, string> {
  const leaves = new Map<string, string>();
  const walk = (value: unknown, key: string): void => {
    if (key === "validation.commands") for (const command of config.validation.commands) commandLeaves(command, key);
    else if (typeof value === "object" && value !== null && !Array.isArray(value))
      for (const [name, child] of Object.entries(value)) walk(child, key === "" ? name : `${key}.${name}`);
    else if (value !== undefined) leaves.set(key, JSON.stringify(value));
  };
  const commandLeaves = ({ name, ...command }: CodegenConfig["validation"]["commands"][number], key: string): void => {
    for (const [part, value] of Object.entries(command))
      if (value !== undefined) leaves.set(`${key}.${name}.${part}`, JSON.stringify(value));
  };
  walk(config, "");
  return leaves;
}

function weightOf(key: string): number {
  const at = weighty.findIndex((part) => key === part || key.startsWith(`${part}.`));
  return at === -1 ? weighty.length : at;
}
