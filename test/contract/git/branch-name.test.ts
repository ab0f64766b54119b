import { expect, test } from "@jest/globals";
import { branchName } from "../../../src/messages/agent.ts";
import { runSync } from "../../support/run-sync.ts";

test("the branch of an issue is a name that git accepts, whatever the title", () => {
  const titles = [
    "",
    "..",
    "@{-1}",
    "main@{upstream}",
    "fix.lock",
    ".hidden/..",
    "HEAD",
    "-d --force",
    "a~1^2:3?4*5[6\\7",
  ];
  for (const title of [...titles, "tab\tnewline\n nul\0 del\u007F", "🍵 tea", "\uD800 half", "long ".repeat(10_000)]) {
    const name = branchName(12, title);
    const { code, stdout } = runSync("git", ["check-ref-format", "--branch", name]);
    expect({ name, code, stdout: stdout.toString() }).toEqual({ name, code: 0, stdout: `${name}\n` });
  }
});
