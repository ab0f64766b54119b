/** Why a command that names secrets was not run. It is nobody's failure, and no success either: it waits for somebody. */
import type { Verdict } from "../domain/verdict.ts";
import { code } from "./markdown.ts";
import type { CheckText } from "./validate.ts";

export interface SecretsDenied {
  /** `missing`: the operator has set no value. `fork`, `bot`: who wrote the head gets none. */
  readonly why: "missing" | "fork" | "bot";
  readonly names: readonly string[];
  /** The set-up asks for them, and without it nothing runs. */
  readonly setup: boolean;
}

export function checkWithoutSecrets(denied: SecretsDenied): { verdict: Verdict; text: CheckText } {
  const names = denied.names.map(code).join(", ");
  const one = denied.names.length === 1;
  const who = denied.setup ? "the set-up" : "the command";
  return { verdict: "action_required", text: textOf(denied.why, names, one, who) };
}

/** A secret went away while its command was about to run. */
export function secretsGone(names: readonly string[]): string {
  return `${names.join(", ")} cannot be given to the command that names it any more, so it was not run. Start again.`;
}

/** For a cell of a table. */
export function secretsInShort({ why, names }: SecretsDenied): string {
  if (why === "missing") return `no value for ${names.map((name) => code(name.replaceAll("|", "\\|"))).join(", ")}`;
  return why === "fork" ? "pulls from forks get no secrets" : "a bot's change gets no secrets unasked";
}

function textOf(why: SecretsDenied["why"], names: string, one: boolean, who: string): CheckText {
  switch (why) {
    case "missing":
      return {
        title: `Not run: ${one ? "a secret has" : "secrets have"} no value`,
        summary: `${names} ${one ? "has" : "have"} no value at this bot; its operator can set ${one ? "it" : "them"}. Until then ${who} that names ${one ? "it" : "them"} is not run. Re-run this check afterwards.`,
      };
    case "fork":
      return {
        title: "Not run: pulls from forks get no secrets",
        summary: `${upper(who)} needs ${names}, and no pull from a fork gets a secret. Nothing is wrong with the pull: somebody with write access who has read it can push it to a branch of this repository, where it runs.`,
      };
    case "bot":
      return {
        title: "Not run: a bot's change gets no secrets unasked",
        summary: `${upper(who)} needs ${names}, and the newest commit or the pull is a bot's. Somebody with write access who has read it comments \`/codegen validate\`, or re-runs this check.`,
      };
  }
}

function upper(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
