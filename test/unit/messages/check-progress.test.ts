import { expect, test } from "@jest/globals";
import { checkProgress } from "../../../src/messages/check-progress.ts";

const head = "1234567".padEnd(40, "0");

test("a check at work says what runs for it, and for how long", () => {
  const said = (["files", "setup", "command", "base"] as const).map((doing) => {
    const { title, summary } = checkProgress({ head, doing, line: "npm test", ms: 41_000, printed: "" });
    return `${title}: ${summary}`;
  });
  expect(said).toMatchInlineSnapshot(`
   [
     "Fetching the files for 41 s: The files of \`1234567\` are being fetched.",
     "Set-up for 41 s: The set-up command \`npm test\` has been running for 41 s. The check's own comes after it.",
     "Running for 41 s: \`npm test\` has been running for 41 s, on \`1234567\`.",
     "Failed, looking at the base for 41 s: The check failed. To know whether the base fails as well, \`npm test\` has been running there for 41 s.",
   ]
  `);
});

test("the last lines are those that a terminal would show", () => {
  const lines = Array.from({ length: 30 }, (_, n) => `line ${n}`).join("\n");
  const printed = `${lines}\n\u001B[32m10 %\r20 %\u001B[0m\n`;
  const { text } = checkProgress({ head, doing: "command", line: "npm test", ms: 41_000, printed });
  expect(text).toContain("line 29\n20 %\n```");
  expect(text).not.toContain("line 20\n");
});
