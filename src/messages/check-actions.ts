/** The buttons under a check run. GitHub takes 20 characters for a label, 40 for a description, 20 for an identifier, and three buttons. */

export interface CheckAction {
  readonly label: string;
  readonly description: string;
  /** What comes back when somebody presses it. */
  readonly identifier: "fix" | "rerun" | "ok-to-test";
}

export const fixAction: CheckAction = {
  label: "Fix with agent",
  description: "Let the agent mend what fails here",
  identifier: "fix",
};

export const rerunAction: CheckAction = {
  label: "Re-run failed",
  description: "Run this and what did not pass again",
  identifier: "rerun",
};

/** On the check that keeps a fork's pull waiting. */
export const okToTestAction: CheckAction = {
  label: "OK to test",
  description: "Let the checks run at this very head",
  identifier: "ok-to-test",
};
