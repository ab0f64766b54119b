/** A user, an organisation or the bot of an app. `login` of a bot is `slug[bot]`. */
export interface Account {
  id: number;
  login: string;
  type: "User" | "Organization" | "Bot";
  name: string | null;
  email: string | null;
  createdAt: string;
  updatedAt: string;
}

/** A personal access token (`ghp_…`), never expiring. */
export interface UserToken {
  token: string;
  userId: number;
}

export interface OrganizationMember {
  organizationId: number;
  userId: number;
  role: "admin" | "member";
}

export interface AccountsState {
  accounts: Account[];
  userTokens: UserToken[];
  organizationMembers: OrganizationMember[];
}

export function emptyAccounts(): AccountsState {
  return { accounts: [], userTokens: [], organizationMembers: [] };
}

/** The account with this id; throws when there is none, since ids inside the state always point at something. */
export function accountById(state: AccountsState, id: number): Account {
  const found = state.accounts.find((account) => account.id === id);
  if (!found) throw new Error(`no account ${id} in the state of the local GitHub`);
  return found;
}

/** The account with this login, upper and lower case alike as on GitHub. */
export function accountByLogin(state: AccountsState, login: string): Account | null {
  const wanted = login.toLowerCase();
  return state.accounts.find((account) => account.login.toLowerCase() === wanted) ?? null;
}
