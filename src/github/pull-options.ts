import type { ThreadRef } from "../domain/ids.ts";
import { UserError } from "../errors.ts";
import type { GitHubApp, RepoApi } from "./client.ts";
import { statusOf } from "./failures.ts";
import type { Writer } from "./writer.ts";

/** Puts labels on; those that are on already stay. GitHub makes a label that does not exist yet. */
export async function addLabels(
  app: GitHubApp,
  writer: Writer,
  thread: ThreadRef,
  labels: readonly string[],
): Promise<void> {
  if (labels.length === 0) return;
  const api = app.in(thread.repo, { issues: "write", pull_requests: "write" }, "any");
  await writer.put(`labels of ${thread.number}`, () =>
    api.write("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", {
      ...api.at,
      issue_number: thread.number,
      labels: [...labels],
    }),
  );
}

/**
 * Asks people (`login`) and teams of the owner (`org/team`) for a review. Who has been asked already is not asked again.
 * @returns those who cannot be asked: the author, people without access, teams that are not there
 */
export async function requestReviewers(
  app: GitHubApp,
  writer: Writer,
  pull: ThreadRef,
  reviewers: readonly string[],
): Promise<readonly string[]> {
  const api = app.in(pull.repo, { pull_requests: "write" });
  const wanted = [...new Set(reviewers.map((name) => name.trim().replace(/^@/, "")).filter((name) => name !== ""))];
  const asked = await alreadyAsked(api, pull);
  const open = wanted.filter((name) => !asked.has(name.toLowerCase()));
  const foreign = open.filter((name) => isForeignTeam(name, pull.repo.owner));
  const askable = open.filter((name) => !foreign.includes(name));
  if (askable.length === 0 || (await isAsked(api, writer, pull, askable))) return foreign;
  // One who cannot be asked makes GitHub refuse them all.
  if (askable.length === 1) return [...foreign, ...askable];
  const refused: string[] = [];
  for (const name of askable) if (!(await isAsked(api, writer, pull, [name]))) refused.push(name);
  return [...foreign, ...refused];
}

const readyMutation = /* GraphQL */ `
  mutation ready($input: MarkPullRequestReadyForReviewInput!) {
    markPullRequestReadyForReview(input: $input) {
      pullRequest {
        isDraft
      }
    }
  }
`;

/** Ends the draft state of a pull; one that is no draft is left alone. */
export async function markReady(app: GitHubApp, writer: Writer, pull: ThreadRef): Promise<void> {
  const api = app.in(pull.repo, { pull_requests: "write", contents: "write" });
  const read = async () =>
    (await api.read("GET /repos/{owner}/{repo}/pulls/{pull_number}", { ...api.at, pull_number: pull.number })).data;
  await writer.ensure(
    `pull ${pull.number} ready for review`,
    async () => ((await read()).draft === true ? null : true),
    async () => {
      await api.graphql(readyMutation, { input: { pullRequestId: (await read()).node_id } });
      return true;
    },
  );
}

/**
 * The template that GitHub puts into a new pull: in `.github`, else at the root, else in `docs`, in whatever case. Templates in a folder
 * `PULL_REQUEST_TEMPLATE` are taken only when an address names one, so they are none here.
 * @param paths files of the base commit
 * @see https://docs.github.com/en/communities/using-templates-to-encourage-useful-issues-and-pull-requests/creating-a-pull-request-template-for-your-repository
 */
export function pullTemplatePath(paths: readonly string[]): string | null {
  const found = paths.filter((path) => template.test(path)).toSorted();
  const rank = (path: string) => places.findIndex((place) => path.toLowerCase().startsWith(place));
  return found.toSorted((a, b) => rank(a) - rank(b))[0] ?? null;
}

const template = /^(?:\.github\/|docs\/)?pull_request_template(?:\.(?:md|markdown|txt))?$/i;
const places = [".github/", "pull_request_template", "docs/"];

async function alreadyAsked(api: RepoApi, pull: ThreadRef): Promise<ReadonlySet<string>> {
  const { data } = await api.read("GET /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", {
    ...api.at,
    pull_number: pull.number,
  });
  const teams = data.teams.map(({ slug }) => `${pull.repo.owner}/${slug}`);
  return new Set([...data.users.map(({ login }) => login), ...teams].map((name) => name.toLowerCase()));
}

function isForeignTeam(name: string, owner: string): boolean {
  const [organisation = "", team, ...rest] = name.split("/");
  return team !== undefined && (organisation.toLowerCase() !== owner.toLowerCase() || team === "" || rest.length > 0);
}

async function isAsked(api: RepoApi, writer: Writer, pull: ThreadRef, names: readonly string[]): Promise<boolean> {
  const teams = names.filter((name) => name.includes("/"));
  try {
    await writer.put(`reviewers of pull ${pull.number}`, () =>
      api.write("POST /repos/{owner}/{repo}/pulls/{pull_number}/requested_reviewers", {
        ...api.at,
        pull_number: pull.number,
        reviewers: names.filter((name) => !teams.includes(name)),
        ...(teams.length > 0 ? { team_reviewers: teams.map((name) => name.split("/")[1] ?? "") } : {}),
      }),
    );
    return true;
  } catch (error) {
    // Teams need a right of the organisation that an App may lack.
    const teamsRefused = error instanceof UserError && teams.length > 0;
    if (statusOf(error) === 422 || teamsRefused) return false;
    throw error;
  }
}
