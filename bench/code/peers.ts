/** The tools that are compared with, run as they are run by people. */
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

/** A run of a program: how long it took from start to end, and how it ended. */
export interface Run {
  /** Wall clock. */
  readonly ms: number;
  readonly code: number | null;
  readonly stdout: string;
}

/** @param file a program of Node @param flags for Node itself */
export function runNode(
  file: string,
  args: readonly string[],
  cwd: string,
  flags: readonly string[] = [],
): Promise<Run> {
  const begun = performance.now();
  const child = spawn(process.execPath, [...flags, file, ...args], { cwd, stdio: ["ignore", "pipe", "inherit"] });
  const output: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => output.push(piece));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) =>
      resolve({ ms: performance.now() - begun, code, stdout: Buffer.concat(output).toString() }),
    );
  });
}

/** ESLint with what sonarjs and security recommend. @returns ms @throws when it did not read as many files */
export async function runEslint(root: string, folder: string, files: number): Promise<number> {
  const config = join(root, "eslint.config.js");
  await writeFile(
    config,
    `import parser from "@typescript-eslint/parser";
import security from "eslint-plugin-security";
import sonarjs from "eslint-plugin-sonarjs";
const files = ["**/*.{ts,tsx,mts,cts}"];
export default [
  { files, languageOptions: { parser }, linterOptions: { reportUnusedDisableDirectives: "off" } },
  { files, ...sonarjs.configs.recommended },
  { files, ...security.configs.recommended },
];
`,
  );
  const output = join(root, "eslint.json");
  const eslint = join(root, "node_modules/eslint/bin/eslint.js");
  const flags = ["--config", config, "--no-inline-config", "--format", "json", "--output-file", output];
  const { ms, code } = await runNode(eslint, [...flags, folder], root);
  const read = JSON.parse(await readFile(output, "utf8")) as readonly { messages: readonly { fatal?: boolean }[] }[];
  if (code === 2 || read.length < files)
    throw new Error(`ESLint read ${read.length} of ${files} files (exit code ${code}).`);
  return ms;
}

/** dependency-cruiser over all files, types too. @returns ms */
export async function runDependencyCruiser(root: string, folder: string, files: number): Promise<number> {
  const home = join(root, "node_modules/dependency-cruiser");
  const { bin } = JSON.parse(await readFile(join(home, "package.json"), "utf8")) as { bin: Record<string, string> };
  const program = join(home, bin["depcruise"] ?? "");
  const flags = ["--no-config", "--ts-pre-compilation-deps", "--output-type", "json"];
  const { ms, code, stdout } = await runNode(program, [...flags, folder], root);
  const { modules } = JSON.parse(stdout) as { modules: readonly unknown[] };
  if (code !== 0 || modules.length < files)
    throw new Error(`dependency-cruiser read ${modules.length} of ${files} files (exit code ${code}).`);
  return ms;
}

/** A function, by where it begins and ends. */
export interface Measured {
  readonly startLine: number;
  readonly endLine: number;
  readonly cognitive: number;
}

interface EslintMessage {
  readonly ruleId: string | null;
  readonly message: string;
  readonly line: number;
  readonly column: number;
}

/** Every function of a text with its cognitive complexity, as the rule of eslint-plugin-sonarjs tells it; null when ESLint cannot read it. */
export function createSonarMeasure(root: string): (text: string, name: string) => readonly Measured[] | null {
  const load = createRequire(join(root, "package.json"));
  const { Linter } = load("eslint") as {
    Linter: new (options: object) => { verify(text: string, config: object[], options: object): EslintMessage[] };
  };
  const sonarjs: unknown = load("eslint-plugin-sonarjs");
  const parser: unknown = load("@typescript-eslint/parser");
  const { getMainFunctionTokenLocation } = load(
    join(root, "node_modules/eslint-plugin-sonarjs/cjs/helpers/location.js"),
  ) as { readonly getMainFunctionTokenLocation: (node: unknown, parent: unknown, context: unknown) => object };
  /** Says where each function is, at the place where the rule says what it costs. */
  const places = {
    create: (context: { report(said: object): void }) => ({
      ":function"(node: EsNode) {
        if (!node.body) return;
        const outer =
          /^(?:MethodDefinition|Property)$/.test(node.parent.type) && node.type === "FunctionExpression"
            ? node.parent
            : node;
        const loc = getMainFunctionTokenLocation(node, node.parent, context);
        const isMethod =
          node.parent.type === "MethodDefinition" ||
          node.parent.method === true ||
          /^[gs]et$/.test(node.parent.kind ?? "");
        const { start } = (isMethod ? outer : node).loc;
        context.report({ loc, message: `${start.line} ${node.loc.end.line}` });
      },
    }),
  };
  const linter = new Linter({ configType: "flat" });
  const config = [
    {
      files: ["**/*.{ts,tsx,mts,cts}"],
      languageOptions: { parser },
      plugins: { sonarjs, places: { rules: { all: places } } },
      rules: { "sonarjs/cognitive-complexity": ["error", 0], "places/all": "error" },
    },
  ];
  return (text, name) => {
    const messages = linter.verify(text, config, { filename: name, allowInlineConfig: false });
    if (messages.some(({ ruleId }) => ruleId === null)) return null;
    const costs = new Map(
      messages
        .filter(({ ruleId }) => ruleId === "sonarjs/cognitive-complexity")
        .map(({ line, column, message }) => [`${line}:${column}`, Number(/from (\d+) to/.exec(message)?.[1])]),
    );
    return messages
      .filter(({ ruleId }) => ruleId === "places/all")
      .map(({ line, column, message }) => {
        const [startLine = 0, endLine = 0] = message.split(" ").map(Number);
        return { startLine, endLine, cognitive: costs.get(`${line}:${column}`) ?? 0 };
      });
  };
}

interface EsNode {
  readonly type: string;
  readonly kind?: string;
  readonly method?: boolean;
  readonly body?: unknown;
  readonly parent: EsNode;
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
}
