import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { listPullHunks } from "../../../src/github/pull-hunks.ts";
import {
  editThreadComment,
  listReviewThreads,
  reopenThread,
  replyToThread,
  resolveThread,
} from "../../../src/github/review-threads.ts";
import { ensureReview, getReview, listReviewComments } from "../../../src/github/reviews.ts";
import { toSha } from "../../../src/domain/ids.ts";
import { openLocal, type LocalScene } from "./local-scene.ts";

let scene: LocalScene;
let number: number;
let head: string;
beforeEach(async () => {
  scene = await openLocal();
  ({ number, head } = await scene.openPull());
});
afterEach(() => scene.close());

const replies = "POST /repos/{owner}/{repo}/pulls/{pull_number}/comments/{comment_id}/replies";
const message = { marker: "fix-1", body: "Done in abc, not hunter2." };

/** A review of octo's that asks for changes, with one comment on the changed line for each text. */
async function review(...bodies: string[]): Promise<number> {
  const { data } = await scene.octo.rest.pulls.createReview({
    ...scene.repo,
    pull_number: number,
    event: "REQUEST_CHANGES",
    body: "Please change this",
    comments: bodies.map((body) => ({ path: "src/a.ts", line: 1, side: "RIGHT", body })),
  });
  return data.id;
}

async function reviewed(...bodies: string[]) {
  const id = await review(...bodies);
  const threads = await listReviewThreads(scene.app, scene.thread(number));
  const [thread] = threads;
  const [first] = thread?.comments ?? [];
  if (!thread || !first) throw new Error("there is no thread");
  return { id, threads, thread, first };
}

const written = async () =>
  (await scene.octo.rest.pulls.listReviewComments({ ...scene.repo, pull_number: number })).data.filter(
    ({ user }) => user.type === "Bot",
  );

describe("a review", () => {
  test("is read with who gave it, what it says, and the head it is about", async () => {
    const id = await review("name it better");
    expect(await getReview(scene.app, scene.thread(number), id)).toEqual({
      id,
      author: "octo",
      isBot: false,
      state: "CHANGES_REQUESTED",
      body: "Please change this",
      commit: head,
      submittedAt: expect.stringMatching(/^\d{4}-/),
    });
  });

  test("has its own comments", async () => {
    await review("of another review");
    const id = await review("name it better", "and shorter");
    const comments = await listReviewComments(scene.app, scene.thread(number), id);
    expect(comments.map(({ body }) => body)).toEqual(["name it better", "and shorter"]);
    expect(comments[0]).toMatchObject({ author: "octo", path: "src/a.ts", inReplyTo: null });
    expect(comments[0]?.diffHunk).toContain("+export const name");
  });

  test("that is gone is null, and has no comments", async () => {
    expect(await getReview(scene.app, scene.thread(number), 99_999)).toBeNull();
    expect(await listReviewComments(scene.app, scene.thread(number), 99_999)).toEqual([]);
  });
});

describe("review threads", () => {
  test("are listed with place, state and comments", async () => {
    const { id, threads, first } = await reviewed("name it better", "and shorter");
    await scene.bot.rest.pulls.createReplyForReviewComment({
      ...scene.repo,
      pull_number: number,
      comment_id: first.id,
      body: "why?",
    });
    expect(threads).toHaveLength(2);
    expect(await listReviewThreads(scene.app, scene.thread(number))).toEqual([
      {
        id: expect.any(String),
        isResolved: false,
        isOutdated: false,
        path: "src/a.ts",
        line: 1,
        comments: [
          { id: first.id, author: "octo", body: "name it better", createdAt: expect.any(String), review: id },
          {
            id: expect.any(Number),
            author: "codegen[bot]",
            body: "why?",
            createdAt: expect.any(String),
            review: expect.any(Number),
          },
        ],
      },
      expect.objectContaining({ comments: [expect.objectContaining({ body: "and shorter" })] }),
    ]);
  });

  test("whose line is gone are outdated", async () => {
    await review("name it better");
    await scene.commit("fix", { "src/a.ts": "// nothing is left\n" });
    const [thread] = await listReviewThreads(scene.app, scene.thread(number));
    expect(thread).toMatchObject({ isOutdated: true, line: null });
  });

  test("beyond a page are listed too, and so are their comments", async () => {
    const { first } = await reviewed(...Array.from({ length: 60 }, (_, n) => `comment ${n}`));
    for (let n = 0; n < 55; n += 1)
      await scene.ada.rest.pulls.createReplyForReviewComment({
        ...scene.repo,
        pull_number: number,
        comment_id: first.id,
        body: `reply ${n}`,
      });
    const threads = await listReviewThreads(scene.app, scene.thread(number));
    expect(threads).toHaveLength(60);
    expect(threads[0]?.comments.map(({ body }) => body).at(-1)).toBe("reply 54");
    expect(new Set(threads.map(({ id }) => id)).size).toBe(60);
  });

  test("of a pull without any, or of none, are none", async () => {
    expect(await listReviewThreads(scene.app, scene.thread(number))).toEqual([]);
    expect(await listReviewThreads(scene.app, scene.thread(999))).toEqual([]);
  });

  test("are read again when GitHub fails for a moment", async () => {
    await review("name it better");
    scene.local.failNext("POST /graphql reviewThreads", "502");
    expect(await listReviewThreads(scene.app, scene.thread(number))).toHaveLength(1);
  });
});

describe("an answer in a thread", () => {
  test("is written once, however often it is asked for, and holds no secret", async () => {
    const { first } = await reviewed("name it better");
    const one = await replyToThread(scene.app, scene.writer, scene.thread(number), first.id, message);
    const two = await replyToThread(scene.app, scene.writer, scene.thread(number), first.id, message);
    expect(two).toEqual(one);
    const all = await written();
    expect(all).toHaveLength(1);
    expect(all[0]).toMatchObject({ id: one?.id, html_url: one?.url, in_reply_to_id: first.id });
    expect(all[0]?.body).toContain("not [redacted].");
  });

  test.each(["reset-after-commit", "reset-before-commit", "502"] as const)(
    "whose outcome is unknown (%s) is looked for, and is there at most once",
    async (fault) => {
      const { first } = await reviewed("name it better");
      const reply = () => replyToThread(scene.app, scene.newWriter(), scene.thread(number), first.id, message);
      scene.local.failNext(replies, fault);
      await reply().catch(() => null);
      expect(await reply()).not.toBeNull();
      expect(await written()).toHaveLength(1);
    },
  );

  test("is changed when it says something else", async () => {
    const { first } = await reviewed("name it better");
    await replyToThread(scene.app, scene.writer, scene.thread(number), first.id, message);
    await replyToThread(scene.app, scene.writer, scene.thread(number), first.id, { ...message, body: "Undone" });
    expect((await written()).map(({ body }) => body.split("\n")[0])).toEqual(["Undone"]);
  });

  test("is one in each thread, also with the same marker, and never somebody else's", async () => {
    const { threads } = await reviewed("name it better", "and shorter");
    const [one, two] = threads.map(({ comments }) => comments[0]?.id ?? 0);
    await scene.ada.rest.pulls.createReplyForReviewComment({
      ...scene.repo,
      pull_number: number,
      comment_id: one ?? 0,
      body: "<!-- codegen:message:fix-1 -->",
    });
    for (const id of [one, two]) await replyToThread(scene.app, scene.writer, scene.thread(number), id ?? 0, message);
    expect((await written()).map(({ in_reply_to_id }) => in_reply_to_id)).toEqual([one, two]);
  });

  test("in a thread that is gone is null", async () => {
    expect(await replyToThread(scene.app, scene.writer, scene.thread(number), 99_999, message)).toBeNull();
  });
});

describe("a thread", () => {
  const resolved = async () =>
    (await listReviewThreads(scene.app, scene.thread(number))).map(({ isResolved }) => isResolved);

  test("is resolved once", async () => {
    const { thread } = await reviewed("name it better", "and shorter");
    await resolveThread(scene.app, scene.writer, scene.thread(number), thread.id);
    await resolveThread(scene.app, scene.writer, scene.thread(number), thread.id);
    expect(await resolved()).toEqual([true, false]);
  });

  test.each(["reset-after-commit", "502"] as const)(
    "whose answer is lost (%s) is resolved in the end",
    async (fault) => {
      const { thread } = await reviewed("name it better");
      const resolve = () => resolveThread(scene.app, scene.newWriter(), scene.thread(number), thread.id);
      scene.local.failNext("POST /graphql resolveReviewThread", fault);
      await resolve().catch(() => null);
      await resolve();
      expect(await resolved()).toEqual([true]);
    },
  );

  test("that was resolved is opened again", async () => {
    const { thread } = await reviewed("name it better", "and shorter");
    await resolveThread(scene.app, scene.writer, scene.thread(number), thread.id);
    for (let times = 0; times < 2; times += 1)
      await reopenThread(scene.app, scene.writer, scene.thread(number), thread.id);
    expect(await resolved()).toEqual([false, false]);
  });

  test("that is gone needs no resolving", async () => {
    const { thread, first } = await reviewed("name it better");
    await scene.octo.rest.pulls.deleteReviewComment({ ...scene.repo, comment_id: first.id });
    await resolveThread(scene.app, scene.writer, scene.thread(number), thread.id);
    expect(await resolved()).toEqual([]);
  });
});

describe("a review of ours", () => {
  const comment = (line: number, body = "Not hunter2.") => ({
    path: "src/a.ts",
    startLine: line,
    line,
    message: { marker: `finding-${line}`, body },
  });
  const publish = (line: number, marker = "analysis-1") =>
    ensureReview(scene.app, scene.newWriter(), scene.thread(number), {
      head: toSha(head),
      message: { marker, body: "One finding" },
      comments: [comment(line)],
    });

  test("is there once, with its comments, and holds no secret", async () => {
    const [[path, hunks] = []] = [...(await listPullHunks(scene.app, scene.thread(number)))];
    expect([path, hunks]).toEqual(["src/a.ts", [{ start: 1, end: 1 }]]);
    expect([await publish(1), await publish(1)]).toEqual([true, true]);
    const [thread, ...more] = await listReviewThreads(scene.app, scene.thread(number));
    expect(more).toEqual([]);
    expect(thread?.comments[0]?.body).toBe("Not [redacted].\n\n<!-- codegen:message:finding-1 -->");
    const [first] = thread?.comments ?? [];
    await editThreadComment(scene.app, scene.writer, scene.thread(number), first?.id ?? 0, {
      marker: "finding-1",
      body: "Gone",
    });
    await editThreadComment(scene.app, scene.writer, scene.thread(number), 99_999, { marker: "x", body: "Gone" });
    expect((await written()).map(({ body }) => body.split("\n")[0])).toEqual(["Gone"]);
  });

  test.each(["reset-after-commit", "reset-before-commit", "502"] as const)(
    "whose outcome is unknown (%s) is looked for, and is there at most once",
    async (fault) => {
      scene.local.failNext("POST /repos/{owner}/{repo}/pulls/{pull_number}/reviews", fault);
      await publish(1).catch(() => null);
      expect(await publish(1)).toBe(true);
      expect(await listReviewThreads(scene.app, scene.thread(number))).toHaveLength(1);
    },
  );

  test("on a line that the diff does not show is not taken, and nothing of it is there", async () => {
    expect(await publish(77)).toBe(false);
    expect(await listReviewThreads(scene.app, scene.thread(number))).toEqual([]);
  });
});
