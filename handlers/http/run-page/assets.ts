import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

interface Asset {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const read = (name: string): string => readFileSync(new URL(`./assets/${name}`, import.meta.url), "utf8");

const style = read("run-page.css");
const script = read("run-page.js");

/** Named by their content, so that browsers may keep them for ever. */
export const assetPath = {
  style: `/assets/run-page-${versionOf(style)}.css`,
  script: `/assets/run-page-${versionOf(script)}.js`,
};

export const assets: ReadonlyMap<string, Asset> = new Map([
  [assetPath.style, asset("text/css", style)],
  [assetPath.script, asset("text/javascript", script)],
]);

function versionOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}

function asset(type: string, body: string): Asset {
  const headers = { "content-type": `${type}; charset=utf-8`, "cache-control": "public, max-age=31536000, immutable" };
  return { headers, body };
}
