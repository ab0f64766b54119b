import { valueAt } from "./keys.ts";
import type { LoadedConfig } from "./port.ts";
import { readYaml } from "./read-yaml.ts";
import { CodegenConfig, defaultConfig, notInEffect } from "./schema.ts";

/**
 * Reads the text of `.codegen.yml`. Total: whatever the text is, the answer is a value, and every problem has its place.
 * @param source the text; null when the file does not exist
 */
export function parseConfig(source: string | null): LoadedConfig {
  if (source === null) return { state: "absent", config: defaultConfig };
  const read = readYaml(source, CodegenConfig);
  if (read.state === "invalid") return read;
  return {
    state: "ok",
    config: read.value,
    notInEffect: notInEffect.filter((key) => valueAt(read.raw, key.split("."))),
  };
}
