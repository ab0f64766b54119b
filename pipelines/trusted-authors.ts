import type { RepoRef } from "../src/domain/ids.ts";
import { atLeast } from "../src/domain/permission.ts";
import { getRole } from "../src/github/repositories.ts";
import type { PipelineDeps } from "./deps.ts";

/** Only this many people's roles are looked up, the first of the list. */
const maxAuthors = 20;

/** Who of these people may write to the repository: only their words reach an agent as something to go by. */
export async function trustedAuthors(
  { github }: Pick<PipelineDeps, "github">,
  repo: RepoRef,
  authors: readonly string[],
): Promise<ReadonlySet<string>> {
  const trusted = new Set<string>();
  for (const author of [...new Set(authors)].slice(0, maxAuthors))
    if (atLeast(await getRole(github, repo, author), "write")) trusted.add(author);
  return trusted;
}
