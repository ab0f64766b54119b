import { UserError } from "../../src/errors.ts";
import { getIssue } from "../../src/github/issues.ts";
import type { Message } from "../../src/messages/message.ts";
import { whereFound, whereNotRead, whereNothingAsked, type PlaceText } from "../../src/messages/where.ts";
import { locateIn } from "../locate.ts";
import type { Speaker } from "../say.ts";
import type { PipelineDeps } from "../deps.ts";
import type { LocateRequest } from "../locate.ts";
import type { ReplyFacts } from "./read.ts";

/** Files in an answer. */
const mostFiles = 10;
const mostSymbols = 4;

/** The answer to `/codegen where`: for its words, or else for those of the issue or pull itself. */
export async function answerWhere(
  deps: PipelineDeps,
  { thread, signal, log }: Pick<Speaker, "thread"> & Pick<LocateRequest, "signal" | "log">,
  { marker, actor, base, parsed }: Extract<ReplyFacts, { end: "facts" }>,
): Promise<Message> {
  const text = (parsed.known && parsed.argument) || (await textOf(deps, thread));
  if (text.trim() === "") return whereNothingAsked(marker, actor);
  const { repo } = thread;
  try {
    const searched = await locateIn(deps, { repo, commit: base.sha, text, limit: mostFiles, signal, log });
    return whereFound({
      marker,
      by: actor,
      webUrl: deps.github.webUrl(repo),
      commit: base.sha,
      branch: base.branch,
      files: searched.files,
      leftOut: searched.leftOut,
      tests: searched.tests,
      found: searched.found.map(({ path, reasons, symbols }): PlaceText => ({
        path,
        reasons,
        symbols: symbols
          .slice(0, mostSymbols)
          .map(({ symbol: { name, startLine, endLine }, reason }) => ({ name, startLine, endLine, reason })),
      })),
    });
  } catch (error) {
    if (error instanceof UserError) return whereNotRead(marker, actor, error.message);
    throw error;
  }
}

async function textOf({ github }: PipelineDeps, thread: Speaker["thread"]): Promise<string> {
  const issue = await getIssue(github, thread);
  return issue === null ? "" : `${issue.title}\n${issue.body}`;
}
