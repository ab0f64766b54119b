import { describe, expect, test } from "@jest/globals";
import { parseSecrets } from "../../../src/secrets/parse-secrets.ts";

const plain = (source: string) => {
  const parsed = parseSecrets(source);
  if ("problems" in parsed) return parsed.problems;
  return Object.fromEntries([...parsed.secrets].map(([place, values]) => [place, Object.fromEntries(values)]));
};

describe("the operator's file of secrets", () => {
  test("has values for repositories and for owners, each as it is written", () => {
    const text = [
      "Acme/Shop:",
      "  NPM_TOKEN: 0012345678",
      "  KEY: |",
      "    line one",
      "    line two",
      "acme:",
      "  SHARED: 'yes, really'",
      "",
    ].join("\n");
    expect(plain(text)).toEqual({
      "acme/shop": { NPM_TOKEN: "0012345678", KEY: "line one\nline two\n" },
      acme: { SHARED: "yes, really" },
    });
  });

  test("may be JSON, or empty", () => {
    expect(plain('{"acme/shop": {"TOKEN": "s3cret/value"}}')).toEqual({ "acme/shop": { TOKEN: "s3cret/value" } });
    expect([plain(""), plain("# nothing yet\n")]).toEqual([{}, {}]);
  });

  test.each([
    ["a list", "- hunter2hunter2", ["line 1: the file must be a mapping of repositories"]],
    ["no repository", "acme/shop/x:\n  A: hunter2hunter2", ["line 1: there must be `owner` or `owner/name` here"]],
    [
      "a value in the place of names",
      "acme: hunter2hunter2",
      ["line 1: below it there must be names with their values"],
    ],
    ["a repository twice", "acme: {}\nAcme: {}", ["line 2: it stands here twice, in other capitals"]],
    [
      "a name twice",
      "acme:\n  A: hunter2hunter2\n  A: hunter3hunter3",
      ["line 3 is neither YAML nor JSON (DUPLICATE_KEY)"],
    ],
    ["no YAML", "acme:\n  A: [hunter2hunter2", ["line 2 is neither YAML nor JSON (BAD_INDENT)"]],
    ["a value for a name", "acme:\n  hunter2: A", ["line 2: the name must be that of a variable in capitals"]],
    ["a mapping for a value", "acme:\n  A: { B: hunter2hunter2 }", ["line 2: the value must be text"]],
    [
      "a value that is too short",
      "acme:\n  A: hunt2",
      [expect.stringMatching(/^line 2: the value has less than 6 characters/)],
    ],
    ["no value", "acme:\n  A:\n", [expect.stringMatching(/less than 6/)]],
    ["a value that no variable can hold", 'acme:\n  A: "hunter2\\0hunter2"', [expect.stringMatching(/NUL/)]],
    [
      "a value that is too long",
      `acme:\n  A: ${"hunter2".repeat(10_000)}`,
      [expect.stringMatching(/longer than 64 KB/)],
    ],
  ])("with %s says where, and repeats nothing of it", (_, text, problems) => {
    expect(plain(text)).toEqual(problems);
    expect(JSON.stringify(plain(text))).not.toContain("hunter2");
  });
});
