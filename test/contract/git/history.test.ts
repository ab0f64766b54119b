import { afterEach, expect, test } from "@jest/globals";
import { readHistory } from "../../../src/workspace/history.ts";
import { openObjects } from "../../../src/workspace/objects.ts";
import { temporary } from "./repository.ts";

const places = temporary();
afterEach(() => places.removeAll());

test("the history of a commit is what was said and which paths were changed, whatever stands in either", async () => {
  const remote = places.repository();
  remote.commit({ "a.ts": "1", 'odd "n\tame\n.ts': "1" });
  remote.git("commit", "-q", "--amend", "-m", "Begin\n\nwith \u0001 and --format=%H");
  const first = remote.git("rev-parse", "HEAD").trim();
  remote.commit({ "a.ts": "2" });
  const head = remote.git("rev-parse", "HEAD").trim();
  const read = (commit: string, most = 10) =>
    readHistory(openObjects(`${remote.directory}/.git`, 20_000), commit, { most, timeoutMs: 20_000 });
  expect(await read(head)).toEqual([
    { message: "x\n", paths: ["a.ts"] },
    { message: "Begin\n\nwith \u0001 and --format=%H\n", paths: ["a.ts", 'odd "n\tame\n.ts'] },
  ]);
  expect(await read(head, 1)).toHaveLength(1);
  expect(await read(first)).toHaveLength(1);
  await expect(read("--output=x")).rejects.toThrow("not a full git object id");
});
