import { describe, expect, test } from "@jest/globals";
import { networkParagraphs, refusalText, type RefusedHost } from "../../../src/messages/network.ts";

const refused = (more: Partial<RefusedHost> = {}): RefusedHost => ({
  host: "evil.example",
  port: 443,
  reason: "unlisted",
  count: 3,
  ...more,
});
const quiet = { refused: [], sought: [], offline: false };

describe("what a check says of the network", () => {
  test("names the hosts that were refused, with the command that asked", () => {
    const hosts = [refused(), refused({ host: "good.example", port: 80, reason: "not-public", count: 1 })];
    expect(networkParagraphs("npm ci", { ...quiet, refused: hosts, offline: true }).join("\n\n"))
      .toMatchInlineSnapshot(`
     "🔒 **Network:** \`npm ci\` tried to reach

     - \`evil.example:443\` (3×): not in \`environment.network\`
     - \`good.example:80\`: listed, but its name leads to an address that is not public; only the operator of this bot can permit that

     Hosts that may be reached are listed in \`environment.network\` of the base branch's \`.codegen.yml\`."
    `);
  });

  test("names the hosts that the output complains of, where nothing is listed", () => {
    const text = networkParagraphs("npm ci", { ...quiet, sought: ["registry.example"], offline: true });
    expect(text.join("\n\n")).toMatchInlineSnapshot(
      `"🔒 **Network:** it looks as if \`npm ci\` tried to reach \`registry.example\` and could not find it. A sandbox reaches no other hosts than those in \`environment.network\` of the base branch's \`.codegen.yml\`, and these by the proxy that \`HTTPS_PROXY\` names."`,
    );
  });

  test("names what the set-up was refused before, though it succeeded", () => {
    const setup = [{ run: "npm ci", refused: [refused({ host: "stats.example", count: 1 })] }];
    const text = networkParagraphs("npm test", { ...quiet, setup }).join("\n\n");
    expect(text).toContain("`npm ci` tried to reach\n\n- `stats.example:443`: not in `environment.network`");
    expect(text).not.toContain("npm test");
  });

  test("is nothing where the command missed nothing", () => {
    expect(networkParagraphs("npm ci", quiet)).toEqual([]);
  });

  test("stays short, whatever was asked for", () => {
    const hosts = Array.from({ length: 100 }, (_, n) => refused({ host: `${n}.${"a".repeat(240)}` }));
    const text = networkParagraphs("npm ci", { ...quiet, refused: hosts }).join("\n\n");
    expect(text).toContain("… and 85 more");
    expect(text.length).toBeLessThan(6_000);
  });
});

describe("what the program that asked is told", () => {
  test("is the entry that would open the host", () => {
    expect(refusalText({ host: "a.example", port: 443 }, "unlisted")).toContain("add a.example to environment.network");
    expect(refusalText({ host: "a.example", port: 22 }, "unlisted")).toContain("add a.example:22 to");
  });
});
