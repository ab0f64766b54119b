import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { openLog, type LogWriterDeps } from "../../../pipelines/log-writer.ts";
import { silentLog } from "../../../src/log.ts";
import { createRedactor } from "../../../src/redact.ts";
import type { LogChunk, Store } from "../../../src/store/port.ts";
import { until } from "../until.ts";
import { openPlace, type Place } from "../queue/places.ts";

const repo = { installation: 1, id: 2, owner: "octo", name: "shop" };
const exited = { end: "exited", code: 0 };
const secret = "hunter2-hunter2";

describe.each(["pglite", "postgres"] as const)("logs in the store on %s", (placeName) => {
  let place: Place;
  let store: Store;
  let runId: string;
  let job = 0;
  beforeAll(async () => {
    place = await openPlace(placeName);
    store = place.opened.store;
  }, 30_000);
  afterAll(async () => {
    await place?.close();
  });
  beforeEach(async () => {
    const wanted = { kind: "validate", repo, number: 1, head: null, actor: "ada", jobId: `job-${job++}` } as const;
    runId = (await store.runs.open(wanted)).id;
  });

  const begin = (name = "test", limit = 1_000, logs: LogWriterDeps["store"]["logs"] = store.logs) =>
    openLog(
      { store: { logs }, redactor: createRedactor([secret]), log: silentLog },
      { runId, name, command: `npm test ${secret}`, limit },
    );
  const all = async (): Promise<readonly LogChunk[]> => store.logs.since(runId, 0, 1_000);
  const stored = () => until("something is stored", async () => (await all()).length || undefined);
  const textOf = async (): Promise<string> => (await all()).map(({ text }) => text).join("");

  test("what is printed is kept, redacted before it is stored, wherever it is cut", async () => {
    const log = await begin();
    for (const piece of ["one\n\u001B[31mtw", "o hunter2-", "hun\u001B[1mter2 three\n", "four"]) log.write(piece);
    const report = { tests: { passed: 3, failed: 0, skipped: 0 }, found: [] };
    await log.close({ ...exited, report });
    expect(await textOf()).toBe("one\n\u001B[31mtwo [redacted]\u001B[1m three\n\u001B[31m\u001B[1mfour");
    const [kept] = await store.logs.of(runId);
    expect(kept).toMatchObject({
      name: "test",
      attempt: 1,
      command: "npm test [redacted]",
      ...exited,
    });
    expect([...(await store.logs.reports(runId))]).toEqual([[kept?.id, report]]);
    expect(kept?.endedAt?.getTime()).toBeGreaterThanOrEqual(kept?.startedAt.getTime() ?? Number.NaN);
  });

  test("what comes while the command runs is there before it ends, in few pieces", async () => {
    const log = await begin("test", 10_000);
    for (let line = 1; line <= 100; line += 1) log.write(`line ${line}\n`);
    expect(await stored()).toBe(1);
    log.write("more ");
    await log.close(exited);
    expect((await all()).map(({ seq, line }) => ({ seq, line }))).toEqual([
      { seq: 1, line: 1 },
      { seq: 2, line: 101 },
    ]);
  });

  test("of a log that is too long head and tail are kept, with the right lines", async () => {
    const log = await begin("test", 400);
    for (let line = 1; line <= 1_000; line += 1) log.write(`line ${line}\n`);
    await log.close(exited);
    const chunks = await all();
    expect(chunks.map(({ text }) => text).join("")).toMatch(
      /^line 1\nline 2\n[^[]*\[\d+ characters left out\]\nline 9\d\d\n[^[]*line 1000\n$/,
    );
    const tail = chunks.at(-1);
    expect(tail?.text).toMatch(new RegExp(`^line ${tail?.line}\n`));
    expect((await textOf()).length).toBeLessThan(500);
  });

  test("logs written side by side number their chunks without gaps", async () => {
    const logs = await Promise.all(["a", "b", "c", "d"].map((name) => begin(name)));
    logs.forEach((log, index) => log.write(`text ${index}`));
    await Promise.all(logs.map((log) => log.close(exited)));
    expect((await all()).map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
    expect(await store.logs.newest(runId)).toBe(4);
  });

  test("a step that is done again begins another log, and who wrote the one before writes no more", async () => {
    const before = await begin();
    before.write("before\n");
    await stored();
    const after = await begin();
    before.write("too late\n");
    await before.close({ end: "exited", code: 1 });
    after.write("after\n");
    await after.close(exited);
    expect((await store.logs.of(runId)).map(({ attempt, end, code }) => ({ attempt, end, code }))).toEqual([
      { attempt: 1, end: "interrupted", code: null },
      { attempt: 2, end: "exited", code: 0 },
    ]);
    expect(await textOf()).toBe("before\nafter\n");
  });

  test("a store that was away gets what it missed", async () => {
    let calls = 0;
    const append: Store["logs"]["append"] = async (log, chunks) => {
      calls += 1;
      if (calls === 1) throw new Error("the store is away");
      return store.logs.append(log, chunks);
    };
    const logs: LogWriterDeps["store"]["logs"] = {
      append,
      open: (...given) => store.logs.open(...given),
      end: (...given) => store.logs.end(...given),
      keepFile: (...given) => store.logs.keepFile(...given),
    };
    const log = await begin("test", 1_000, logs);
    log.write("one\n");
    await until("it tried", () => calls || undefined);
    log.write("two\n");
    await log.close(exited);
    expect(await textOf()).toBe("one\ntwo\n");
  });

  test("chunks can be read from either end, and up to a line that came in pieces", async () => {
    const opened = await store.logs.open(runId, "test", "npm test");
    await store.logs.append(opened, [
      { line: 1, text: "1\n2\n" },
      { line: 3, text: "3 a" },
      { line: 3, text: " b" },
      { line: 3, text: " c\n4\n" },
    ]);
    const seqs = (chunks: readonly LogChunk[]): number[] => chunks.map(({ seq }) => seq);
    expect(seqs(await store.logs.chunks(opened.id, { after: 1, limit: 2 }))).toEqual([2, 3]);
    expect(seqs(await store.logs.chunks(opened.id, { before: 4, limit: 2 }))).toEqual([2, 3]);
    expect(seqs(await store.logs.upToLine(opened.id, 3, 4))).toEqual([1, 2, 3]);
    expect(seqs(await store.logs.since(runId, 3, 10))).toEqual([4]);
  });

  test("files are kept with their text, and found only by their run", async () => {
    const log = await begin();
    await log.keepFile("report.xml", "old");
    await log.keepFile("report.xml", `<é> ${secret}`);
    await log.close(exited);
    const [file, ...others] = await store.logs.files(runId);
    expect(others).toEqual([]);
    expect(file).toMatchObject({ path: "report.xml", bytes: 15 });
    expect(await store.logs.file(runId, file?.id ?? 0)).toMatchObject({ text: "<é> [redacted]" });
    expect(await store.logs.file("another run", file?.id ?? 0)).toBeNull();
  });

  test("go with their chunks and files when they are old", async () => {
    const log = await begin();
    await log.keepFile("a", "b");
    log.write("text");
    await log.close(exited);
    expect(await store.logs.expire(60_000)).toBe(0);
    expect(await store.logs.expire(0)).toBeGreaterThan(0);
    expect([await all(), await store.logs.files(runId), await store.logs.of(runId)]).toEqual([[], [], []]);
  });

  test("tell how long commands ran for an account, and nothing of those whose end nobody saw", async () => {
    let installation = 100;
    const begun = async (state: "running" | "failed") => {
      const another = { ...repo, installation: ++installation };
      const wanted = {
        kind: "validate",
        repo: another,
        number: 1,
        head: null,
        actor: "ada",
        jobId: `job-${job++}`,
      } as const;
      const { id } = await store.runs.open(wanted);
      await store.runs.move(id, state);
      return { installation, log: await store.logs.open(id, "test", "npm test") };
    };
    const usesOf = (of: { installation: number }) => store.logs.uses(of.installation, 60_000);

    const runs = await begun("running");
    expect((await usesOf(runs)).map(({ ageMs, ms }) => ms - ageMs)).toEqual([0]);
    await store.logs.open(runs.log.runId, "test", "npm test");
    expect((await usesOf(runs)).map(({ ageMs, ms }) => ms - ageMs)).toEqual([0]);

    const leftBehind = await begun("failed");
    expect((await usesOf(leftBehind)).map(({ ms }) => ms)).toEqual([0]);

    const ended = await begun("running");
    await store.logs.end(ended.log.id, exited);
    const [log] = await store.logs.of(ended.log.runId);
    const [use, ...more] = await usesOf(ended);
    expect(more).toEqual([]);
    expect(use?.ms).toBeCloseTo((log?.endedAt?.getTime() ?? Number.NaN) - (log?.startedAt.getTime() ?? 0));
    expect(await store.logs.uses(ended.installation, 0)).toEqual([]);
  });

  test("keys of links are made once, and a new one comes first", async () => {
    const [first] = await store.linkKeys.all();
    expect(first).toMatch(/^[\w-]{43}$/);
    await store.linkKeys.rotate(60_000, 60_000);
    expect(await store.linkKeys.all()).toEqual([first]);
    await store.linkKeys.rotate(0, 60_000);
    const [second, ...older] = await store.linkKeys.all();
    expect(second).not.toBe(first);
    expect(older).toEqual([first]);
    await store.linkKeys.rotate(0, 0);
    expect(await store.linkKeys.all()).toHaveLength(1);
  });
});
