import { GraphqlProblem } from "./problem.ts";
import type { Arguments } from "./context.ts";

const LIMIT = 100;

/**
 * A page of a list in the form of a connection, with GitHub's rules: `first` or `last` must be given, at most 100.
 * @param name of the field, for the messages
 * @param make turns only the entities of the page into objects; those that become null are left out of `nodes`
 */
export async function connection<T>(
  name: string,
  entities: readonly T[],
  args: Arguments,
  make: (entity: T) => unknown,
): Promise<Record<string, unknown>> {
  const { start, end } = pageOf(name, entities.length, args);
  const nodes: unknown[] = [];
  for (const entity of entities.slice(start, end)) nodes.push(await make(entity));
  const edges = nodes.map((node, index) => ({ cursor: cursorOf(start + index), node }));
  const pageInfo = {
    hasNextPage: end < entities.length,
    hasPreviousPage: start > 0,
    startCursor: edges.at(0)?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  };
  return { nodes, edges, pageInfo, totalCount: entities.length };
}

function pageOf(name: string, count: number, args: Arguments): { start: number; end: number } {
  const first = bound(name, "first", args.first);
  const last = bound(name, "last", args.last);
  if (first === null && last === null) {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw new GraphqlProblem("MISSING_PAGINATION_BOUNDARIES", message);
  }
  let start = typeof args.after === "string" ? indexOf(args.after, "after") + 1 : 0;
  let end = typeof args.before === "string" ? Math.min(indexOf(args.before, "before"), count) : count;
  start = Math.min(start, end);
  if (first !== null) end = Math.min(end, start + first);
  if (last !== null) start = Math.max(start, end - last);
  return { start, end };
}

function bound(name: string, argument: "first" | "last", value: unknown): number | null {
  if (typeof value !== "number") return null;
  if (value < 0) {
    const message = `\`${argument}\` on the \`${name}\` connection cannot be less than zero.`;
    throw new GraphqlProblem("INVALID_CURSOR_ARGUMENTS", message);
  }
  if (value > LIMIT) {
    const message = `Requesting ${value} records on the \`${name}\` connection exceeds the \`${argument}\` limit of ${LIMIT} records.`;
    throw new GraphqlProblem("EXCESSIVE_PAGINATION", message);
  }
  return value;
}

function cursorOf(index: number): string {
  return Buffer.from(`cursor:${index}`).toString("base64");
}

function indexOf(cursor: string, argument: string): number {
  const index = /^cursor:(\d+)$/.exec(Buffer.from(cursor, "base64").toString())?.[1];
  if (index !== undefined) return Number(index);
  throw new GraphqlProblem(
    "INVALID_CURSOR_ARGUMENTS",
    `\`${cursor}\` does not appear to be a valid cursor for \`${argument}\`.`,
  );
}
