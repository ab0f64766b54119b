import { posix } from "node:path";
import { createTally, type Tally, type TestResults } from "./test-results.ts";

const result = /^( *)--- (PASS|FAIL|SKIP): (\S+) \(\d+(?:\.\d+)?s\)$/;
const turn = /^=== (RUN|CONT|NAME|PAUSE) +(\S+)$/;
const ended = /^(ok {2}|FAIL|\? {3})\t(\S+)(?:\t(.*)| (\[.*\]))?$/;
const compiled = /^# (\S+)(?: \[\S+\.test\])?$/;
const logged = /^\s*([^\s/:]+\.go):(\d{1,7}): /;

interface Seen {
  readonly name: string;
  readonly state: string;
  readonly lines: string[];
}

interface Package {
  readonly tests: Map<string, Seen>;
  /** What was printed since the last package. */
  readonly printed: string[];
  /** What each running test has printed, with `-v`. */
  readonly running: Map<string, string[]>;
}

/**
 * Reads what `go test` prints, with and without `-v`; null when it is something else. Without `-v` it names no test that passed: then each package
 * that passed counts as one. A package that cannot be built, or that ends without naming a test, is one failure.
 * @param module the module's path in `go.mod`: Go names a file without its folder, which only the module can tell
 */
export function readGo(lines: readonly string[], module: string | null): TestResults | null {
  if (!lines.some((line) => ended.test(line) || result.test(line))) return null;
  const tally = createTally();
  const verbose = lines.some((line) => line.startsWith("=== RUN "));
  const builds = readBuilds(lines);
  let [open, current, cut]: [Package, string[] | null, boolean] = [emptyPackage(), null, false];
  for (const line of lines) {
    const [, kind, running = ""] = turn.exec(line) ?? [];
    const [, , state, name = ""] = result.exec(line) ?? [];
    const [, end, title = "", rest, note] = ended.exec(line) ?? [];
    if (kind !== undefined) {
      current = open.running.get(running) ?? [];
      if (kind === "RUN" || !open.running.has(running)) open.running.set(running, current);
    } else if (state !== undefined) {
      const before = open.running.get(name);
      if (verbose && before === undefined) cut = true;
      current = before ?? [];
      open.tests.set(name, { name, state, lines: current });
    } else if (end !== undefined) {
      const built = note ?? rest ?? "";
      closePackage(tally, { open, title, failed: end === "FAIL", built, build: builds.get(title) ?? [], module });
      if (end === "ok  " && !verbose) tally.pass();
      [open, current] = [emptyPackage(), null];
    } else if (line !== "FAIL" && line !== "PASS") {
      current?.push(line);
      open.printed.push(line);
    }
  }
  // A run that was stopped has no line for its last package.
  if (open.tests.size > 0 || open.running.size > 0) {
    cut = true;
    closePackage(tally, { open, title: "", failed: false, built: "", build: [], module });
  }
  return tally.results({ truncated: cut });
}

function emptyPackage(): Package {
  return { tests: new Map(), printed: [], running: new Map() };
}

interface Closing {
  readonly open: Package;
  readonly title: string;
  readonly failed: boolean;
  readonly built: string;
  readonly build: readonly string[];
  readonly module: string | null;
}

function closePackage(tally: Tally, { open, title, failed, built, build, module }: Closing): void {
  const parents = new Set([...open.tests.keys()].flatMap((name) => parentsOf(name)));
  const failures = [...open.tests.values()].filter(({ state }) => state === "FAIL");
  const failedParents = new Set(failures.flatMap(({ name }) => parentsOf(name)));
  for (const { name, state } of open.tests.values())
    if (!parents.has(name) && state === "PASS") tally.pass();
    else if (!parents.has(name) && state === "SKIP") tally.skip();
  for (const { name, lines } of failures.filter((each) => !failedParents.has(each.name)))
    tally.fail({ name: [title, ...name.split("/")].filter(Boolean), ...placed(lines, title, module) });
  if (!failed || failures.length > 0) return;
  const lines = build.length > 0 ? build : open.printed;
  tally.fail({ name: [title], file: null, lines, otherwise: built });
}

/** `a/b/c` lies in `a/b` and `a`. At most 20 deep. */
function parentsOf(name: string): readonly string[] {
  const parts = name.split("/").slice(0, 20);
  return parts.slice(1).map((_, at) => parts.slice(0, at + 1).join("/"));
}

/** What a test logged says its file and line; of a panic, the stack does. */
function placed(printed: readonly string[], title: string, module: string | null) {
  const first = printed.findIndex((line) => logged.test(line));
  const [, base = "", digits] = logged.exec(printed[first] ?? "") ?? [];
  const lines = first === -1 ? printed : printed.slice(first).map((line) => line.replace(logged, ""));
  const inside = module !== null && (title === module || title.startsWith(`${module}/`));
  if (first === -1 || !inside) return { file: null, lines };
  return { file: posix.join(title.slice(module.length + 1), base), line: Number(digits), lines };
}

/** What the compiler said, by package. */
function readBuilds(lines: readonly string[]): ReadonlyMap<string, string[]> {
  const builds = new Map<string, string[]>();
  let open: string[] | null = null;
  for (const line of lines) {
    const title = compiled.exec(line)?.[1];
    if (title !== undefined) {
      open = builds.get(title) ?? [];
      builds.set(title, open);
    } else if (ended.test(line) || turn.test(line) || result.test(line)) open = null;
    else if (/\S+\.go:\d/.test(line)) open?.push(line);
  }
  return builds;
}
