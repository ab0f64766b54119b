import { UserError } from "../../errors.ts";
import { workspaceFile } from "../workspace-file.ts";

/** Lines, first to last, 1-based and inclusive. */
export interface LineRange {
  readonly start: number;
  readonly end: number;
}

/** How many there are, and how many of them a test reached. */
export interface Count {
  readonly found: number;
  readonly hit: number;
}

export interface FileCoverage extends Count {
  /** Lines that no test reached, in order. */
  readonly uncovered: readonly LineRange[];
}

/** What coverage reports say of the files in the workspace. */
export interface Coverage {
  readonly lines: Count;
  /** Null where none was measured. */
  readonly branches: Count | null;
  /** By the path in the workspace. */
  readonly files: ReadonlyMap<string, FileCoverage>;
}

/** What is known of one file while reports are read. A line or branch that any part of a report calls reached is reached. */
export interface FileRecord {
  readonly lines: Map<number, boolean>;
  readonly branches: Map<string, Count>;
}

const lastLine = 10_000_000;

/** Collects the files of reports; several records of one file become one. Sums are counted here: those that a report states are not believed. */
export class CoverageRecords {
  readonly #files = new Map<string, FileRecord>();

  /**
   * The record of a file, for a path as the report has it. Files outside of the workspace get one that does not count.
   * @param folder where a relative path begins
   */
  file(printed: string, folder: string): FileRecord {
    const path = workspaceFile(printed, folder);
    const record = (path === null ? undefined : this.#files.get(path)) ?? { lines: new Map(), branches: new Map() };
    if (path !== null) this.#files.set(path, record);
    return record;
  }

  paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** Takes over what other reports say. */
  add(others: CoverageRecords): void {
    for (const [path, other] of others.#files) {
      const own = this.#files.get(path);
      if (own === undefined) this.#files.set(path, other);
      else {
        for (const [line, reached] of other.lines) own.lines.set(line, reached || own.lines.get(line) === true);
        for (const [key, count] of other.branches) reachBranches(own, key, count);
      }
    }
  }

  coverage(): Coverage {
    const files = new Map(
      [...this.#files].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, { lines }]) => [path, summary(lines)]),
    );
    const branches = sum([...this.#files.values()].flatMap((file) => [...file.branches.values()]));
    return { lines: sum([...files.values()]), branches: branches.found > 0 ? branches : null, files };
  }
}

/**
 * Notes a line and whether a test reached it. Line 0, by which some tools mean code without a place, is passed over.
 * @throws {UserError} for what is no line number; `place` says where in the report
 */
export function reachLine(record: FileRecord, number: string, hits: string, place: () => string): number {
  const line = /^\d{1,8}$/.test(number) ? Number(number) : -1;
  if (line < 0 || line > lastLine) throw broken(place(), `"${shortened(number)}" is no line number`);
  if (!/^-?\d{1,30}(?:\.\d{1,30})?(?:e[+-]?\d{1,3})?$/i.test(hits))
    throw broken(place(), `"${shortened(hits)}" is no count of hits`);
  if (line > 0) record.lines.set(line, record.lines.get(line) === true || Number(hits) > 0);
  return line;
}

/** Branches that stand in several parts of a report have the best of them. */
export function reachBranches({ branches }: FileRecord, key: string, { found, hit }: Count): void {
  const before = branches.get(key);
  branches.set(key, { found: Math.max(found, before?.found ?? 0), hit: Math.max(hit, before?.hit ?? 0) });
}

/** @param place where in which kind of report */
export function broken(place: string, what: string): UserError {
  return new UserError(`${place}: ${what}. Make the report anew with the tool that wrote it.`);
}

export function shortened(text: string): string {
  return text.replaceAll(/\p{C}/gu, "�").slice(0, 60).toWellFormed();
}

function summary(lines: ReadonlyMap<number, boolean>): FileCoverage {
  const uncovered: { start: number; end: number }[] = [];
  const missed = [...lines].flatMap(([line, reached]) => (reached ? [] : [line])).toSorted((a, b) => a - b);
  for (const line of missed) {
    const before = uncovered.at(-1);
    if (before?.end === line - 1) before.end = line;
    else uncovered.push({ start: line, end: line });
  }
  return { found: lines.size, hit: lines.size - missed.length, uncovered };
}

function sum(counts: readonly Count[]): Count {
  let found = 0;
  let hit = 0;
  for (const count of counts) {
    found += count.found;
    hit += count.hit;
  }
  return { found, hit };
}
