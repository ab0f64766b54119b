// Where a name is defined in a text, in any language: by the look of its lines, not by a grammar. What is found is shown to a person as a
// link, so a line that only mentions the name will do, and a name that is nowhere is said to be nowhere.

const keywords =
  "abstract class|class|const|def|defp|defmodule|enum|extension|final|fn|fun|func|function|function\\*|impl|interface|let|macro_rules!|mixin|module|namespace|object|package|procedure|protocol|record|static|struct|sub|trait|type|typedef|union|val|var|#define";
const modifiers =
  "abstract|async|declare|default|export|extern|final|get|inline|internal|open|override|private|protected|pub|public|readonly|sealed|set|static|suspend|unsafe|virtual";
const notOfNames = "[^\\p{L}\\p{N}_$]";
const comment = /^\s*(?:\/\/|\/\*|\*|#(?!define\b)|--|;;|<!--|"""|''')/;
const borrowed = /^\s*(?:import|from|use|using|require|#include|export\s*(?:\*|\{))(?![\p{L}\p{N}_$])/u;
const notADefinition = /^\s*(?:await|case|else|for|if|new|raise|return|switch|throw|while|yield)\b/;
/** What stands behind this in one line is machine-made. */
const widest = 1_000;

/**
 * The line (from 1) that defines a symbol, else the first one that names it, else null.
 * @param symbol as people write it: `addUp`, `Cart.addUp()`, `Cart::add_up`, `(*Cart).AddUp`, `class Cart`
 */
export function findSymbol(text: string, symbol: string): number | null {
  const [owner, name] = namesOf(symbol);
  if (name === undefined || !text.includes(name)) return null;
  const lines = text.split(/\r\n?|\n/).map((line) => line.slice(0, widest));
  const from = owner === undefined ? 0 : (bestLine(lines, owner, 0) ?? 0);
  const found = bestLine(lines, name, from);
  return found === null ? null : found + 1;
}

/** The name itself and what it belongs to, where that is said. */
function namesOf(symbol: string): readonly [string | undefined, string | undefined] {
  // What is called with is no name, while a receiver at the beginning is one.
  const named = symbol.replace(/(?<=[\p{L}\p{N}_$!?])\s*[(<[].*$/u, "");
  const names = named.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  const name = names.at(-1);
  const owner = names.at(-2);
  const isWord = owner !== undefined && new RegExp(`^(?:${keywords}|${modifiers})$`).test(owner);
  return [isWord ? undefined : owner, name];
}

/** The index of the line that looks most like the definition; what lies below `from` goes before what lies above. */
function bestLine(lines: readonly string[], name: string, from: number): number | null {
  const rank = ranking(name);
  let best: { index: number; rank: number } | null = null;
  for (const [index, line] of lines.entries()) {
    const above = index < from ? 1 : 0;
    const points = line.includes(name) ? rank(line) * 2 - above : 0;
    if (points > (best?.rank ?? 0)) best = { index, rank: points };
  }
  return best?.index ?? null;
}

/** 4: defined by a keyword; 3: looks like a method, a property or an assignment; 2: used; 1: in a comment or import; 0: not there. */
function ranking(text: string): (line: string) => number {
  const name = text.replaceAll("$", String.raw`\$`);
  const end = `(?=${notOfNames}|$)`;
  const start = `(?:^|${notOfNames})`;
  const named = new RegExp(`${start}${name}${end}`, "u");
  const keyword = new RegExp(
    `(?:^|[^\\p{L}\\p{N}_$.])(?:${keywords})(?:<[^<>]{0,100}>)?[\\s*&]+(?:mut\\s+|self\\.)?(?:\\([^()]{0,200}\\)\\s*)?(?:[\\p{L}\\p{N}_$]+(?:\\.|::))?${name}${end}`,
    "u",
  );
  const modified = new RegExp(
    `^\\s*(?:(?:${modifiers})(?:\\([^()]{0,50}\\))?\\s+){1,6}[\\p{L}\\p{N}_$<>[\\],.*&?\\s]{0,120}${start}?${name}\\s*[(<:={;]`,
    "u",
  );
  const typed = new RegExp(`^\\s*(?:[\\p{L}\\p{N}_$<>[\\],.*&?:]+\\s+[*&]?){1,4}${name}\\s*\\([^;]*$`, "u");
  const method = new RegExp(`^\\s*[*#]?${name}\\s*(?:<[^<>]{0,100}>)?\\([^;]*[{:]\\s*$`, "u");
  const assigned = new RegExp(`^\\s*(?:[\\p{L}\\p{N}_$]+\\.){0,4}["']?${name}["']?\\s*(?::(?!:)|=(?!=))`, "u");
  return (line) => {
    if (!named.test(line)) return 0;
    if (comment.test(line) || borrowed.test(line)) return 1;
    if (keyword.test(line)) return 4;
    if (notADefinition.test(line)) return 2;
    return [modified, typed, method, assigned].some((form) => form.test(line)) ? 3 : 2;
  };
}
