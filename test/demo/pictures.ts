/** `npm run pictures`: plays the demo in a browser and takes the pictures of the documentation, `docs/images/*.png`. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { openChromium } from "../doubles/chromium.ts";
import { setStage } from "./stage.ts";
import { walk, type Sight } from "./walk.ts";

const folder = fileURLToPath(new URL("../../docs/images/", import.meta.url));
/** What is kept of what the person looks at, and under which name. */
const names: Readonly<Partial<Record<Sight, string>>> = {
  plan: "plan",
  checks: "checks",
  files: "files",
  merged: "pull",
};
const mostBytes = 300 * 1024;

// A real model would make other pictures each time.
const { CODEGEN_MODEL: _, ...env } = process.env;
const stage = await setStage({ port: 0, data: undefined, env, tell: (line) => console.log(line) });
try {
  const browser = await openChromium(process.env.CHROMIUM_PATH);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    page.setDefaultTimeout(30_000);
    await mkdir(folder, { recursive: true });
    const place = { ...stage, maintainer: stage.maintainer.login };
    await walk(page, place, async (sight) => {
      const name = names[sight];
      if (name === undefined) return;
      const file = `${folder}${name}.png`;
      await writeFile(file, await page.locator("body").screenshot());
      const { size } = await stat(file);
      console.log(`docs/images/${name}.png: ${Math.ceil(size / 1024)} KB`);
      if (size > mostBytes) throw new Error(`${file} has ${size} bytes; a page must not load more than ${mostBytes}`);
    });
  } finally {
    await browser.close();
  }
} finally {
  await stage.close();
}
