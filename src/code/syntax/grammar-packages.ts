import type { Language } from "./languages.ts";

/** Where each grammar comes from: its package, the member of the package when it has several, and the same grammar as wasm. */
export const grammarPackages: Readonly<Record<Language, { name: string; member?: string; wasm: string }>> = {
  typescript: {
    name: "tree-sitter-typescript",
    member: "typescript",
    wasm: "tree-sitter-typescript/tree-sitter-typescript.wasm",
  },
  tsx: { name: "tree-sitter-typescript", member: "tsx", wasm: "tree-sitter-typescript/tree-sitter-tsx.wasm" },
  javascript: { name: "tree-sitter-javascript", wasm: "tree-sitter-javascript/tree-sitter-javascript.wasm" },
  python: { name: "tree-sitter-python", wasm: "tree-sitter-python/tree-sitter-python.wasm" },
  go: { name: "tree-sitter-go", wasm: "tree-sitter-go/tree-sitter-go.wasm" },
  rust: { name: "tree-sitter-rust", wasm: "tree-sitter-rust/tree-sitter-rust.wasm" },
  java: { name: "tree-sitter-java", wasm: "tree-sitter-java/tree-sitter-java.wasm" },
};
