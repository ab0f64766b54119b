import { readFileSync } from "node:fs";
import { parseArgs, type ParseArgsConfig } from "node:util";

/**
 * The options that a benchmark was started with. `--help` prints the comment at the head of its file and ends the process with 0; an option
 * that it does not have ends it with 2.
 * @param file `import.meta.url` of the benchmark
 */
export function readOptions<const T extends NonNullable<ParseArgsConfig["options"]>>(file: string, options: T) {
  if (process.argv.includes("--help")) {
    console.log(headOf(file));
    process.exit(0);
  }
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${headOf(file)}`);
    process.exit(2);
  }
}

function headOf(file: string): string {
  const source = readFileSync(new URL(file), "utf8");
  const head = source.slice(source.indexOf(" * "), source.indexOf(" */"));
  return `${head.replaceAll(/^ \* ?/gm, "").trim()}\n\n  --help  this text`;
}
