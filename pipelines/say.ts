import type { ThreadRef } from "../src/domain/ids.ts";
import { syncComment } from "../src/github/comments.ts";
import type { Writer } from "../src/github/writer.ts";
import type { Message } from "../src/messages/message.ts";
import type { PipelineDeps } from "./deps.ts";

/** Whatever speaks in a thread: every kind of run does. */
export interface Speaker {
  readonly deps: Pick<PipelineDeps, "github">;
  readonly writer: Writer;
  readonly thread: ThreadRef;
}

/** Says it in the run's thread: as a new comment, or in place of the one that has the message's marker. */
export async function say({ deps, writer, thread }: Speaker, message: Message): Promise<void> {
  await syncComment(deps.github, writer, thread, message);
}
