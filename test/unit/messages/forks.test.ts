import { describe, expect, test } from "@jest/globals";
import * as forks from "../../../src/messages/forks.ts";

const head = "1234567".padEnd(40, "0");

describe("what is said on a pull from a fork", () => {
  test("by the check that keeps it waiting", () => {
    expect(forks.forkGate(false)).toMatchInlineSnapshot(`
     {
       "summary": "This pull comes from a fork, so its code is not run until somebody with write access has looked at it and comments \`/codegen ok-to-test\`. That counts for this head alone. Nothing is wrong with the pull.",
       "title": "Waits for a maintainer",
     }
    `);
  });

  test("to welcome its author", () => {
    expect(forks.forkWelcome("grace", head, false).body).toMatchInlineSnapshot(`
     "👋 **Thank you for this pull, @grace!** It comes from a fork, so its checks wait for a person: nothing of it is run before somebody with write access has looked at it. Nothing is wrong with it.

     - **Maintainers:** look through the changes at \`1234567\`, then comment \`/codegen ok-to-test\`. It counts for this head alone; what is pushed later waits for another look.
     - **@grace:** there is nothing for you to do. Push as often as you like.
     - The checks run in a sandbox and get no secret. No agent works on pulls from forks."
    `);
  });

  test("once its checks may run", () => {
    expect(forks.forkLetIn("grace", head, "ada").body).toMatchInlineSnapshot(`
     "👋 **Thank you for this pull, @grace!** @ada has looked at \`1234567\`, and its checks may run.

     What is pushed later waits for another look, since this pull comes from a fork. The checks get no secret, and no agent works on it."
    `);
  });

  test("to who let it run without having it before them", () => {
    expect(forks.lookAgain("answer-1-0", "ada", head, "pushed since").body).toMatchInlineSnapshot(`
     "@ada, this pull comes from a fork, and its head is not, or not for certain, the one that you had before you, so nothing was run. Its head is \`1234567\` now. If that may run, comment

     \`\`\`
     /codegen ok-to-test 1234567000000000000000000000000000000000
     \`\`\`"
    `);
    expect(forks.lookAgain("answer-1-0", "ada", head, "not seen before").body).toContain(
      "it is not known which commit",
    );
    expect(forks.lookAgain("answer-1-0", "ada", head, "other commit").body).toContain("that is not its head");
  });

  test("where it comes from no fork", () => {
    expect(forks.notFromFork("answer-1-0", "ada").body).toMatchInlineSnapshot(
      `"@ada, this pull comes from the repository itself, so nothing holds its checks back. \`/codegen validate\` runs them again."`,
    );
  });
});
