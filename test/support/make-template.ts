// node test/support/make-template.ts FOLDER DATABASE_URL
// A process of its own: initialising the embedded store leaves its process half a gigabyte big.
import { makeTemplate } from "../doubles/embedded-template.ts";

const [folder, databaseUrl] = process.argv.slice(2);
if (folder === undefined || databaseUrl === undefined)
  throw new Error("say where: node test/support/make-template.ts FOLDER DATABASE_URL");
await makeTemplate(folder);
await makeTemplate(folder, databaseUrl);
