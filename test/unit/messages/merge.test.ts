import { describe, expect, test } from "@jest/globals";
import * as merge from "../../../src/messages/merge.ts";
import { render } from "../../../src/messages/message.ts";

const head = "1234567".padEnd(40, "0");
const commit = "89abcde".padEnd(40, "0");
const conditions = [
  { met: true, name: "no conflicts", detail: "it fits on `main`" },
  { met: false, name: "approvals", detail: "0 of 1 on this head, by people with write access" },
];

describe("what is said about a merge", () => {
  test("that waits for conditions", () => {
    expect(render(merge.mergeRefused("alice", conditions, head))).toMatchInlineSnapshot(`
     "🛑 **Not merged yet**, @alice: one condition is open on 1234567.

     - ✅ **no conflicts**: it fits on \`main\`
     - ❌ **approvals**: 0 of 1 on this head, by people with write access

     Comment \`/codegen merge\` again when that has changed.

     <!-- codegen:message:merge -->"
    `);
    expect(
      merge.mergeRefused("alice", [conditions[1]!, conditions[1]!], head).body.split("\n")[0],
    ).toMatchInlineSnapshot(`"🛑 **Not merged yet**, @alice: 2 conditions are open on 1234567."`);
  });

  test("that was done", () => {
    expect(render(merge.merged("alice", commit, head))).toMatchInlineSnapshot(`
     "🎉 **Merged** as @alice asked: 1234567 became 89abcde.

     <!-- codegen:message:merge -->"
    `);
    expect(merge.merged(null, commit, head).body).toMatchInlineSnapshot(
      `"🎉 **Merged** by the policy in \`.codegen.yml\`: 1234567 became 89abcde."`,
    );
  });

  test("that GitHub did not do", () => {
    expect(render(merge.mergeStale("alice", "Head branch was modified. Review and try the merge again.")))
      .toMatchInlineSnapshot(`
     "🛑 **Not merged**, @alice: the pull moved while its conditions were read. Head branch was modified. Review and try the merge again.

     Comment \`/codegen merge\` again.

     <!-- codegen:message:merge -->"
    `);
    expect(render(merge.mergeRefusedByGitHub("alice", "At least 1 approving review is required.")))
      .toMatchInlineSnapshot(`
     "🛑 **Not merged**, @alice. GitHub's own rules for this branch refuse it: At least 1 approving review is required.

     <!-- codegen:message:merge -->"
    `);
  });
});
