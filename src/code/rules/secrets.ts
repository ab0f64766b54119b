/** Secrets in code: what secretlint knows by its form, and two forms that it wants more of. A finding never says the secret. */
import type { CodeSymbol } from "../facts.ts";
import type { FileFinding } from "../finding.ts";
import type { FlatTree } from "../syntax/flat-tree.ts";
import { anchorOf, placeOf, symbolAt } from "./finding-of.ts";

/** The names of this rule's row in the catalogue's page. */
export const secretRule = {
  id: "security/hard-coded-secret",
  severity: "error",
  cwe: 798,
} as const;

/** Beginnings by which secrets are known. Only lines with one of them are looked at. */
const sign = new RegExp(
  [
    String.raw`\b(?:gh[opusr]_|github_pat_|xox[abeoprs]-|xapp-|npm_|SG\.|shp(?:at|ca|pa|ss)_|glpat-|lin_api_|hf_|gsk_|hvs\.|hvb\.|glsa_|glc_|figd_|dckr_pat_|ntn_|tskey-|dapi|ops_ey|cfut_|cfat_)[\w-]{10}`,
    String.raw`\bsk[-_](?:live_|ant-|proj-|svcacct-|or-)?[\w-]{16}|\brk_live_\w{10}`,
    String.raw`\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b|\bAIza[\w-]{30}`,
    String.raw`-----BEGIN [A-Z ]*PRIVATE KEY-----`,
    String.raw`_authToken=|hooks\.slack\.com/services/T|"private_key"`,
    String.raw`://[^\s:@/"'\x60$]{1,100}:[^\s@/"'\x60$]{3,200}@[\w.-]`,
  ].join("|"),
  "g",
);
const most = { lines: 200, line: 2_000, findings: 100 };
/** What stands for a secret in examples, and where nobody else comes. */
const harmless =
  /EXAMPLE|x{6,}|X{6,}|\*{4,}|0{8,}|1234567890|\.\.\.|<[a-z_ -]+>|\$\{|%s|:\/\/[^@\s]*@[\w-]+(?![\w.-])|:\/\/[^@\s]*@(?:localhost|127\.|10\.\d|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|0\.0\.0\.0|\[::1\]|[\w.-]*example\b|[\w.-]*\.(?:test|local|invalid)\b)|:\/\/[^:@\s]*:(?:pass\w*|pwd|pw|secret|postgres|root|admin|user\w*|test\w*|foo|bar|\*+|123\w*|changeme)@/i;

interface Spotted {
  readonly what: string;
  readonly start: number;
  readonly end: number;
}

/**
 * One finding for each line that has any, the first 100. Of the tree only the text is used, since others may be read meanwhile.
 * @param symbols of the same file
 */
export async function findSecrets(tree: FlatTree, symbols: readonly CodeSymbol[]): Promise<readonly FileFinding[]> {
  const lines = suspiciousLines(tree.text);
  if (lines.length === 0) return [];
  const found = [...(await askSecretlint(lines)), ...lines.flatMap(keysIn), ...privateKeysIn(tree.text)];
  const onLines = new Map(found.toSorted((a, b) => b.start - a.start).map((each) => [tree.lineAt(each.start), each]));
  return [...onLines.values()]
    .toReversed()
    .slice(0, most.findings)
    .map(({ what, start, end }) => {
      const place = placeOf(tree, start, end);
      return {
        rule: secretRule.id,
        severity: secretRule.severity,
        ...place,
        message: `Here is ${what}: whoever can read the code can use it. Take it from the environment, and revoke this one, since the history keeps it.`,
        cwe: secretRule.cwe,
        symbol: symbolAt(symbols, place.startLine),
        anchor: anchorOf(tree.text.slice(start, end)),
      };
    });
}

interface Line {
  readonly start: number;
  readonly text: string;
}

function suspiciousLines(text: string): readonly Line[] {
  const lines: Line[] = [];
  sign.lastIndex = 0;
  for (let match = sign.exec(text); match !== null && lines.length < most.lines; match = sign.exec(text)) {
    const start = Math.max(text.lastIndexOf("\n", match.index) + 1, match.index - most.line);
    const end = text.indexOf("\n", match.index);
    const line = text.slice(start, Math.min(end === -1 ? text.length : end, match.index + most.line));
    if (!harmless.test(line)) lines.push({ start, text: line });
    sign.lastIndex = Math.max(sign.lastIndex, start + line.length);
  }
  return lines;
}

let engine:
  Promise<(text: string) => Promise<readonly { ruleId: string; range: readonly [number, number] }[]>> | undefined;

/** It is loaded with the first line that looks like it. */
async function load() {
  const [{ lintSource }, { creator }] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
  ]);
  const config = { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator, options: {} }] };
  return async (content: string) => {
    const source = { filePath: "code.txt", content, ext: ".txt", contentType: "text" as const };
    const { messages } = await lintSource({ source, options: { config, maskSecrets: true } });
    return messages.map(({ ruleId, range }) => ({ ruleId, range: [range[0], range[1]] as const }));
  };
}

async function askSecretlint(lines: readonly Line[]): Promise<readonly Spotted[]> {
  engine ??= load();
  const ask = await engine;
  const messages = await ask(lines.map(({ text }) => text).join("\n"));
  const spotted: Spotted[] = [];
  for (const { ruleId, range } of messages) {
    let from = 0;
    for (const { start, text } of lines) {
      if (range[0] < from + text.length + 1) {
        const at = start + Math.max(0, range[0] - from);
        spotted.push({ what: nameOf(ruleId), start: at, end: start + Math.min(text.length, range[1] - from) });
        break;
      }
      from += text.length + 1;
    }
  }
  return spotted;
}

const names: Readonly<Record<string, string>> = {
  aws: "a key of AWS",
  basicauth: "an address with a password",
  "database-connection-string": "the password of a database",
  privatekey: "a private key",
  gcp: "a key of Google Cloud",
  github: "a token of GitHub",
  gitlab: "a token of GitLab",
  npm: "a token of npm",
  slack: "a token of Slack",
  stripe: "a key of Stripe",
  openai: "a key of OpenAI",
  anthropic: "a key of Anthropic",
};

function nameOf(ruleId: string): string {
  const service = ruleId.replace(/^@secretlint\/secretlint-rule-/, "");
  return names[service] ?? `a secret of ${service}`;
}

/** A key without the other one that belongs to it. */
function keysIn({ start, text }: Line): readonly Spotted[] {
  return [...text.matchAll(/\b(?:(?:AKIA|ASIA)[A-Z2-7]{16}|AIza[\w-]{35})\b/g)].map(({ 0: key, index }) => ({
    what: key.startsWith("AIza") ? "a key of Google" : "a key of AWS",
    start: start + index,
    end: start + index + key.length,
  }));
}

/** Also in a text of a program, with ends of lines written out. */
function privateKeysIn(text: string): readonly Spotted[] {
  const key = /-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----(?:\\[rn]|["'\s+])*[A-Za-z\d+/]{60}/g;
  return [...text.matchAll(key)].map(({ 0: found, index }) => ({
    what: "a private key",
    start: index,
    end: index + found.indexOf("KEY-----") + "KEY-----".length,
  }));
}
