/**
 * One bot for the stories of a file, each in a repository of its own: starting a bot takes as long as a short story. Stories that want other
 * settings than the files of their repository and their script get a bot of their own.
 */
import type { Conversation, Script, Turn } from "./model/scripted-model.ts";
import { quickStory } from "./quick-tests.ts";
import { openRepository, refuseViolations, start, type StartOptions, type Story } from "./start.ts";

export interface SharedBot {
  /** A story, to be finished before the next one begins. */
  begin(options?: StartOptions): Promise<Story>;
  close(): Promise<void>;
}

export function shareBot(): SharedBot {
  const scripts = new Map<string, Script>();
  let first: Promise<Story> | undefined;
  return {
    async begin(options = {}) {
      if (Object.keys(options).some((key) => key !== "files" && key !== "script") || options.script === null)
        return start(options);
      const bot = await (first ??= start({ script: (conversation) => turnOf(scripts, conversation) }));
      const name = `shop-${scripts.size + 1}`;
      const repository = `ada/${name}`;
      scripts.set(repository, inOrder(options.script ?? quickStory));
      const story = await openRepository(bot, name, options);
      const before = bot.github.violations().length;
      const { model } = bot;
      return {
        ...story,
        model: model && {
          ...model,
          requests: () =>
            model.requests().filter(({ conversation }) => conversation && repositoryOf(conversation) === repository),
        },
        async finish() {
          await bot.startWorker();
          await bot.drain();
          refuseViolations(bot.github.violations().slice(before));
        },
      };
    },
    async close() {
      const bot = await first?.catch(() => undefined);
      first = undefined;
      await bot?.finish();
    },
  };
}

function turnOf(scripts: ReadonlyMap<string, Script>, conversation: Conversation): Turn | Promise<Turn> {
  const script = scripts.get(repositoryOf(conversation) ?? "");
  if (typeof script !== "function") throw new Error("no story of this repository has a script");
  return script(conversation);
}

/** The agent is told the repository in the first sentence of its task. */
function repositoryOf({ messages }: Conversation): string | undefined {
  const task = messages.find(({ role }) => role === "user")?.text ?? "";
  return /#\d+ of (\S+)\.(?:\s|$)/.exec(task)?.[1];
}

/** A list of turns as a script that is a function. */
function inOrder(script: Script): Script {
  if (typeof script === "function") return script;
  let next = 0;
  return () => script[next++] ?? { text: "The script has no more turns." };
}
