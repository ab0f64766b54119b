import { afterEach, describe, expect, test } from "@jest/globals";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { longLiving } from "./scene.ts";

const bot = fileURLToPath(new URL("bot.mjs", import.meta.url));
const scenes: ReturnType<typeof longLiving>[] = [];
afterEach(() => {
  for (const made of scenes.splice(0)) made.close();
});

function startBot(...args: readonly string[]) {
  // The small process holds the bot's standard error: its end tells that both are gone.
  const child = spawn(process.execPath, [bot, ...args], { stdio: ["ignore", "pipe", "pipe"], detached: true });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (said += text));
  child.stdout.resume();
  const ended = once(child, "exit");
  const closed = once(child.stderr, "close");
  return { child, ended, closed, said: () => said };
}

describe("when the bot ends", () => {
  test.each(["SIGKILL", "the whole group by SIGKILL"])("by %s, nothing that it started is left", async (how) => {
    const made = longLiving();
    scenes.push(made);
    const { child, closed, said } = startBot(made.script);
    await made.started;
    process.kill(how === "SIGKILL" ? (child.pid ?? 0) : -(child.pid ?? 0), "SIGKILL");
    await made.gone;
    await closed;
    expect(said()).toBe("");
  });

  test("by having nothing more to do, the small process does not keep it", async () => {
    const { ended, closed, said } = startBot();
    expect(await ended).toEqual([0, null]);
    await closed;
    expect(said()).toBe("");
  });
});
