import { describe, expect, test } from "@jest/globals";
import { isListed, parseHostAndPort, parseHostPattern, type HostPattern } from "../../../src/domain/host-pattern.ts";

function pattern(text: string): HostPattern {
  const parsed = parseHostPattern(text);
  if ("problem" in parsed) throw new Error(parsed.problem);
  return parsed;
}

describe("an entry of environment.network", () => {
  test.each<[string, HostPattern]>([
    ["registry.example", { host: "registry.example", port: null }],
    ["  Registry.Example ", { host: "registry.example", port: null }],
    ["*.example.org", { host: "*.example.org", port: null }],
    ["registry.example:8443", { host: "registry.example", port: 8443 }],
    ["*.cdn.example.org:80", { host: "*.cdn.example.org", port: 80 }],
    ["registry", { host: "registry", port: null }],
    ["xn--bcher-kva.example", { host: "xn--bcher-kva.example", port: null }],
    ["1-2.example", { host: "1-2.example", port: null }],
  ])("%j is a host", (text, parsed) => {
    expect(parseHostPattern(text)).toEqual(parsed);
  });

  test.each<[string, RegExp]>([
    ["", /must name a host/],
    ["*", /must name a host/],
    ["*:443", /must name a host/],
    ["*.", /must name a host/],
    ["*.com", /everything below \.com/],
    ["a.*.example", /star stands only at the beginning/],
    ["**.example.org", /star stands only at the beginning/],
    ["exa*mple.org", /star stands only at the beginning/],
    ["https://registry.example/npm", /such as registry\.example/],
    ["https://user:pass@registry.example", /such as registry\.example/],
    ["user@registry.example", /without a name or password/],
    ["registry.example/npm", /no path/],
    ["10.0.0.0/8", /no range of addresses/],
    ["10.0.0.1", /addresses cannot be listed/],
    ["10.0.0.1:80", /addresses cannot be listed/],
    ["0x7f.1", /addresses cannot be listed/],
    ["2130706433", /addresses cannot be listed/],
    ["127.1.", /addresses cannot be listed/],
    ["[::1]:443", /addresses cannot be listed/],
    ["fe80::1", /addresses cannot be listed/],
    ["registry.example:0", /no usable port/],
    ["registry.example:65536", /no usable port/],
    ["registry.example:", /no usable port/],
    ["registry.example:https", /no usable port/],
    ["registry.example.", /no host name/],
    ["-a.example", /no host name/],
    ["a..example", /no host name/],
    ["bücher.example", /xn--/],
    ["a b.example", /no host name/],
    ["a_b.example", /no host name/],
    [`${"a".repeat(64)}.example`, /no host name/],
    [`${"a.".repeat(127)}example`, /no host name/],
  ])("%j is none", (text, problem) => {
    expect(parseHostPattern(text)).toEqual({ problem: expect.stringMatching(problem) });
  });
});

describe("a host that is asked for", () => {
  const listed = ["registry.example", "*.example.org", "mirror.example:8443"].map(pattern);

  test.each([
    ["registry.example:443", true],
    ["registry.example:80", true],
    ["REGISTRY.example.:443", true],
    ["registry.example:8443", false],
    ["registry.example:22", false],
    ["www.registry.example:443", false],
    ["registry.example.evil.example:443", false],
    ["evilregistry.example:443", false],
    ["a.example.org:443", true],
    ["a.b.example.org:443", true],
    ["example.org:443", false],
    [".example.org:443", false],
    ["evilexample.org:443", false],
    ["mirror.example:8443", true],
    ["mirror.example:443", false],
    ["127.0.0.1:443", false],
    ["[::1]:443", false],
  ])("%s is listed: %s", (text, expected) => {
    const target = parseHostAndPort(text);
    expect(target).not.toBeNull();
    expect(target && isListed(listed, target)).toBe(expected);
  });

  test.each([
    "registry.example",
    "registry.example:",
    "registry.example:0",
    "registry.example:99999",
    "registry.example:443:443",
    "user@registry.example:443",
    "http://registry.example:443",
    "registry.example :443",
    "registry\r\n.example:443",
    "registry\0.example:443",
    "régistry.example:443",
    "[::1",
    ":443",
    `${"a".repeat(300)}:443`,
  ])("%j names none", (text) => {
    expect(parseHostAndPort(text)).toBeNull();
  });
});
