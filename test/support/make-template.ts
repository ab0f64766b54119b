// node test/support/make-template.ts FOLDER
// A process of its own: initialising the embedded store leaves its process half a gigabyte big.
import { makeTemplate } from "../doubles/embedded-template.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("say where: node test/support/make-template.ts FOLDER");
await makeTemplate(folder);
