import { UserError } from "../errors.ts";
import type { AgentBackend } from "./port.ts";

/** What `.codegen.yml` asks for; nothing means what the operator has set up. */
export interface BackendWish {
  readonly backend?: string | undefined;
  /** `PROVIDER:NAME`, for one stage of the work. */
  readonly model?: string | undefined;
}

export interface OfferedBackends {
  /** The model loop by the names of its models, the usual one first; empty without a model. */
  readonly models: readonly AgentBackend[];
  /** The others, by the name that `agent.backend` takes. */
  readonly others: Readonly<Record<string, AgentBackend>>;
}

/** The back-end of who wishes nothing; undefined where the operator has set up none. */
export function usualBackend({ models, others }: OfferedBackends): AgentBackend | undefined {
  return models[0] ?? Object.values(others)[0];
}

/**
 * The back-end that a repository asks for. It chooses among what the operator offers, so that nobody's file decides where a key goes or
 * what a run may cost.
 * @throws UserError saying what is offered
 */
export function chooseBackend(offered: OfferedBackends, wish: BackendWish): AgentBackend | undefined {
  const { models, others } = offered;
  const usual = usualBackend(offered);
  if (usual === undefined) return undefined;
  const backend = wish.backend ?? (usual === models[0] ? "model" : usual.name);
  const names = [...(models.length > 0 ? ["model"] : []), ...Object.keys(others)];
  if (!names.includes(backend))
    throw new UserError(
      `\`agent.backend\` in \`.codegen.yml\` asks for ${quoted(backend)}, which the operator of this bot does not offer. There is: ${list(names)}.`,
    );
  if (backend !== "model" && wish.model !== undefined)
    throw new UserError(
      `\`.codegen.yml\` asks for the model ${quoted(wish.model)}, but ${quoted(backend)} chooses its models itself. Take out \`agent.models\`, or set \`agent.backend\` to \`model\`.`,
    );
  if (backend !== "model") return others[backend];
  const chosen = wish.model === undefined ? models[0] : models.find(({ name }) => name === wish.model);
  if (chosen !== undefined) return chosen;
  throw new UserError(
    `\`agent.models\` in \`.codegen.yml\` asks for ${quoted(wish.model ?? "")}, which the operator of this bot does not offer. There is: ${list(models.map(({ name }) => name))}.`,
  );
}

function list(names: readonly string[]): string {
  return names.map(quoted).join(", ");
}

function quoted(name: string): string {
  return `\`${name.replaceAll("`", "").slice(0, 200)}\``;
}
