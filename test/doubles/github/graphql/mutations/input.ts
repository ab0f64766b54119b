import type { Arguments } from "../context.ts";

/** The `input` of a mutation; GraphQL has checked its types. */
export type Input = Record<string, unknown>;

/** Wraps a mutation: takes `input` out of the arguments and gives `clientMutationId` back. */
export function mutation(change: (input: Input) => Promise<Record<string, unknown>> | Record<string, unknown>) {
  return async (args: Arguments): Promise<Record<string, unknown>> => {
    const input = recordOf(args.input);
    return { clientMutationId: input.clientMutationId ?? null, ...(await change(input)) };
  };
}

/** A text of the input; empty when it was not given. */
export function textOf(input: Input, name: string): string {
  const value = input[name];
  return typeof value === "string" ? value : "";
}

/** A text of the input, or undefined when it was not given. */
export function optionalText(input: Input, name: string): string | undefined {
  const value = input[name];
  return typeof value === "string" ? value : undefined;
}

/** A nested input object; empty when it was not given. */
export function recordOf(value: unknown): Input {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}

/** A list of input objects; empty when it was not given. */
export function recordsOf(value: unknown): Input[] {
  return Array.isArray(value) ? value.map(recordOf) : [];
}
