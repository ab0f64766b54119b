import { expect, test } from "@jest/globals";
import { tmpdir } from "node:os";
import { createProcessProvider } from "../../../src/sandbox/process-provider.ts";
import { smallLimits } from "./bots.ts";
import { describeSandbox } from "./conformance.ts";

describeSandbox("no sandbox", createProcessProvider, { bounds: false, walls: false, quota: false });

test("without a sandbox no pull is worked on, and the probe says what that means", async () => {
  const provider = createProcessProvider();
  for (const trust of [{}, { trust: "pull" }] as const)
    await expect(provider.create({ workspace: tmpdir(), limits: smallLimits, ...trust })).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining("takes no pulls"),
    });
  expect((await provider.probe()).limits).toContain("as the bot's own user");
});
