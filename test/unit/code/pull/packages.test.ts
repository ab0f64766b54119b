import { describe, expect, test } from "@jest/globals";
import { processorMs } from "../../processor-time.ts";
import { review, type Texts } from "./side-of.ts";
import { isPackageFile } from "../../../../src/code/pull/review-packages.ts";

const json = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;
const lock = (packages: Readonly<Record<string, unknown>>) => json({ lockfileVersion: 3, packages });

/** New packages as `path:line name version (licence)`, those that come behind with `…`. */
async function added(base: Texts, head: Texts): Promise<readonly string[]> {
  const { findings, packages } = await review(base, head);
  const lines = new Map(
    findings
      .filter(({ rule }) => rule === "dependencies/new-package")
      .map(({ path, startLine, message }) => [`${path} ${/`(.*?)`/.exec(message)?.[1]}`, startLine]),
  );
  return packages.map(
    ({ path, name, version, licence, direct }) =>
      `${direct ? `${path}:${lines.get(`${path} ${name}`)}` : `… ${path}`} ${name} ${version} (${licence})`,
  );
}

describe("a new package is told", () => {
  test.each<[string, Texts, Texts, string[]]>([
    [
      "of npm, with what its lock file says, and what comes behind",
      {
        "package.json": json({ dependencies: { old: "1" } }),
        "package-lock.json": lock({ "node_modules/old": { version: "1.0.0" } }),
      },
      {
        "package.json": json({
          dependencies: { old: "2", fresh: "^3.0.0" },
          devDependencies: { "@a/b": "4", own: "workspace:*" },
        }),
        "package-lock.json": lock({
          "": {},
          "node_modules/old": { version: "2.0.0" },
          "node_modules/fresh": { version: "3.1.0", license: "MIT" },
          "node_modules/@a/b": { version: "4.0.0", licenses: [] },
          "node_modules/fresh/node_modules/deep": { version: "5.0.0", license: { type: "GPL-3.0" } },
          "node_modules/own": { link: true },
        }),
      },
      [
        "package.json:4 fresh 3.1.0 (MIT)",
        "package.json:7 @a/b 4.0.0 (null)",
        "… package-lock.json deep 5.0.0 (GPL-3.0)",
      ],
    ],
    [
      "of a workspace, by the lock file above, once, and none of the repository itself",
      {
        "package.json": json({ name: "top", dependencies: { known: "1" } }),
        "package-lock.json": lock({}),
        "a/package.json": json({ name: "@own/a" }),
      },
      {
        "package.json": json({ name: "top", dependencies: { known: "1" } }),
        "package-lock.json": lock({ "node_modules/x": { version: "1.2.3", license: "ISC" } }),
        "a/package.json": json({ name: "@own/a", dependencies: { x: "1", known: "1", "@own/b": "*" } }),
        "b/package.json": json({ name: "@own/b", dependencies: { x: "1", "@own/a": "*" } }),
      },
      ["a/package.json:4 x 1.2.3 (ISC)"],
    ],
    [
      "without a lock file",
      { "package.json": "{}" },
      { "package.json": '{ "dependencies": { "x": "^1" } }' },
      ["package.json:1 x ^1 (null)"],
    ],
    [
      "by a lock file of pnpm",
      { "package.json": "{}" },
      {
        "package.json": '{ "dependencies": { "@a/x": "^1" } }',
        "pnpm-lock.yaml":
          "lockfileVersion: '9.0'\npackages:\n\n  '@a/x@1.5.0':\n    resolution: {integrity: sha512-x}\n  y@2.0.0(z@1):\n    a: b\n",
      },
      ["package.json:1 @a/x 1.5.0 (null)"],
    ],
    [
      "by a lock file of Yarn",
      { "package.json": "{}" },
      {
        "package.json": '{ "dependencies": { "x": "^1" } }',
        "yarn.lock": '"x@^1", x@^1.1:\n  version "1.9.0"\n  resolved "https://a"\n',
      },
      ["package.json:1 x 1.9.0 (null)"],
    ],
    [
      "by a lock file of Bun",
      { "package.json": "{}" },
      {
        "package.json": '{ "dependencies": { "x": "^1" } }',
        "bun.lock": '{ "packages": { "x": ["x@1.8.0", "", {}, "sha"], }, }',
      },
      ["package.json:1 x 1.8.0 (null)"],
    ],
    [
      "of Python, in each way to write it",
      { "pyproject.toml": "[project]\ndependencies = []\n", "requirements.txt": "Old_Name==1\n" },
      {
        "pyproject.toml":
          '[project]\nname = "own"\ndependencies = [\n  "requests[socks] >= 2 ; python_version > \'3\'",\n  "old-name",\n]\n[dependency-groups]\ntest = ["pytest"]\n[tool.poetry.dependencies]\npython = "^3"\nrich = { version = "^13" }\n',
        "requirements.txt": "# text\nOld_Name==1\n-r other.txt\nFlask>=2 # web\n",
        "uv.lock":
          '[[package]]\nname = "requests"\nversion = "2.32.0"\n[[package]]\nname = "rich"\nversion = "13.9.0"\n',
      },
      [
        "pyproject.toml:4 requests 2.32.0 (null)",
        "pyproject.toml:8 pytest null (null)",
        "pyproject.toml:11 rich 13.9.0 (null)",
        "requirements.txt:4 flask >=2 (null)",
      ],
    ],
    [
      "of Rust",
      {
        "Cargo.toml": "[dependencies]\n",
        "Cargo.lock":
          '[[package]]\nname = "own"\nversion = "0.1.0"\n[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry"\n',
      },
      {
        "Cargo.toml":
          '[dependencies]\nserde = "1"\nown = { path = "../own" }\nshort = { package = "long", version = "2" }\n[target."cfg(unix)".dev-dependencies]\nnix = "0.29"\n[build-dependencies.cc]\nversion = "1"\n',
        "Cargo.lock":
          '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "registry"\n[[package]]\nname = "serde"\nversion = "1.0.200"\nsource = "registry"\n[[package]]\nname = "behind"\nversion = "3.0.0"\nsource = "registry"\n',
      },
      [
        "Cargo.toml:2 serde 1.0.200 (null)",
        "Cargo.toml:4 long 2 (null)",
        "Cargo.toml:7 cc 1 (null)",
        "Cargo.toml:6 nix 0.29 (null)",
        "… Cargo.lock behind 3.0.0 (null)",
      ],
    ],
    [
      "of Go, with what comes behind",
      { "go.mod": "module example.org/own\n\nrequire example.org/a v1.0.0\n" },
      {
        "go.mod":
          "module example.org/own\n\nrequire (\n\texample.org/a v1.1.0\n\tgithub.com/b/c/v2 v2.0.0\n\texample.org/d v0.1.0 // indirect\n)\n",
      },
      ["go.mod:5 github.com/b/c/v2 v2.0.0 (null)", "… go.mod example.org/d v0.1.0 (null)"],
    ],
    [
      "of Java",
      { "pom.xml": "<project></project>\n", "build.gradle.kts": "" },
      {
        "pom.xml":
          "<project>\n<!-- <dependency><groupId>no</groupId><artifactId>no</artifactId></dependency> -->\n<dependency>\n<groupId>org.a</groupId>\n<artifactId>b</artifactId>\n<version>1.2</version>\n</dependency>\n</project>\n",
        "build.gradle.kts":
          'dependencies {\n  implementation("org.c:d:3.4")\n  testImplementation(project(":own"))\n}\n',
      },
      ["pom.xml:3 org.a:b 1.2 (null)", "build.gradle.kts:2 org.c:d 3.4 (null)"],
    ],
    [
      "but not one that came to another manifest",
      { "a/package.json": '{ "dependencies": { "x": "1" } }', "b/package.json": "{}" },
      { "a/package.json": '{ "dependencies": { "x": "1" } }', "b/package.json": '{ "dependencies": { "x": "1" } }' },
      [],
    ],
    ["nor of vendored code", {}, { "vendor/a/package.json": '{ "dependencies": { "x": "1" } }' }, []],
    [
      "nor anything of files that are broken",
      { "package.json": "{}" },
      {
        "package.json": '{ "dependencies": [',
        "Cargo.toml": "[[[",
        "pyproject.toml": "x = ",
        "package-lock.json": "[]",
        "Cargo.lock": "=",
      },
      [],
    ],
  ])("%s", async (_, base, head, expected) => {
    expect(await added(base, head)).toEqual(expected);
  });

  test("with its licence in words", async () => {
    const head = {
      "package.json": '{ "dependencies": { "x": "1" } }',
      "package-lock.json": lock({
        "node_modules/x": { version: "1.0.0", license: "AGPL-3.0" },
        "node_modules/y": { version: "1.0.0" },
      }),
    };
    const { findings } = await review(
      { "package.json": "{}", "package-lock.json": lock({ "node_modules/z": { version: "1" } }) },
      head,
    );
    expect(findings.map(({ message }) => message)).toEqual([
      "`x` 1.0.0 is new to this repository: its licence is AGPL-3.0. The lock file has 1 more new packages that come behind. Everybody who installs it trusts its authors from now on.",
    ]);
  });
});

test("a file says which packages are used, unless it is somebody else's", () => {
  const all = [
    "package.json",
    "app/package-lock.json",
    "go.mod",
    "Cargo.lock",
    "node_modules/a/package.json",
    "a.json",
    "lock",
  ];
  expect(all.filter(isPackageFile)).toEqual(["package.json", "app/package-lock.json", "go.mod", "Cargo.lock"]);
});

test("files that are made to do harm cost little, and stop nothing", async () => {
  const deep = "[".repeat(75_000);
  const evil: Texts = {
    "package.json": `{ "main": ${deep}`,
    "tsconfig.json": `{ "paths": ${deep}`,
    "package-lock.json": deep,
    "a/package.json": `{ "dependencies": { ${'"x": "1",\n'.repeat(7_000)} } }`,
    "pnpm-lock.yaml": `  a@1${"x".repeat(125_000)}${":y".repeat(25_000)}`,
    "yarn.lock": `${"a".repeat(125_000)}@${" ".repeat(125_000)}`,
    "build.gradle": "\n".repeat(125_000) + "a".repeat(100_000),
    "pom.xml": "<dependency>".repeat(10_000) + "<!--".repeat(25_000),
    "pyproject.toml": `a = "${"\n".repeat(125_000)}"\nb = [${"[".repeat(25_000)}`,
    "requirements.txt": `a${" ".repeat(125_000)}`,
    "Cargo.toml": "[\n".repeat(50_000),
    "go.mod": `require ${"a.".repeat(75_000)}`,
    "a.js": "export const run = (a) => eval(a);\n",
  };
  const before = process.cpuUsage();
  const { findings } = await review({ "package.json": "{}" }, evil);
  expect(processorMs(before)).toBeLessThan(3_000);
  expect(findings.map(({ rule, path }) => `${rule} ${path}`)).toEqual([
    "security/eval a.js",
    "dependencies/new-package a/package.json",
  ]);
});
