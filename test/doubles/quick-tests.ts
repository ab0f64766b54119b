/** What the teashop's test of twenty packs finds: in Node it takes a fifth of a second of a core, and a mended pull is tested several times. */
export const quickTest = "sh test/quick.sh";
export const quickFiles = {
  "test/quick.sh":
    'grep -q "packs >=* bulkFrom ?" src/cart.js || { echo "not ok 1 - many packs are cheaper"; exit 1; }\n',
};

/** The teashop's own tests, for stories of what tests say. */
export const ownTests = "node test/all.js";

/** The teashop's `.codegen.yml` with commands that start no Node, and without analysis: those have stories of their own. */
export function quickConfig(own: string): string {
  return `${own.replace(ownTests, quickTest).replace("node --check src/cart.js", "sh -n test/quick.sh")}analysis: { ignore: ["**"] }\n`;
}
