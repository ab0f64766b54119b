/** The `environment:` part of `.codegen.yml`: what is prepared, what may be reached, and which secrets there are. */
import { z } from "zod";
import { parseHostPattern } from "../domain/host-pattern.ts";
import { glob, line, paragraph, pathOfTree } from "./texts.ts";
import { Size } from "./units.ts";

/** A list of names of the operator's secrets. */
export const secretNames = z
  .array(z.string().regex(/^[A-Z_][A-Z0-9_]{0,63}$/, "must be the name of a variable in capitals, never its value"))
  .max(50)
  .default([]);

const host = line.toLowerCase().superRefine((text, context) => {
  const parsed = parseHostPattern(text);
  if ("problem" in parsed) context.addIssue({ code: "custom", message: parsed.problem });
});

export const Environment = z.strictObject({
  setup: z.array(paragraph).max(20).default([]),
  files: z.array(glob).max(50).default([]),
  network: z.array(host).max(50).default([]),
  secrets: secretNames,
  setup_secrets: secretNames,
  lfs: z.array(glob).max(50).default([]),
  submodules: z.array(pathOfTree).max(20).default([]),
  limits: z
    .strictObject({
      memory: Size.prefault("2GB"),
      cpus: z.number().min(0.1).max(64).default(2),
      processes: z.int().min(16).max(32_768).default(512),
      disk: Size.prefault("2GB"),
      minutes: z.number().positive().max(360).default(15),
    })
    .prefault({}),
});

interface NamesOfSecrets {
  readonly environment: { readonly secrets: readonly string[]; readonly setup_secrets: readonly string[] };
  readonly validation: {
    readonly commands: readonly { readonly secrets: readonly string[] }[];
    readonly deploy?: { readonly secrets: readonly string[] } | undefined;
  };
}

interface SecretProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Secrets that a step asks for and `environment.secrets` does not have, each with the path where it asks. */
export function findSecretProblems({ environment, validation }: NamesOfSecrets): readonly SecretProblem[] {
  const message = `must be listed in \`environment.secrets\` too, which has ${inShort(environment.secrets)}`;
  const lacking = (path: SecretProblem["path"], names: readonly string[]) =>
    names.flatMap((name, index) => (environment.secrets.includes(name) ? [] : [{ path: [...path, index], message }]));
  return [
    ...lacking(["environment", "setup_secrets"], environment.setup_secrets),
    ...validation.commands.flatMap(({ secrets }, index) =>
      lacking(["validation", "commands", index, "secrets"], secrets),
    ),
    ...lacking(["validation", "deploy", "secrets"], validation.deploy?.secrets ?? []),
  ];
}

/** The names, or the first of many. */
function inShort(names: readonly string[]): string {
  const most = 10;
  if (names.length === 0) return "none";
  return [...names.slice(0, most), ...(names.length > most ? [`${names.length - most} more`] : [])].join(", ");
}
