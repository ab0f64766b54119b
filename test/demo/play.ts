/** The story of the demo, played by its people through GitHub's API: what a browser would do, step by step. */
import type { Stage } from "./stage.ts";

export interface Scene {
  readonly what: string;
  readonly seconds: number;
}

interface Teller {
  /** Shows that something is being waited for; returns what ends it. */
  wait(what: string): () => void;
  done(scene: Scene): void;
}

interface Comment {
  id: number;
  body: string;
}
interface Pull {
  number: number;
  merged: boolean;
  state: string;
  head: { sha: string; ref: string };
  html_url: string;
}
interface CheckRun {
  name: string;
  status: string;
  conclusion: string | null;
  output: { title: string | null };
}

/** @returns seconds from the first command to the merge. @throws Error that says which scene did not happen */
export async function play(
  stage: Stage,
  teller: Teller,
  patienceMs: number,
): Promise<{ seconds: number; pull: number }> {
  const { maintainer, repository, issue } = stage;
  const at = `/repos/${repository}`;
  const began = performance.now();
  const scene = async <T>(what: string, tell: (found: T) => string, find: () => Promise<T | null>): Promise<T> => {
    const started = performance.now();
    const found = await until(what, find, stage, teller, patienceMs);
    teller.done({ what: tell(found), seconds: (performance.now() - started) / 1000 });
    return found;
  };
  const comments = () => maintainer.api<Comment[]>("GET", `${at}/issues/${issue}/comments?per_page=100`);

  await maintainer.api("POST", `${at}/issues/${issue}/comments`, { body: "/codegen plan" });
  teller.done({ what: `${maintainer.login} wrote "/codegen plan" on issue #${issue}`, seconds: 0 });
  const plan = await scene(
    "the bot's plan",
    () => "the bot read the code and posted a plan with a checkbox",
    async () =>
      failed(await comments()) ??
      (await comments()).find((comment) => /- \[ \].*codegen:box:approve/.test(comment.body)) ??
      null,
  );
  await maintainer.api("PATCH", `${at}/issues/comments/${plan.id}`, {
    body: plan.body.replace(/- \[ \](.*codegen:box:approve)/, "- [x]$1"),
  });
  teller.done({ what: `${maintainer.login} ticked "Approve and run this plan"`, seconds: 0 });

  const opened = await scene(
    "the pull",
    (pull) => `the bot changed the code in its sandbox and opened pull #${pull.number} from ${pull.head.ref}`,
    async () => {
      failed(await comments());
      return (
        (await maintainer.api<Pull[]>("GET", `${at}/pulls?state=open`)).find((pull) =>
          pull.head.ref.startsWith("codegen/"),
        ) ?? null
      );
    },
  );
  await scene(
    "the checks",
    (runs) =>
      `validated at ${opened.head.sha.slice(0, 7)}: ${runs.map((run) => `${run.name} ${run.conclusion}`).join(", ")}`,
    async () => {
      const { check_runs: runs } = await maintainer.api<{ check_runs: CheckRun[] }>(
        "GET",
        `${at}/commits/${opened.head.sha}/check-runs`,
      );
      const bad = runs.find((run) => run.status === "completed" && run.conclusion !== "success");
      if (bad) throw new Error(`the check "${bad.name}" ended ${bad.conclusion}: ${bad.output.title}`);
      return runs.length >= 2 && runs.every((run) => run.status === "completed") ? runs : null;
    },
  );

  await maintainer.api("POST", `${at}/issues/${opened.number}/comments`, { body: "/codegen merge" });
  teller.done({ what: `${maintainer.login} wrote "/codegen merge" on pull #${opened.number}`, seconds: 0 });
  await scene(
    "the merge",
    () => `the conditions held: pull #${opened.number} was merged`,
    async () => {
      const pull = await maintainer.api<Pull>("GET", `${at}/pulls/${opened.number}`);
      return pull.merged ? pull : null;
    },
  );
  await scene(
    "the closed issue",
    () => `issue #${issue} was closed by it`,
    async () => {
      const { state } = await maintainer.api<{ state: string }>("GET", `${at}/issues/${issue}`);
      return state === "closed" ? state : null;
    },
  );
  return { seconds: (performance.now() - began) / 1000, pull: opened.number };
}

/** The bot says when it cannot go on; then waiting is of no use. */
function failed(comments: readonly Comment[]): null {
  const bad = comments.find((comment) => /^(?:❌|⚠️|🛑|⏸️)/u.test(comment.body));
  if (bad) throw new Error(`the bot said: ${bad.body.split("\n")[0]}`);
  return null;
}

async function until<T>(
  what: string,
  find: () => Promise<T | null>,
  stage: Stage,
  teller: Teller,
  patienceMs: number,
): Promise<T> {
  const deadline = performance.now() + patienceMs;
  const stopWaiting = teller.wait(what);
  try {
    for (;;) {
      const found = await Promise.race([find(), stage.botEnded]);
      if (found !== null) return found;
      if (performance.now() > deadline)
        throw new Error(
          `${what} did not come within ${Math.round(patienceMs / 1000)} s; the bot's log is ${stage.logFile}`,
        );
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    stopWaiting();
  }
}
