import { accountById } from "../../state/accounts.ts";
import { actingAccount } from "../../auth.ts";
import {
  reactionContents,
  reactionsOn,
  type Reaction,
  type ReactionContent,
  type ReactionSubject,
} from "../../state/issues.ts";
import { connection } from "../connection.ts";
import type { Arguments, Context, GraphqlObject } from "../context.ts";

const NAMES: Record<ReactionContent, string> = {
  "+1": "THUMBS_UP",
  "-1": "THUMBS_DOWN",
  laugh: "LAUGH",
  hooray: "HOORAY",
  confused: "CONFUSED",
  heart: "HEART",
  rocket: "ROCKET",
  eyes: "EYES",
};

/** REST's name of a reaction for GraphQL's (`THUMBS_UP` → `+1`). */
export function reactionContentOf(name: unknown): ReactionContent | undefined {
  return reactionContents.find((content) => NAMES[content] === name);
}

/** `Reaction`. */
export function reactionObject({ github, make }: Context, reaction: Reaction): GraphqlObject {
  return {
    __typename: "Reaction",
    id: github.nodeId("Reaction", reaction.id),
    databaseId: reaction.id,
    content: NAMES[reaction.content],
    createdAt: reaction.createdAt,
    user: () => make.account(accountById(github.state, reaction.userId)),
  };
}

/** `reactions` and `reactionGroups` of anything that can be reacted to. */
export function reactionFields(context: Context, subject: ReactionSubject, id: number): Record<string, unknown> {
  const { github, actor, make } = context;
  const all = (): Reaction[] => reactionsOn(github.state, subject, id);
  const users = (of: Reaction[], args: Arguments): unknown =>
    connection("reactors", of, args, (one) => make.account(accountById(github.state, one.userId)));
  return {
    reactions: (args: Arguments) => {
      const wanted = args.content ? all().filter((one) => NAMES[one.content] === args.content) : all();
      return connection("reactions", wanted, args, make.reaction);
    },
    reactionGroups: () =>
      reactionContents.map((content) => {
        const of = all().filter((one) => one.content === content);
        return {
          content: NAMES[content],
          createdAt: of[0]?.createdAt ?? null,
          viewerHasReacted: of.some((one) => one.userId === actingAccount(github, actor)?.id),
          reactors: (args: Arguments) => users(of, args),
          users: (args: Arguments) => users(of, args),
        };
      }),
  };
}
