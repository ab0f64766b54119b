import { createHash } from "node:crypto";
import { authenticate, type Actor } from "../auth.ts";
import type { Fault } from "../faults.ts";
import { validateRequest, validateResponse } from "../schemas/validate.ts";
import type { Services } from "../services.ts";
import { fullName } from "../state/repositories.ts";
import { authorize } from "./authorize.ts";
import { isObject } from "./body.ts";
import { faultAnswer } from "./fault-answer.ts";
import { routes } from "./index.ts";
import { HttpProblem } from "./problem.ts";
import { rateHeaders, type Resource } from "./rate-limit.ts";
import { matchRoute, type RestAnswer, type RestRequest, type Route } from "./router.ts";

/** One request to the REST API, body read. */
export interface RestCall {
  method: string;
  /** As asked, with `/api/v3` if it was there. */
  path: string;
  query: Record<string, string>;
  headers: Record<string, string>;
  body: Buffer;
}

export interface RestOutcome {
  answer: RestAnswer;
  actor: Actor;
  /** `METHOD /pattern`, or `null` when no route is known. */
  route: string | null;
  /** The fault that hit it; those which are no answers are for the server to act out. */
  fault: Fault | null;
}

/** Answers one REST request: route, fault, token, permission, work, then the headers that every answer of GitHub has. Throws for defects only. */
export async function handleRest(services: Services, call: RestCall): Promise<RestOutcome> {
  const path = routedPath(services, call.path);
  const found = matchRoute(routes, call.method === "HEAD" ? "GET" : call.method, path);
  const name = found && `${found.route.method} ${found.route.pattern}`;
  const fault = name === null ? null : services.faults.take(name);
  let actor: Actor = { kind: "anonymous" };
  try {
    actor = authenticate(services.github, call.headers["authorization"]);
    const faulty = fault && faultAnswer(services.github, actor, fault);
    if (faulty) return finishAnswer(services, call, { answer: faulty, actor, route: name, fault });
    if (fault?.mode === "hang" || fault?.mode === "reset-before-commit") {
      return { answer: { status: 499 }, actor, route: name, fault };
    }
    if (!found) throw unknownRoute(services, call.method, path);
    if (fault?.mode === "lag-after-write") services.github.startLag(fault.seconds);
    const answer = await answerOf(services, call, actor, found);
    return finishAnswer(services, call, { answer, actor, route: name, fault });
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    const answer = problemAnswer(error);
    if (services.strict && found) checkAnswer(services, found.route, answer);
    return finishAnswer(services, call, { answer, actor, route: name, fault });
  }
}

/** The path without the prefix of an enterprise server; `/repositories/{id}/…`, where redirects lead, by the present name. */
function routedPath({ github }: Services, asked: string): string {
  const path = asked.replace(/^\/api\/v3(?=\/|$)/, "") || "/";
  const [, id, rest = ""] = /^\/repositories\/(\d+)(\/.*)?$/.exec(path) ?? [];
  const repository = github.state.repositories.find((one) => String(one.id) === id);
  return repository ? `/repos/${fullName(github.state, repository)}${rest}` : path;
}

/** A refusal in GitHub's form. */
export function problemAnswer(problem: HttpProblem): RestAnswer {
  return {
    status: problem.status,
    headers: problem.headers,
    body: {
      message: problem.message,
      ...(problem.errors && { errors: problem.errors }),
      documentation_url: "https://docs.github.com/rest",
      status: String(problem.status),
    },
  };
}

async function answerOf(
  { github, strict, rates }: Services,
  call: RestCall,
  actor: Actor,
  { route, params }: { route: Route; params: Record<string, string> },
): Promise<RestAnswer> {
  const json = parseBody(call.body);
  const request: RestRequest = {
    github: github.asSeenBy(call.method),
    actor,
    rates,
    params,
    query: call.query,
    body: isObject(json) ? json : {},
    request: { method: route.method, path: call.path, headers: call.headers, json },
  };
  if (strict) {
    const asked = { params, query: call.query, ...(call.body.length > 0 && { body: json }) };
    const problems = validateRequest(route.method, route.pattern, asked);
    const where = `${call.method} ${call.path}`;
    if (problems.length > 0) github.violations.push({ kind: "request", where, problems });
  }
  authorize(route, request);
  const answer = await route.handler(request);
  if (strict) checkAnswer({ github }, route, answer);
  return answer;
}

function checkAnswer({ github }: Pick<Services, "github">, route: Route, answer: RestAnswer): void {
  if (answer.raw !== undefined) return;
  const problems = validateResponse(route.method, route.pattern, answer.status, answer.body);
  const where = `${route.method} ${route.pattern} -> ${answer.status}`;
  if (problems.length > 0) github.violations.push({ kind: "response", where, problems });
}

function parseBody(body: Buffer): unknown {
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch {
    throw new HttpProblem(400, "Problems parsing JSON");
  }
}

function unknownRoute({ github }: Services, method: string, path: string): HttpProblem {
  const where = `${method} ${path}`;
  github.violations.push({ kind: "unknown-route", where, problems: ["the local GitHub has no such route"] });
  return new HttpProblem(501, `not implemented by the local GitHub: ${where}`);
}

/** Adds the headers of every answer, and turns it into 304 when the client has it already. */
export function finishAnswer(services: Services, call: RestCall, outcome: RestOutcome): RestOutcome {
  const { answer, actor } = outcome;
  const raw = answer.raw ?? (answer.body === undefined ? "" : JSON.stringify(answer.body));
  const etag = `W/"${createHash("sha256").update(raw).digest("hex")}"`;
  const reads = call.method === "GET" || call.method === "HEAD";
  const same = reads && answer.status === 200 && matches(call.headers["if-none-match"], etag);
  const resource: Resource = outcome.route === "POST /graphql" ? "graphql" : "core";
  const isFree = same || outcome.route === "GET /rate_limit";
  const rate = services.rates.count(services.github, actor, resource, isFree ? 0 : 1);
  const headers: Record<string, string> = {
    "X-GitHub-Media-Type": mediaType(call.headers["accept"]),
    "X-GitHub-Api-Version-Selected": "2022-11-28",
    ...rateHeaders(rate, resource),
    ...(answer.body !== undefined && { "Content-Type": "application/json; charset=utf-8" }),
    ...(reads && answer.status === 200 && { ETag: etag, "Cache-Control": "private, max-age=60, s-maxage=60" }),
    ...answer.headers,
  };
  if (!same) return { ...outcome, answer: { status: answer.status, headers, raw } };
  delete headers["Content-Type"];
  return { ...outcome, answer: { status: 304, headers, raw: "" } };
}

function matches(asked: string | undefined, etag: string): boolean {
  const bare = (text: string) => text.trim().replace(/^W\//, "");
  return asked?.split(",").some((one) => one.trim() === "*" || bare(one) === bare(etag)) ?? false;
}

/** `github.v3; format=json`, as GitHub names what it understood of `Accept`. */
function mediaType(accept = ""): string {
  const [, parameter, suffix] = /application\/vnd\.github(?:\.v3)?(?:\.([\w-]+))?(?:\+(\w+))?/.exec(accept) ?? [];
  const named = parameter && parameter !== "v3" ? `; param=${parameter}` : "";
  return `github.v3${named}; format=${suffix ?? "json"}`;
}
