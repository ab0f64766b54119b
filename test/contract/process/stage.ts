import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../../doubles/free-port.ts";
import { startGitHub, type LocalGitHub } from "../../doubles/github/index.ts";
import { filesOf, newRepository } from "../../doubles/new-repository.ts";
import { admin, newPerson, type Person } from "../../doubles/person.ts";
import { root } from "./server-process.ts";

/** A local GitHub with `ada/teashop`, and the App installed there whose webhooks go to `port`. */
export interface Stage {
  readonly github: LocalGitHub;
  readonly ada: Person;
  readonly at: string;
  /** A folder of this stage alone; the server's temporary files and data belong in it. */
  readonly folder: string;
  /** Where the App's deliveries are sent; nobody listens there yet. */
  readonly port: number;
  /** What every process of this App is told, whatever its role. */
  readonly variables: Record<string, string>;
  /** The bot's comments of an issue, as soon as there are so many. */
  answers(issue: number, count: number): Promise<string[]>;
  /** Ends everything. Throws when the strict GitHub saw something that the real one would refuse. */
  close(): Promise<void>;
}

/** @param settings text of `.codegen.yml`; the sample repository's own unless given */
export async function setStage(settings?: string): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), "codegen-process-"));
  const github = await startGitHub();
  const ada = await newPerson(github.url, "ada");
  const port = await freePort();
  const app = await admin<{ app_id: number; private_key: string; webhook_secret: string }>(github.url, "apps", {
    manifest: {
      name: "codegen",
      url: "http://bot.test",
      default_permissions: {
        contents: "write",
        issues: "write",
        pull_requests: "write",
        checks: "write",
        statuses: "read",
        metadata: "read",
      },
      default_events: ["issue_comment", "issues", "pull_request"],
    },
    webhook_url: `http://127.0.0.1:${port}/api/github/webhooks`,
  });
  const files = await filesOf(join(root, "test/fixtures/teashop"));
  await newRepository(ada, "teashop", { ...files, ...(settings === undefined ? {} : { ".codegen.yml": settings }) });
  await admin(github.url, "installations", { app_id: app.app_id, account: "ada" });
  const at = "/repos/ada/teashop";
  return {
    github,
    ada,
    at,
    folder,
    port,
    variables: {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      TMPDIR: folder,
      APP_ID: String(app.app_id),
      PRIVATE_KEY: app.private_key,
      WEBHOOK_SECRET: app.webhook_secret,
      GITHUB_API_URL: github.url,
      CODEGEN_DATA_DIR: join(folder, "data"),
    },
    async answers(issue, count) {
      const read = async () =>
        (await ada.api<{ body: string; user: { login: string } }[]>("GET", `${at}/issues/${issue}/comments`))
          .filter((comment) => comment.user.login.endsWith("[bot]"))
          .map((comment) => comment.body);
      return until(read, (found) => found.length >= count);
    },
    async close() {
      const violations = github.violations();
      await github.close();
      await rm(folder, { recursive: true, force: true });
      if (violations.length > 0)
        throw new Error(`GitHub would refuse this:\n${JSON.stringify(violations, null, 2).slice(0, 4_000)}`);
    },
  };
}

/** Reads again until the value is as wanted; throws after 30 s with what was there last. */
export async function until<T>(read: () => Promise<T>, isWanted: (value: T) => boolean): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await read();
    if (isWanted(value)) return value;
    if (Date.now() > deadline) throw new Error(`it did not come within 30 s; last: ${JSON.stringify(value)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
