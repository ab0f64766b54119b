import { closeSync, constants, fstatSync, openSync, readFileSync } from "node:fs";
import type { RepoRef } from "../domain/ids.ts";
import { messageOf, StartError, UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { parseSecrets, type SecretsByPlace } from "./parse-secrets.ts";

/** What repositories may be given by name. The values never leave this process but into the commands that name them. */
export interface OperatorSecrets {
  /**
   * The values of these names for a repository, as variables, and the names that have none.
   * @throws UserError while the operator's file is of no use
   */
  lookUp(
    repo: Pick<RepoRef, "owner" | "name">,
    names: readonly string[],
  ): { readonly env: Readonly<Record<string, string>>; readonly missing: readonly string[] };
}

export interface SecretsOptions {
  /** Of the operator's file; null: there are none. */
  readonly path: string | null;
  /** Told all values before any of them is used, and again when they change. */
  readonly know: (values: readonly string[]) => void;
  readonly log: Log;
}

const longestFile = 1024 ** 2;

/**
 * Opens the operator's file of secrets. It is read now, and again when it has changed.
 * @throws StartError when it cannot be read, anybody else may read it, or something in it is wrong
 */
export function openSecrets({ path, know, log }: SecretsOptions): OperatorSecrets {
  if (path === null) return { lookUp: (_, names) => ({ env: {}, missing: [...names] }) };
  let present: { readonly state: string; readonly secrets: SecretsByPlace } | null = null;
  const read = (): SecretsByPlace => {
    const file = openSecretsFile(path);
    try {
      if (present?.state === file.state) return present.secrets;
      const parsed = parseSecrets(readFileSync(file.descriptor, "utf8"));
      if ("problems" in parsed) throw new StartError(explain(path, parsed.problems));
      know([...parsed.secrets.values()].flatMap((of) => [...of.values()]));
      present = { state: file.state, secrets: parsed.secrets };
      return parsed.secrets;
    } finally {
      closeSync(file.descriptor);
    }
  };
  read();
  return {
    lookUp({ owner, name }, names) {
      const secrets = readAgain(read, log);
      const places = [secrets.get(`${owner}/${name}`.toLowerCase()), secrets.get(owner.toLowerCase())];
      const found = names.map((wanted) => [wanted, places.find((place) => place?.has(wanted))?.get(wanted)] as const);
      return {
        env: Object.fromEntries(found.flatMap(([wanted, value]) => (value === undefined ? [] : [[wanted, value]]))),
        missing: found.flatMap(([wanted, value]) => (value === undefined ? [wanted] : [])),
      };
    },
  };
}

function readAgain(read: () => SecretsByPlace, log: Log): SecretsByPlace {
  try {
    return read();
  } catch (error) {
    log.error({ problem: messageOf(error) }, "the file of secrets is of no use any more");
    throw new UserError(
      "The secrets of this bot cannot be read at present. Its operator finds the reason in its log.",
      {
        cause: error,
      },
    );
  }
}

/** @throws StartError for a file that is not the operator's alone */
function openSecretsFile(path: string): { readonly descriptor: number; readonly state: string } {
  let descriptor: number;
  try {
    // A pipe without a writer would keep the whole process waiting.
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new StartError(explain(path, [`it cannot be read: ${messageOf(error)}`]), { cause: error });
  }
  const found = fstatSync(descriptor);
  const mode = found.mode & 0o777;
  const problems = [
    !found.isFile() && "it is not a file",
    (mode & 0o077) !== 0 &&
      `others may use it (its mode is ${mode.toString(8).padStart(4, "0")}): chmod 600 gives it to its owner alone`,
    found.size > longestFile && "it is larger than 1 MB",
  ].filter((problem) => problem !== false);
  if (problems.length === 0)
    return { descriptor, state: [found.ino, found.size, found.mtimeMs, found.ctimeMs].join(" ") };
  closeSync(descriptor);
  throw new StartError(explain(path, problems));
}

function explain(path: string, problems: readonly string[]): string {
  return `The secrets in CODEGEN_SECRETS_PATH (${path}) are of no use:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`;
}
