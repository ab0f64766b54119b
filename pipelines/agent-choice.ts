import type { AgentBackend } from "../src/agents/port.ts";
import type { CodegenConfig } from "../src/config/schema.ts";
import { UserError } from "../src/errors.ts";
import type { PipelineDeps } from "./deps.ts";

/** What mends a pull where the repository wishes it; undefined without a model. @throws UserError when the operator does not offer it */
export function mendingAgent(
  { backendFor }: Pick<PipelineDeps, "backendFor">,
  { agent }: CodegenConfig,
): AgentBackend | undefined {
  const { backend, models } = agent;
  return backendFor({ backend, model: models.review ?? models.code });
}

/** Whether there is one: before anybody asks for it. */
export function canMend(deps: Pick<PipelineDeps, "backendFor">, config: CodegenConfig): boolean {
  try {
    return mendingAgent(deps, config) !== undefined;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}
