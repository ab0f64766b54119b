import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpProblem } from "../rest/problem.ts";
import type { Services } from "../services.ts";
import { accountByLogin, type Account } from "../state/accounts.ts";
import { PageApi, PageProblem } from "./api.ts";
import { html } from "./html.ts";
import { layout, type Page } from "./layout.ts";
import { acceptManifest, manifestPage } from "./manifest-page.ts";
import { repositoryForm, repositoryView, type PageAnswer } from "./repository-routes.ts";
import { accountPage, appPage, homePage } from "./home-page.ts";

export interface PageCall {
  services: Services;
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
}

/** Name in the address → type, and the files of which it is made. */
const ASSETS: Readonly<Record<string, { type: string; files: string[] }>> = {
  "style.css": { type: "text/css", files: ["base.css", "parts.css", "conversation.css", "code.css"] },
  "page.js": { type: "text/javascript", files: ["page.js"] },
};
const MOST_BYTES = 10 * 1024 * 1024;

// User content may show pictures of this machine (screenshots that an app serves), nothing from elsewhere.
const POLICY =
  "default-src 'none'; style-src 'self'; style-src-attr 'unsafe-inline'; script-src 'self'; connect-src 'self'; base-uri 'none'; " +
  "frame-ancestors 'none'; " +
  "img-src 'self' data: http://127.0.0.1:* http://localhost:*";

/** Answers one request of a browser; `false` when there is no such page, nothing was written, and who asks wants none (a script, a picture). */
export async function handlePage({ services, request, response, url }: PageCall): Promise<boolean> {
  const viewer = actingUser(services, request);
  const page: Page = { github: services.github, api: new PageApi(services, viewer), viewer, url };
  let answer: PageAnswer | null;
  try {
    answer = request.method === "POST" ? await post(page, request) : await view(page, request);
    if (!answer && request.headers.accept?.includes("text/html")) throw new PageProblem(404, "Not Found");
  } catch (error) {
    if (!(error instanceof PageProblem) && !(error instanceof HttpProblem)) throw error;
    answer = { status: error.status, body: problemPage(page, error) };
  }
  if (!answer) return false;
  response.writeHead(answer.status ?? 200, {
    "content-type": `${answer.type ?? "text/html"}; charset=utf-8`,
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
    ...answer.headers,
  });
  response.end(request.method === "HEAD" ? undefined : answer.body);
  return true;
}

async function view(page: Page, request: IncomingMessage): Promise<PageAnswer | null> {
  if (request.method !== "GET" && request.method !== "HEAD") return null;
  const parts = partsOf(page.url);
  const [first = "", second = ""] = parts;
  if (first === "_pages") return asset(second);
  if (/^\/(organizations\/[^/]+\/)?settings\/apps\/new$/.test(page.url.pathname))
    return { body: manifestPage(page, "") };
  if (parts.length === 0) return { body: await homePage(page) };
  if (first === "apps" && parts.length === 2) return { body: appPage(page, second) };
  if (parts.length === 1) return { body: await accountPage(page, first) };
  // GitHub lets git leave out ".git"; git follows this to the address that has it.
  if (parts.length === 4 && page.url.pathname.endsWith("/info/refs")) {
    const location = `/${encodeURIComponent(first)}/${encodeURIComponent(second)}.git/info/refs${page.url.search}`;
    return { status: 301, body: "", headers: { location } };
  }
  return repositoryView(page, parts);
}

async function post(page: Page, request: IncomingMessage): Promise<PageAnswer | null> {
  const form = new URLSearchParams(await readForm(request));
  const [, organization] = /^\/(?:organizations\/([^/]+)\/)?settings\/apps\/new$/.exec(page.url.pathname) ?? [];
  if (page.url.pathname.endsWith("/settings/apps/new")) {
    const next = acceptManifest(page, organization ?? null, form);
    return next === null ? { body: manifestPage(page, form.get("manifest") ?? "") } : seeOther(next);
  }
  refuseOtherSites(request);
  if (page.url.pathname === "/_pages/act-as") return actAs(page, form);
  const next = await repositoryForm(page, partsOf(page.url), form);
  return next === null ? null : seeOther(next);
}

function actAs(page: Page, form: URLSearchParams): PageAnswer {
  const login = form.get("login") ?? "";
  const back = form.get("back") ?? "/";
  const known = page.github.state.accounts.some((account) => account.type === "User" && account.login === login);
  if (login !== "" && !known) throw new PageProblem(404, `There is nobody called ${login} here`);
  const cookie = `act_as=${encodeURIComponent(login)}; Path=/; HttpOnly; SameSite=Lax`;
  const safe = /^\/(?![/\\])/.test(back) ? back : "/";
  return { ...seeOther(safe), headers: { location: safe, "set-cookie": cookie } };
}

function actingUser({ github }: Services, request: IncomingMessage): Account | null {
  const login = /(?:^|;\s*)act_as=([^;]*)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
  const account = accountByLogin(github.state, decode(login));
  return account?.type === "User" ? account : null;
}

// The cookie stands for a person: a form of another site must not write in that person's name.
function refuseOtherSites(request: IncomingMessage): void {
  const { origin, host } = request.headers;
  if (origin !== undefined && URL.parse(origin)?.host !== host) {
    throw new PageProblem(403, "This form was sent by another site");
  }
}

async function readForm(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) throw new PageProblem(413, "The form is too large");
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}

async function asset(name: string): Promise<PageAnswer | null> {
  const found = Object.hasOwn(ASSETS, name) ? ASSETS[name] : undefined;
  if (!found) return null;
  const parts = found.files.map((file) => readFile(new URL(`assets/${file}`, import.meta.url), "utf8"));
  return { type: found.type, body: (await Promise.all(parts)).join("") };
}

function problemPage(page: Page, problem: { status: number; message: string }): string {
  const text =
    problem.status === 404 ? `${problem.message}. Is it private, and do you act as the right person?` : problem.message;
  return layout(
    page,
    String(problem.status),
    html`<h1>${problem.status}</h1>
      <p class="problem">${text}</p>
      <p><a href="/">All repositories</a></p>`,
  );
}

function seeOther(location: string): PageAnswer {
  return { status: 303, body: "", headers: { location } };
}

function partsOf(url: URL): string[] {
  return url.pathname.split("/").filter(Boolean).map(decode);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
