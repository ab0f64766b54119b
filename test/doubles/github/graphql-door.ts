import { authenticate, type Actor } from "./auth.ts";
import { isObject } from "./rest/body.ts";
import { faultAnswer } from "./rest/fault-answer.ts";
import { finishAnswer, problemAnswer, type RestCall, type RestOutcome } from "./rest/handle-rest.ts";
import { HttpProblem } from "./rest/problem.ts";
import type { Services } from "./services.ts";

/** Answers one call of the GraphQL API: fault, token, then the query itself. */
export async function handleGraphqlCall(services: Services, call: RestCall): Promise<RestOutcome> {
  const { github } = services;
  const route = "POST /graphql";
  const { query, variables, operationName } = fieldsOf(call.body);
  const fault = services.faults.take(route, query);
  let actor: Actor = { kind: "anonymous" };
  try {
    actor = authenticate(github, call.headers["authorization"]);
    if (actor.kind === "anonymous") throw new HttpProblem(401, "This endpoint requires you to be authenticated.");
    const faulty = fault && faultAnswer(github, actor, fault);
    if (faulty) return finishAnswer(services, call, { answer: faulty, actor, route, fault });
    if (fault?.mode === "hang" || fault?.mode === "reset-before-commit") {
      return { answer: { status: 499 }, actor, route, fault };
    }
    if (fault?.mode === "lag-after-write") github.startLag(fault.seconds);
    if (query === "") throw new HttpProblem(400, "A query attribute must be specified and must be a string.");
    const seen = /^\s*mutation\b/m.test(query) ? github : github.asSeenBy("GET");
    // Loaded by the first query only: GitHub's schema costs half a second and much memory.
    const { handleGraphql } = await import("./graphql/handle-graphql.ts");
    const rate = services.rates.count(github, actor, "graphql", 0);
    const answer = await handleGraphql({ github: seen, actor, query, variables, operationName, rate });
    return finishAnswer(services, call, { answer, actor, route, fault });
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return finishAnswer(services, call, { answer: problemAnswer(error), actor, route, fault });
  }
}

function fieldsOf(body: Buffer): { query: string; variables: Record<string, unknown>; operationName: unknown } {
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    json = {};
  }
  const fields = isObject(json) ? json : {};
  const { query, variables, operationName } = fields;
  return {
    query: typeof query === "string" ? query : "",
    variables: isObject(variables) ? variables : {},
    operationName,
  };
}
