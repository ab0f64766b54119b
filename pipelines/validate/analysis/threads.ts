/** Which comments about findings are made, edited and closed, over the heads of a pull. Pure. */
import type { ReviewThread } from "../../../src/github/review-threads.ts";
import type { LineComment } from "../../../src/github/reviews.ts";
import { goneComment, readFindingMarker } from "../../../src/messages/finding-comment.ts";
import { render, type Message } from "../../../src/messages/message.ts";

/** A thread that began with our comment about a finding. */
export interface OwnThread {
  readonly id: string;
  /** The number of that comment, and its text. */
  readonly comment: number;
  readonly body: string;
  readonly fingerprint: string;
  readonly path: string;
  readonly isResolved: boolean;
  /** We resolved it, since its finding was gone. */
  readonly isGone: boolean;
  /** Somebody with write access declined it, and nobody took that back. */
  readonly isDeclined: boolean;
  /** Somebody else wrote in it. */
  readonly isOthers: boolean;
}

/** @param login the bot's own account */
export function findOwnThreads(threads: readonly ReviewThread[], login: string): readonly OwnThread[] {
  return threads.flatMap(({ id, path, isResolved, comments }): OwnThread[] => {
    const [first, ...answers] = comments;
    const marked = first?.author === login ? readFindingMarker(first.body) : null;
    if (first === undefined || marked === null || marked.state === "declined") return [];
    const isDecline = (body: string) => readFindingMarker(body)?.state === "declined";
    return [
      {
        id,
        comment: first.id,
        body: first.body,
        fingerprint: marked.fingerprint,
        path,
        isResolved,
        isGone: marked.state === "gone",
        isDeclined: isResolved && answers.some(({ author, body }) => author === login && isDecline(body)),
        isOthers: answers.some(({ author }) => author !== login),
      },
    ];
  });
}

/** A finding that the pull adds, as a comment would say it. */
export interface WantedComment {
  readonly fingerprint: string;
  readonly message: Message;
  /** Lines that GitHub takes a comment on; null where there are none, or where it is not worth one. */
  readonly place: Pick<LineComment, "path" | "startLine" | "line"> | null;
}

export interface ThreadPlan {
  readonly make: readonly LineComment[];
  readonly edit: readonly { readonly comment: number; readonly message: Message }[];
  /** The comment says afterwards that it is gone. */
  readonly resolve: readonly { readonly id: string; readonly comment: number; readonly message: Message }[];
  readonly reopen: readonly { readonly id: string; readonly comment: number; readonly message: Message }[];
}

export interface ThreadLimits {
  readonly head: string;
  /** The most open comments on the pull. */
  readonly most: number;
  /** Files of which nothing is known at this head. */
  readonly leftOut: ReadonlySet<string>;
  readonly redact: (text: string) => string;
}

/**
 * What brings the pull's comments to what its head has. A thread in which somebody else wrote is left as it is; so is one that a person
 * resolved.
 * @param wanted every finding that the pull adds, the most severe first
 */
export function planThreads(
  wanted: readonly WantedComment[],
  threads: readonly OwnThread[],
  { head, most, leftOut, redact }: ThreadLimits,
): ThreadPlan {
  const present = new Map(wanted.map((one) => [one.fingerprint, one]));
  const known = new Set(threads.map(({ fingerprint }) => fingerprint));
  const untouched = threads.filter(({ isOthers }) => !isOthers);
  const resolve = untouched
    .filter((one) => !one.isResolved && !one.isGone && !present.has(one.fingerprint) && !leftOut.has(one.path))
    .map(({ id, comment, body, fingerprint }) => ({ id, comment, message: goneComment(body, fingerprint, head) }));
  const there = untouched.flatMap((thread) => {
    const found = present.get(thread.fingerprint);
    return found === undefined ? [] : [{ thread, message: found.message }];
  });
  const reopen = there
    .filter(({ thread }) => thread.isResolved && thread.isGone)
    .map(({ thread: { id, comment }, message }) => ({ id, comment, message }));
  const edit = there
    .filter(({ thread, message }) => !thread.isResolved && redact(render(message)) !== thread.body)
    .map(({ thread: { comment }, message }) => ({ comment, message }));
  const open = threads.filter(({ isResolved }) => !isResolved).length - resolve.length + reopen.length;
  const make = wanted
    .flatMap(({ fingerprint, message, place }) =>
      place === null || known.has(fingerprint) ? [] : [{ ...place, message }],
    )
    .slice(0, Math.max(0, most - open));
  return { make, edit, resolve, reopen };
}
