import sax, { type Tag } from "sax";
import { UserError, messageOf } from "../../errors.ts";
import { toFailure, type TestCase } from "./junit-case.ts";
import { createTally, mostFailures, type TestResults } from "./test-results.ts";

const most = {
  characters: 10_000_000,
  depth: 100,
  attributes: 100,
  text: 20_000,
  name: 500,
  attribute: 500,
  suites: 20,
};
/** References to characters that XML 1.0 forbids; what tests print holds such characters all the same. */
const forbiddenReferences = /&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bBcCeEfF]|1[\da-fA-F]));/g;
const verdicts = new Set(["failure", "error", "skipped", "disabled"]);
const retries = new Set(["flakyFailure", "flakyError"]);
const toDo = "Have the command write a JUnit XML report there, or take `report` out of the command.";

/**
 * Reads a JUnit XML file: `testsuites` or `testsuite` at the root, suites within suites, the elements `failure`, `error` and `skipped`, and those
 * that Maven Surefire writes for tests that passed when run again (`flakyFailure`, `flakyError`). What its suites say of their own counts is not
 * believed: the cases count. No document type is acted upon, no entity expanded, nothing loaded. Linear in the length.
 *
 * @param xml at most 10,000,000 characters
 * @throws UserError when it is not such a file, is not finished, or passes a bound
 */
export function readJUnit(xml: string): TestResults {
  if (xml.length > most.characters)
    throw refused(`it has more than ${most.characters.toLocaleString("en")} characters`);
  const reading = createReading();
  const parser = sax.parser(true, { position: true });
  let depth = 0;
  let attributes = 0;
  Object.assign(parser, {
    onerror(error: Error) {
      throw error;
    },
    onattribute() {
      attributes += 1;
      if (attributes > most.attributes) throw new Error(`An element has more than ${most.attributes} attributes`);
    },
    onopentag(tag: Tag) {
      depth += 1;
      attributes = 0;
      if (depth > most.depth) throw new Error(`Elements lie more than ${most.depth} deep in each other`);
      if (depth === 1 && tag.name !== "testsuites" && tag.name !== "testsuite")
        throw new Error(`The outermost element is <${tag.name.slice(0, 60)}>, not <testsuites> or <testsuite>`);
      reading.open(tag);
    },
    onclosetag(name: string) {
      depth -= 1;
      reading.close(name);
    },
    ontext: reading.text,
    oncdata: reading.text,
  });
  try {
    parser.write(xml.replace(/^\uFEFF/, "").replaceAll(forbiddenReferences, "")).close();
    if (!reading.begun()) throw new Error("It holds no element");
  } catch (error) {
    throw refused(`line ${parser.line + 1}: ${messageOf(error).split("\n")[0]}`, error);
  }
  return reading.results();
}

function refused(why: string, cause?: unknown): UserError {
  return new UserError(`The test report is not JUnit XML (${why}). ${toDo}`, { cause });
}

interface Reading {
  readonly open: (tag: Tag) => void;
  readonly close: (name: string) => void;
  readonly text: (text: string) => void;
  /** An element was seen. */
  readonly begun: () => boolean;
  readonly results: () => TestResults;
}

function createReading(): Reading {
  const tally = createTally();
  const flaky: string[] = [];
  const suites: { name: string; file: string | null }[] = [];
  let test: (TestCase & { verdict: string | null; retried: boolean }) | null = null;
  /** The element of a case whose text says why. */
  let telling: string | null = null;
  let begun = false;

  const finish = ({ verdict, retried, ...found }: NonNullable<typeof test>) => {
    if (verdict === "skipped" || verdict === "disabled") tally.skip();
    else if (verdict !== null)
      tally.fail(tally.failed < mostFailures ? toFailure(found) : { name: [], file: null, lines: [] });
    else {
      tally.pass();
      if (retried && flaky.length < mostFailures) flaky.push(toFailure(found).name.join(" › ").slice(0, most.name));
    }
  };

  return {
    open(tag) {
      const { name } = tag;
      begun = true;
      if (name === "testsuite") {
        suites.push({ name: attribute(tag, "name") ?? "", file: attribute(tag, "file") ?? attribute(tag, "filepath") });
      } else if (name === "testcase" && test === null) {
        const [title, classname, file] = ["name", "classname", "file"].map((key) => attribute(tag, key));
        const line = Number(attribute(tag, "line") ?? attribute(tag, "lineno") ?? Number.NaN);
        const own = suites.slice(-most.suites);
        const skipped = /^(?:skipped|disabled|notrun)$/i.test(attribute(tag, "status") ?? "");
        test = {
          suites: own,
          name: title ?? "",
          classname: classname ?? "",
          file: file ?? null,
          line,
          message: "",
          text: "",
          verdict: skipped ? "skipped" : null,
          retried: false,
        };
      } else if (test !== null && retries.has(name)) test.retried = true;
      else if (test !== null && verdicts.has(name)) {
        // A failure weighs more than what a report says beside it.
        const weighs = name === "failure" || name === "error";
        if (test.verdict === null || (weighs && test.verdict !== "failure" && test.verdict !== "error")) {
          test.verdict = name;
          test.message = attribute(tag, "message", most.text) ?? "";
          if (weighs) telling = name;
        }
      }
    },
    close(name) {
      if (name === telling) telling = null;
      if (name === "testsuite") suites.pop();
      if (name !== "testcase" || test === null) return;
      finish(test);
      test = null;
    },
    text(text) {
      if (test !== null && telling !== null && test.text.length < most.text) test.text += text.slice(0, most.text);
    },
    begun: () => begun,
    results: () => ({ ...tally.results({ truncated: false }), source: "junit", flaky }),
  };
}

/** Names are compared with those of all suites around them, so a long one would be dear. */
function attribute(tag: Tag, key: string, longest = most.attribute): string | null {
  return Object.hasOwn(tag.attributes, key) ? (tag.attributes[key] ?? "").slice(0, longest) : null;
}
