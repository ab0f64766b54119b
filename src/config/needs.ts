/** What is wrong with the `needs` of commands, each problem with the path of its key. */

interface Needing {
  readonly name: string;
  readonly needs: readonly string[];
}

export interface NeedProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The check of `validation.deploy`, which commands need to reach the application. */
export const application = "deploy";

/** @param deploy what is said of the application; null where the file starts none */
export function findNeedProblems(
  commands: readonly Needing[],
  deploy: Omit<Needing, "name"> | null,
): readonly NeedProblem[] {
  const nodes = commands.map((command, index) => ({
    ...command,
    path: ["commands", index] as readonly (string | number)[],
  }));
  if (deploy !== null) nodes.push({ name: application, needs: deploy.needs, path: [application] });
  const named = new Map(nodes.map((node) => [node.name, node]));
  const problems: NeedProblem[] = [];
  for (const node of nodes)
    for (const [index, need] of node.needs.entries()) {
      const message = problemOf(node, need, named, deploy);
      if (message !== null) problems.push({ path: [...node.path, "needs", index], message });
    }
  const clash = deploy === null ? -1 : commands.findIndex(({ name }) => name.toLowerCase() === application);
  if (clash !== -1)
    problems.push({
      path: ["commands", clash, "name"],
      message: "is the name of the check of `validation.deploy`; choose another one",
    });
  return problems;
}

function problemOf(
  { name, needs }: Needing,
  need: string,
  named: ReadonlyMap<string, Needing>,
  deploy: Omit<Needing, "name"> | null,
): string | null {
  if (need === name) return "a command cannot need itself";
  if (!named.has(need)) {
    if (need === application) return "there is no `validation.deploy` that could be needed";
    return `there is no command of this name; there are ${[...named.keys()].join(", ")}`;
  }
  const way = wayTo(name, need, named);
  if (way !== null) return `they need each other in a circle: ${[name, ...way].join(" → ")}`;
  // What needs the application runs beside it, on its files.
  if (deploy !== null && needs.includes(application) && need !== application && !deploy.needs.includes(need))
    return `a command that needs \`deploy\` runs on the application's files, so \`validation.deploy.needs\` has to name ${need} too`;
  return null;
}

/** The shortest way from one command to another along what each needs, both included; null when there is none. */
function wayTo(goal: string, from: string, named: ReadonlyMap<string, Needing>): readonly string[] | null {
  const ways: string[][] = [[from]];
  const seen = new Set([from]);
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1) ?? from;
    if (last === goal) return way;
    for (const next of named.get(last)?.needs ?? [])
      if (!seen.has(next)) {
        seen.add(next);
        ways.push([...way, next]);
      }
  }
  return null;
}
