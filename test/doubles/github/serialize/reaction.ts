import { accountById } from "../state/accounts.ts";
import type { GitHub } from "../state/github.ts";
import { reactionContents, reactionsOn, type Reaction, type ReactionSubject } from "../state/issues.ts";
import { serializeAccount } from "./account.ts";

/** GitHub's `reaction`. */
export function serializeReaction(github: GitHub, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: github.nodeId("Reaction", reaction.id),
    user: serializeAccount(github, accountById(github.state, reaction.userId)),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

/** GitHub's `reaction-rollup`: how often each reaction was given. `url` is that of the thing without `/reactions`. */
export function reactionRollup(github: GitHub, subject: ReactionSubject, subjectId: number, url: string) {
  const given = reactionsOn(github.state, subject, subjectId);
  const counts = Object.fromEntries(
    reactionContents.map((content) => [content, given.filter((one) => one.content === content).length]),
  );
  return { url: `${url}/reactions`, total_count: given.length, ...counts };
}
