/** The languages that are understood, each with the grammar of its own that parses it. */
export const languages = ["typescript", "tsx", "javascript", "python", "go", "rust", "java"] as const;
export type Language = (typeof languages)[number];

/** TSX and JSX are written in the same files as their languages without tags: `.ts` alone cannot be read by the grammar of TSX. */
const byExtension: ReadonlyMap<string, Language> = new Map([
  [".ts", "typescript"],
  [".mts", "typescript"],
  [".cts", "typescript"],
  [".tsx", "tsx"],
  [".js", "javascript"],
  [".mjs", "javascript"],
  [".cjs", "javascript"],
  [".jsx", "javascript"],
  [".py", "python"],
  [".pyi", "python"],
  [".go", "go"],
  [".rs", "rust"],
  [".java", "java"],
]);

/** The language of a file by the end of its name; null for one that is not understood. */
export function languageOf(path: string): Language | null {
  return byExtension.get(path.slice(path.lastIndexOf(".")).toLowerCase()) ?? null;
}
