import { Faults } from "../faults.ts";
import { handleGraphqlCall } from "../graphql-door.ts";
import { handleRest, type RestCall } from "../rest/handle-rest.ts";
import type { Services } from "../services.ts";
import type { Account } from "../state/accounts.ts";

/** The API refused; the page shows its words. */
export class PageProblem extends Error {
  override readonly name = "PageProblem";
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The REST and GraphQL API as the acting user sees it, called in this process. Faults meant for apps do not hit it. */
export class PageApi {
  readonly #services: Services;
  readonly #authorization: string | null;

  constructor(services: Services, viewer: Account | null) {
    this.#services = { ...services, faults: new Faults() };
    const token = viewer && services.github.state.userTokens.find((one) => one.userId === viewer.id)?.token;
    this.#authorization = token ? `token ${token}` : null;
  }

  /** The parsed answer. Throws PageProblem for anything but 2xx. */
  async get<T>(path: string): Promise<T> {
    return this.#json(await this.#call("GET", path)) as T;
  }

  /** As `get`, but null for 404. */
  async find<T>(path: string): Promise<T | null> {
    try {
      return await this.get<T>(path);
    } catch (error) {
      if (error instanceof PageProblem && error.status === 404) return null;
      throw error;
    }
  }

  /** All elements of a paginated list, at most a thousand. `key` names the list when the answer is an object. */
  async list<T>(path: string, key?: string): Promise<T[]> {
    const all: T[] = [];
    for (let page = 1; page <= 10; page++) {
      const query = `${path.includes("?") ? "&" : "?"}per_page=100&page=${String(page)}`;
      const answer = await this.get<T[] | Record<string, T[]>>(path + query);
      const part = Array.isArray(answer) ? answer : (answer[key ?? ""] ?? []);
      all.push(...part);
      if (part.length < 100) break;
    }
    return all;
  }

  /** The answer as text, in the media type asked for. */
  async text(path: string, accept: string): Promise<string> {
    return (await this.#call("GET", path, undefined, accept)).toString();
  }

  /** A change. Gives the parsed answer, null when it is empty. */
  async send<T>(method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T | null> {
    const answer = await this.#call(method, path, body ?? {});
    return answer.length === 0 ? null : (this.#json(answer) as T);
  }

  /** A GraphQL mutation or query. Throws PageProblem with the first error's message. */
  async graphql(query: string, variables: Record<string, unknown>): Promise<void> {
    const call = this.#request("POST", "/graphql", { query, variables });
    const { answer } = await handleGraphqlCall(this.#services, call);
    const text = answer.raw?.toString() ?? JSON.stringify(answer.body ?? {});
    const { errors, message } = JSON.parse(text) as { errors?: { message: string }[]; message?: string };
    const problem = errors?.[0]?.message ?? (answer.status >= 400 ? message : undefined);
    if (problem !== undefined) throw new PageProblem(422, problem);
  }

  #request(method: string, path: string, body?: unknown, accept = "application/vnd.github+json"): RestCall {
    const url = new URL(path, "http://localhost");
    return {
      method,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { accept, ...(this.#authorization !== null && { authorization: this.#authorization }) },
      body: body === undefined ? Buffer.alloc(0) : Buffer.from(JSON.stringify(body)),
    };
  }

  async #call(method: string, path: string, body?: unknown, accept?: string): Promise<Buffer> {
    const { answer } = await handleRest(this.#services, this.#request(method, path, body, accept));
    const raw = Buffer.from(answer.raw ?? (answer.body === undefined ? "" : JSON.stringify(answer.body)));
    if (answer.status >= 200 && answer.status < 300) return raw;
    throw new PageProblem(answer.status, wordsOf(raw));
  }

  // The shapes are GitHub's, held by strict mode; this is the border where text becomes data.
  #json(raw: Buffer): unknown {
    return JSON.parse(raw.toString());
  }
}

function wordsOf(raw: Buffer): string {
  const { message, errors } = JSON.parse(raw.toString() || "{}") as { message?: string; errors?: unknown[] };
  const details = (errors ?? []).map((error) => (typeof error === "string" ? error : JSON.stringify(error)));
  return [message ?? "The request was refused", ...details].join(": ");
}
