import { sandboxKinds, type LocalEnv } from "../../src/env.ts";
import type { SandboxFinding } from "../../src/messages/doctor.ts";
import { openProvider } from "../../src/sandbox/open-provider.ts";
import { createProcessProvider } from "../../src/sandbox/process-provider.ts";

/** Tries every kind of sandbox, the chosen one first. */
export async function inspectSandboxes({ sandbox }: LocalEnv): Promise<readonly SandboxFinding[]> {
  const findings: SandboxFinding[] = [];
  for (const kind of sandboxKinds.toSorted((a, b) => Number(b === sandbox.kind) - Number(a === sandbox.kind)))
    findings.push({ name: kind, chosen: kind === sandbox.kind, ...(await openProvider({ ...sandbox, kind }).probe()) });
  // Not to be chosen for pulls; it is what work on one's own files falls back to.
  const process = createProcessProvider();
  return [...findings, { name: process.name, chosen: false, ...(await process.probe()) }];
}
