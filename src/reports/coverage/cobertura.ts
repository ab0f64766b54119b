import sax, { type Tag } from "sax";
import { messageOf, UserError } from "../../errors.ts";
import { broken, CoverageRecords, reachBranches, reachLine, shortened, type FileRecord } from "./coverage.ts";

const most = { depth: 50, attributes: 100, branches: 1_000_000, sources: 2 };

/**
 * Coverage from a Cobertura report (https://cobertura.sourceforge.net/xml/coverage-04.dtd): the lines of each `class`; those of its methods
 * repeat them. Paths are relative to `source`, when one alone lies in the workspace. A document type is not followed, entities are not expanded.
 * Linear in the length.
 * @param folder where paths begin for which no source says it
 * @throws {UserError} for what is none or is broken: what, at which line, and what to do
 */
export function readCobertura(xml: string, folder = "."): CoverageRecords {
  const parser = sax.parser(true, { trim: true, position: true });
  const place = () => `The Cobertura report, line ${parser.line + 1}`;
  const report = createReport(folder, place);
  let attributes = 0;
  Object.assign(parser, {
    // Thrown from here it ends the reading: the parser itself would go on to the next error.
    onerror(error: Error) {
      throw broken(place(), `it is no well-formed XML (${shortened(messageOf(error).split("\n", 1)[0] ?? "")})`);
    },
    ondoctype(doctype: string) {
      if (doctype.includes("[")) throw broken(place(), "it declares a document type of its own, which is not read");
    },
    onattribute() {
      attributes += 1;
      if (attributes > most.attributes) throw broken(place(), `an element has over ${most.attributes} attributes`);
    },
    onopentag(tag: Tag) {
      attributes = 0;
      report.open(tag);
    },
    onclosetag: report.close,
    ontext: report.text,
  });
  parser.write(xml.replace(/^\uFEFF/, "")).close();
  return report.records();
}

interface Report {
  readonly open: (tag: Tag) => void;
  readonly close: () => void;
  readonly text: (text: string) => void;
  readonly records: () => CoverageRecords;
}

function createReport(folder: string, place: () => string): Report {
  const records = new CoverageRecords();
  const open: string[] = [];
  /** Those that lie in the workspace; one elsewhere is the folder that the workspace had on another machine. */
  const sources: string[] = [];
  let file: FileRecord | null = null;
  let read = false;

  const folderOf = (filename: string) =>
    filename.startsWith("/") || sources.length !== 1 ? folder : (sources[0] ?? folder);

  return {
    open(tag) {
      const { name } = tag;
      if (open.length === 0 && name !== "coverage")
        throw broken(place(), `it begins with <${shortened(name)}>, not with <coverage>`);
      if (open.length >= most.depth) throw broken(place(), `its elements are nested over ${most.depth} deep`);
      open.push(name);
      read = true;
      if (name === "class") {
        const filename = attribute(tag, "filename");
        if (filename === undefined) throw broken(place(), "a <class> has no filename");
        file = records.file(filename, folderOf(filename));
      } else if (name === "line" && file !== null && !open.includes("method")) {
        const line = reachLine(file, attribute(tag, "number") ?? "", attribute(tag, "hits") ?? "", place);
        const conditions = attribute(tag, "condition-coverage");
        if (conditions !== undefined && line > 0) reachConditions(file, line, conditions, place);
      }
    },
    close() {
      if (open.pop() === "class") file = null;
    },
    text(text) {
      const inside = !text.startsWith("/") || /^\/workspace(?:\/|$)/.test(text);
      if (open.at(-1) === "source" && inside && sources.length < most.sources) sources.push(text);
    },
    records() {
      if (!read)
        throw new UserError(
          "The Cobertura report is empty. Check that the command writes coverage, and in Cobertura's format.",
        );
      return records;
    },
  };
}

/** `50% (1/2)`. Some tools leave the numbers out; then no branch is counted. */
function reachConditions(file: FileRecord, line: number, conditions: string, place: () => string): void {
  if (/^[\d.,]{1,20}%$/.test(conditions)) return;
  const [, hits = "", of] = /^[\d.,]{1,20}%\s?\((\d{1,7})\/(\d{1,7})\)$/.exec(conditions) ?? [];
  const found = Number(of);
  const hit = Number(hits);
  if (hits === "" || hit > found || found > most.branches)
    throw broken(place(), `"${shortened(conditions)}" is no coverage of conditions`);
  reachBranches(file, String(line), { found, hit });
}

function attribute(tag: Tag, key: string): string | undefined {
  return Object.hasOwn(tag.attributes, key) ? tag.attributes[key] : undefined;
}
