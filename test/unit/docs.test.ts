import { beforeAll, describe, expect, test } from "@jest/globals";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { listKeys } from "../../schema/reference.ts";
import { meanings } from "../../schema/meanings.ts";
import { commandNames, grammar } from "../../src/commands/grammar.ts";
import { parseConfig } from "../../src/config/load.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const pages = globSync(["*.md", "docs/**/*.md", "test/doubles/**/*.md"], { cwd: root }).toSorted();
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** First words of paths in this repository. */
const roots =
  /^(?:handlers|pipelines|src|test|schema|deploy|docs|bench|\.ci|app\.yml|serverless\.yml|package(?:-lock)?\.json|README\.md)(?:\/|$)/;
/** The design names them, and the page says that they do not exist. */
const absent = new Set(["src/browser/"]);

describe("the documentation", () => {
  test("has its pages", () => {
    expect(pages).toEqual(
      expect.arrayContaining([
        "CONTRIBUTING.md",
        "README.md",
        "docs/architecture.md",
        "docs/configuration.md",
        "docs/operating.md",
      ]),
    );
  });

  test.each(pages)("%s links to nothing that is not there", (page) => {
    expect(deadLinks(page, read(page))).toEqual([]);
  });

  test("a dead link, picture or place would be found", () => {
    const text =
      "[a](gone.md) ![b](docs/images/gone.png) [c](LICENSE) [d](README.md#no-such-place) [e](README.md#words) [f](https://x.y/z)";
    expect(deadLinks("README.md", text)).toEqual(["gone.md", "docs/images/gone.png", "README.md#no-such-place"]);
  });

  test.each(pages)("%s names no path that is not there", (page) => {
    expect(deadPaths(page, read(page))).toEqual([]);
  });

  test("a dead path would be found", () => {
    expect(deadPaths("README.md", "`src/gone.ts`, `src/env.ts`, `src/` and `npm run src/x`")).toEqual(["src/gone.ts"]);
  });

  test.each(pages)("%s names no script that is not there", (page) => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = [...read(page).matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map(([, name]) => name ?? "");
    expect(named.filter((name) => !Object.hasOwn(scripts, name))).toEqual([]);
  });
});

describe("the README", () => {
  test("shows a `.codegen.yml` that is valid and in effect as a whole", () => {
    const [, example] = /## `\.codegen\.yml`[\s\S]*?```yaml\n([\s\S]*?)```/.exec(read("README.md")) ?? [];
    expect(parseConfig(example ?? "")).toMatchObject({ state: "ok", notInEffect: [] });
    expect(example).toContain("commands:");
  });

  test("lists every command, and the role and place of each", () => {
    const rows = new Map(
      [...read("README.md").matchAll(/^\| `\/codegen ([\w-]+)[^`]*`\s*\| ([^|]*)\| ([^|]*)\|/gm)].map(
        ([, name, where, role]) => [name, { where: where?.trim(), role: role?.split(",")[0]?.trim() }],
      ),
    );
    const available = commandNames.filter((name) => grammar[name].available);
    expect(Object.fromEntries(rows)).toEqual(
      Object.fromEntries(
        available.map((name) => [name, { where: grammar[name].where.join(", "), role: grammar[name].role }]),
      ),
    );
    for (const name of commandNames) expect(read("README.md")).toMatch(new RegExp(`\`(?:/codegen )?${name}\\b`));
  });
});

describe("docs/operating.md", () => {
  test("names every variable that is read", () => {
    const variables = [...read("src/env.ts").matchAll(/^ {2}([A-Z][A-Z_]+): /gm)].map(([, name]) => name ?? "");
    expect(variables.length).toBeGreaterThan(15);
    expect(variables.filter((name) => !read("docs/operating.md").includes(`\`${name}\``))).toEqual([]);
  });
});

describe("docs/configuration.md", () => {
  let keys: ReturnType<typeof listKeys>;
  beforeAll(() => {
    keys = listKeys();
  });

  test("says what every key means, and means no key that is gone", () => {
    expect(keys.map(({ key }) => key).filter((key) => !(key in meanings))).toEqual([]);
    const known = new Set(keys.map(({ key }) => key));
    expect(Object.keys(meanings).filter((key) => !known.has(key))).toEqual([]);
  });

  test("shows examples that are valid", () => {
    const examples = [...read("docs/configuration.md").matchAll(/^( *)```yaml\n([\s\S]*?)^ *```/gm)].map(
      ([, indent = "", text = ""]) => text.replaceAll(new RegExp(`^${indent}`, "gm"), ""),
    );
    expect(examples).toHaveLength(5);
    for (const example of examples) expect(parseConfig(example)).toMatchObject({ state: "ok", notInEffect: [] });
  });
});

function withoutBlocks(text: string): string {
  return text.replaceAll(/^ *```[\s\S]*?^ *```/gm, "");
}

function deadLinks(page: string, text: string): string[] {
  const targets = [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? "");
  return targets.filter((target) => {
    if (/^[a-z]+:/.test(target)) return false;
    const [path = "", place] = target.split("#");
    const file = path === "" ? page : relative(root, join(root, dirname(page), path));
    if (!existsSync(join(root, file))) return true;
    return place !== undefined && !placesOf(read(file)).has(place);
  });
}

/** What GitHub makes of headings. */
function placesOf(text: string): Set<string> {
  const headings = [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, words]) => words ?? "");
  return new Set(
    headings.map((words) =>
      words
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** Paths in backticks, from the root or, in a folder's own page, from that folder. */
function deadPaths(page: string, text: string): string[] {
  const named = [...withoutBlocks(text).matchAll(/`([^`\s]+)`/g)].map(([, name]) => name ?? "");
  return named
    .filter((name) => roots.test(name) && !/[*{<]/.test(name) && !absent.has(name))
    .filter((name) => !existsSync(join(root, name)) && !existsSync(join(root, dirname(page), name)));
}
