/**
 * `npm run bench:sandbox`: what a sandbox costs against a plain start of a program and against bare bubblewrap, how fast a snapshot is there
 * again, whether what must be denied is denied, and what a validation costs besides its commands.
 *
 *   --samples N      sandboxes that are timed (default 60)
 *   --skip-overhead  leave out the validations, which make a repository of 100,000 files
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createBubblewrap } from "../src/sandbox/bubblewrap.ts";
import { defaultLimits, type Sandbox, type SandboxOptions } from "../src/sandbox/port.ts";
import { canary, smallLimits } from "../test/contract/sandbox/bots.ts";
import { mustWork, probes, setTargets } from "../test/contract/sandbox/probes.ts";
import { percentile } from "./percentile.ts";
import { readOptions } from "./options.ts";
import { report } from "./report.ts";
import { validationOverheads } from "./validation-overhead.ts";

const values = readOptions(import.meta.url, {
  samples: { type: "string", default: "60" },
  "skip-overhead": { type: "boolean", default: false },
});
const samples = Math.max(1, Math.trunc(Number(values.samples)) || 60);
const provider = createBubblewrap({ onCopied: (reason) => console.error(`  files are copied: ${reason}`) });
const root = await mkdtemp(join(tmpdir(), "codegen-bench-"));
const workspace = join(root, "workspace");
await mkdir(workspace);

console.error("starts …");
const starts = await timeStarts();
console.error("a snapshot of 240 MB in 12,000 files …");
const restores = await timeRestores();
console.error("what must be contained …");
const contained = await timeContainment();
console.error("what must be denied, and what must work …");
const denied = await tryProbes();
await rm(root, { recursive: true, force: true });
console.error("validations …");
const small = values["skip-overhead"] ? undefined : await validationOverheads(1_000);
const large = values["skip-overhead"] ? undefined : await validationOverheads(100_000);

const p95 = (numbers: readonly number[]) => percentile(numbers, 95);
const p50 = (numbers: readonly number[]) => percentile(numbers, 50);
report({
  bench: "sandbox",
  rows: [
    {
      key: "start_p95_ms",
      what: `made, \`true\` run, destroyed, with all layers: p95 of ${samples}`,
      value: p95(starts.whole),
      unit: "ms",
      goal: { max: 60 },
    },
    { key: "start_p50_ms", what: "the same, median", value: p50(starts.whole), unit: "ms" },
    { key: "exec_p50_ms", what: "a further command, median", value: p50(starts.exec), unit: "ms" },
    {
      key: "start_vs_spawn_ratio",
      what: "the whole by a plain spawn",
      value: p50(starts.whole) / p50(starts.spawn),
      unit: "×",
    },
    {
      key: "start_vs_bwrap_ratio",
      what: "the whole by bare bubblewrap",
      value: p50(starts.whole) / p50(starts.bwrap),
      unit: "×",
    },
    {
      key: "exec_vs_bwrap_ratio",
      what: "a further command by bare bubblewrap",
      value: p50(starts.exec) / p50(starts.bwrap),
      unit: "×",
    },
    {
      key: "restore_p95_ms",
      what: `a sandbox on the snapshot, p95 of ${samples}`,
      value: p95(restores.restore),
      unit: "ms",
      goal: { max: 50 },
    },
    {
      key: "restore_vs_copy_ratio",
      what: "`cp -a` of it by that, medians",
      value: p50(restores.copy) / p50(restores.restore),
      unit: "×",
      goal: { min: 100 },
    },
    { key: "probes_denied", what: "probes denied", value: denied.probes, unit: "", goal: { min: denied.probesTotal } },
    { key: "probes_total", what: "of", value: denied.probesTotal, unit: "", goal: { min: 30 } },
    {
      key: "must_work_ok",
      what: "what must work and does",
      value: denied.works,
      unit: "",
      goal: { min: mustWork.length },
    },
    { key: "must_work_total", what: "of", value: mustWork.length, unit: "", goal: { min: 6 } },
    ...contained.map(({ key, what, ms, max }) => ({ key, what, value: ms, unit: "ms", goal: { max } })),
    {
      key: "overhead_1k_p95_ms",
      what: "a validation besides its commands, 1,000 files, p95",
      value: small && p95(small),
      unit: "ms",
      goal: { max: 1_000 },
    },
    {
      key: "overhead_100k_p95_ms",
      what: "the same, 100,000 files, p95",
      value: large && p95(large),
      unit: "ms",
    },
    {
      key: "overhead_growth_ratio",
      what: "its growth with a hundred times the files, medians",
      value: small && large && p50(large) / p50(small),
      unit: "×",
    },
  ],
});

async function withSandbox<T>(options: Partial<SandboxOptions>, work: (sandbox: Sandbox) => Promise<T>): Promise<T> {
  const sandbox = await provider.create({ workspace, limits: defaultLimits, ...options });
  try {
    return await work(sandbox);
  } finally {
    await sandbox.destroy();
  }
}

async function timed(into: number[], work: () => Promise<unknown>): Promise<void> {
  const began = performance.now();
  await work();
  into.push(performance.now() - began);
}

/** All in turn, so that what else this machine does meets all of them. */
async function timeStarts() {
  const layer = join(root, "small-layer");
  await mkdir(layer);
  await withSandbox({}, async (sandbox) => {
    await sandbox.exec({ run: "echo a >a; echo b >~/b", timeoutMs: 10_000 });
    await sandbox.snapshot(layer);
  });
  const times = { whole: [] as number[], exec: [] as number[], spawn: [] as number[], bwrap: [] as number[] };
  const command = { run: ["true"], timeoutMs: 10_000 };
  const drop = process.getuid?.() === 0 ? "setpriv --reuid=61000 --regid=61000 --clear-groups " : "";
  const bare = `${drop}bwrap --unshare-all --ro-bind /usr /usr --symlink usr/bin /bin --symlink usr/lib /lib --symlink usr/lib64 /lib64 --proc /proc --dev /dev true`;
  for (let round = 0; round < samples; round += 1) {
    await timed(times.whole, () => withSandbox({ layers: [layer] }, (sandbox) => sandbox.exec(command)));
    await withSandbox({}, async (sandbox) => {
      await sandbox.exec(command);
      await timed(times.exec, () => sandbox.exec(command));
    });
    await timed(times.spawn, () => run("true"));
    await timed(times.bwrap, () => run(...(bare.split(" ") as [string])));
  }
  return times;
}

/** The set-up writes it inside, as a real one does. */
async function timeRestores() {
  const snapshot = join(root, "snapshot");
  await mkdir(snapshot);
  const limits = { ...defaultLimits, disk: 512 * 1024 ** 2 };
  const write = `const fs = require("fs"); for (let d = 0; d < 120; d++) { fs.mkdirSync("m/" + d, { recursive: true });
    for (let f = 0; f < 100; f++) fs.writeFileSync("m/" + d + "/" + f, Buffer.alloc(20_000, d)); }`;
  await withSandbox({ limits }, async (sandbox) => {
    await sandbox.exec({ run: ["node", "-e", write], timeoutMs: 120_000 });
    const { bytes, files } = await sandbox.snapshot(snapshot);
    console.error(`  ${files} files, ${Math.round(bytes / 1e6)} MB`);
  });
  const times = { restore: [] as number[], copy: [] as number[] };
  for (let round = 0; round < samples; round += 1) {
    let sandbox: Sandbox | undefined;
    await timed(
      times.restore,
      async () => (sandbox = await provider.create({ workspace, limits, layers: [snapshot] })),
    );
    if (round === 0)
      console.error(
        `  ${(await sandbox?.exec({ run: "find m -type f | wc -l", timeoutMs: 60_000 }))?.output.trim()} files are there`,
      );
    await sandbox?.destroy();
  }
  for (let round = 0; round < 3; round += 1) {
    await timed(times.copy, () => run("cp", "-a", snapshot, join(root, `copy-${round}`)));
    await rm(join(root, `copy-${round}`), { recursive: true });
  }
  return times;
}

async function timeContainment() {
  const cases = [
    {
      key: "oom_ms",
      what: "1 GB in 256 MB, to its end",
      run: "node -e 'const a = []; for (;;) a.push(Buffer.alloc(16e6, 1))'",
      end: "out-of-memory",
      max: 1_000,
      less: 0,
    },
    {
      key: "fork_bomb_ms",
      what: "a fork bomb, from its deadline to its end",
      run: "perl -e 'fork while 1'",
      end: "timed-out",
      max: 1_000,
      less: 1_000,
    },
    {
      key: "endless_output_ms",
      what: "endless output, to its end",
      run: "yes",
      end: "output-limit",
      max: 1_000,
      less: 0,
    },
    {
      key: "ignores_sigterm_ms",
      what: "SIGTERM ignored, from its deadline to its end",
      run: "trap '' TERM INT HUP; while :; do sleep 0.1; done",
      end: "timed-out",
      max: 200,
      less: 300,
    },
    {
      key: "double_fork_ms",
      what: "a double fork, from its deadline to its end",
      run: "setsid sh -c '(sleep 1000 &)'; sleep 60",
      end: "timed-out",
      max: 200,
      less: 300,
    },
  ];
  const rows: { key: string; what: string; ms: number; max: number }[] = [];
  for (const { key, what, run: line, end, max, less } of cases) {
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1)
      await withSandbox({ limits: smallLimits }, async (sandbox) => {
        const began = performance.now();
        const result = await sandbox.exec({ run: line, timeoutMs: less === 0 ? 20_000 : less });
        times.push(performance.now() - began - less);
        if (result.end !== end) throw new Error(`${key} ended as ${result.end}: ${result.output.slice(0, 300)}`);
      });
    rows.push({ key, what, ms: percentile(times, 50), max });
  }
  return rows;
}

async function tryProbes() {
  const targets = await setTargets();
  process.env["CODEGEN_CANARY"] = canary;
  try {
    return await withSandbox({}, async (sandbox) => {
      const says = async (line: string) => sandbox.exec({ run: line, timeoutMs: 30_000 });
      let [tight, works] = [0, 0];
      const all = probes(targets);
      for (const { name, run: line, denied: refusal } of all) {
        const { output } = await says(line);
        if (refusal.test(output)) tight += 1;
        else console.error(`  ✗ not denied: ${name}\n    ${output.slice(0, 300)}`);
      }
      for (const [name, line, answer] of mustWork) {
        const { output } = await says(line);
        if (answer.test(output)) works += 1;
        else console.error(`  ✗ does not work: ${name}\n    ${output.slice(0, 300)}`);
      }
      return { probes: tight, probesTotal: all.length, works };
    });
  } finally {
    targets.close();
  }
}

async function run(file: string, ...args: string[]): Promise<void> {
  await once(spawn(file, args, { stdio: "ignore" }), "exit");
}
