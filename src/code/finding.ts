/** What is found in code. The rules of one file give {@link FileFinding}, a pull gives {@link CodeFinding}. Plain JSON. */
export type FindingSeverity = "notice" | "warning" | "error";

/** Something in one file that a reviewer should see, without its path: the same content has the same findings. */
export interface FileFinding {
  /** `security/sql-injection`, `correctness/floating-promise` */
  readonly rule: string;
  readonly severity: FindingSeverity;
  /** 1-based and inclusive. */
  readonly startLine: number;
  readonly endLine: number;
  /** 1-based, in UTF-16 units; the end is the first column behind. */
  readonly startColumn?: number;
  readonly endColumn?: number;
  /** One or two sentences: why it matters and what to do. */
  readonly message: string;
  /** Its number in the Common Weakness Enumeration. */
  readonly cwe?: number;
  /** The qualified name of the symbol that it lies in (`Cart.add`); empty for none. */
  readonly symbol: string;
  /** A hash of the concerned code without white space and comments: what makes it the same finding after a move. */
  readonly anchor: string;
  /** These lines in the place of those, only where that is safe. */
  readonly fix?: FindingFix;
}

export interface FindingFix {
  readonly startLine: number;
  readonly endLine: number;
  /** Without ends of lines; none when the lines are to go. */
  readonly lines: readonly string[];
}

/** A finding at its place in a repository. */
export interface CodeFinding extends FileFinding {
  readonly path: string;
  /** Moved and re-indented code keeps it. */
  readonly fingerprint: string;
}
