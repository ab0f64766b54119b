import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";

const entry = fileURLToPath(new URL("../../../handlers/cli.ts", import.meta.url));

/** `codegen …` as a process of its own, with these variables and no others. */
export function codegen(
  variables: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<{ code: number | null; out: string; err: string }> {
  const env = { PATH: "/usr/local/bin:/usr/bin:/bin", ...variables };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [entry, ...args], { env, timeout: 20_000 }, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });
}
