import { decodeUtf8 } from "../domain/utf8.ts";
import { notUtf8 } from "../messages/config-problems.ts";
import { valueAt } from "./keys.ts";
import type { LoadedConfig } from "./port.ts";
import { readYaml } from "./read-yaml.ts";
import { CodegenConfig, defaultConfig, notInEffect } from "./schema.ts";

/**
 * Reads the text of `.codegen.yml`. Total: whatever the text is, the answer is a value, and every problem has its place.
 * @param source the text, or its bytes; null when the file does not exist
 */
export function parseConfig(source: string | Uint8Array | null): LoadedConfig {
  if (source === null) return { state: "absent", config: defaultConfig };
  const text = typeof source === "string" ? source : decodeUtf8(source);
  if (typeof text !== "string") {
    const { line, column } = text;
    return { state: "invalid", problems: [{ line, column, key: "", message: notUtf8(text) }] };
  }
  const read = readYaml(text, CodegenConfig);
  if (read.state === "invalid") return read;
  return {
    state: "ok",
    config: read.value,
    notInEffect: notInEffect.filter((key) => valueAt(read.raw, key.split("."))),
  };
}
