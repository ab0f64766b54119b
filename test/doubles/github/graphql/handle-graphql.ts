import { execute, GraphQLError, parse, validate, type DocumentNode } from "graphql";
import type { Actor } from "../auth.ts";
import type { GitHub } from "../state/github.ts";
import type { Rate } from "../rest/rate-limit.ts";
import type { RestAnswer } from "../rest/router.ts";
import { contextOf } from "./context-of.ts";
import { formatProblem } from "./problem.ts";
import { queryRoot } from "./query.ts";
import { mutationRoot } from "./mutations/index.ts";
import { githubSchema } from "./github-schema.ts";
import { resolveField, resolveType } from "./resolve.ts";

export interface GraphqlRequest {
  github: GitHub;
  actor: Actor;
  query: unknown;
  variables?: unknown;
  operationName?: unknown;
  /** What `rateLimit` tells, before this request; a full hour's allowance when not given. */
  rate?: Rate;
}

/**
 * Answers one request to `/graphql` as GitHub does: 401 without a user or installation token, otherwise 200 with
 * `data` and, where something was refused, `errors` of `{type, path, locations, message}`.
 * Throws only for mistakes of the local GitHub itself.
 */
export async function handleGraphql(request: GraphqlRequest): Promise<RestAnswer> {
  const { github, actor, query, variables, operationName } = request;
  if (actor.kind === "anonymous" || actor.kind === "app") {
    return {
      status: 401,
      body: { message: "This endpoint requires you to be authenticated.", documentation_url: DOCS },
    };
  }
  if (typeof query !== "string" || query.trim() === "") {
    return {
      status: 200,
      body: { errors: [{ message: "A query attribute must be specified and must be a string." }] },
    };
  }
  const document = parseQuery(query);
  if (document instanceof GraphQLError) return refused([document]);
  const schema = await githubSchema();
  const mistakes = validate(schema, document);
  if (mistakes.length > 0) return refused(mistakes);

  const reset = Math.ceil(github.now().getTime() / 3_600_000) * 3600;
  const context = contextOf({ github, actor, rate: request.rate ?? { limit: 5000, used: 0, remaining: 5000, reset } });
  const result = await execute({
    schema,
    document,
    rootValue: { ...queryRoot(context), ...mutationRoot(context) },
    contextValue: context,
    variableValues: isRecord(variables) ? variables : {},
    operationName: typeof operationName === "string" ? operationName : null,
    fieldResolver: resolveField,
    typeResolver: resolveType,
  });
  if (result.errors === undefined) return { status: 200, body: { data: result.data } };
  const { body } = refused(result.errors);
  return { status: 200, body: result.data === undefined ? body : { data: result.data, ...body } };
}

const DOCS = "https://docs.github.com/graphql/guides/forming-calls-with-graphql#authenticating-with-graphql";

function parseQuery(query: string): DocumentNode | GraphQLError {
  try {
    return parse(query);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

function refused(errors: readonly GraphQLError[]): { status: number; body: Record<string, unknown> } {
  const formatted = errors.map((error) => {
    const told = formatProblem(error);
    if (told === null) throw error.originalError ?? error;
    return told;
  });
  return { status: 200, body: { errors: formatted } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
