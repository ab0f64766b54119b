import type { LocalGitHub } from "../../doubles/github/index.ts";

/** A small world to look at: `ada` owns `ada/shop` with an issue and a pull, `will` may write, `eve` may only read; an app is installed. */
export interface World {
  readonly host: LocalGitHub;
  readonly tokens: { readonly ada: string; readonly will: string; readonly eve: string };
  readonly app: { readonly id: number; readonly slug: string; readonly privateKey: string };
  readonly headSha: string;
  /** Calls the API; throws with the answer's text for anything but 2xx. */
  call<T = Record<string, unknown>>(token: string, method: string, path: string, body?: unknown): Promise<T>;
}

export async function seedWorld(host: LocalGitHub): Promise<World> {
  const call = async <T>(token: string, method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await fetch(host.url + path, {
      method,
      headers: { "content-type": "application/json", ...(token !== "" && { authorization: `Bearer ${token}` }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${String(answer.status)} ${text}`);
    return (text === "" ? null : JSON.parse(text)) as T;
  };
  const user = async (login: string) => (await call<{ token: string }>("", "POST", "/_admin/users", { login })).token;
  const tokens = { ada: await user("ada"), will: await user("will"), eve: await user("eve") };
  await call(tokens.ada, "POST", "/user/repos", { name: "shop", description: "A small shop" });
  const root = "/api/v3/repos/ada/shop";
  await call(tokens.ada, "PUT", `${root}/collaborators/will`, { permission: "push" });
  const put = (path: string, content: string, branch: string, sha?: string) =>
    call<{ content: { sha: string }; commit: { sha: string } }>(tokens.ada, "PUT", `${root}/contents/${path}`, {
      message: `Write ${path}`,
      content: Buffer.from(content).toString("base64"),
      branch,
      ...(sha !== undefined && { sha }),
    });
  await put("README.md", "# Shop\n\nSells *things*.\n\n- [x] carts\n- [ ] money\n", "main");
  const total = await put("src/total.js", "export function total(items) {\n  return items.length;\n}\n", "main");
  await call(tokens.ada, "POST", `${root}/git/refs`, { ref: "refs/heads/fix/total", sha: total.commit.sha });
  const better = "export function total(items) {\n  return items.reduce((sum, item) => sum + item.price, 0);\n}\n";
  const fixed = await put("src/total.js", better, "fix/total", total.content.sha);
  return { host, tokens, app: await installApp(call), headSha: fixed.commit.sha, call };
}

async function installApp(call: World["call"]): Promise<World["app"]> {
  const manifest = {
    name: "Helper",
    url: "http://127.0.0.1",
    default_permissions: {
      checks: "write",
      contents: "write",
      issues: "write",
      pull_requests: "write",
      metadata: "read",
    },
    default_events: ["issue_comment", "check_run"],
  };
  const app = await call<{ app_id: number; slug: string; private_key: string }>("", "POST", "/_admin/apps", {
    manifest,
  });
  await call("", "POST", "/_admin/installations", { app_id: app.app_id, account: "ada" });
  return { id: app.app_id, slug: app.slug, privateKey: app.private_key };
}
