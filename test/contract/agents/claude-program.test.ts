import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { loadSdk, SdkMissing } from "../../../src/agents/claude/load-sdk.ts";
import { sandboxedProgram, type ProgramEnd } from "../../../src/agents/claude/sandboxed-program.ts";
import { createClaudeBackend } from "../../../src/agents/claude/backend.ts";
import type { RunningProgram } from "../../../src/agents/port.ts";
import { silentLog } from "../../../src/log.ts";
import { onStage } from "./claude-stage.ts";
import { key, planTask, session } from "./story.ts";

const install = "npm install --no-save --save-prod --omit=dev @anthropic-ai/claude-agent-sdk@0.3.329";

describe("the Claude Agent SDK that is not installed", () => {
  test("is told to the operator, with what to install", async () => {
    // The loader alone, in a place without packages.
    const place = await mkdtemp(join(tmpdir(), "codegen-bare-"));
    try {
      const agents = join(import.meta.dirname, "../../../src/agents");
      await mkdir(join(place, "claude"));
      for (const file of ["claude/load-sdk.ts", "network-code.ts"]) await cp(join(agents, file), join(place, file));
      const program = `const { loadSdk } = await import(${JSON.stringify(join(place, "claude/load-sdk.ts"))});
        await loadSdk().catch((error) => console.log(error.name + ": " + error.message));`;
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
        cwd: place,
      });
      expect(stdout).toMatch(/^SdkMissing: The Claude Agent SDK, or its program for this machine, is not installed/);
      expect(stdout).toContain(install);
    } finally {
      await rm(place, { recursive: true });
    }
  });

  test("ends the run in words, and nothing is started or sent", async () => {
    const load = () => Promise.reject(new SdkMissing(new Error("not found")));
    await onStage({ script: [], load }, async ({ backend, model, workspace }) => {
      const start = () => Promise.reject(new Error("nothing is to be started"));
      expect(await backend.plan(planTask, { ...workspace, start }, session())).toMatchObject({
        end: "unavailable",
        passing: false,
        reason: expect.stringContaining(install),
        usage: { steps: 0 },
      });
      expect(model.requests()).toEqual([]);
    });
  });

  test("is missed as well where only its program is not there", async () => {
    const load = async () => ({
      ...(await loadSdk()),
      query: () => {
        throw new Error("Native CLI binary for linux-x64 not found. Reinstall without --omit=optional.");
      },
    });
    await onStage({ script: [], load }, async ({ backend, workspace }) => {
      const outcome = await backend.plan(planTask, workspace, session());
      expect(outcome).toMatchObject({ end: "unavailable", passing: false, reason: expect.stringContaining(install) });
    });
  });

  test("is loaded by nobody who does not choose it", async () => {
    let loaded = 0;
    const load = () => {
      loaded += 1;
      return Promise.reject(new SdkMissing(new Error("not found")));
    };
    const options = { model: "claude-sonnet-5", url: "http://127.0.0.1:9", key, log: silentLog, load };
    const backend = createClaudeBackend(options);
    const controller = new AbortController();
    controller.abort();
    await onStage({ script: [] }, async ({ workspace }) => {
      expect(await backend.plan(planTask, workspace, session({}, controller))).toMatchObject({ end: "cancelled" });
    });
    expect(loaded).toBe(0);
  });
});

describe("the program behind the SDK", () => {
  test("is stopped when it says more than anybody could read", async () => {
    const { program, spoken, ended } = stage();
    const line = Buffer.alloc(1024 ** 2, "x");
    for (let megabytes = 0; megabytes < 40 && !program.killed(); megabytes += 1) {
      program.stdout.write(line);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await ended).toEqual({ end: "killed", code: null, flooded: true });
    expect(spoken()).toBeLessThanOrEqual(32 * 1024 ** 2);
  });

  test("may say much in many lines", async () => {
    const { program, spoken, ended } = stage();
    const line = Buffer.from(`${"x".repeat(1024 ** 2)}\n`);
    for (let megabytes = 0; megabytes < 40; megabytes += 1) {
      program.stdout.write(line);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(program.killed()).toBe(false);
    program.exit(0);
    expect(await ended).toEqual({ end: "exited", code: 0, flooded: false });
    expect(spoken()).toBeGreaterThan(30 * 1024 ** 2);
  });
});

/** A program of ours in the place of the real one, and what comes of it on the side of the SDK. */
function stage() {
  const stdout = new PassThrough();
  const { promise: over, resolve: end } = Promise.withResolvers<{ end: string; code: number | null }>();
  let killed = false;
  const running: RunningProgram = {
    stdin: new PassThrough(),
    stdout,
    stderr: new PassThrough(),
    kill: () => {
      killed = true;
      end({ end: "killed", code: null });
    },
    ended: over,
  };
  const { promise: ended, resolve: onEnd } = Promise.withResolvers<ProgramEnd>();
  const { signal } = new AbortController();
  const service = { variable: "A", connect: () => {} };
  const start = () => Promise.resolve(running);
  const spawned = sandboxedProgram({ start, env: {}, readOnly: true, service, signal, log: silentLog, onEnd }).spawn({
    command: "/opt/claude",
    args: [],
    env: {},
    signal,
  });
  let bytes = 0;
  spawned.stdout.on("data", (piece: Buffer) => void (bytes += piece.length));
  const exit = (code: number) => end({ end: "exited", code });
  return { program: { stdout, exit, killed: () => killed }, spoken: () => bytes, ended };
}
