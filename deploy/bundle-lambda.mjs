// node deploy/bundle-lambda.mjs [FOLDER]
// Bundles the edge for AWS Lambda into FOLDER (dist/lambda unless told): webhooks.mjs takes deliveries, pages.mjs shows runs. One file
// starts in half the time of node_modules.
import { cp, readFile, rm } from "node:fs/promises";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const outdir = resolve(root, process.argv[2] ?? "dist/lambda");
const limitMegabytes = 6;

// Only what this script makes is removed: the folder may be anybody's.
for (const name of ["webhooks", "pages"])
  for (const end of ["", ".map", ".LEGAL.txt"]) await rm(`${outdir}/${name}.mjs${end}`, { force: true });
await rm(`${outdir}/assets`, { recursive: true, force: true });
await cp(`${root}/handlers/http/run-page/assets`, `${outdir}/assets`, { recursive: true });

/** The store loads drizzle by a `require` of its own, which a bundler does not see. */
const drizzle = {
  name: "drizzle",
  setup(bundler) {
    bundler.onLoad({ filter: /src\/store\/drizzle\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, "utf8")).replaceAll(/\bload\(/g, "require("),
      loader: "ts",
    }));
  },
};
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { webhooks: "handlers/lambda.ts", pages: "handlers/lambda-pages.ts" },
  plugins: [drizzle],
  outdir,
  outExtension: { ".js": ".mjs" },
  bundle: true,
  platform: "node",
  target: "node24",
  format: "esm",
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  sourcemap: "linked",
  sourcesContent: false,
  legalComments: "linked",
  metafile: true,
  // CommonJS packages inside an ES module still ask for `require` and `__dirname`.
  banner: {
    js: [
      'import { createRequire as bundleRequire } from "node:module";',
      'import { dirname as bundleDirname } from "node:path";',
      'import { fileURLToPath as bundlePath } from "node:url";',
      "const require = bundleRequire(import.meta.url);",
      "const __filename = bundlePath(import.meta.url);",
      "const __dirname = bundleDirname(__filename);",
    ].join(""),
  },
  // Optional parts of the libraries that this process never asks for.
  external: ["pg-native", "redis", "bullmq-otel", "@electric-sql/pglite", "smee-client"],
  logLevel: "warning",
});

const forbidden = ["tree-sitter", "playwright", "@electric-sql/pglite", "/pipelines/main.ts", "node_modules/ai/"];
const inputs = Object.keys(metafile.inputs);
const heavy = inputs.filter((path) => forbidden.some((part) => path.includes(part)));
if (heavy.length > 0) throw new Error(`the edge must stay light, but the bundle holds ${heavy.slice(0, 3).join(", ")}`);
for (const name of ["webhooks", "pages"]) {
  const [, bundle] = Object.entries(metafile.outputs).find(([path]) => path.endsWith(`${name}.mjs`)) ?? [];
  const megabytes = (bundle?.bytes ?? 0) / 1024 / 1024;
  if (megabytes === 0 || megabytes > limitMegabytes)
    throw new Error(`the bundle ${name} is ${megabytes.toFixed(1)} MB, expected less than ${limitMegabytes}`);
  console.log(`${outdir}/${name}.mjs: ${megabytes.toFixed(2)} MB`);
}
console.log(`from ${inputs.length} files`);
