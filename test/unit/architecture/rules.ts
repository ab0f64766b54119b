/**
 * The house of docs/architecture.md as rules over the parsed tree. Each takes the files and gives one line for every breach, so that a
 * red test names the file and the import.
 */
import type { SourceFile } from "./source-tree.ts";

export type Rule = (files: readonly SourceFile[]) => string[];

/** What every folder of `src` may use. */
const shared = new Set(["domain", "messages", "errors.ts", "log.ts", "clock.ts", "launcher.ts"]);
/** A file directly in `src` that was split in two. */
const ownParts: Readonly<Record<string, string>> = { "src/redact.ts": "src/secret-forms.ts" };
/** What the edge may take from `pipelines`, and the one file that may load the worker, when its role asks for it. */
const doorsOfPipelines = new Set(["pipelines/jobs.ts", "pipelines/queue.ts"]);
const workerEntry = { from: "handlers/server.ts", to: "pipelines/main.ts" };
const heavy = /^(?:tree-sitter|web-tree-sitter|playwright|ai$|@ai-sdk\/|execa$|src\/launcher\.ts$)/;
const testTools = /^(?:nock|jest|@jest\/|@swc\/|fast-check|ajv)/;
const vague = /^(?:utils?|helpers?|common|managers?|types|constants|enums|misc)(?:\.ts)?$/;
const product = /^(?:handlers|pipelines|src)\//;

export const rules: Readonly<Record<string, Rule>> = {
  "imports go from handlers to pipelines to src, and nothing points back": (files) =>
    imports(files, ({ path }, to) => {
      const floors = ["src", "pipelines", "handlers"];
      const [from, into] = [floors.indexOf(part(path)), floors.indexOf(part(to))];
      return from !== -1 && (into > from || /^(?:test|bench|deploy|schema)\//.test(to));
    }),

  "handlers take contracts and the queue from pipelines, and load the worker only when they run one": (files) =>
    files.flatMap((file) =>
      file.imports
        .filter(({ to }) => part(file.path) === "handlers" && part(to) === "pipelines" && !doorsOfPipelines.has(to))
        .filter(({ to, dynamic }) => !(dynamic && file.path === workerEntry.from && to === workerEntry.to))
        .map(({ to }) => `${file.path} → ${to}`),
    ),

  "folders beside each other in src do not import each other": (files) =>
    imports(files, ({ path }, to) => {
      const [from, into] = [inSrc(path), inSrc(to)];
      return from !== null && into !== null && from !== into && !shared.has(into) && ownParts[path] !== to;
    }),

  "domain imports nothing of ours, messages only domain": (files) =>
    imports(files, ({ path }, to) => {
      if (!product.test(to)) return false;
      if (inSrc(path) === "domain") return inSrc(to) !== "domain";
      return inSrc(path) === "messages" && inSrc(to) !== "messages" && inSrc(to) !== "domain";
    }),

  "what is imported exists": (files) => {
    const known = new Set(files.map(({ path }) => path));
    return imports(files, (_, to) => to.endsWith(".ts") && product.test(to) && !known.has(to));
  },

  "files do not load each other in a circle": (files) => circles(files, (entry) => !entry.typeOnly),

  "types do not go in a circle from one folder to another": (files) =>
    circles(files, () => true).filter((circle) => new Set(circle.split(" ↔ ").map(folder)).size > 1),

  "process.env is read in src/env.ts only": (files) =>
    files
      .filter(({ path, readsProcessEnv }) => readsProcessEnv && product.test(path) && path !== "src/env.ts")
      .map(({ path }) => path),

  "only pipelines/queue.ts and pipelines/worker.ts know BullMQ": (files) =>
    imports(
      files,
      ({ path }, to) => /^bullmq(?:\/|$)/.test(to) && path !== "pipelines/queue.ts" && path !== "pipelines/worker.ts",
    ),

  "the product loads no tool of its tests": (files) => imports(files, (_, to) => testTools.test(to)),

  "neither parser, browser, model nor launcher is loaded at the edge": (files) =>
    ["handlers/server.ts", "handlers/lambda.ts", "handlers/lambda-pages.ts"].flatMap((entry) =>
      heavyBehind(entry, files),
    ),

  "no file has more than 400 lines": (files) =>
    files.filter(({ lines }) => lines > 400).map(({ path, lines }) => `${path} has ${lines}`),

  "half of the files have at most 100 lines": (files) => {
    const lengths = files.map(({ lines }) => lines).toSorted((a, b) => a - b);
    const median = lengths[Math.floor(lengths.length / 2)] ?? 0;
    return median > 100 ? [`the median is ${median}`] : [];
  },

  "no name says nothing": (files) =>
    files.filter(({ path }) => path.split("/").some((name) => vague.test(name))).map(({ path }) => path),

  "file names are in kebab-case": (files) =>
    files
      .filter(
        ({ path }) => !path.split("/").every((name) => /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.config)?(?:\.ts)?$/.test(name)),
      )
      .map(({ path }) => path),

  "every message is said somewhere": (files) => {
    const used = new Set(files.flatMap((file) => file.uses.filter((use) => !use.startsWith(`${file.path}#`))));
    return files
      .filter(({ path }) => inSrc(path) === "messages")
      .flatMap(({ path, functions }) => functions.map((name) => `${path}#${name}`))
      .filter((name) => !used.has(name));
  },
};

function imports(files: readonly SourceFile[], breaks: (file: SourceFile, to: string) => boolean): string[] {
  return files
    .filter(({ path }) => product.test(path))
    .flatMap((file) => file.imports.filter(({ to }) => breaks(file, to)).map(({ to }) => `${file.path} → ${to}`));
}

function part(path: string): string {
  return path.includes("/") ? path.slice(0, path.indexOf("/")) : "";
}

function folder(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

/** The folder, or the file directly in `src`, that a path belongs to. */
function inSrc(path: string): string | null {
  return path.startsWith("src/") ? (path.split("/")[1] ?? null) : null;
}

/** Packages that the entry loads with itself, each with the way that leads there. */
function heavyBehind(entry: string, files: readonly SourceFile[]): string[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const seen = new Set([entry]);
  const found: string[] = [];
  const queue = [[entry]];
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    for (const { to, typeOnly, dynamic } of byPath.get(way.at(-1) ?? "")?.imports ?? []) {
      if (typeOnly || dynamic) continue;
      if (heavy.test(to)) found.push([...way, to].join(" → "));
      if (byPath.has(to) && !seen.has(to)) queue.push([...way, to]);
      seen.add(to);
    }
  }
  return found;
}

/** Groups of files that reach each other (Tarjan), joined by ` ↔ `. Dynamic imports close a circle as well. */
function circles(files: readonly SourceFile[], counts: (entry: SourceFile["imports"][number]) => boolean): string[] {
  const targets = new Map(files.map((file) => [file.path, file.imports.filter(counts).map(({ to }) => to)]));
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[] = [];
  const connect = (path: string) => {
    index.set(path, index.size);
    low.set(path, index.size - 1);
    stack.push(path);
    for (const to of targets.get(path) ?? []) {
      if (!targets.has(to)) continue;
      if (!index.has(to)) connect(to);
      if (stack.includes(to)) low.set(path, Math.min(low.get(path) ?? 0, low.get(to) ?? 0));
    }
    if (low.get(path) !== index.get(path)) return;
    const group = stack.splice(stack.indexOf(path));
    if (group.length > 1 || targets.get(path)?.includes(path)) found.push(group.toSorted().join(" ↔ "));
  };
  for (const path of targets.keys()) if (!index.has(path)) connect(path);
  return found;
}
