import type { App, Installation } from "../state/apps.ts";
import { accountById } from "../state/accounts.ts";
import type { GitHub, WebhookEvent } from "../state/github.ts";
import { installationCovers } from "../state/apps.ts";
import { serializeAccount, serializeOrganization } from "../serialize/account.ts";
import { serializeRepository } from "../serialize/repository.ts";

/** One app that hears of an event, through which of its installations. */
export interface Recipient {
  app: App;
  installation: Installation;
}

/** Events that every app receives without subscribing. */
const always = new Set(["installation", "installation_repositories", "installation_target"]);

/** The apps that GitHub would tell of an event: subscribed (or named), installed where it happened, not suspended. */
export function recipientsOf(github: GitHub, event: WebhookEvent): Recipient[] {
  return github.state.installations.flatMap((installation) => {
    const app = github.state.apps.find((one) => one.id === installation.appId);
    if (!app || (event.onlyApp !== undefined && event.onlyApp !== app.id)) return [];
    if (event.installationId !== undefined && event.installationId !== installation.id) return [];
    const named = event.onlyApp !== undefined || event.installationId !== undefined || always.has(event.event);
    if (!named && !installation.events.includes(event.event)) return [];
    if (installation.suspendedAt !== null && !always.has(event.event)) return [];
    if (event.repository && !installationCovers(installation, event.repository)) return [];
    if (!event.repository && event.installationId === undefined && event.onlyApp === undefined) return [];
    return [{ app, installation }];
  });
}

/** The whole payload of an event for one installation. What the event itself brings wins over the common parts. */
export function payloadOf(github: GitHub, event: WebhookEvent, installation: Installation): Record<string, unknown> {
  const owner = event.repository && accountById(github.state, event.repository.ownerId);
  return {
    ...(event.action !== null && { action: event.action }),
    ...(event.repository && { repository: serializeRepository(github, event.repository) }),
    ...(owner?.type === "Organization" && { organization: serializeOrganization(github, owner) }),
    sender: serializeAccount(github, event.sender),
    installation: { id: installation.id, node_id: github.nodeId("Installation", installation.id) },
    ...event.payload,
  };
}
