export type Language = "js" | "python" | "go" | "rust" | "jvm" | "ruby" | "csharp";

const endings: Readonly<Record<string, Language>> = {
  ...Object.fromEntries("js jsx mjs cjs ts tsx mts cts vue svelte".split(" ").map((end) => [end, "js" as const])),
  py: "python",
  pyi: "python",
  go: "go",
  rs: "rust",
  java: "jvm",
  kt: "jvm",
  kts: "jvm",
  groovy: "jvm",
  scala: "jvm",
  rb: "ruby",
  cs: "csharp",
};

/** The language that a file's name tells, or null. */
export function languageOf(path: string): Language | null {
  const [, ending = ""] = /\.(\w+)$/.exec(path) ?? [];
  return Object.hasOwn(endings, ending) ? (endings[ending] ?? null) : null;
}

/** Both as long as the text, with its line ends; what belongs to the other is spaces. */
export interface CodeText {
  /** Without comments and without what stands in strings; their quotes stay. */
  readonly code: string;
  readonly comments: string;
}

type Piece = "code" | "comment" | "string";

/**
 * One pass over the text, linear in its length. It knows strings and comments of the language well enough to tell a call from its mention; where a
 * language is subtler than that (heredocs, nested raw strings), a string that stays open ends with its line.
 */
export function splitCode(text: string, language: Language): CodeText {
  const patterns = tokens[language];
  const code: string[] = [];
  const comments: string[] = [];
  let from = 0;
  const put = (piece: Piece, part: string) => {
    code.push(piece === "code" ? part : piece === "comment" ? blank(part) : quoted(part));
    comments.push(piece === "comment" ? part : blank(part));
  };
  for (const match of text.matchAll(patterns)) {
    put("code", text.slice(from, match.index));
    put(match.groups?.["comment"] === undefined ? "string" : "comment", match[0]);
    from = match.index + match[0].length;
  }
  put("code", text.slice(from));
  return { code: code.join(""), comments: comments.join("") };
}

const slashes = String.raw`\/\/[^\n]*|\/\*(?:[^*]|\*(?!\/))*(?:\*\/)?`;
const hashes = String.raw`#[^\n]*`;
const double = String.raw`"(?:[^"\\\n]|\\[^])*"?`;
const single = String.raw`'(?:[^'\\\n]|\\[^])*'?`;
const triple = String.raw`"""(?:[^"\\]|\\[^]|"(?!""))*(?:""")?|'''(?:[^'\\]|\\[^]|'(?!''))*(?:''')?`;
const template = "`(?:[^`\\\\]|\\\\[^])*`?";
const raw = "`[^`]*`?";
/** Where a value may begin, a slash begins a pattern. Bounded, for each slash of a line may look like a beginning. */
const pattern = String.raw`(?<=[(,=:[!&|?{};\n>]\s{0,8})\/(?![*/])(?:[^/\\\n]|\\[^\n]){1,200}\/`;
const character = String.raw`'(?:[^'\\\n]|\\.){1,12}'`;

const tokens: Readonly<Record<Language, RegExp>> = {
  js: grammar(slashes, double, single, template, pattern),
  python: grammar(hashes, triple, double, single),
  go: grammar(slashes, double, raw, character),
  rust: grammar(slashes, String.raw`r#+"(?:[^"]|"(?!#))*(?:"#+)?`, double, character),
  jvm: grammar(slashes, triple, double, character),
  ruby: grammar(hashes, double, single),
  csharp: grammar(slashes, triple, String.raw`@"(?:[^"]|"")*"?`, double, character),
};

function grammar(comment: string, ...strings: readonly string[]): RegExp {
  return new RegExp(`(?<comment>${comment})|${strings.join("|")}`, "g");
}

function blank(part: string): string {
  return part.replaceAll(/[^\n]/g, " ");
}

function quoted(part: string): string {
  if (part.length < 2) return part;
  return `${part.slice(0, 1)}${blank(part.slice(1, -1))}${part.slice(-1)}`;
}
