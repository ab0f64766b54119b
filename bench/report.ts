export interface Row {
  readonly key: string;
  readonly what: string;
  /** undefined: not measured this time. */
  readonly value: number | undefined;
  readonly unit: string;
  readonly goal?: { readonly max: number } | { readonly min: number };
}

/** Prints the figures as a table and, as the last line, as one JSON object. */
export function report({ bench, rows }: { bench: string; rows: readonly Row[] }): void {
  const measured = rows.filter((row): row is Row & { value: number } => row.value !== undefined);
  const table = rows.map((row) => [
    row.what,
    row.value === undefined ? "–" : `${round(row.value)} ${row.unit}`,
    goalText(row),
    row.value === undefined ? "" : meets(row) ? "ok" : "MISSED",
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => cells[column]?.length ?? 0)));
  for (const cells of table)
    console.log(
      cells
        .map((cell, column) => (column === 1 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join("  "),
    );
  console.log(
    JSON.stringify({
      bench,
      figures: Object.fromEntries(measured.map((row) => [row.key, round(row.value)])),
      goals: Object.fromEntries(rows.flatMap((row) => (row.goal ? [[row.key, row.goal]] : []))),
      ok: measured.every(meets),
    }),
  );
}

function meets({ value, goal }: Row): boolean {
  if (value === undefined || goal === undefined) return true;
  return "max" in goal ? value <= goal.max : value >= goal.min;
}

function goalText({ goal, unit }: Row): string {
  if (goal === undefined) return "";
  return "max" in goal ? `≤ ${goal.max} ${unit}` : `≥ ${goal.min} ${unit}`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
