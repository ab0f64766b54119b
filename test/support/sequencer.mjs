import Sequencer from "@jest/test-sequencer";

const layers = ["e2e", "contract", "unit"];

/**
 * Stories first, since they take longest: what is short fills the workers at the end, where one long file would leave the others idle. Within a
 * layer as Jest does it: by the times of the last run, or else by size, which says little of a story.
 */
export default class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ context }) => layers.indexOf(context.config.displayName.name);
    // oxlint-disable-next-line unicorn/no-array-sort -- Jest's own, of no array
    return super.sort(tests).toSorted((one, other) => rank(one) - rank(other));
  }
}
