/** The `validation:` part of `.codegen.yml`: the commands, what they need of each other, and the application that is started for them. */
import { z } from "zod";
import { secretNames } from "./environment.ts";
import { countCells, expandCommands, expandNeeds } from "./matrix.ts";
import { findNeedProblems } from "./needs.ts";
import { Ready } from "./ready.ts";
import { glob, paragraph } from "./texts.ts";
import { Duration } from "./units.ts";

/** Of one validation, counted after the matrices are written out. */
const mostCommands = 30;
/** The name of a command or check: it becomes `codegen / NAME` on GitHub. */
const checkName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,49}$/,
    "must begin with a letter or digit and hold at most 50 letters, digits, spaces, dots, dashes or underscores",
  );

const needs = z.array(checkName).max(mostCommands).default([]);

/** They stand in the names of checks, so nothing that would end those; fractions are refused because YAML reads 3.10 as 3.1. */
const matrixValue = z.union(
  [
    z.int(),
    z
      .string()
      .trim()
      .regex(/^[^\p{C},()]{1,40}$/u),
  ],
  "must be a whole number, or at most 40 characters without commas and parentheses; put others in quotes, such as '3.10'",
);

const reserved = ["PATH", "HOME", "CI"];
const Matrix = z
  .record(
    z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]{0,39}$/, "must be a name for a variable: letters, digits and underscores")
      .refine((name) => !reserved.includes(name.toUpperCase()), "is set by the sandbox itself; choose another name"),
    z
      .array(matrixValue)
      .min(1)
      .max(mostCommands)
      .refine((values) => new Set(values.map(String)).size === values.length, "a value stands in the list twice"),
  )
  .refine(
    (matrix) => new Set(Object.keys(matrix).map((key) => key.toUpperCase())).size === Object.keys(matrix).length,
    "two of its keys become the same variable",
  );

/** GitHub's API reads it, so it cannot lead anywhere else. */
const repositoryPath = glob.refine(
  (path) => !path.split("/").some((part) => ["", ".", ".."].includes(part)),
  "must be the path of a file from the top of the repository, such as .github/matchers.json",
);

const Command = z.strictObject({
  name: checkName,
  run: paragraph,
  needs,
  timeout: Duration.prefault("10m"),
  when: z.array(glob).max(50).optional(),
  retries: z.int().min(0).max(3).default(0),
  allow_failure: z.boolean().default(false),
  matrix: Matrix.optional(),
  report: glob.optional(),
  coverage: glob.optional(),
  matchers: repositoryPath.optional(),
  secrets: secretNames,
});

const Deploy = z.strictObject({
  start: paragraph,
  port: z.int().min(1).max(65_535),
  ready: Ready.prefault("/"),
  timeout: Duration.prefault("60s"),
  needs,
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,63}$/, "must be a name for a variable"), z.string().max(2_000))
    .default({}),
  secrets: secretNames,
});

/** As it is written: `writeOut` makes of it what the rest of the bot knows. */
export const Validation = z
  .strictObject({
    test: z.enum(["head", "merge_result"]).default("merge_result"),
    fail_on: z.enum(["new", "any"]).default("new"),
    commands: z
      .array(Command)
      .max(mostCommands)
      .default([])
      .superRefine((commands, context) => {
        for (const { index, first } of findEqualNames(commands))
          context.addIssue({
            code: "custom",
            path: [index, "name"],
            message: `is the name of \`validation.commands[${first}]\` too; each name is a check of its own, and capitals make no difference`,
          });
      })
      .refine(
        (commands) => commands.reduce((sum, command) => sum + countCells(command.matrix), 0) <= mostCommands,
        `with their matrices written out these are more than ${mostCommands} commands`,
      ),
    deploy: Deploy.optional(),
    forks: z.enum(["gate", "validate", "ignore"]).default("gate"),
  })
  .superRefine(({ commands, deploy }, context) => {
    for (const { path, message } of findNeedProblems(commands, deploy ?? null))
      context.addIssue({ code: "custom", path: [...path], message });
  });

/** With every combination of a matrix as a command of its own, and needs as needs of all of them. */
export function writeOut({ commands, deploy, ...rest }: z.infer<typeof Validation>) {
  return {
    ...rest,
    commands: expandCommands(commands),
    ...(deploy === undefined ? {} : { deploy: { ...deploy, needs: expandNeeds(deploy.needs, commands) } }),
  };
}

/** Commands whose name an earlier one has, since each name is a check of its own. */
function findEqualNames(commands: readonly { name: string }[]): readonly { index: number; first: number }[] {
  const names = commands.map(({ name }) => name.toLowerCase());
  return names
    .map((name, index) => ({ index, first: names.indexOf(name) }))
    .filter(({ index, first }) => first < index);
}
