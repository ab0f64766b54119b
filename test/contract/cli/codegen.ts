import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../../handlers/cli.ts", import.meta.url));

/** `codegen …` as a process of its own, with these variables and no others. */
export function codegen(
  variables: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  // What it keeps compiled is the tests', and not the person's who runs them.
  const kept = { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, HOME: tmpdir() };
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", ...kept, ...variables };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [entry, ...args], { env, timeout: 20_000 }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });
}
