import { actingAccount } from "../auth.ts";
import { maySee } from "../rest/access.ts";
import { accountByLogin, type Account } from "../state/accounts.ts";
import { repositoryByName } from "../state/repositories.ts";
import type { Arguments, Context, GraphqlObject } from "./context.ts";
import { nodeObject } from "./node.ts";
import { GraphqlProblem } from "./problem.ts";

/** The fields of `Query`. */
export function queryRoot(context: Context): Record<string, unknown> {
  const { github, actor, make } = context;
  const account = (login: unknown, types: Account["type"][], name: string): GraphqlObject => {
    const found = accountByLogin(github.state, String(login));
    if (found && types.includes(found.type)) return make.account(found);
    throw new GraphqlProblem("NOT_FOUND", `Could not resolve to ${name} with the login of '${String(login)}'.`);
  };
  return {
    viewer: () => {
      const viewer = actingAccount(github, actor);
      // GitHub shows the bot of an installation as a `User` whose login keeps its `[bot]`.
      return viewer && { ...make.account(viewer), __typename: "User", login: viewer.login };
    },
    rateLimit: () => {
      const { limit, used, remaining, reset } = context.rate;
      // This query is counted when it is answered; what it is told includes it.
      const left = { cost: 1, used: used + 1, remaining: Math.max(0, remaining - 1) };
      return { ...left, nodeCount: 0, limit, resetAt: new Date(reset * 1000).toISOString() };
    },
    meta: () => ({ gitHubServicesSha: "0".repeat(40), isPasswordAuthenticationVerifiable: false }),
    repository: (args: Arguments) => {
      const [owner, name] = [String(args.owner), String(args.name)];
      const former = `${owner}/${name}`.toLowerCase();
      const found =
        repositoryByName(github.state, owner, name) ??
        github.state.repositories.find((one) => args.followRenames !== false && one.previousFullNames.includes(former));
      if (found && maySee(github, actor, found)) return make.repository(found);
      throw new GraphqlProblem("NOT_FOUND", `Could not resolve to a Repository with the name '${owner}/${name}'.`);
    },
    user: (args: Arguments) => account(args.login, ["User"], "a User"),
    organization: (args: Arguments) => account(args.login, ["Organization"], "an Organization"),
    repositoryOwner: (args: Arguments) => account(args.login, ["User", "Organization"], "a RepositoryOwner"),
    node: (args: Arguments) => nodeObject(context, String(args.id)),
    // Each id that does not exist is an error of its own place, the others are answered.
    nodes: (args: Arguments) => [args.ids].flat().map((id) => nodeObject(context, String(id))),
  };
}
