import * as messages from "../../src/messages/agent.ts";
import type { Order } from "../carry-out.ts";
import type { CommandRun } from "../command-run.ts";
import type { Assignment } from "./decide.ts";
import type { Target } from "./read.ts";

/** What the agent is to do: the approved plan, or what was asked for, on the issue's pull when it has one already. */
export function toOrder(run: CommandRun, assignment: Extract<Assignment, { end: "assigned" }>, target: Target): Order {
  const { thread, admitted } = run;
  const { title, body } = admitted.request.thread;
  return {
    kind: "agent",
    commit: target.commit,
    numbers: [thread.number, ...(target.pull === null ? [] : [target.pull.number])],
    began: messages.agentStarted(admitted.request.actor, target.branch),
    parked: messages.agentParked,
    task: {
      issue: { number: thread.number, title, body },
      ...(assignment.plan === null ? {} : { plan: assignment.plan }),
      ...(assignment.instruction === null ? {} : { instruction: assignment.instruction }),
      ...(target.template === null ? {} : { template: target.template }),
      target: { branch: target.branch, base: target.baseBranch, pull: target.pull?.number ?? null },
    },
  };
}
