import { accountById } from "../state/accounts.ts";
import { appById, type App, type Delivery, type Installation, type InstallationToken } from "../state/apps.ts";
import type { GitHub } from "../state/github.ts";
import { fullName, repositoryById, type Repository } from "../state/repositories.ts";
import { serializeAccount } from "./account.ts";
import { serializeRepository } from "./repository.ts";

/** GitHub's `integration`: an app as everybody sees it. */
export function serializeApp(github: GitHub, app: App) {
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: github.nodeId("App", app.id),
    owner: serializeAccount(github, accountById(github.state, app.ownerId)),
    name: app.name,
    description: app.description,
    external_url: app.externalUrl,
    html_url: `${github.url}/apps/${app.slug}`,
    created_at: app.createdAt,
    updated_at: app.updatedAt,
    permissions: app.permissions,
    events: app.events,
  };
}

/** GitHub's `installation`. */
export function serializeInstallation(github: GitHub, installation: Installation) {
  const app = appById(github.state, installation.appId);
  const account = accountById(github.state, installation.accountId);
  const settings = account.type === "Organization" ? `organizations/${account.login}/settings` : "settings";
  return {
    id: installation.id,
    client_id: app.clientId,
    account: serializeAccount(github, account),
    repository_selection: installation.repositoryIds ? "selected" : "all",
    access_tokens_url: `${github.apiUrl}/app/installations/${installation.id}/access_tokens`,
    repositories_url: `${github.apiUrl}/installation/repositories`,
    html_url: `${github.url}/${settings}/installations/${installation.id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: installation.events,
    created_at: installation.createdAt,
    updated_at: installation.updatedAt,
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: installation.suspendedAt,
  };
}

/** GitHub's `installation-token`. Repositories are told when the token, or the installation, is limited to some. */
export function serializeInstallationToken(github: GitHub, installation: Installation, token: InstallationToken) {
  const ids = token.repositoryIds ?? installation.repositoryIds;
  return {
    token: token.token,
    expires_at: token.expiresAt,
    permissions: token.permissions,
    repository_selection: ids ? "selected" : "all",
    ...(token.repositoryIds && {
      repositories: token.repositoryIds.map((id) => serializeRepository(github, repositoryById(github.state, id))),
    }),
  };
}

/** The short form of a repository in `installation` events. */
export function serializeRepositoryReference(github: GitHub, repository: Repository) {
  return {
    id: repository.id,
    node_id: github.nodeId("Repository", repository.id),
    name: repository.name,
    full_name: fullName(github.state, repository),
    private: repository.private,
  };
}

/** GitHub's `hook-delivery-item`: a line of the delivery log. */
export function serializeDeliveryItem(delivery: Delivery) {
  return {
    id: delivery.id,
    guid: delivery.guid,
    delivered_at: delivery.deliveredAt,
    redelivery: delivery.redelivery,
    duration: delivery.duration,
    status: delivery.status,
    status_code: delivery.statusCode,
    event: delivery.event,
    action: delivery.action,
    installation_id: delivery.installationId,
    repository_id: delivery.repositoryId,
    throttled_at: delivery.throttledAt,
  };
}

/** GitHub's `hook-delivery`: with what was sent and answered. */
export function serializeDelivery(delivery: Delivery) {
  return {
    ...serializeDeliveryItem(delivery),
    url: delivery.url,
    request: delivery.request,
    response: delivery.response,
  };
}
