import { describe, expect, test } from "@jest/globals";
import * as answers from "../../../src/messages/answers.ts";
import { render } from "../../../src/messages/message.ts";

const marker = answers.answerMarker(42, 0);
const rows: answers.CommandHelp[] = [
  { name: "plan", help: "Propose a plan", example: "/codegen plan", role: "triage", available: true },
  { name: "fix", help: "Repair", example: "/codegen fix", role: "write", available: false },
];

describe("what is answered", () => {
  test("to help", () => {
    expect(render(answers.help(marker, rows, false))).toMatchInlineSnapshot(`
     "### What you can ask for

     | command | what it does | who may |
     |---|---|---|
     | \`/codegen plan\` | Propose a plan | triage |

     <details><summary>Not available yet</summary>

     | command | what it does | who may |
     |---|---|---|
     | \`/codegen fix\` | Repair | write |

     </details>

     A command stands at the beginning of a line, outside quotes and code. Settings live in \`.codegen.yml\` on the base branch.

     <!-- codegen:message:answer-42-0 -->"
    `);
    expect(answers.help(marker, rows.slice(0, 1), true).body.split("\n").at(-1)).toMatchInlineSnapshot(
      `"For now no model is set up for this bot, so it can make no plans and write no code. Its operator can set \`CODEGEN_MODEL\` (and \`CODEGEN_MODEL_URL\`, \`CODEGEN_MODEL_KEY\`). Without one these work: \`/codegen revert\`, \`/codegen validate\`, \`/codegen ok-to-test\`, \`/codegen merge\`, \`/codegen hold\`, \`/codegen decline\`, \`/codegen cancel\`, \`/codegen retry\`, \`/codegen where\`, \`/codegen status\`, \`/codegen config\`, \`/codegen help\`."`,
    );
  });

  test("to a word that is no command", () => {
    expect(answers.unknownCommand(marker, "alice", "pan", "plan").body).toMatchInlineSnapshot(
      `"@alice, there is no command \`pan\`. Did you mean \`/codegen plan\`? \`/codegen help\` lists them."`,
    );
    expect(answers.unknownCommand(marker, "alice", "dance", undefined).body).toMatchInlineSnapshot(
      `"@alice, there is no command \`dance\`. \`/codegen help\` lists them."`,
    );
  });

  test("to a command that cannot be served", () => {
    expect(answers.notAvailable(marker, "alice", "fix", ["plan", "help"]).body).toMatchInlineSnapshot(
      `"@alice, \`/codegen fix\` is not available yet. These are: \`/codegen plan\`, \`/codegen help\`."`,
    );
    expect(answers.wrongPlace(marker, "alice", "plan", "issue").body).toMatchInlineSnapshot(
      `"@alice, \`/codegen plan\` belongs on an issue, so nothing was done here."`,
    );
    expect(answers.wrongPlace(marker, "alice", "merge", "pull").body).toMatchInlineSnapshot(
      `"@alice, \`/codegen merge\` belongs on a pull request, so nothing was done here."`,
    );
    expect(answers.commentWasEdited(marker, "alice").body).toMatchInlineSnapshot(
      `"@alice, your comment was edited before the command in it could be read, so nothing was done. Please write the command in a new comment."`,
    );
    expect(answers.threadWasEdited(marker, "alice", "issue").body).toMatchInlineSnapshot(
      `"@alice, the text of this issue was changed after the command was given, so nothing was done. Read it and ask again."`,
    );
    expect(answers.threadClosed(marker, "alice", "issue").body).toMatchInlineSnapshot(
      `"@alice, this issue is closed, so nothing was done. Reopen it and write the command again."`,
    );
    expect(answers.threadClosed(marker, "alice", "pull").body).toMatchInlineSnapshot(
      `"@alice, this pull request is closed, so nothing was done. Reopen it and write the command again."`,
    );
    expect(answers.modelMissing(marker, "alice").body).toMatchInlineSnapshot(
      `"@alice, no model is set up for this bot, so it can make no plans and write no code. Its operator can set \`CODEGEN_MODEL\` (and \`CODEGEN_MODEL_URL\`, \`CODEGEN_MODEL_KEY\`). Without one these work: \`/codegen revert\`, \`/codegen validate\`, \`/codegen ok-to-test\`, \`/codegen merge\`, \`/codegen hold\`, \`/codegen decline\`, \`/codegen cancel\`, \`/codegen retry\`, \`/codegen where\`, \`/codegen status\`, \`/codegen config\`, \`/codegen help\`."`,
    );
  });

  test("to somebody without the role", () => {
    expect(answers.insufficientRole(marker, "alice", "/codegen run", "read", "write").body).toMatchInlineSnapshot(
      `"@alice, \`/codegen run\` needs the role **write** in this repository. Your role in it is **read**, so nothing was done."`,
    );
    expect(answers.insufficientRole(marker, "alice", "/codegen run", "none", "write").body).toMatchInlineSnapshot(
      `"@alice, \`/codegen run\` needs the role **write** in this repository. You have no role in it, so nothing was done."`,
    );
  });

  test("when the file asks for plans, or for none", () => {
    expect(answers.planNotWanted(marker, "alice").body).toMatchInlineSnapshot(
      `"@alice, this repository runs without plans (\`agent.plan: never\` in \`.codegen.yml\`). Comment \`/codegen run\` and what should be done."`,
    );
    expect(answers.planRequired(marker, "alice").body).toMatchInlineSnapshot(
      `"@alice, this repository asks for an approved plan before any work (\`agent.plan: required\` in \`.codegen.yml\`). Comment \`/codegen plan\`, then approve it."`,
    );
  });

  test("when the settings have mistakes", () => {
    const problems = [{ line: 2, column: 3, message: "`agent.plam`: there is no such key. Did you mean `plan`?" }];
    expect(answers.configBroken(marker, "alice", ".codegen.yml", { problems, more: 1 }).body).toMatchInlineSnapshot(`
     "@alice, \`.codegen.yml\` on the base branch has mistakes, so nothing runs until they are mended:

     - line 2, column 3: \`agent.plam\`: there is no such key. Did you mean \`plan\`?
     - … and 1 more mistake, not listed here"
    `);
  });

  test("to config", () => {
    const from = "From `.codegen.yml` on `main` at 1234567.";
    expect(answers.effectiveConfig(marker, "version: 1\n", from, ["web"]).body).toMatchInlineSnapshot(`
     "### Configuration in force

     From \`.codegen.yml\` on \`main\` at 1234567.

     \`\`\`yaml
     version: 1
     \`\`\`

     Read but **not acted upon** by this version: \`web\`."
    `);
    expect(answers.effectiveConfig(marker, "version: 1\n", from, []).body).not.toContain("not acted upon");
  });

  test("to status", () => {
    expect(answers.status(marker, []).body).toMatchInlineSnapshot(
      `"Nothing has run here yet. \`/codegen help\` shows what you can ask for."`,
    );
    const run = { kind: "plan", state: "running", by: "alice", since: "2026-01-01 10:00 UTC", reason: "a | b" };
    expect(answers.status(marker, [run]).body).toMatchInlineSnapshot(`
     "### What runs and ran here

     | run | state | asked by | since | |
     |---|---|---|---|---|
     | plan | running | alice | 2026-01-01 10:00 UTC | a \\| b |"
    `);
  });

  test("to cancel and hold", () => {
    expect(answers.cancelled(marker, "alice", []).body).toMatchInlineSnapshot(
      `"@alice, nothing is running here, so there was nothing to cancel."`,
    );
    expect(answers.cancelled(marker, "alice", ["plan", "agent"]).body).toMatchInlineSnapshot(
      `"⏹️ Cancelling, as @alice asked: plan, agent."`,
    );
    expect(answers.held(marker, "alice", "codegen:hold", true).body).toMatchInlineSnapshot(
      `"✋ On hold, as @alice asked: while the label \`codegen:hold\` is here, nothing is merged. \`/codegen hold off\` lifts it."`,
    );
    expect(answers.held(marker, "alice", "codegen:hold", false).body).toMatchInlineSnapshot(
      `"The hold was lifted, as @alice asked."`,
    );
  });

  test("when something went wrong", () => {
    expect(answers.nothingToDo(marker, "alice", "there is nothing to validate.").body).toMatchInlineSnapshot(
      `"@alice: there is nothing to validate."`,
    );
    expect(render(answers.internalError("run-5", "plan", "5"))).toMatchInlineSnapshot(`
     "❌ Something went wrong on our side during \`plan\`, also after trying again. Nothing more happens by itself: write the command again to retry.

     <sub>run 5</sub>

     <!-- codegen:message:run-5 -->"
    `);
  });
});
