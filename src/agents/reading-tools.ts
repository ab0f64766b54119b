import { z } from "zod";
import { defineTool, workspacePath } from "./tool.ts";
import { toVisible } from "./untrusted.ts";

const linesPerRead = 1500;
const longestLine = 2000;
const filesPerList = 500;
const hitsPerSearch = 100;

export const readTool = defineTool({
  name: "read",
  description: `Reads a text file with its line numbers, at most ${linesPerRead} lines at once. Characters that cannot be seen appear as ⟦U+XXXX⟧.`,
  input: z.object({
    path: workspacePath,
    from: z.int().min(1).optional().describe("first line"),
    to: z.int().min(1).optional().describe("last line"),
  }),
  summary: ({ path }) => path,
  run: async ({ path, from = 1, to }, { workspace }) => {
    const text = await workspace.read(path);
    if (text.includes("\0")) return { text: `error: ${path} is no text file` };
    if (text === "") return { text: `${path} is empty` };
    const lines = text.replace(/\r?\n$/, "").split(/\r?\n/);
    const last = Math.min(to ?? lines.length, lines.length, from + linesPerRead - 1);
    if (from > last)
      return { text: `error: ${path} has ${lines.length} lines; there is nothing from ${from} to ${to ?? "the end"}` };
    const shown = lines.slice(from - 1, last).map((line, index) => `${from + index}\t${shortLine(toVisible(line))}`);
    const ends = text.includes("\r\n") ? ", Windows line ends" : "";
    return { text: `lines ${from} to ${last} of ${lines.length}${ends}`, data: { from: path, text: shown.join("\n") } };
  },
});

export const listTool = defineTool({
  name: "list",
  description: `Lists the files below a directory, at most ${filesPerList}.`,
  input: z.object({ directory: workspacePath.default("").describe("empty for the root") }),
  summary: ({ directory }) => directory || "/",
  run: async ({ directory }, { workspace }) => {
    const files = await workspace.list(directory, filesPerList + 1);
    if (files.length === 0) return { text: `no files below ${directory || "the root"}` };
    const more = files.length > filesPerList ? "; there are more, list a directory below" : "";
    const shown = files.slice(0, filesPerList);
    return {
      text: `${shown.length} files${more}`,
      data: { from: `files below ${directory || "/"}`, text: toVisible(shown.join("\n")) },
    };
  },
});

export const searchTool = defineTool({
  name: "search",
  description: `Finds a text (no pattern) in the files and gives path, line and the line's text, at most ${hitsPerSearch} hits.`,
  input: z.object({
    text: z.string().min(1).max(500),
    glob: z.string().max(300).optional().describe("only files whose path fits, such as src/**/*.ts"),
  }),
  summary: ({ text, glob }) => (glob ? `"${text}" in ${glob}` : `"${text}"`),
  run: async ({ text, glob }, { workspace }) => {
    const hits = await workspace.search(text, { ...(glob && { glob }), limit: hitsPerSearch });
    if (hits.length === 0) return { text: "not found" };
    const shown = hits.map((hit) => `${hit.path}:${hit.line}: ${toVisible(hit.text).trim().slice(0, 300)}`);
    const more = hits.length >= hitsPerSearch ? "; there may be more" : "";
    return { text: `${hits.length} hits${more}`, data: { from: "search", text: shown.join("\n") } };
  },
});

function shortLine(line: string): string {
  return line.length <= longestLine
    ? line
    : `${line.slice(0, longestLine)} [… ${line.length - longestLine} characters more]`;
}
