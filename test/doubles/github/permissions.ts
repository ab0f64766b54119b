/** What a token may do with one kind of object. */
export type Access = "read" | "write" | "admin";

/** Permissions of an app, an installation or a token, by GitHub's names (`contents`, `pull_requests`, …). */
export type PermissionSet = Record<string, Access>;

const ranks: Record<Access, number> = { read: 1, write: 2, admin: 3 };

/** Whether `granted` is at least `wanted`. */
export function allows(granted: Access | undefined, wanted: Access): boolean {
  return granted !== undefined && ranks[granted] >= ranks[wanted];
}
