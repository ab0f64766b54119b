import type { GitHub } from "./state/github.ts";
import { accountById, type Account } from "./state/accounts.ts";
import type { App, Installation, PermissionSet } from "./state/apps.ts";

/** Who asks. `repositories` null: every repository of the installation. */
export type Actor =
  | { kind: "anonymous" }
  | { kind: "user"; user: Account }
  | { kind: "app"; app: App }
  | {
      kind: "installation";
      app: App;
      installation: Installation;
      permissions: PermissionSet;
      repositories: number[] | null;
      token: string;
    };

/** The account under whose name an actor writes: the user, or the bot of the app; `null` for nobody. */
export function actingAccount(github: GitHub, actor: Actor): Account | null {
  switch (actor.kind) {
    case "user":
      return actor.user;
    case "app":
    case "installation":
      return accountById(github.state, actor.app.botId);
    case "anonymous":
      return null;
  }
}
