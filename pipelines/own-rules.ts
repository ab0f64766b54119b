import { findUnknownRules } from "../src/code/pull/known-rules.ts";
import { readOwnRules } from "../src/config/own-rules.ts";
import { isRuleFile } from "../src/domain/own-rule.ts";
import { readRuleNames } from "../src/config/rule-names.ts";
import type { Sha } from "../src/domain/ids.ts";
import type { Mirror } from "../src/workspace/mirror.ts";
import { configPath } from "./base.ts";

const folder = ".codegen/rules";
const mostFiles = 50;
/** Bytes of a file; nobody writes longer ones by hand. */
const largest = 200_000;

/** The rules of the repository itself, as its base branch has them, with what is wrong with them, and with those that it names, as texts. */
export async function readRulesAt(mirror: Mirror, base: Sha): Promise<ReturnType<typeof readOwnRules>> {
  const entries = await mirror.listFiles(base, [configPath, folder]);
  const files = entries.filter(
    ({ path, kind, size }) => kind === "file" && size <= largest && (path === configPath || isRuleFile(path)),
  );
  const blobs = await mirror.readBlobs(
    base,
    files.slice(0, mostFiles).map(({ path }) => path),
  );
  const { rules, problems } = readOwnRules([...blobs].map(([path, blob]) => ({ path, text: blob.toString("utf8") })));
  const names = readRuleNames(blobs.get(configPath)?.toString("utf8") ?? "");
  return { rules, problems: [...problems, ...findUnknownRules(names, configPath, rules)] };
}
