import type { GitHubApp } from "./client.ts";
import { isNotFound } from "./failures.ts";

export interface Installation {
  readonly id: number;
  readonly account: string;
  readonly accountType: string;
  readonly permissions: Record<string, string>;
  readonly suspended: boolean;
  readonly repositories: readonly { id: number; owner: string; name: string }[];
}

/** The installation as GitHub has it now, or null when it was removed. */
export async function getInstallation(app: GitHubApp, id: number): Promise<Installation | null> {
  try {
    const { data } = await app.app.request("GET /app/installations/{installation_id}", { installation_id: id });
    const account = data.account;
    const suspended = data.suspended_at !== null && data.suspended_at !== undefined;
    return {
      id,
      account: account && "login" in account ? account.login : (account?.slug ?? ""),
      accountType: data.target_type,
      permissions: { ...data.permissions },
      suspended,
      repositories: suspended ? [] : await app.repositoriesOf(id),
    };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
