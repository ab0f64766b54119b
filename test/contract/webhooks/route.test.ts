import { describe, expect, test } from "@jest/globals";
import { toBotEvent } from "../../../handlers/github/bot-event.ts";
import { route, type RoutedJob } from "../../../handlers/github/route.ts";
import { bodyHash } from "../../../src/commands/body-hash.ts";
import { threadHash } from "../../../src/commands/thread-hash.ts";
import {
  ann,
  appId,
  check,
  comment,
  delivery,
  head,
  issue,
  ourBot,
  pull,
  pullIssue,
  repository,
  robot,
} from "./payloads.ts";

const guid = "72d3162e-cc78-11e3-81ab-4c9367dc0958";
const repo = { installation: 77, id: 900, owner: "acme", name: "shop" };
const actor = { id: 11, login: "ann" };
const issueHash = threadHash("Basket loses items", "Two items go in, one comes out.");
const pullHash = threadHash("Keep items", null);

function jobs(name: string, payload: object): readonly RoutedJob[] {
  return route(toBotEvent(name, payload, appId), guid).jobs;
}
function outcome(name: string, payload: object): string {
  return route(toBotEvent(name, payload, appId), guid).outcome;
}
function names(name: string, payload: object): readonly string[] {
  return jobs(name, payload).map((job) => job.name);
}
const said = (body: string, on: object = issue, by: object = ann) =>
  delivery("created", { issue: on, comment: comment(body, by as never) }, by as never);

describe("a comment", () => {
  test("makes one job for each command, each with its place and the hash of what was said", () => {
    const body = "Hi\n/codegen plan\n\n/codegen status";
    const trigger = {
      kind: "comment",
      where: "issue",
      commentId: 1001,
      bodyHash: bodyHash(body),
      threadHash: issueHash,
      actor,
    };
    expect(jobs("issue_comment", said(body))).toEqual([
      { name: "plan", data: { v: 1, delivery: guid, repo, trigger: { ...trigger, index: 0 }, issue: 7 } },
      { name: "reply", data: { v: 1, delivery: guid, repo, trigger: { ...trigger, index: 1 }, number: 7 } },
    ]);
  });

  test.each([
    ["plan", ["plan"], ["reply"]],
    ["revise x", ["plan"], ["reply"]],
    ["approve", ["agent"], ["reply"]],
    ["run", ["agent"], ["reply"]],
    ["validate", ["reply"], ["validate"]],
    ["ok-to-test", ["reply"], ["validate"]],
    ["merge", ["reply"], ["merge"]],
    ["hold", ["reply"], ["control"]],
    ["cancel", ["control"], ["control"]],
    ["status", ["reply"], ["reply"]],
    ["config", ["reply"], ["reply"]],
    ["help", ["reply"], ["reply"]],
    ["fix", ["reply"], ["fix"]],
    ["revert", ["reply"], ["revert"]],
    ["review", ["reply"], ["reply"]],
    ["generate", ["reply"], ["reply"]],
    ["retry", ["control"], ["control"]],
    ["nonsense", ["reply"], ["reply"]],
    ["", ["reply"], ["reply"]],
  ])("/codegen %s goes on an issue to %j and on a pull to %j", (command, onIssue, onPull) => {
    expect(names("issue_comment", said(`/codegen ${command}`))).toEqual(onIssue);
    expect(names("issue_comment", said(`/codegen ${command}`, pullIssue))).toEqual(onPull);
  });

  test("commands of one comment wait for those above them that are done at once", () => {
    const all = jobs(
      "issue_comment",
      said("/codegen hold\n/codegen validate\n/codegen help\n/codegen merge", pullIssue),
    );
    const waitsFor = all.map(({ data }) =>
      "trigger" in data && data.trigger.kind === "comment" ? data.trigger.after : 0,
    );
    expect(waitsFor).toEqual([undefined, [0], [0], [0, 2]]);
  });

  test.each([
    ["without a command", said("nice work"), "ignored: no command in the comment"],
    ["by a bot", said("/codegen run", issue, robot), "ignored: a comment by a bot"],
    ["by ourselves", said("/codegen run", issue, ourBot), "ignored: a comment by a bot"],
    [
      "that was deleted",
      delivery("deleted", { issue, comment: comment("/codegen run") }),
      "ignored: there is nothing to do for issue_comment.deleted",
    ],
    [
      "whose author is gone",
      delivery("created", { issue, comment: { ...comment("/codegen run"), user: null } }),
      "ignored: the comment's author is gone",
    ],
  ])("%s makes no job", (_name, payload, expected) => {
    expect(jobs("issue_comment", payload)).toEqual([]);
    expect(outcome("issue_comment", payload)).toBe(expected);
  });

  test("one review that asks for changes is one piece of work, however many of its comments ask for it as well", () => {
    const review = { id: 2002, body: "Please.", user: ann, state: "changes_requested" };
    const asked = jobs("pull_request_review", delivery("submitted", { pull_request: pull, review }));
    expect(asked).toMatchObject([
      { name: "fix", data: { pull: 8, trigger: { kind: "review", reviewId: 2002 } } },
      { name: "merge" },
    ]);
    const onLine = { id: 2003, body: "/codegen fix", user: ann, pull_request_review_id: 2002 };
    const created = delivery("created", { pull_request: pull, comment: onLine });
    const [line] = jobs("pull_request_review_comment", created);
    expect(line).toMatchObject({ name: "fix", data: { trigger: { kind: "comment", where: "review-comment" } } });
    const words = { ...review, body: "/codegen fix" };
    const whole = jobs("pull_request_review", delivery("submitted", { pull_request: pull, review: words }));
    expect(whole.map(({ name }) => name)).toEqual(["fix", "merge"]);
    expect(new Set([asked[0]?.dedupe, line?.dedupe, whole[0]?.dedupe])).toEqual(new Set(["fix:900:8:2002"]));
  });

  test("a bot's review asks for nothing", () => {
    const review = { id: 2002, body: "/codegen fix", user: { ...ann, type: "Bot" }, state: "changes_requested" };
    expect(names("pull_request_review", delivery("submitted", { pull_request: pull, review }))).toEqual(["merge"]);
  });

  test("in a review of a line, or as the words of a review, counts as well", () => {
    const line = delivery("created", { pull_request: pull, comment: comment("/codegen validate") });
    expect(jobs("pull_request_review_comment", line)).toMatchObject([
      { name: "validate", data: { pull: 8, trigger: { where: "review-comment", threadHash: pullHash } } },
    ]);
    const whole = delivery("submitted", {
      pull_request: pull,
      review: { id: 2002, body: "/codegen merge", user: ann, state: "approved" },
    });
    expect(jobs("pull_request_review", whole)).toMatchObject([
      {
        name: "merge",
        data: { pull: 8, trigger: { kind: "comment", where: "review", commentId: 2002, threadHash: pullHash } },
      },
      {
        name: "merge",
        data: { trigger: { kind: "event", name: "pull_request_review.submitted" } },
        dedupe: `merge:900:8:${head}`,
      },
    ]);
  });
});

describe("an edit", () => {
  const box = (mark: string): string => `Plan\n- [${mark}] Approve <!-- codegen:box:approve:f00d -->`;
  const edit = (before: string, after: string, fields: object = {}, sender: object = ann) =>
    delivery(
      "edited",
      {
        issue,
        changes: { body: { from: before } },
        comment: { ...comment(after, ourBot), performed_via_github_app: { id: appId }, ...fields },
      },
      sender as never,
    );

  test("that ticks a box of ours is an approval by the one who ticked it", () => {
    expect(jobs("issue_comment", edit(box(" "), box("x")))).toEqual([
      {
        name: "agent",
        data: {
          v: 1,
          delivery: guid,
          repo,
          trigger: {
            kind: "checkbox",
            where: "issue",
            commentId: 1001,
            box: "approve",
            token: "f00d",
            threadHash: issueHash,
            actor,
          },
          issue: 7,
        },
      },
    ]);
  });

  test("counts too where the server leaves out which App wrote the comment", () => {
    expect(names("issue_comment", edit(box(" "), box("x"), { performed_via_github_app: null }))).toEqual(["agent"]);
  });

  test.each([
    [
      "adds a command to a person's comment",
      delivery("edited", { issue, changes: { body: { from: "x" } }, comment: comment("/codegen run") }),
    ],
    [
      "ticks a box in a person's comment",
      delivery("edited", { issue, changes: { body: { from: box(" ") } }, comment: comment(box("x")) }),
    ],
    ["ticks a box in another App's comment", edit(box(" "), box("x"), { performed_via_github_app: { id: 1 } })],
    ["is made by a bot", edit(box(" "), box("x"), {}, ourBot)],
    ["unticks", edit(box("x"), box(" "))],
    ["puts in a ticked box", edit("Plan", box("x"))],
    ["adds a command to our comment", edit("Plan", "/codegen run")],
  ])("that %s makes no job", (_name, payload) => {
    expect(jobs("issue_comment", payload)).toEqual([]);
  });
});

describe("an issue", () => {
  const labeled = (name: string, sender: object = ann) =>
    delivery("labeled", { issue, label: { id: 1, name } }, sender as never);

  test.each([
    ["codegen:plan", ["plan"]],
    ["codegen:run", ["agent"]],
    ["ready for the bot", ["plan", "agent"]],
  ])("labeled %s makes %j", (label, expected) => {
    expect(names("issues", labeled(label))).toEqual(expected);
  });

  test("labeled the same again is one job while the first one waits", () => {
    const [first, again] = [jobs("issues", labeled("codegen:run")), jobs("issues", labeled("codegen:run"))];
    expect(first[0]?.dedupe).toBe(again[0]?.dedupe);
    expect(first[0]?.dedupe).not.toBe(jobs("issues", labeled("codegen:plan"))[0]?.dedupe);
  });

  test("labeled again after its words changed is another job, with the hash of the new words", () => {
    const before = jobs("issues", labeled("codegen:run"))[0];
    const edited = { ...issue, body: "Three items go in." };
    const after = jobs("issues", delivery("labeled", { issue: edited, label: { id: 1, name: "codegen:run" } }))[0];
    expect(after?.dedupe).not.toBe(before?.dedupe);
    expect(before?.data).toMatchObject({ trigger: { threadHash: issueHash } });
    expect(after?.data).toMatchObject({ trigger: { threadHash: threadHash(issue.title, edited.body) } });
  });

  test("assigned to a bot makes a plan, to a person nothing", () => {
    expect(jobs("issues", delivery("assigned", { issue, assignee: ourBot }))).toMatchObject([
      {
        name: "plan",
        data: { issue: 7, trigger: { kind: "assigned", assignee: "codegen[bot]", threadHash: issueHash, actor } },
      },
    ]);
    expect(outcome("issues", delivery("assigned", { issue, assignee: ann }))).toBe("ignored: a person was assigned");
  });

  test("labeled or assigned by a bot makes nothing", () => {
    expect(jobs("issues", labeled("codegen:run", robot))).toEqual([]);
    expect(jobs("issues", delivery("assigned", { issue, assignee: ourBot }, robot))).toEqual([]);
  });
});

describe("a pull", () => {
  const event = { kind: "event", actor };
  test.each(["opened", "synchronize", "reopened", "ready_for_review"])(
    "%s is validated at the head that the event names",
    (action) => {
      expect(jobs("pull_request", delivery(action, { pull_request: pull }))).toEqual([
        {
          name: "validate",
          data: { v: 1, delivery: guid, repo, trigger: { ...event, name: `pull_request.${action}` }, pull: 8, head },
        },
      ]);
    },
  );

  test("is validated as a draft too, and when a bot opens it", () => {
    expect(names("pull_request", delivery("opened", { pull_request: { ...pull, draft: true } }, ourBot))).toEqual([
      "validate",
    ]);
  });

  test("is validated again when its base changes, not when its words do", () => {
    const edited = (changes: object) => names("pull_request", delivery("edited", { pull_request: pull, changes }));
    expect(edited({ base: { ref: { from: "dev" }, sha: { from: "x" } } })).toEqual(["validate"]);
    expect(edited({ title: { from: "x" } })).toEqual([]);
  });

  test("that is labeled or loses a label is looked at for merging", () => {
    for (const action of ["labeled", "unlabeled"])
      expect(names("pull_request", delivery(action, { pull_request: pull, label: { name: "codegen:hold" } }))).toEqual([
        "merge",
      ]);
  });

  test("that is closed stops what runs", () => {
    expect(jobs("pull_request", delivery("closed", { pull_request: { ...pull, merged: true } }))).toMatchObject([
      { name: "control", data: { number: 8, trigger: { kind: "event", name: "pull_request.closed" } } },
    ]);
  });

  test("is looked at for merging when checks are done or reviews change, once for each head", () => {
    const looks = [
      jobs("check_suite", delivery("completed", { check_suite: check(1) })),
      jobs("check_run", delivery("completed", { check_run: check(1) })),
      jobs(
        "pull_request_review",
        delivery("dismissed", { pull_request: pull, review: { id: 1, body: null, state: "dismissed", user: ann } }),
      ),
    ].flat();
    expect(looks.map(({ name, dedupe }) => [name, dedupe])).toEqual(looks.map(() => ["merge", `merge:900:8:${head}`]));
  });
});

describe("a button on a check", () => {
  test("of ours validates again", () => {
    const requested = delivery("requested_action", {
      check_run: check(appId),
      requested_action: { identifier: "revalidate" },
    });
    const trigger = { kind: "button", checkRunId: 3003, action: "revalidate", actor };
    expect(jobs("check_run", requested)).toMatchObject([{ name: "validate", data: { pull: 8, head, trigger } }]);
    expect(jobs("check_run", delivery("rerequested", { check_run: check(appId) }))).toMatchObject([
      { data: { trigger: { action: "rerun" } } },
    ]);
    const whole = delivery("rerequested", { check_suite: check(appId) });
    expect(jobs("check_suite", whole)).toMatchObject([
      { name: "validate", data: { pull: 8, head, trigger: { kind: "button", checkRunId: null, actor } } },
    ]);
  });

  test("that asks for an agent makes a fix, where GitHub names no pull by way of the commit", () => {
    const pressed = (run: object) =>
      jobs("check_run", delivery("requested_action", { check_run: run, requested_action: { identifier: "fix" } }));
    const trigger = { kind: "button", checkRunId: 3003, action: "fix", actor };
    expect(pressed(check(appId))).toMatchObject([{ name: "fix", data: { pull: 8, trigger } }]);
    expect(pressed(check(appId, { pull_requests: [] }))).toMatchObject([
      { name: "commit", data: { sha: head, next: "fix", trigger } },
    ]);
  });

  test.each([
    ["of another App", "check_run", delivery("rerequested", { check_run: check(1) })],
    ["of another App's suite", "check_suite", delivery("rerequested", { check_suite: check(1) })],
    ["that is ours and only ended", "check_run", delivery("completed", { check_run: check(appId) })],
  ])("%s makes nothing", (_name, event, payload) => {
    expect(jobs(event, payload)).toEqual([]);
  });
});

describe("an event that names a commit and no pull", () => {
  const noPulls = { pull_requests: [] };
  const elsewhere = { pull_requests: [{ number: 3, head: pull.head, base: { repo: { id: 1 } } }] };
  const status = (state: string) => delivery("", { sha: head, state, context: "ci/other" });

  test("has the pulls at the commit looked at for merging, and looks that wait are one", () => {
    const looks = [
      jobs("status", status("success")),
      jobs("check_run", delivery("completed", { check_run: check(1, noPulls) })),
      jobs("check_suite", delivery("completed", { check_suite: check(1, noPulls) })),
      jobs("check_suite", delivery("completed", { check_suite: check(1, { pull_requests: null }) })),
      jobs("check_suite", delivery("completed", { check_suite: check(1, elsewhere) })),
    ];
    for (const look of looks)
      expect(look).toMatchObject([
        {
          name: "commit",
          data: { sha: head, next: "merge", trigger: { kind: "event" } },
          dedupe: `commit:900:${head}`,
        },
      ]);
    expect(looks[0]?.[0]?.data).toEqual({
      v: 1,
      delivery: guid,
      repo,
      trigger: { kind: "event", name: "status", actor },
      sha: head,
      next: "merge",
    });
  });

  test("has them validated when it is a button, each press for itself", () => {
    const one = delivery("rerequested", { check_run: check(appId, noPulls) });
    const all = delivery("rerequested", { check_suite: check(appId, noPulls) });
    const trigger = { kind: "button", action: "rerun", actor };
    expect([...jobs("check_run", one), ...jobs("check_suite", all)]).toEqual([
      {
        name: "commit",
        data: { v: 1, delivery: guid, repo, trigger: { ...trigger, checkRunId: 3003 }, sha: head, next: "validate" },
      },
      {
        name: "commit",
        data: { v: 1, delivery: guid, repo, trigger: { ...trigger, checkRunId: null }, sha: head, next: "validate" },
      },
    ]);
  });

  test.each(["pending", "failure", "error"])("is ignored when it is a status %s: no merge waits for that", (state) => {
    expect(jobs("status", status(state))).toEqual([]);
    expect(outcome("status", status(state))).toContain("ignored: only a commit status that succeeds");
  });
});

test.each([
  ["installation", "created", {}],
  ["installation", "deleted", {}],
  ["installation", "suspend", {}],
  ["installation", "new_permissions_accepted", {}],
  ["installation_repositories", "added", {}],
  ["installation_repositories", "removed", {}],
  ["repository", "renamed", {}],
  ["repository", "transferred", {}],
])("%s.%s lets the store follow GitHub", (event, action, fields) => {
  expect(jobs(event, delivery(action, fields))).toEqual([
    { name: "installation", data: { v: 1, delivery: guid, installation: 77 } },
  ]);
});

test.each([
  ["push", { ref: "refs/heads/main", repository }, "ignored: a push changes nothing by itself"],
  ["merge_group", delivery("checks_requested", {}), "ignored: merge queues are not validated yet"],
  ["ping", { zen: "x" }, "ignored: GitHub tries out the webhook"],
  ["star", delivery("created", {}), "ignored: there is nothing to do for the event star"],
  ["constructor", {}, "ignored: there is nothing to do for the event constructor"],
  ["issues", delivery("pinned", { issue }), "ignored: there is nothing to do for issues.pinned"],
  ["issues", {}, "ignored: there is nothing to do for issues.(no action)"],
  [
    "pull_request",
    delivery("locked", { pull_request: pull }),
    "ignored: there is nothing to do for pull_request.locked",
  ],
])("%s is ignored with a reason", (event, payload, expected) => {
  expect(jobs(event, payload)).toEqual([]);
  expect(outcome(event, payload)).toContain(expected);
});

test.each([
  ["no installation", "issue_comment", { ...said("/codegen run"), installation: undefined }, "installation:"],
  [
    "no comment id",
    "issue_comment",
    { ...said("/codegen run"), comment: { body: "/codegen run", user: ann } },
    "comment.id:",
  ],
  [
    "a head that is none",
    "pull_request",
    delivery("opened", { pull_request: { ...pull, head: { sha: "main; rm -rf" } } }),
    "pull_request.head.sha: is no commit id",
  ],
  [
    "a number that is none",
    "issues",
    delivery("labeled", { issue: { number: -1 }, label: { name: "x" } }),
    "issue.number:",
  ],
])("a payload with %s is ignored, and the reason names the field", (_name, event, payload, expected) => {
  expect(jobs(event, payload)).toEqual([]);
  expect(outcome(event, payload)).toContain(expected);
});

test("the words of a thread have one hash, however they arrive", () => {
  const hashOf = (title: string, body: string | null | undefined) =>
    jobs("issue_comment", said("/codegen plan", { ...issue, title, body }))[0]?.data;
  const trigger = (title: string, body: string) => ({ trigger: { threadHash: threadHash(title, body) } });
  expect(hashOf("a", null)).toMatchObject(trigger("a", ""));
  expect(hashOf("a", undefined)).toMatchObject(trigger("a", ""));
  expect(hashOf("a", "b\r\nc")).toMatchObject(trigger("a", "b\nc"));
  expect(
    new Set([threadHash("a", "b"), threadHash("ab", ""), threadHash("a\n", "b"), threadHash("a", "\nb")]).size,
  ).toBe(4);
});

test("a payload without the words of its thread is served, as those of an older bot were", () => {
  const { title: _title, body: _body, ...bare } = issue;
  const [job] = jobs("issue_comment", said("/codegen plan", bare));
  expect(job?.name).toBe("plan");
  expect(job?.data).not.toHaveProperty("trigger.threadHash");
});

test("no job carries anything that a person wrote", () => {
  const secret = "please-do-not-keep-me";
  const worded = { ...issue, title: secret, body: secret };
  const all = [
    ...jobs("issue_comment", said(`/codegen run ${secret}\n/codegen ${secret}`, worded)),
    ...jobs("pull_request", delivery("opened", { pull_request: { ...pull, title: secret, body: secret } })),
    ...jobs(
      "pull_request_review",
      delivery("submitted", {
        pull_request: pull,
        review: { id: 1, body: `/codegen merge ${secret}`, state: "commented", user: ann },
      }),
    ),
  ];
  expect(all).toHaveLength(5);
  expect(JSON.stringify(all)).not.toContain(secret);
});
