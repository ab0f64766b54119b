import type { Scene } from "./play.ts";
import type { Stage } from "./stage.ts";

/** Prints what happens, a line each, with the seconds since the start; on a terminal also what is being waited for. */
export function createTeller(out: NodeJS.WriteStream) {
  const began = performance.now();
  const clock = () => `${((performance.now() - began) / 1000).toFixed(1).padStart(6)} s`;
  const line = (mark: string, text: string) =>
    out.write(`${out.isTTY ? "\r\u001B[K" : ""}${clock()}  ${mark} ${text}\n`);
  return {
    say: (text: string) => line("·", text),
    fail: (text: string) => line("✗", text),
    done: ({ what, seconds }: Scene) => line("✓", seconds > 0 ? `${what} (${seconds.toFixed(1)} s)` : what),
    wait(what: string): () => void {
      if (!out.isTTY) return () => {};
      const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
      let frame = 0;
      const timer = setInterval(
        () => out.write(`\r\u001B[K${clock()}  ${frames[frame++ % frames.length]} waiting for ${what} …`),
        120,
      );
      return () => {
        clearInterval(timer);
        out.write("\r\u001B[K");
      };
    },
    invite(stage: Stage): void {
      const issue = `${stage.github}/${stage.repository}/issues/${stage.issue}`;
      line("✓", "everything is up");
      out.write(
        [
          "",
          "  Open in your browser:",
          `    the issue        ${issue}`,
          `    the repository   ${stage.github}/${stage.repository}`,
          `    the bot's health ${stage.bot}/health`,
          "",
          `  1. Choose at the top right to act as "${stage.maintainer.login}", the maintainer.`,
          "  2. On the issue, write the comment:   /codegen plan",
          "  3. Read the plan, then tick “Approve and run this plan”.",
          "  4. Open the pull that appears, look at its checks, and write:   /codegen merge",
          "",
          "  The pages follow by themselves; what happens is also told below. For all commands, write /codegen help.",
          "",
          `  The bot's log: ${stage.logFile}`,
          "  Ctrl-C stops everything.",
          "",
          "",
        ].join("\n"),
      );
    },
  };
}
