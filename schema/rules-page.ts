/** Writes the tables of docs/rules.md from the catalogue of rules. Part of `npm run schema`. */
import { readFileSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { catalogue } from "../src/code/rules/catalogue.ts";
import type { Rule } from "../src/code/rules/rule.ts";
import { secretRule } from "../src/code/rules/secrets.ts";

const begin = "<!-- rules: npm run schema -->";
const end = "<!-- end of rules -->";
const file = new URL("../docs/rules.md", import.meta.url);

/** The page with its tables made anew. */
export async function rulesPage(page: string): Promise<string> {
  const [before, rest] = cut(page, begin);
  const [, after] = cut(rest, end);
  const tables = ["security", "correctness"].map((family) => `### ${family}\n\n${tableOf(family)}`).join("\n\n");
  const text = `${before}${begin}\n\n${tables}\n\n${end}${after}`;
  return format(text, { ...(await resolveConfig(file)), parser: "markdown" });
}

function tableOf(family: string): string {
  const rows = [...Map.groupBy(catalogue, ({ id }) => id)]
    .filter(([id]) => id.startsWith(`${family}/`))
    .map(([id, rules]) => [
      id,
      [...new Set(rules.map(languagesOf))].join(", "),
      [...new Set(rules.map(({ severity }) => severity))].join(", "),
      [...new Set(rules.flatMap(({ cwe }) => (cwe === undefined ? [] : [`[${cwe}](${weakness(cwe)})`])))].join(", "),
      rules.some((rule) => "fix" in rule) ? "yes" : "",
      rules[0]?.message ?? "",
    ]);
  if (family === "security")
    rows.push([
      secretRule.id,
      "all",
      secretRule.severity,
      `[${secretRule.cwe}](${weakness(secretRule.cwe)})`,
      "",
      "A key, a token or a password stands in the code, of a form that secretlint knows. The message never says it.",
    ]);
  const lines = rows
    .toSorted(([a = ""], [b = ""]) => (a < b ? -1 : 1))
    .map(([id = "", ...cells]) => `| \`${id}\` | ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`);
  return [
    "| rule | languages | severity | CWE | suggests | why, and what to do |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
  ].join("\n");
}

function languagesOf({ languages }: Rule): string {
  if (languages.includes("typescript")) return "TypeScript, JavaScript";
  if (languages.includes("tsx")) return "TSX, JSX";
  const names: Readonly<Record<string, string>> = { python: "Python", go: "Go", rust: "Rust", java: "Java" };
  return languages.map((language) => names[language] ?? language).join(", ");
}

function weakness(cwe: number): string {
  return `https://cwe.mitre.org/data/definitions/${cwe}.html`;
}

function cut(text: string, line: string): [string, string] {
  const place = text.indexOf(line);
  if (place === -1) throw new Error(`docs/rules.md has lost its line ${line}`);
  return [text.slice(0, place), text.slice(place + line.length)];
}

if (import.meta.main) writeFileSync(file, await rulesPage(readFileSync(file, "utf8")));
