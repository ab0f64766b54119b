import type { ConfigProblem } from "./port.ts";

export type KeyPath = readonly (string | number)[];

/** A problem in the form that all have: the key, what stands there, and what is wrong with it. @param value undefined where nothing stands */
export function problemOf(
  at: { readonly line: number; readonly column: number },
  path: KeyPath,
  value: string | undefined,
  what: string,
): ConfigProblem {
  const key = keyText(path);
  const itIs = value === undefined ? "" : ` (it is ${value})`;
  return {
    line: at.line,
    column: at.column,
    key,
    ...(value === undefined ? {} : { value }),
    message: `\`${key || "the file"}\`${itIs}: ${what}`,
  };
}

/** `validation.commands[0].timeout`. */
export function keyText(path: KeyPath): string {
  return path.map((part, index) => (typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`)).join("");
}
