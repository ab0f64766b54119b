/** Secrets go from the operator's file into the environment of the steps that name them, and nowhere else. */
import type { CodegenConfig } from "../src/config/schema.ts";
import type { RepoRef } from "../src/domain/ids.ts";
import { UserError } from "../src/errors.ts";
import { secretsGone, type SecretsDenied } from "../src/messages/secrets.ts";
import type { ExecResult } from "../src/sandbox/port.ts";
import type { PipelineDeps } from "./deps.ts";
import type { Workbench } from "./workbench.ts";

type Config = Pick<CodegenConfig, "environment">;

/** Who gets no secrets whatever the file says: a pull from a fork, and what a bot wrote and no person has asked for. */
export type Withheld = "fork" | "bot" | null;

/** Why a command cannot have the secrets that it, or the set-up before it, names; null when it can. */
export function denySecrets(
  { secrets }: Pick<PipelineDeps, "secrets">,
  repo: RepoRef,
  { environment }: Config,
  command: { readonly secrets: readonly string[] },
  withheld: Withheld,
): SecretsDenied | null {
  const forSetup = environment.setup.length === 0 ? [] : environment.setup_secrets;
  for (const [names, setup] of [
    [forSetup, true],
    [command.secrets, false],
  ] as const) {
    const denied = withheld === null ? secrets.lookUp(repo, names).missing : names;
    if (denied.length > 0) return { why: withheld ?? "missing", names: denied, setup };
  }
  return null;
}

/** The values of secrets, as variables. @throws UserError where {@link denySecrets} has been left out, or a value has gone since */
export function secretsFor(
  { secrets }: Pick<PipelineDeps, "secrets">,
  repo: RepoRef,
  names: readonly string[],
  withheld: Withheld,
): Readonly<Record<string, string>> {
  if (names.length === 0) return {};
  const { env, missing } = secrets.lookUp(repo, names);
  const lacking = withheld === null ? missing : names;
  if (lacking.length > 0) throw new UserError(secretsGone(lacking));
  return env;
}

/** What a command printed, before anything is cut from it or kept: half of a secret is not known for one any more. */
export function withoutSecrets({ redactor }: Pick<PipelineDeps, "redactor">, result: ExecResult): ExecResult {
  return { ...result, output: redactor.redact(result.output) };
}

/** The files of a workspace, read likewise. */
export function readingWithoutSecrets(
  { redactor }: Pick<PipelineDeps, "redactor">,
  { workspace }: Pick<Workbench, "workspace">,
): Pick<Workbench, "workspace"> {
  return {
    workspace: { ...workspace, read: async (path, options) => redactor.redact(await workspace.read(path, options)) },
  };
}
