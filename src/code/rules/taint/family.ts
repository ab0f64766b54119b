import type { Language } from "../../syntax/languages.ts";

/** Languages that are traced in the same way. */
export type Family = "ecma" | "python" | "go" | "rust" | "java";

export const familyOf: Readonly<Record<Language, Family>> = {
  typescript: "ecma",
  tsx: "ecma",
  javascript: "ecma",
  python: "python",
  go: "go",
  rust: "rust",
  java: "java",
};
