import type { GraphQLFieldResolver } from "graphql";
import type { Context, GraphqlObject } from "./context.ts";
import { GraphqlProblem } from "./problem.ts";

/**
 * Reads a field from an object that a maker built. A field that the schema has but the local GitHub does not know is
 * refused and recorded: a silent null would make a caller believe in an answer that GitHub would not give.
 */
export const resolveField: GraphQLFieldResolver<unknown, Context> = (source, args, { github }, info) => {
  const object = isObject(source) ? source : {};
  if (!Object.hasOwn(object, info.fieldName)) {
    const where = `${info.parentType.name}.${info.fieldName}`;
    github.violations.push({
      kind: "unknown-route",
      where: `GraphQL ${where}`,
      problems: ["not implemented by the local GitHub"],
    });
    throw new GraphqlProblem("NOT_IMPLEMENTED", `not implemented by the local GitHub: ${where}`);
  }
  const value = object[info.fieldName];
  return typeof value === "function" ? (value.call(object, args) as unknown) : value;
};

/** The concrete type of an object behind an interface or a union. */
export function resolveType(value: unknown): string | undefined {
  return isGraphqlObject(value) ? value.__typename : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function isGraphqlObject(value: unknown): value is GraphqlObject {
  return isObject(value) && typeof value.__typename === "string";
}
