/**
 * The process in which others' files are parsed. It reads one line of JSON for each file from its input, `{"language", "content"}` with the
 * content in Base64, and answers each with one line, in order. It opens nothing and knows no secret; who started it may end it at any time.
 */
import { createInterface } from "node:readline";
import { createAnalyseFile } from "./analyse-file.ts";
import type { Binding } from "./syntax/grammar.ts";
import type { Language } from "./syntax/languages.ts";
import { createGrammars } from "./syntax/load-grammar.ts";

const binding: Binding = process.argv[2] === "wasm" ? "wasm" : "native";
const analyse = createAnalyseFile(createGrammars(binding));

for await (const line of createInterface({ input: process.stdin })) {
  const { language, content } = JSON.parse(line) as { language: Language; content: string };
  const analysis = await analyse(language, Buffer.from(content, "base64"));
  process.stdout.write(`${JSON.stringify(analysis)}\n`);
}
