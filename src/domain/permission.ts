/** Repository roles from weak to strong, as GitHub's `role_name` gives them. */
export const roles = ["none", "read", "triage", "write", "maintain", "admin"] as const;
export type Role = (typeof roles)[number];

/** True when `have` is at least `need`. */
export function atLeast(have: Role, need: Role): boolean {
  return roles.indexOf(have) >= roles.indexOf(need);
}
