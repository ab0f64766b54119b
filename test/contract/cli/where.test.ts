import { expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codegen } from "./codegen.ts";

test("`codegen where` finds files and symbols of a folder, and says when nothing fits", async () => {
  const folder = mkdtempSync(join(tmpdir(), "codegen-where-"));
  try {
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src", "cart.ts"), "/** Adds up the basket. */\nexport function addUp() {}\n");
    writeFileSync(join(folder, "src", "page.ts"), 'import { addUp } from "./cart.ts";\n');
    writeFileSync(
      join(folder, "src", "cart.test.ts"),
      'import { addUp } from "./cart.ts";\ntest("adds", () => addUp());\n',
    );
    const [found, nothing, wrong, nowhere] = await Promise.all([
      codegen({}, "where", "the basket is added up wrongly, see `addUp`", folder, "--json"),
      codegen({}, "where", "zzz", folder),
      codegen({}, "where"),
      codegen({}, "where", "basket", join(folder, "nowhere")),
    ]);
    expect(found).toMatchObject({ code: 0, err: "" });
    const said = JSON.parse(found.out) as { files: number; found: unknown[]; tests: string[] };
    const { files, found: places, tests } = said;
    expect({ files, tests }).toEqual({ files: 3, tests: ["src/cart.test.ts"] });
    expect(places[0]).toMatchObject({
      path: "src/cart.ts",
      reasons: expect.arrayContaining(["defines `addUp`"]),
      symbols: [{ name: "addUp", startLine: 2 }],
    });
    expect(nothing).toMatchObject({ code: 1, out: expect.stringContaining("No source file fits") });
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("It needs a text") });
    expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining("nowhere is no folder that can be read.") });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 60_000);
