// node test/support/make-template.ts FOLDER DATABASE_URL
// A process of its own: initialising the embedded store leaves its process half a gigabyte big.
import { makeTemplate } from "../doubles/embedded-template.ts";
import { makeAnalyser } from "../doubles/seed-analyser.ts";

const [folder, databaseUrl] = process.argv.slice(2);
if (folder === undefined || databaseUrl === undefined)
  throw new Error("say where: node test/support/make-template.ts FOLDER DATABASE_URL");
await makeTemplate(folder);
await Promise.all([makeTemplate(folder, databaseUrl), makeAnalyser(folder)]);
