import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseSubmoduleUrl } from "../../../src/workspace/gitmodules.ts";
import { anyText } from "../any-text.ts";

const own = "https://github.com/octo/shop.git";
const parse = (url: string) => parseSubmoduleUrl(url, own);

describe("the address of a submodule", () => {
  test.each([
    ["https://github.com/octo/lib.git", "octo/lib"],
    ["https://github.com/octo/lib", "octo/lib"],
    ["https://GitHub.com/octo/lib/", "octo/lib"],
    ["http://github.com:443/octo/lib", null],
    ["https://github.com:443/octo/lib", "octo/lib"],
    ["../lib.git", "octo/lib"],
    ["../lib", "octo/lib"],
    ["../../other/lib.js.git", "other/lib.js"],
    ["git@github.com:octo/lib.git", "octo/lib"],
    ["ssh://git@github.com/octo/lib.git", "octo/lib"],
  ])("%s leads to %s", (url, name) => {
    const parsed = parse(url);
    expect("problem" in parsed ? null : `${parsed.owner}/${parsed.name}`).toBe(name);
  });

  test.each([
    'ext::sh -c "touch /x"',
    "ext::touch% /x",
    "file:///etc",
    "/etc",
    "./lib",
    "--upload-pack=touch /x",
    "-u./payload",
    "../../..",
    "../../../etc/passwd",
    "../../../../evil.example/octo/lib",
    "../..",
    "../../evil.example/octo/lib",
    "../-lib/../../x",
    "https://evil.example/octo/lib.git",
    "https://github.com.evil.example/octo/lib.git",
    "https://github.com@evil.example/octo/lib.git",
    "https://token@github.com/octo/lib.git",
    "https://@github.com/octo/lib.git",
    "https://evil.example#@github.com/octo/lib",
    "https://evil.example\\@github.com/octo/lib",
    "https://github.com/octo/../../x/y/z",
    "https://github.com/octo/..",
    "https://github.com/octo/.git",
    "https://github.com/-octo/lib",
    "https://github.com/octo/%2e%2e/lib",
    "https://github.com/octo/lib?x=y",
    "https://github.com/octo/lib/info",
    "https://github.com:8443/octo/lib",
    "https://github.com/octo/lib\nhost: evil.example",
    "https://github.com/octo/lib\u0000",
    "https://github.com/octo/li\u202eb",
    "http://github.com/octo/lib.git",
    "git://github.com/octo/lib.git",
    "root@github.com:octo/lib.git",
    "git@evil.example:octo/lib.git",
    "git@github.com:/octo/lib.git",
    "ssh://git@github.com:22/octo/lib.git",
    "ssh://-oProxyCommand=x/octo/lib",
    "github.com/octo/lib",
    "",
  ])("%j is refused with a reason", (url) => {
    expect(parse(url)).toEqual({ problem: expect.stringMatching(/^(does not lead|holds|is not of the form) ?/) });
  });

  test("whatever it is, gives nothing but an owner and a name that stay one part of a path", () => {
    const texts = fc.oneof(
      anyText(60),
      anyText(60).map((text) => `../${text}`),
      anyText(60).map((text) => `https://github.com/${text}`),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const parsed = parse(text);
        if ("problem" in parsed) return;
        const url = new URL(`https://github.com/${parsed.owner}/${parsed.name}.git`);
        expect([url.origin, url.pathname]).toEqual(["https://github.com", `/${parsed.owner}/${parsed.name}.git`]);
      }),
      { numRuns: 300 },
    );
  });
});
