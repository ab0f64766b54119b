import type { Sandbox, SandboxProvider } from "../src/sandbox/port.ts";
import { start } from "../test/doubles/start.ts";
import { change, openPull } from "../test/e2e/pull.ts";

const rounds = 8;
const longest = 600_000;

/**
 * From a push to the completed check of its command, in a repository of so many files whose mirror is there, with what the commands took left out.
 * @returns ms, one for each push
 */
export async function validationOverheads(files: number): Promise<number[]> {
  const clock = { commands: 0 };
  const story = await start({
    realTimes: true,
    files: repository(files),
    replace: ({ sandboxes }) => ({ sandboxes: clocked(sandboxes, clock) }),
  });
  try {
    const completed = async (sha: string) => {
      const deadline = performance.now() + longest;
      const isDone = async () =>
        (await story.checkRuns(sha)).some(({ name, status }) => name === "codegen / nothing" && status === "completed");
      while (!(await isDone())) {
        if (performance.now() > deadline) throw new Error(`no check was completed within ${longest / 1000} s`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    // Removing so many files may take longer than a story waits.
    const quiet = async () => {
      for (let tries = 1; ; tries += 1)
        try {
          return await story.drain();
        } catch (error) {
          if (tries === 10) throw error;
        }
    };
    const pull = await openPull(story, "src/changed.js", "0\n");
    await completed(pull.head.sha);
    await quiet();
    const times: number[] = [];
    for (let round = 1; round <= rounds; round += 1) {
      clock.commands = 0;
      await change(story, "src/changed.js", `${round}\n`, pull.head.ref);
      const began = performance.now();
      const { head } = await story.ada.api<{ head: { sha: string } }>("GET", `${story.at}/pulls/${pull.number}`);
      await completed(head.sha);
      times.push(performance.now() - began - clock.commands);
      await quiet();
    }
    console.error(`  ${files} files: ${times.map(Math.round).join(", ")} ms`);
    return times;
  } finally {
    await story.finish();
  }
}

/** In directories of a hundred, each file another. */
function repository(files: number): Record<string, string> {
  const lines = ["validation:", "  commands:", "    - { name: nothing, run: 'true' }", ""];
  const made: Record<string, string> = { ".codegen.yml": lines.join("\n") };
  for (let file = 0; file < files; file += 1)
    made[`packages/${Math.floor(file / 10_000)}/${Math.floor(file / 100)}/${file}.js`] = `export const n = ${file};\n`;
  return made;
}

/** The same sandboxes, with a clock that runs while a command does. */
function clocked(provider: SandboxProvider, clock: { commands: number }): SandboxProvider {
  const counted = (sandbox: Sandbox): Sandbox => ({
    ...sandbox,
    exec: async (command) => {
      const result = await sandbox.exec(command);
      clock.commands += result.ms;
      return result;
    },
  });
  return { ...provider, create: async (options) => counted(await provider.create(options)) };
}
