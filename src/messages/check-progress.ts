/** What a check run says while it is at work. */
import { terminalLines } from "../domain/terminal-text.ts";
import { code, fenced } from "./markdown.ts";
import { seconds, type CheckText } from "./validate.ts";

export interface CheckProgress {
  readonly head: string;
  /** `files`: the commit is fetched and its files are written; the others run `line`, `base` the check's own on the base commit. */
  readonly doing: "files" | "setup" | "command" | "base";
  readonly line: string;
  /** Since it began with that. */
  readonly ms: number;
  /** The end of what the line has printed, as it was printed. */
  readonly printed: string;
}

const shownLines = 10;

export function checkProgress(progress: CheckProgress): CheckText {
  const { doing, head, line, ms, printed } = progress;
  const time = seconds(ms);
  const lines = terminalLines(printed).filter((text) => text.trim() !== "");
  const what: Readonly<Record<CheckProgress["doing"], readonly [title: string, summary: string]>> = {
    files: [`Fetching the files for ${time}`, `The files of ${code(head.slice(0, 7))} are being fetched.`],
    setup: [
      `Set-up for ${time}`,
      `The set-up command ${code(line)} has been running for ${time}. The check's own comes after it.`,
    ],
    command: [`Running for ${time}`, `${code(line)} has been running for ${time}, on ${code(head.slice(0, 7))}.`],
    base: [
      `Failed, looking at the base for ${time}`,
      `The check failed. To know whether the base fails as well, ${code(line)} has been running there for ${time}.`,
    ],
  };
  const [title, summary] = what[doing];
  const last = lines.slice(-shownLines).join("\n");
  return { title, summary, text: last === "" ? "Nothing was printed yet." : `**Last lines**\n\n${fenced(last)}` };
}
