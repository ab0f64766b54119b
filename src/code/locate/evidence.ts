/** What a text names literally: files, lines of stack traces, code in quotes. */

export interface Evidence {
  /** Paths as written, the first first, with the line when one is named. */
  readonly files: readonly { readonly path: string; readonly line: number | null; readonly inStack: boolean }[];
  /** Identifiers that are meant as such: in code quotes, called, or in the form of one. */
  readonly identifiers: readonly string[];
}

const most = { text: 100_000, files: 100, identifiers: 200 };
const file =
  /(?<![\w@.-])((?:[\w@.-]+[/\\])*[\w@.-]+\.[A-Za-z]{1,6})(?::(\d{1,6})(?::\d{1,6})?|", line (\d{1,6})|\((\d{1,6}),\d{1,6}\))?/g;
const frame = /^\s*(?:at\s|File\s"|\d+:\s|#\d+\s|❯\s)/;
const code = /```[^\n`]{0,100}\n([\s\S]*?)```|`([^`\n]{1,200})`/g;
/** `addUp`, `add_up`, `AddUp`, `ADD_UP`: nobody writes prose like that. */
const shaped =
  /(?<![\p{L}\p{N}_$])(?:[\p{Ll}_$][\p{Ll}\p{N}]*(?:\p{Lu}[\p{L}\p{N}]*)+|\p{Lu}[\p{Ll}\p{N}]+(?:\p{Lu}[\p{L}\p{N}]*)+|[\p{L}$][\p{L}\p{N}$]*(?:_[\p{L}\p{N}$]+)+)(?![\p{L}\p{N}_$])/gu;
const called = /(?<![\p{L}\p{N}_$])([\p{L}_$][\p{L}\p{N}_$]{0,80})\(/gu;

/** Reads at most 100,000 characters. */
export function readEvidence(text: string): Evidence {
  const kept = text.slice(0, most.text);
  const files = kept.split("\n").flatMap((line) =>
    [...line.matchAll(file)].map(([, path = "", ...lines]) => {
      const number = lines.find((each) => each !== undefined);
      return {
        path: path.replaceAll("\\", "/").replace(/^\.\//, ""),
        line: number === undefined ? null : Number(number),
        inStack: frame.test(line),
      };
    }),
  );
  const quoted = [...kept.matchAll(code)].map(([, block = "", word = ""]) => block || word);
  const identifiers = new Set<string>();
  for (const piece of quoted)
    for (const [word] of piece.matchAll(/[\p{L}_$][\p{L}\p{N}_$]{2,}/gu)) identifiers.add(word);
  for (const [word] of kept.matchAll(shaped)) identifiers.add(word);
  for (const [, word = ""] of kept.matchAll(called)) if (word.length > 2) identifiers.add(word);
  return { files: files.slice(0, most.files), identifiers: [...identifiers].slice(0, most.identifiers) };
}
