import { describe, expect, test } from "@jest/globals";
import { fileURLToPath } from "node:url";
import { rules } from "./architecture/rules.ts";
import { readSource, readTree, type SourceFile } from "./architecture/source-tree.ts";

const tree = readTree(fileURLToPath(new URL("../..", import.meta.url)));

/** A small tree for each rule that breaks it, and what the rule says about it. */
const breaches: Record<keyof typeof rules, { files: Record<string, string>; says: string[] }> = {
  "imports go from handlers to pipelines to src, and nothing points back": {
    files: {
      "src/store/a.ts": 'import type { Job } from "../../pipelines/jobs.ts";',
      "pipelines/jobs.ts": 'export * from "../handlers/edge.ts";',
      "handlers/edge.ts": 'import { seed } from "../test/seed.ts"; import { log } from "../src/log.ts";',
    },
    says: [
      "src/store/a.ts → pipelines/jobs.ts",
      "pipelines/jobs.ts → handlers/edge.ts",
      "handlers/edge.ts → test/seed.ts",
    ],
  },
  "handlers take contracts and the queue from pipelines, and load the worker only when they run one": {
    files: {
      "handlers/server.ts": 'await import("../pipelines/main.ts"); import { jobId } from "../pipelines/jobs.ts";',
      "handlers/lambda.ts": 'import { main } from "../pipelines/main.ts";',
      "handlers/edge.ts": 'const late = () => import("../pipelines/main.ts");',
      "handlers/http/runs.ts": 'import type { Base } from "../../pipelines/base.ts";',
    },
    says: [
      "handlers/lambda.ts → pipelines/main.ts",
      "handlers/edge.ts → pipelines/main.ts",
      "handlers/http/runs.ts → pipelines/base.ts",
    ],
  },
  "folders beside each other in src do not import each other": {
    files: {
      "src/agents/a.ts": 'import type { Sandbox } from "../sandbox/port.ts"; import { toSha } from "../domain/ids.ts";',
      "src/store/b.ts":
        'import { readEnv } from "../env.ts"; import { own } from "./own.ts"; import { launch } from "../launcher.ts";',
      "src/redact.ts": 'import { forms } from "./secret-forms.ts"; import { readEnv } from "./env.ts";',
    },
    says: ["src/agents/a.ts → src/sandbox/port.ts", "src/store/b.ts → src/env.ts", "src/redact.ts → src/env.ts"],
  },
  "domain imports nothing of ours, messages only domain": {
    files: {
      "src/domain/ids.ts": 'import { UserError } from "../errors.ts"; import { z } from "zod";',
      "src/messages/plan.ts": 'import { log } from "../log.ts"; import { toSha } from "../domain/ids.ts";',
    },
    says: ["src/domain/ids.ts → src/errors.ts", "src/messages/plan.ts → src/log.ts"],
  },
  "what is imported exists": {
    files: { "src/log.ts": 'import { gone } from "./gone.ts"; import { pino } from "pino";' },
    says: ["src/log.ts → src/gone.ts"],
  },
  "files do not load each other in a circle": {
    files: {
      "src/code/a.ts": 'import { b } from "./b.ts";',
      "src/code/b.ts": 'import { c } from "./c.ts";',
      "src/code/c.ts": 'export { a } from "./a.ts"; import type { D } from "./d.ts";',
      "src/code/d.ts": 'import { c } from "./c.ts";',
    },
    says: ["src/code/a.ts ↔ src/code/b.ts ↔ src/code/c.ts"],
  },
  "types do not go in a circle from one folder to another": {
    files: {
      "pipelines/merge/a.ts": 'import type { B } from "../plan/b.ts";',
      "pipelines/plan/b.ts": 'import type { A } from "../merge/a.ts";',
      "pipelines/plan/c.ts": 'import type { D } from "./d.ts";',
      "pipelines/plan/d.ts": 'import type { C } from "./c.ts";',
    },
    says: ["pipelines/merge/a.ts ↔ pipelines/plan/b.ts"],
  },
  "process.env is read in src/env.ts only": {
    files: {
      "src/env.ts": "export const env = process.env;",
      "src/a.ts": "export const a = process.env.HOME; // process.env",
      "src/b.ts": 'export const b = process["env"];',
      "src/c.ts": "const { env } = process;",
      "src/d.ts": 'import { env } from "node:process";',
      "src/e.ts": 'export const e = "process.env"; // process.env',
      "src/f.ts": "export const f = globalThis.process.env.HOME;",
      "src/g.ts": 'export const g = globalThis["process"]?.env;',
      "src/h.ts": 'import * as p from "node:process"; export const h = p.env.HOME;',
      "src/i.ts": 'export const i = p.env.HOME; import p from "process";',
      "src/j.ts": 'import { default as p } from "node:process"; export const { env } = p;',
      "src/k.ts": 'import * as p from "node:process"; export const k = p.default.env;',
      "src/l.ts": "const p = globalThis.process; export const l = p!.env;",
      "src/m.ts": "export const m = (run: { env: string }, p = process.pid) => [run.env, p];",
    },
    says: "abcdfghijkl".split("").map((name) => `src/${name}.ts`),
  },
  "only pipelines/queue.ts and pipelines/worker.ts know BullMQ": {
    files: {
      "pipelines/queue.ts": 'import { Queue } from "bullmq";',
      "pipelines/plan/index.ts": 'import type { Job } from "bullmq";',
      "pipelines/plan/a.ts": 'import { createRequire } from "node:module"; createRequire(import.meta.url)("bullmq");',
      "pipelines/plan/b.ts":
        'import { createRequire as make } from "module"; const load = make(import.meta.url); const late = () => load("bullmq") as object;',
      "pipelines/plan/c.ts": 'import * as module from "node:module"; module.createRequire(import.meta.url)("bullmq");',
      "pipelines/plan/d.ts":
        'import { createRequire } from "node:module"; createRequire(import.meta.url).resolve("bullmq"); tell("bullmq");',
    },
    says: ["index", "a", "b", "c"].map((name) => `pipelines/plan/${name}.ts → bullmq`),
  },
  "the product loads no tool of its tests": {
    files: { "src/log.ts": 'import nock from "nock"; import { jest } from "@jest/globals";' },
    says: ["src/log.ts → nock", "src/log.ts → @jest/globals"],
  },
  "neither parser, browser, model nor launcher is loaded at the edge": {
    files: {
      "handlers/server.ts": 'import "../src/log.ts"; await import("../pipelines/main.ts");',
      "handlers/lambda.ts": 'import type { Page } from "playwright"; import "../src/workspace/git.ts";',
      "src/workspace/git.ts": 'import { launch } from "../launcher.ts";',
      "src/log.ts": 'export { generateText } from "ai"; import { type Parser } from "tree-sitter";',
      "pipelines/main.ts": 'import { chromium } from "playwright";',
      "handlers/lambda-pages.ts":
        'import { createRequire } from "node:module"; createRequire(import.meta.url)("tree-sitter");',
    },
    says: [
      "handlers/server.ts → src/log.ts → ai",
      "handlers/server.ts → src/log.ts → tree-sitter",
      "handlers/lambda.ts → src/workspace/git.ts → src/launcher.ts",
      "handlers/lambda-pages.ts → tree-sitter",
    ],
  },
  "no file has more than 400 lines": {
    files: { "src/log.ts": "\n".repeat(401), "src/clock.ts": "\n".repeat(400) },
    says: ["src/log.ts has 401"],
  },
  "half of the files have at most 100 lines": {
    files: { "src/log.ts": "\n".repeat(101), "src/clock.ts": "\n".repeat(120), "src/env.ts": "" },
    says: ["the median is 101"],
  },
  "no name says nothing": {
    files: { "src/utils/text.ts": "", "src/store/types.ts": "", "src/helpers.ts": "", "src/typescript.ts": "" },
    says: ["src/utils/text.ts", "src/store/types.ts", "src/helpers.ts"],
  },
  "file names are in kebab-case": {
    files: { "src/someFile.ts": "", "src/Store/a.ts": "", "src/store/drizzle.config.ts": "", "src/store/a-b2.ts": "" },
    says: ["src/someFile.ts", "src/Store/a.ts"],
  },
  "every message is said somewhere": {
    files: {
      "src/messages/plan.ts":
        "export function ready() { return lost(); }\nexport function lost() {}\nexport const made = () => 1;\nexport const text = {};",
      "src/messages/merge.ts": "export function merged() {}\nexport function unsaid() {}",
      "pipelines/a.ts":
        'import * as messages from "../src/messages/merge.ts"; messages.merged();\nimport { ready as start } from "../src/messages/plan.ts"; start(); const other = { unsaid() {} }; other.unsaid();',
    },
    says: ["src/messages/plan.ts#lost", "src/messages/plan.ts#made", "src/messages/merge.ts#unsaid"],
  },
};

describe("the source tree", () => {
  test("is read whole", () => {
    expect(tree.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["handlers/server.ts", "pipelines/main.ts", "src/github/client.ts", "src/env.ts"]),
    );
    expect(tree.flatMap(({ imports }) => imports).length).toBeGreaterThan(400);
  });

  test.each(Object.entries(rules))("%s", (_, rule) => {
    expect(rule(tree)).toEqual([]);
  });
});

describe("each rule finds its breach", () => {
  test.each(Object.entries(breaches))("%s", (name, { files, says }) => {
    const made: SourceFile[] = Object.entries(files).map(([path, text]) => readSource(path, text));
    expect(rules[name]?.(made)).toEqual(says);
  });

  test("and there is one for every rule", () => {
    expect(Object.keys(breaches)).toEqual(Object.keys(rules));
  });
});
