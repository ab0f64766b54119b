import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import { startPostgres, type PostgresServer } from "../doubles/postgres.ts";
import { startRedis, type RedisServer } from "../doubles/redis.ts";
import { start, type StartOptions, type Story } from "../doubles/start.ts";

interface Pull {
  number: number;
  merged: boolean;
  body: string;
  head: { sha: string; ref: string };
}

let redis: RedisServer;
let postgres: PostgresServer;
beforeAll(async () => {
  [redis, postgres] = await Promise.all([startRedis(), startPostgres()]);
}, 60_000);
afterAll(async () => {
  await Promise.all([redis.close(), postgres.close(), dropTemplate()]);
}, 30_000);

const places: [string, () => Promise<StartOptions>, { queue: string; embedded: boolean }][] = [
  ["the embedded store and queue", async () => ({ embedded: true }), { queue: "pglite", embedded: true }],
  [
    "a queue on Redis and a store on PostgreSQL",
    async () => ({ queueUrl: redis.url, databaseUrl: await postgres.database("beside_redis") }),
    { queue: "redis", embedded: false },
  ],
  [
    "PostgreSQL for both",
    async () => ({ databaseUrl: await postgres.database("both") }),
    { queue: "postgres", embedded: false },
  ],
];

describe.each(places)("the main job on %s", (_name, place, expected) => {
  let story: Story | undefined;
  afterEach(async () => {
    const ending = story;
    story = undefined;
    await ending?.finish();
  }, 30_000);

  test("an issue becomes a plan, a pull, a validated check and a merge", async () => {
    story = await start({ ownConfig: true, ...(await place()) });
    const { ada, at, queue, env } = story;
    expect({ queue: queue.kind, embedded: env.databaseUrl === null }).toEqual(expected);
    const issue = await story.openIssue();

    const command = await story.comment(issue, "/codegen plan");
    await story.drain();
    expect(await story.reactions(command)).toEqual(["eyes"]);
    const [plan] = (await story.comments(issue)).filter((comment) => comment.body.includes("codegen:message:plan"));
    expect(plan?.body).toContain("- [ ] **Approve and run this plan**");

    await ada.api("PATCH", `${at}/issues/comments/${plan?.id}`, {
      body: plan?.body.replace("- [ ] **Approve", "- [x] **Approve"),
    });
    await story.drain();
    const [pull] = await ada.api<Pull[]>("GET", `${at}/pulls`);
    expect(pull?.head.ref).toBe(`codegen/issue-${issue}-ten-packs-get-no-bulk-discount`);
    expect(pull?.body).toContain(`Closes #${issue}`);
    const checks = await story.checkRuns(pull?.head.sha ?? "");
    expect(Object.fromEntries(checks.map(({ name, conclusion }) => [name, conclusion]))).toEqual({
      "codegen / analysis": "success",
      "codegen / syntax": "success",
      "codegen / test": "success",
    });

    await story.comment(pull?.number ?? 0, "/codegen merge");
    await story.drain();
    expect((await ada.api<Pull>("GET", `${at}/pulls/${pull?.number}`)).merged).toBe(true);
    expect((await ada.api<{ state: string }>("GET", `${at}/issues/${issue}`)).state).toBe("closed");
    const merged = await ada.api<{ content: string }>("GET", `${at}/contents/src/cart.js`);
    expect(Buffer.from(merged.content, "base64").toString()).toContain("packs >= bulkFrom");
    expect(await story.answers(issue)).toHaveLength(2);
  }, 60_000);
});
