import { describe, expect, test } from "@jest/globals";
import { soughtHosts } from "../../../src/domain/sought-hosts.ts";

describe("a command that misses the network", () => {
  test.each<[string, string, string[]]>([
    [
      "npm",
      "npm error request to https://registry.npmjs.org/left-pad failed, reason: getaddrinfo EAI_AGAIN registry.npmjs.org\n",
      ["registry.npmjs.org"],
    ],
    ["Node", "Error: getaddrinfo ENOTFOUND api.example.com\n    at GetAddrInfoReqWrap", ["api.example.com"]],
    ["curl", "curl: (6) Could not resolve host: Example.COM\n", ["example.com"]],
    ["git", "fatal: unable to access 'https://github.com/a/b/': Could not resolve host: github.com", ["github.com"]],
    ["ssh", "ssh: Could not resolve hostname github.com: Temporary failure in name resolution", ["github.com"]],
    ["cargo", "  [6] Couldn't resolve host name (Could not resolve host: index.crates.io)", ["index.crates.io"]],
    ["wget", "wget: unable to resolve host address ‘deb.example’", ["deb.example"]],
    [
      "apt",
      "W: Failed to fetch http://deb.debian.org/x  Temporary failure resolving 'deb.debian.org'",
      ["deb.debian.org"],
    ],
    [
      "Go",
      'Get "https://proxy.golang.org/x": dial tcp: lookup proxy.golang.org on 10.0.0.1:53: read udp: connection refused',
      ["proxy.golang.org"],
    ],
    [
      "Java",
      "java.net.UnknownHostException: repo.maven.apache.org: Name or service not known",
      ["repo.maven.apache.org"],
    ],
    ["Ruby", "Failed to open TCP connection to rubygems.org:443 (getaddrinfo: Temporary failure)", ["rubygems.org"]],
    [
      "pip",
      "HTTPSConnectionPool(host='pypi.org', port=443): Max retries exceeded with url: /simple/x/ (Caused by NameResolutionError)",
      ["pypi.org"],
    ],
    ["psql", 'psql: error: could not translate host name "db.example" to address', ["db.example"]],
    ["a socket", "connect: Network is unreachable", []],
    [
      "colours and repetition",
      "\u001B[31mgetaddrinfo EAI_AGAIN a.example\u001B[0m\ngetaddrinfo EAI_AGAIN a.example",
      ["a.example"],
    ],
  ])("is known by what %s prints", (_, output, sought) => {
    expect(soughtHosts(output)).toEqual({ offline: true, sought });
  });

  test.each(["", "3 passing\n", "connect ECONNREFUSED 127.0.0.1:5432", "host: example.com not in fixtures"])(
    "is not one that prints %j",
    (output) => {
      expect(soughtHosts(output)).toEqual({ offline: false, sought: [] });
    },
  );

  test("names a bounded number of hosts, of an output of any size", () => {
    const lines = Array.from({ length: 3_000 }, (_, n) => `getaddrinfo EAI_AGAIN h${n}.example ${"x".repeat(300)}`);
    expect(soughtHosts(lines.join("\n")).sought).toHaveLength(50);
  });
});
