import { fromVisible } from "./untrusted.ts";

/**
 * Replaces `oldText` by `newText` where it stands exactly once. Line ends follow the file, and characters that were shown as `⟦U+…⟧` may be
 * given as shown.
 * @returns the new text, or why nothing was changed, in words for the model
 */
export function editText(text: string, oldText: string, newText: string): { text: string } | { problem: string } {
  if (oldText === "") return { problem: "oldText is empty; use the tool `write` for a new file" };
  if (oldText === newText) return { problem: "oldText and newText are the same" };
  for (const [from, to] of spellings(text, oldText, newText)) {
    const places = count(text, from);
    if (places > 1)
      return {
        problem: `oldText stands ${places} times in the file; give more lines around it so that it stands once`,
      };
    if (places === 1) return { text: text.replace(from, () => to) };
  }
  return {
    problem:
      "oldText does not stand in the file; read the file again and copy the text exactly, without the line numbers",
  };
}

function spellings(text: string, oldText: string, newText: string): [string, string][] {
  const pairs: [string, string][] = [[oldText, newText]];
  const shown: [string, string] = [fromVisible(oldText), fromVisible(newText)];
  if (shown[0] !== oldText) pairs.push(shown);
  if (!text.includes("\r\n")) return pairs;
  return pairs.flatMap(([from, to]): [string, string][] => [
    [from, to],
    [windowsLines(from), windowsLines(to)],
  ]);
}

function windowsLines(text: string): string {
  return text.replace(/\r?\n/g, "\r\n");
}

function count(text: string, part: string): number {
  let places = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + 1)) places += 1;
  return places;
}
