import { expect, test } from "@jest/globals";
import { sayEvent } from "../../demo/say-event.ts";
import type { WebhookEvent } from "../../doubles/github/state/github.ts";

function say(event: string, action: string, payload: Record<string, unknown>): string | null {
  return sayEvent({ event, action, repository: null, sender: { login: "ada" }, payload } as WebhookEvent);
}

test("a comment is told by its first words, without signs and hidden marks", () => {
  const body = "<!-- codegen:message:plan -->\n\n## Plan for **#1**\n\nMore";
  expect(say("issue_comment", "created", { issue: { number: 1 }, comment: { body } })).toBe(
    "ada wrote on #1: Plan for #1",
  );
  expect(say("issue_comment", "created", { issue: { number: 1 }, comment: { body: "" } })).toBe(
    "ada wrote on #1: nothing",
  );
});

test("a ticked box is no changed comment", () => {
  const edited = (from: string, body: string) =>
    say("issue_comment", "edited", { issue: { number: 1 }, comment: { body }, changes: { body: { from } } });
  expect(edited("- [ ] run", "- [x] run")).toBe("ada ticked a box on #1");
  expect(edited("- [x] run", "- [x] run it")).toBe("ada changed a comment of #1: - [x] run it");
});

test("pulls and checks are told, and what says nothing to a person is not", () => {
  expect(say("pull_request", "closed", { pull_request: { number: 2, title: "T", merged: true } })).toBe(
    "ada merged pull #2",
  );
  expect(say("pull_request", "closed", { pull_request: { number: 2, title: "T", merged: false } })).toBe(
    "ada closed pull #2",
  );
  expect(say("check_run", "completed", { check_run: { name: "codegen / test", conclusion: "timed_out" } })).toBe(
    "codegen / test: timed out",
  );
  expect(say("push", "", {})).toBeNull();
  expect(say("issues", "opened", { issue: "odd" })).toBeNull();
});
