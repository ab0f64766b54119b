/** What the command line says, as plain text for a terminal. */

export const snapshotHelp = `codegen snapshot list [--repo owner/name]
codegen snapshot drop KEY | --all | --repo owner/name

What a set-up leaves is kept on this host and serves the next runs. \`list\` shows it, the last used first; \`drop\` removes it, so that
the set-up runs anew. KEY is what \`list\` shows, or its first 8 characters and more. What a run uses at the moment stays.

CODEGEN_DATA_DIR names the folder, as for the bot itself. Exit code 1: nothing matched, or something is in use.`;

export function cliHelp(commands: readonly { readonly command: string; readonly summary: string }[]): string {
  const width = Math.max(...commands.map(({ command }) => command.length));
  const lines = commands.map(({ command, summary }) => `  ${command.padEnd(width)}  ${summary}`);
  return `codegen COMMAND …\n\n${lines.join("\n")}\n\n\`codegen help COMMAND\` says more. Exit codes: 0 done, 1 not done, 2 the line makes no sense.`;
}

export function cliUnknown(name: string, near: string | undefined): string {
  const meant = near === undefined ? "" : ` Did you mean \`${near}\`?`;
  return `There is no command \`${name}\`.${meant} \`codegen help\` lists them.`;
}

export function cliUsage(problem: string, command: string): string {
  return `${problem}\n\`codegen help ${command}\` shows how it is written.`;
}

/** A snapshot as a line of a list. */
export interface SnapshotLine {
  readonly key: string;
  readonly name: string;
  readonly scope: "base" | number;
  readonly bytes: number;
  readonly files: number;
  readonly setupMs: number;
  readonly unfit: string | null;
  readonly usedAt: Date;
  readonly inUse: boolean;
}

export function snapshotList(snapshots: readonly SnapshotLine[], now: Date): string {
  if (snapshots.length === 0) return "There are no snapshots.";
  const rows = snapshots.map((one) => [
    one.key.slice(0, 12),
    one.name,
    one.scope === "base" ? "base" : `#${one.scope}`,
    one.unfit === null ? size(one.bytes) : "not kept",
    one.unfit === null ? `${one.files} files` : one.unfit,
    `set up in ${(one.setupMs / 1000).toFixed(1)} s`,
    one.inUse ? "in use" : `used ${ago(now.getTime() - one.usedAt.getTime())}`,
  ]);
  const total = snapshots.reduce((sum, { bytes }) => sum + bytes, 0);
  return [...aligned(rows), `${snapshots.length} in all, ${size(total)}`].join("\n");
}

export function snapshotsDropped(dropped: readonly SnapshotLine[], inUse: readonly SnapshotLine[]): string {
  if (dropped.length + inUse.length === 0) return "No snapshot matches; `codegen snapshot list` shows all.";
  const gone = `Dropped ${dropped.length}, ${size(dropped.reduce((sum, { bytes }) => sum + bytes, 0))}.`;
  if (inUse.length === 0) return gone;
  return `${gone} In use by a run, so kept: ${inUse.map(({ key }) => key.slice(0, 12)).join(", ")}. Drop it again when the run has ended.`;
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

function size(bytes: number): string {
  const units = ["B", "KB", "MB", "GB", "TB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  const amount = bytes / 1024 ** power;
  return `${amount < 10 && power > 0 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}

function ago(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} days ago`;
}
