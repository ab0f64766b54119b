import { bigint, boolean, doublePrecision, index, integer, pgSchema, primaryKey, sql, uniqueIndex } from "./drizzle.ts";
import type { Sha } from "../domain/ids.ts";
import type { RunKind, RunState } from "../domain/run.ts";
import type { LogReport } from "./port.ts";
import { json, moment, now, text } from "./columns.ts";

/** Everything is named with its schema: on an embedded store the session's search path belongs to the queue. */
export const codegen = pgSchema("codegen");

const id = (name: string) => bigint(name, { mode: "number" });
const sequence = () => id("seq").generatedAlwaysAsIdentity();
const repository = {
  installation: id("installation").notNull(),
  repo: id("repo").notNull(),
  owner: text("owner").notNull(),
  name: text("name").notNull(),
};

export const installations = codegen.table("installations", {
  id: id("id").primaryKey(),
  account: text("account").notNull(),
  accountType: text("account_type").notNull(),
  permissions: json("permissions").notNull(),
  suspended: boolean("suspended").notNull(),
  updatedAt: moment("updated_at").notNull().default(now),
});

export const repositories = codegen.table(
  "repositories",
  {
    id: id("id").primaryKey(),
    installation: id("installation")
      .notNull()
      .references(() => installations.id, { onDelete: "cascade" }),
    owner: text("owner").notNull(),
    name: text("name").notNull(),
  },
  (table) => [index("repositories_installation").on(table.installation)],
);

export const runs = codegen.table(
  "runs",
  {
    id: text("id")
      .primaryKey()
      .default(sql`gen_random_uuid()::text`),
    /** The order in which runs were opened; times can be equal. */
    seq: sequence().notNull().unique(),
    kind: text("kind").$type<RunKind>().notNull(),
    ...repository,
    number: integer("number").notNull(),
    head: text("head").$type<Sha>(),
    state: text("state").$type<RunState>().notNull().default("queued"),
    reason: text("reason"),
    jobId: text("job_id").notNull().unique(),
    actor: text("actor").notNull(),
    cancelRequestedBy: text("cancel_requested_by"),
    createdAt: moment("created_at").notNull().default(now),
    updatedAt: moment("updated_at").notNull().default(now),
  },
  (table) => [
    index("runs_thread").on(table.repo, table.number, table.seq.desc()),
    index("runs_state").on(table.state, table.updatedAt),
  ],
);

const ofRun = () => text("run_id").references(() => runs.id, { onDelete: "cascade" });

export const steps = codegen.table(
  "steps",
  {
    runId: ofRun().notNull(),
    name: text("name").notNull(),
    seq: sequence().notNull(),
    state: text("state").$type<"started" | "finished" | "failed">().notNull(),
    result: json("result"),
    error: text("error"),
    startedAt: moment("started_at").notNull().default(now),
    finishedAt: moment("finished_at"),
  },
  (table) => [primaryKey({ columns: [table.runId, table.name] })],
);

export const events = codegen.table(
  "events",
  {
    seq: sequence().primaryKey(),
    runId: ofRun(),
    name: text("name").notNull(),
    data: json("data"),
    at: moment("at").notNull().default(now),
  },
  (table) => [index("events_run").on(table.runId, table.seq)],
);

export const deliveries = codegen.table("deliveries", {
  guid: text("guid").primaryKey(),
  event: text("event").notNull(),
  action: text("action"),
  installation: id("installation"),
  outcome: text("outcome").notNull(),
  at: moment("at").notNull().default(now),
});

export const usage = codegen.table(
  "usage",
  {
    seq: sequence().primaryKey(),
    runId: ofRun().notNull(),
    step: text("step").notNull(),
    model: text("model").notNull(),
    inputTokens: id("input_tokens").notNull(),
    outputTokens: id("output_tokens").notNull(),
    usd: doublePrecision("usd").notNull(),
    steps: integer("steps").notNull().default(0),
    ms: id("ms").notNull().default(0),
    at: moment("at").notNull().default(now),
  },
  (table) => [index("usage_run").on(table.runId), index("usage_at").on(table.at)],
);

export const audit = codegen.table(
  "audit",
  {
    seq: sequence().primaryKey(),
    actor: text("actor").notNull(),
    action: text("action").notNull(),
    subject: text("subject").notNull(),
    /** No foreign key: the audit outlives the runs. */
    runId: text("run_id"),
    detail: json("detail"),
    at: moment("at").notNull().default(now),
  },
  (table) => [index("audit_subject").on(table.subject, table.seq)],
);

export const plans = codegen.table(
  "plans",
  {
    ...repository,
    issue: integer("issue").notNull(),
    hash: text("hash").notNull(),
    version: integer("version").notNull(),
    base: text("base").$type<Sha>().notNull(),
    plan: json("plan").notNull(),
    runId: ofRun().notNull(),
    createdAt: moment("created_at").notNull().default(now),
    approvedBy: text("approved_by"),
  },
  (table) => [primaryKey({ columns: [table.repo, table.issue, table.hash] })],
);

export const leases = codegen.table("leases", {
  key: text("key").primaryKey(),
  token: text("token").notNull(),
  owner: text("owner").notNull(),
  expiresAt: moment("expires_at").notNull(),
});

export const pulls = codegen.table(
  "pulls",
  {
    ...repository,
    number: integer("number").notNull(),
    issue: integer("issue"),
    requester: text("requester").notNull(),
    requesterId: id("requester_id").notNull(),
    branch: text("branch").notNull(),
    head: text("head").$type<Sha>(),
    createdAt: moment("created_at").notNull().default(now),
    updatedAt: moment("updated_at").notNull().default(now),
  },
  (table) => [primaryKey({ columns: [table.repo, table.number] })],
);

/** What a program of a run printed, one row for each try of it. */
export const logs = codegen.table(
  "logs",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    runId: ofRun().notNull(),
    name: text("name").notNull(),
    attempt: integer("attempt").notNull(),
    command: text("command").notNull(),
    startedAt: moment("started_at").notNull().default(now),
    endedAt: moment("ended_at"),
    end: text("end"),
    code: integer("code"),
    report: json("report").$type<LogReport>(),
  },
  (table) => [
    uniqueIndex("logs_run").on(table.runId, table.name, table.attempt),
    index("logs_started").on(table.startedAt),
  ],
);

export const logChunks = codegen.table(
  "log_chunks",
  {
    runId: text("run_id").notNull(),
    /** Counts up over all logs of the run without gaps, so that a reader who has seen one misses none before it. */
    seq: integer("seq").notNull(),
    logId: ofLog(),
    /** The line on which it begins, from 1, and how many line ends are in it. */
    line: integer("line").notNull(),
    ends: integer("ends").notNull(),
    text: text("text").notNull(),
  },
  (table) => [primaryKey({ columns: [table.runId, table.seq] }), index("log_chunks_log").on(table.logId, table.seq)],
);

/** Report files that a command of a run wrote. */
export const logFiles = codegen.table(
  "log_files",
  {
    id: id("id").primaryKey().generatedAlwaysAsIdentity(),
    logId: ofLog(),
    path: text("path").notNull(),
    bytes: integer("bytes").notNull(),
    text: text("text").notNull(),
  },
  (table) => [uniqueIndex("log_files_log").on(table.logId, table.path)],
);

/** What the links to pages of runs are signed with. Without its key a link leads nowhere. */
export const linkKeys = codegen.table("link_keys", {
  id: id("id").primaryKey().generatedAlwaysAsIdentity(),
  key: text("key").notNull(),
  createdAt: moment("created_at").notNull().default(now),
});

/** How much of a base commit the tests of a command reach; never what a pull says of itself. */
export const coverage = codegen.table(
  "coverage",
  {
    repo: id("repo").notNull(),
    command: text("command").notNull(),
    commit: text("commit").$type<Sha>().notNull(),
    value: json("value").notNull(),
    at: moment("at").notNull().default(now),
  },
  (table) => [
    primaryKey({ columns: [table.repo, table.command, table.commit] }),
    index("coverage_at").on(table.at),
    index("coverage_repo").on(table.repo, table.at),
  ],
);

/** Each run that saw a test fail and pass on the same commit. */
export const flakySightings = codegen.table(
  "flaky_sightings",
  {
    repo: id("repo").notNull(),
    /** Of command and test: names can be too long for an index. */
    key: text("key").notNull(),
    runId: ofRun().notNull(),
    command: text("command").notNull(),
    test: text("test").notNull(),
    pull: integer("pull").notNull(),
    at: moment("at").notNull().default(now),
  },
  (table) => [
    primaryKey({ columns: [table.repo, table.key, table.runId] }),
    index("flaky_sightings_at").on(table.at),
    index("flaky_sightings_repo").on(table.repo, table.at),
  ],
);

function ofLog() {
  return id("log_id")
    .notNull()
    .references(() => logs.id, { onDelete: "cascade" });
}
