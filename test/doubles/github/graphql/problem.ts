import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { HttpProblem } from "../rest/problem.ts";

export type ProblemType =
  | "NOT_FOUND"
  | "FORBIDDEN"
  | "STALE_DATA"
  | "UNPROCESSABLE"
  | "MISSING_PAGINATION_BOUNDARIES"
  | "EXCESSIVE_PAGINATION"
  | "INVALID_CURSOR_ARGUMENTS"
  | "NOT_IMPLEMENTED";

/** A refusal in GitHub's form: the answer is 200 and holds `{type, path, message}` beside what could be resolved. */
export class GraphqlProblem extends Error {
  override readonly name = "GraphqlProblem";
  readonly type: ProblemType;

  constructor(type: ProblemType, message: string) {
    super(message);
    this.type = type;
  }
}

/** "Could not resolve to a node with the global id of 'X'." */
export function noSuchNode(id: string): GraphqlProblem {
  return new GraphqlProblem("NOT_FOUND", `Could not resolve to a node with the global id of '${id}'`);
}

/** One error as GitHub writes it. Errors that are no refusals are our own mistakes: `null`, let them surface as 500. */
export function formatProblem(error: GraphQLError): (GraphQLFormattedError & { type?: string }) | null {
  const { originalError } = error;
  const place = { path: error.path ?? [], locations: error.locations ?? [] };
  if (originalError instanceof GraphqlProblem) return { type: originalError.type, ...place, message: error.message };
  if (originalError instanceof HttpProblem) {
    const type = typeOfStatus(originalError.status);
    const extensions = type === "FORBIDDEN" ? { extensions: { saml_failure: false } } : {};
    return { type, ...place, ...extensions, message: sentenceOf(originalError) };
  }
  if (originalError && !(originalError instanceof GraphQLError)) return null;
  return { ...unknownField(error), locations: place.locations };
}

function typeOfStatus(status: number): ProblemType {
  if (status === 401 || status === 403) return "FORBIDDEN";
  if (status === 404) return "NOT_FOUND";
  return "UNPROCESSABLE";
}

/** REST keeps the reason in `errors`, GraphQL has only the sentence. */
function sentenceOf(problem: HttpProblem): string {
  const reasons = (problem.errors ?? []).flatMap((error) =>
    typeof error === "string" ? error : (error.message ?? []),
  );
  return reasons.length > 0 ? reasons.join(", ") : problem.message;
}

/** GitHub's words for a query that does not fit the schema, as clients and people know them. */
function unknownField({ message }: GraphQLError): GraphQLFormattedError {
  const field = /^Cannot query field "(\w+)" on type "(\w+)"/.exec(message);
  if (field) {
    const [, fieldName = "", typeName = ""] = field;
    const extensions = { code: "undefinedField", typeName, fieldName };
    return { message: `Field '${fieldName}' doesn't exist on type '${typeName}'`, extensions };
  }
  const argument = /^Unknown argument "(\w+)" on field "(\w+)\.(\w+)"/.exec(message);
  if (argument) {
    const [, argumentName = "", , name = ""] = argument;
    const extensions = { code: "argumentNotAccepted", name, typeName: "Field", argumentName };
    return { message: `Field '${name}' doesn't accept argument '${argumentName}'`, extensions };
  }
  return { message };
}
