import type { Access, PermissionSet } from "../permissions.ts";

export type { Access, PermissionSet };

export interface App {
  id: number;
  slug: string;
  name: string;
  clientId: string;
  clientSecret: string;
  ownerId: number;
  /** The account `slug[bot]` as which installations of this app act. */
  botId: number;
  description: string | null;
  externalUrl: string;
  /** PEM, PKCS#1, as GitHub hands it out. */
  privateKey: string;
  webhookUrl: string | null;
  webhookSecret: string | null;
  hookId: number;
  permissions: PermissionSet;
  events: string[];
  createdAt: string;
  updatedAt: string;
}

export interface Installation {
  id: number;
  appId: number;
  accountId: number;
  /** `null`: all repositories of the account, those to come included. */
  repositoryIds: number[] | null;
  permissions: PermissionSet;
  events: string[];
  suspendedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

export interface InstallationToken {
  token: string;
  installationId: number;
  permissions: PermissionSet;
  /** `null`: every repository of the installation. */
  repositoryIds: number[] | null;
  expiresAt: string;
}

/** A manifest posted at `/settings/apps/new`, waiting for its one conversion. */
export interface ManifestCode {
  code: string;
  manifest: Record<string, unknown>;
  ownerId: number;
}

/** One attempt to deliver one event to one app. */
export interface Delivery {
  id: number;
  guid: string;
  appId: number;
  installationId: number | null;
  repositoryId: number | null;
  event: string;
  action: string | null;
  redelivery: boolean;
  deliveredAt: string;
  /** Seconds. */
  duration: number;
  /** `OK`, `Invalid HTTP Response: 500`, `timed out`, `failed to connect to host`. */
  status: string;
  statusCode: number;
  url: string;
  throttledAt: string | null;
  request: { headers: Record<string, string>; payload: Record<string, unknown> };
  response: { headers: Record<string, string>; payload: string };
}

export interface AppsState {
  apps: App[];
  installations: Installation[];
  installationTokens: InstallationToken[];
  manifestCodes: ManifestCode[];
  deliveries: Delivery[];
}

export function emptyApps(): AppsState {
  return { apps: [], installations: [], installationTokens: [], manifestCodes: [], deliveries: [] };
}

/** The app with this id; throws when there is none, since ids inside the state always point at something. */
export function appById(state: AppsState, id: number): App {
  const found = state.apps.find((app) => app.id === id);
  if (!found) throw new Error(`no app ${id} in the state of the local GitHub`);
  return found;
}

/** Whether an installation reaches a repository (of its account, and chosen when only some are). */
export function installationCovers(installation: Installation, repository: { id: number; ownerId: number }): boolean {
  return (
    installation.accountId === repository.ownerId &&
    (installation.repositoryIds === null || installation.repositoryIds.includes(repository.id))
  );
}
