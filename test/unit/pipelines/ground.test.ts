import { describe, expect, test } from "@jest/globals";
import { ground, treePath, type Found } from "../../../pipelines/plan/ground.ts";
import { plan } from "./facts.ts";

const commit: Record<string, Found> = {
  "src/cart.js": { is: "file", text: "// addUp\nexport function addUp(items) {\n}\n" },
  src: { is: "folder" },
  "logo.png": { is: "file", text: null },
  "data.json": { is: "file" },
};

function grounded(path: string, symbols: readonly string[] = []) {
  const { grounding } = ground({ ...plan, files: [{ path, change: "x", symbols }] }, (at) =>
    Object.hasOwn(commit, at) ? commit[at] : undefined,
  );
  return grounding?.[0];
}

describe("what a plan names is held against its commit", () => {
  test("a file that is there, and what is and is not in it", () => {
    expect(grounded("src/cart.js", ["addUp", "subtract", "addUp"])).toEqual({
      path: "src/cart.js",
      is: "file",
      symbols: [
        { name: "addUp", line: 2 },
        { name: "subtract", line: null },
      ],
    });
  });

  test("a file that is new, with what it will hold", () => {
    expect(grounded("src/tax.js", ["tax"])).toEqual({
      path: "src/tax.js",
      is: "new",
      symbols: [{ name: "tax", line: null, unread: "new" }],
    });
    expect(grounded("toString")?.is).toBe("new");
  });

  test.each([
    ["a folder", "src/", "folder", "folder"],
    ["no text", "logo.png", "file", "no text"],
    ["a file that is too large", "data.json", "file", "large"],
  ])("%s is not looked into, and that is kept", (_, path, is, unread) => {
    expect(grounded(path, ["addUp"])).toMatchObject({ is, symbols: [{ name: "addUp", line: null, unread }] });
  });

  test("a path is found however it was written", () => {
    for (const path of ["./src/cart.js", "src//cart.js", "src\\cart.js", "src/./cart.js"])
      expect(grounded(path)).toMatchObject({ path: "src/cart.js", is: "file" });
    expect(treePath("./")).toBe("");
  });

  test("the plan itself is left as it was", () => {
    expect(ground(plan, () => undefined)).toMatchObject(plan);
  });
});
