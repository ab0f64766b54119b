import type { Store } from "../src/store/port.ts";

/** Notes in the audit who did what in a run. A worker that does the end of a step once more does not note it once more. */
export async function auditOnce(
  { audit }: Pick<Store, "audit">,
  entry: { actor: string; action: string; subject: string; runId: string; detail: Readonly<Record<string, unknown>> },
): Promise<void> {
  const { action, subject, runId } = entry;
  const noted = await audit.list({ subject, limit: 1_000 });
  if (noted.some((one) => one.action === action && runOf(one.detail) === runId)) return;
  await audit.append({ ...entry, detail: { ...entry.detail, run: runId } });
}

function runOf(detail: unknown): unknown {
  return typeof detail === "object" && detail !== null && "run" in detail ? detail.run : undefined;
}
