/** Where in the code something may be: the answer to `/codegen where`. */
import { code, fileAddress, sentence } from "./markdown.ts";
import type { Message } from "./message.ts";

export interface WhereText {
  readonly marker: string;
  readonly by: string;
  /** The address of the repository, and the commit that was searched, for links that stay true. */
  readonly webUrl: string;
  readonly commit: string;
  readonly branch: string;
  /** The best first. */
  readonly found: readonly PlaceText[];
  /** Files of tests that reach it, the best file's first. */
  readonly tests: readonly string[];
  /** Source files that were searched. */
  readonly files: number;
  /** Source files that could not be read. */
  readonly leftOut: number;
}

export interface PlaceText {
  readonly path: string;
  readonly reasons: readonly string[];
  readonly symbols: readonly {
    readonly name: string;
    readonly startLine: number;
    readonly endLine: number;
    readonly reason: string;
  }[];
}

export function whereFound(text: WhereText): Message {
  const { marker, by, found, tests, webUrl, commit } = text;
  if (found.length === 0)
    return {
      marker,
      body: `@${by}, no source file fits these words. Name a file or a function, or quote an error with its stack trace.\n\n${foot(text)}`,
    };
  const items = found.map(({ path, reasons, symbols }, index) => {
    const address = fileAddress(webUrl, commit, path);
    const why = reasons.length === 0 ? "" : ` — ${sentence(reasons.join("; "))}`;
    const names = symbols.map(({ name, startLine, endLine, reason }) => {
      const lines = endLine > startLine ? `#L${startLine}-L${endLine}` : `#L${startLine}`;
      return `   - [${code(name)}](${address}${lines}) — ${sentence(reason)}`;
    });
    return [`${index + 1}. [${code(path)}](${address})${why}`, ...names].join("\n");
  });
  const reach = tests.map((path) => `[${code(path)}](${fileAddress(webUrl, commit, path)})`);
  const tested = reach.length === 0 ? [] : [`Tests that reach this: ${reach.join(", ")}.`];
  return { marker, body: ["### 🔎 Where this may be", items.join("\n"), ...tested, foot(text)].join("\n\n") };
}

/** There is nothing that could be looked for. */
export function whereNothingAsked(marker: string, by: string): Message {
  return { marker, body: `@${by}, say what you look for: \`/codegen where the total of the basket is wrong\`.` };
}

/** The code could not be read. */
export function whereNotRead(marker: string, by: string, reason: string): Message {
  return { marker, body: `@${by}, the code could not be searched: ${sentence(reason)}` };
}

/** The same for a terminal. */
export function wherePlaces(found: readonly PlaceText[], tests: readonly string[], files: number): string {
  if (found.length === 0)
    return "No source file fits these words. Name a file or a function, or quote an error with its stack trace.";
  const lines = found.flatMap(({ path, reasons, symbols }) => [
    `${path}${reasons.length === 0 ? "" : `  ${reasons.join("; ")}`}`,
    ...symbols.map(({ name, startLine, reason }) => `  ${path}:${startLine}  ${name}  ${reason}`),
  ]);
  const tested = tests.length === 0 ? [] : [`Tests that reach this: ${tests.join(", ")}`];
  return [...lines, ...tested, `${files} source files searched.`].join("\n");
}

export const whereHelp = `codegen where TEXT [PATH] [--json]

Finds the files and symbols that a text is about, the best first, with the reason for each: by words in contents, names and paths, by what is
quoted or stands in a stack trace, and by who takes from whom. Then the tests that reach them. With \`-\` as TEXT it is read from the input, so that an issue or a log can be
given whole. Nothing leaves this machine, and no model is asked. PATH is a folder, by default where you are.

Exit code 1: nothing fits.`;

function foot({ files, leftOut, branch, commit, webUrl }: WhereText): string {
  const unread = leftOut === 0 ? "" : `, ${leftOut} could not be read`;
  return `<sub>Searched: ${files} source files of ${code(branch)} at [${code(commit.slice(0, 7))}](${webUrl}/commit/${commit})${unread}. By words, names and imports; no model was asked.</sub>`;
}
