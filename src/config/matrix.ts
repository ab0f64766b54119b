/** A command with a matrix stands for one command for each combination of its values. */

type Matrix = Readonly<Record<string, readonly (string | number)[]>>;

interface Written {
  readonly name: string;
  readonly needs: readonly string[];
  readonly matrix?: Matrix | undefined;
}

/**
 * Every command on its own, as all the rest of the bot knows them: `test (20, linux)` with the variables `NODE=20` and `OS=linux`.
 * Who needs `test` needs all of its combinations.
 */
export function expandCommands<C extends Written>(commands: readonly C[]) {
  return commands.flatMap(({ matrix, ...command }) =>
    cellsOf(matrix).map((cell) => ({
      ...command,
      name: nameOf(command.name, cell),
      needs: expandNeeds(command.needs, commands),
      env: Object.fromEntries(cell.map(([key, value]) => [key.toUpperCase(), value])),
    })),
  );
}

/** Names of commands as they are written, in the names that they have once the matrices are written out. */
export function expandNeeds(needs: readonly string[], commands: readonly Written[]): string[] {
  const expanded = needs.flatMap((need) =>
    cellsOf(commands.find(({ name }) => name === need)?.matrix).map((cell) => nameOf(need, cell)),
  );
  return [...new Set(expanded)];
}

type Cell = readonly (readonly [key: string, value: string])[];

/** The combinations of a matrix, those of its last key next to each other; one without values for a command without a matrix. */
function cellsOf(matrix: Matrix | undefined): readonly Cell[] {
  return Object.entries(matrix ?? {}).reduce<readonly Cell[]>(
    (cells, [key, values]) => cells.flatMap((cell) => values.map((value) => [...cell, [key, String(value)] as const])),
    [[]],
  );
}

/** How many combinations there are, without making them. */
export function countCells(matrix: Matrix | undefined): number {
  return Object.values(matrix ?? {}).reduce((product, values) => product * values.length, 1);
}

function nameOf(name: string, cell: Cell): string {
  return cell.length === 0 ? name : `${name} (${cell.map(([, value]) => value).join(", ")})`;
}
