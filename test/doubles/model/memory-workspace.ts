import type { AgentWorkspace } from "../../../src/agents/port.ts";
import { UserError } from "../../../src/errors.ts";

export interface MemoryWorkspace extends AgentWorkspace {
  readonly files: Map<string, string>;
  /** Commands that were run, oldest first. */
  readonly commands: string[];
}

export type CommandAnswer = { end: string; code: number | null; output: string };

/** A workspace of strings, for tests of agents. Paths that leave it are refused in the words of a real one. */
export function memoryWorkspace(
  files: Readonly<Record<string, string>>,
  answer: (
    command: string,
    options: { timeoutMs: number; signal?: AbortSignal },
  ) => CommandAnswer | Promise<CommandAnswer> = () => ({ end: "exited", code: 0, output: "ok\n" }),
): MemoryWorkspace {
  const held = new Map(Object.entries(files));
  const commands: string[] = [];
  return {
    files: held,
    commands,
    read: async (path) => {
      const text = held.get(inside(path));
      if (text === undefined) throw new UserError(`${path} does not exist`);
      return text;
    },
    list: async (directory, limit) => {
      const below = inside(directory);
      return [...held.keys()]
        .filter((path) => below === "" || path.startsWith(`${below}/`))
        .toSorted()
        .slice(0, limit);
    },
    search: async (text, { limit }) =>
      [...held]
        .flatMap(([path, content]) => content.split("\n").map((line, index) => ({ path, line: index + 1, text: line })))
        .filter((hit) => hit.text.includes(text))
        .slice(0, limit),
    write: async (path, content) => {
      held.set(inside(path), content);
    },
    remove: async (path) => {
      if (!held.delete(inside(path))) throw new UserError(`${path} does not exist`);
    },
    run: async (command, options) => {
      commands.push(command);
      return answer(command, options);
    },
  };
}

function inside(path: string): string {
  if (path.startsWith("/") || path.split("/").includes(".."))
    throw new UserError(`${path} is outside of the workspace`);
  return path;
}
