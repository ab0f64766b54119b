import { UserError } from "../../errors.ts";
import { broken, CoverageRecords, reachBranches, reachLine, shortened, type FileRecord } from "./coverage.ts";

/**
 * Coverage from an LCOV tracefile (geninfo(1), "Tracefile format"): `SF`, `DA` and `BRDA` of each record; the rest is passed over. Linear in the
 * length.
 * @param folder where its relative paths begin
 * @throws {UserError} for what is none or is cut off: what, at which line, and what to do
 */
export function readLcov(text: string, folder = "."): CoverageRecords {
  const records = new CoverageRecords();
  let file: FileRecord | null = null;
  let files = 0;
  let number = 0;
  const place = () => placeAt(number);
  for (const line of linesOf(text)) {
    number++;
    const at = line.indexOf(":");
    const value = line.slice(at + 1);
    switch (at < 0 ? line : line.slice(0, at)) {
      case "SF":
        if (file !== null) throw broken(place(), "a file begins before the one before it has ended");
        file = records.file(value, folder);
        files++;
        break;
      case "end_of_record":
        file = null;
        break;
      case "DA": {
        const [printed = "", hits = ""] = value.split(",", 3);
        reachLine(fileOf(file, number), printed, hits, place);
        break;
      }
      case "BRDA":
        reachBranch(fileOf(file, number), value, number);
        break;
      default:
        break;
    }
  }
  if (file !== null) throw broken(place(), "the report ends within a file, so it was not written to its end");
  if (files === 0)
    throw new UserError(
      "It is neither Cobertura's XML nor an LCOV report, which has a line that begins with SF for each file. Check that the command writes coverage, and in one of these formats.",
    );
  return records;
}

function reachBranch(file: FileRecord, value: string, number: number): void {
  const at = value.lastIndexOf(",");
  const key = value.slice(0, at);
  const taken = value.slice(at + 1);
  if (!/^\d{1,8},[^,]{1,200},.{1,200}$/.test(key) || !/^(?:-|-?\d{1,30})$/.test(taken))
    throw broken(placeAt(number), `"${shortened(value)}" is no branch`);
  reachBranches(file, key, { found: 1, hit: Number(taken) > 0 ? 1 : 0 });
}

function fileOf(file: FileRecord | null, number: number): FileRecord {
  if (file === null) throw broken(placeAt(number), "a line is covered before any file was named");
  return file;
}

function placeAt(number: number): string {
  return `The LCOV report, line ${number}`;
}

function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length;) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    yield text.slice(start, end).trim();
    start = end + 1;
  }
}
