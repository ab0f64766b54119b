import { z } from "zod";
import { clip } from "./clip.ts";
import { editText } from "./edit-text.ts";
import { defineTool, workspacePath } from "./tool.ts";
import { fromVisible, outputToVisible } from "./untrusted.ts";

const contentCap = 1_000_000;
const outputCap = 30_000;
const longestCommandSeconds = 600;

export const editTool = defineTool({
  name: "edit",
  description:
    "Replaces a text that stands exactly once in a file. Give oldText as it stands there, without line numbers, with enough lines around it.",
  input: z.object({ path: workspacePath, oldText: z.string().max(contentCap), newText: z.string().max(contentCap) }),
  summary: ({ path }) => path,
  run: async ({ path, oldText, newText }, { workspace }) => {
    const edited = editText(await workspace.read(path), oldText, newText);
    if ("problem" in edited) return { text: `error: ${path} was not changed: ${edited.problem}` };
    await workspace.write(path, edited.text);
    return { text: `changed ${path}` };
  },
});

export const writeTool = defineTool({
  name: "write",
  description: "Writes a whole file; for new files, or where nearly everything changes.",
  input: z.object({ path: workspacePath, content: z.string().max(contentCap) }),
  summary: ({ path }) => path,
  run: async ({ path, content }, { workspace }) => {
    const text = fromVisible(content);
    await workspace.write(path, text);
    return { text: `wrote ${path} (${text.split("\n").length} lines)` };
  },
});

export const removeTool = defineTool({
  name: "remove",
  description: "Removes a file.",
  input: z.object({ path: workspacePath }),
  summary: ({ path }) => path,
  run: async ({ path }, { workspace }) => {
    await workspace.remove(path);
    return { text: `removed ${path}` };
  },
});

export const runTool = defineTool({
  name: "run",
  description:
    "Runs a line for the shell in the sandbox, at the root of the repository; no network unless the repository lists it. Gives the exit code and the output.",
  input: z.object({
    command: z.string().min(1).max(10_000),
    timeoutSeconds: z.int().min(1).max(longestCommandSeconds).default(120),
  }),
  summary: ({ command }) => command,
  run: async ({ command, timeoutSeconds }, { workspace, signal, msLeft }) => {
    const timeoutMs = Math.max(1, Math.min(timeoutSeconds * 1000, Math.floor(msLeft())));
    const { end, code, output } = await workspace.run(command, { timeoutMs, signal });
    const ended = end === "exited" ? `exit code ${code}` : `the command ended: ${end}`;
    if (output.trim() === "") return { text: `${ended}, no output` };
    // The end of a log says what failed.
    return { text: ended, data: { from: "output", text: clip(outputToVisible(output), outputCap, 0.25) } };
  },
});
