import { serializeAccount } from "../../serialize/account.ts";
import type { Account } from "../../state/accounts.ts";
import type { App } from "../../state/apps.ts";
import { connection } from "../connection.ts";
import type { Arguments, Context, GraphqlObject } from "../context.ts";

/** `User`, `Organization` or `Bot`. A bot's login has no `[bot]` at its end here, unlike in REST: so it is on GitHub. */
export function accountObject({ github, actor, make }: Context, account: Account): GraphqlObject {
  const rest = serializeAccount(github, account);
  const viewer = actor.kind === "user" ? actor.user.id : actor.kind === "installation" ? actor.app.botId : null;
  return {
    __typename: account.type,
    id: rest.node_id,
    databaseId: account.id,
    login: account.type === "Bot" ? account.login.replace(/\[bot\]$/, "") : account.login,
    name: account.name,
    email: account.email ?? "",
    avatarUrl: rest.avatar_url,
    url: rest.html_url,
    resourcePath: rest.html_url.slice(github.url.length),
    createdAt: account.createdAt,
    updatedAt: account.updatedAt,
    isViewer: account.id === viewer,
    repositories: (args: Arguments) => {
      const visible = github.state.repositories.filter((one) => one.ownerId === account.id && !one.private);
      return connection("repositories", visible, args, make.repository);
    },
  };
}

/** `App`: who made a check suite. */
export function appObject({ github }: Context, app: App): GraphqlObject {
  return {
    __typename: "App",
    id: github.nodeId("App", app.id),
    databaseId: app.id,
    name: app.name,
    slug: app.slug,
    description: app.description,
    url: app.externalUrl,
    clientId: app.clientId,
    createdAt: app.createdAt,
    updatedAt: app.updatedAt,
  };
}
