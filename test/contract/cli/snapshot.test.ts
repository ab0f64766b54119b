import { expect, test } from "@jest/globals";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codegen } from "./codegen.ts";

const key = "ab".repeat(32);

test("`codegen snapshot` lists and drops what lies in the data folder, without any other setting", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "codegen-cli-"));
  try {
    const place = join(dataDir, "snapshots", "5", `base-${key}`);
    mkdirSync(join(place, "files"), { recursive: true });
    const about = { v: 1, repository: 5, name: "acme/shop", key, scope: "base", commit: "c".repeat(40) };
    const sizes = {
      made: new Date().toISOString(),
      setupMs: 1_000,
      refused: [],
      boot: "another",
      bytes: 2_048,
      files: 1,
      unfit: null,
    };
    writeFileSync(join(place, "durable"), "");
    writeFileSync(join(place, "about.json"), JSON.stringify({ ...about, ...sizes }));
    const [list, drop] = [
      await codegen({ CODEGEN_DATA_DIR: dataDir }, "snapshot", "list", "--repo", "ACME/shop"),
      await codegen({ CODEGEN_DATA_DIR: dataDir }, "snapshot", "drop", key.slice(0, 10)),
    ];
    expect(list).toEqual({
      code: 0,
      out: expect.stringMatching(/^abababababab {2}acme\/shop {2}base {2}2\.0 KB/),
      err: "",
    });
    expect(drop).toEqual({ code: 0, out: "Dropped 1, 2.0 KB.\n", err: "" });
    expect(await codegen({ CODEGEN_DATA_DIR: dataDir }, "snapshot", "drop", "--all")).toMatchObject({ code: 1 });
    expect(
      await codegen({ CODEGEN_DATA_DIR: dataDir }, "snapshot", "drop", "--all", "--repo", "acme/shop"),
    ).toMatchObject({ code: 2 });
    expect(await codegen({ CODEGEN_DATA_DIR: dataDir }, "snapshot", "list", "--repo", "shop")).toMatchObject({
      code: 2,
      out: "",
    });
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}, 30_000);
