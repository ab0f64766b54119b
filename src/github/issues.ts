import type { ThreadRef } from "../domain/ids.ts";
import type { GitHubApp } from "./client.ts";
import { isNotFound } from "./failures.ts";
import type { Writer } from "./writer.ts";

export interface Issue {
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly open: boolean;
  readonly isPull: boolean;
  /** A pull that is in its base: nobody can reopen it. */
  readonly merged: boolean;
  readonly labels: readonly string[];
  readonly updatedAt: string;
}

/** The issue (or the issue side of a pull) as it is now; null when it is gone. */
export async function getIssue(app: GitHubApp, thread: ThreadRef): Promise<Issue | null> {
  const api = app.in(thread.repo, { issues: "read", pull_requests: "read" }, "any");
  try {
    const { data } = await api.read("GET /repos/{owner}/{repo}/issues/{issue_number}", {
      ...api.at,
      issue_number: thread.number,
    });
    return {
      number: data.number,
      title: data.title,
      body: data.body ?? "",
      author: data.user?.login ?? "ghost",
      open: data.state === "open",
      isPull: data.pull_request !== undefined && data.pull_request !== null,
      merged: typeof data.pull_request?.merged_at === "string",
      labels: data.labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))),
      updatedAt: data.updated_at,
    };
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}

/** Puts a label on or takes it off; either way twice is harmless. GitHub makes a label that does not exist yet. */
export async function setLabel(
  app: GitHubApp,
  writer: Writer,
  thread: ThreadRef,
  label: string,
  wanted: boolean,
): Promise<void> {
  const api = app.in(thread.repo, { issues: "write", pull_requests: "write" }, "any");
  await writer.put(`label ${label}`, async () => {
    if (wanted) {
      await api.write("POST /repos/{owner}/{repo}/issues/{issue_number}/labels", {
        ...api.at,
        issue_number: thread.number,
        labels: [label],
      });
      return;
    }
    try {
      await api.write("DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}", {
        ...api.at,
        issue_number: thread.number,
        name: label,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  });
}
