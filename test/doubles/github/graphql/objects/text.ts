import type { GitHub } from "../../state/github.ts";
import { roleOf, type Repository } from "../../state/repositories.ts";

/** `bodyText`: Markdown without its most common marks. */
export function plainText(markdown: string): string {
  return markdown
    .replaceAll(/<!--[\s\S]*?-->/g, "")
    .replaceAll(/[*_`#>]/g, "")
    .trim();
}

/** `viewerPermission`: READ, TRIAGE, WRITE, MAINTAIN, ADMIN or null. */
export function permissionOf(github: GitHub, repository: Repository, userId: number): string | null {
  return roleOf(github.state, repository, userId)?.toUpperCase() ?? null;
}
