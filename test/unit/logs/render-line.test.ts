import { describe, expect, test } from "@jest/globals";
import { plainLine, renderLine } from "../../../src/logs/render-line.ts";
import { processorMs } from "../processor-time.ts";

const esc = "\u001B[";

describe("a line of a log on the page", () => {
  test.each<[string, string, ReturnType<typeof renderLine>]>([
    ["plain text, and HTML as text", "<script>alert(1)</script> & \"'", [["<script>alert(1)</script> & \"'", ""]]],
    ["a colour and its end", `a ${esc}31mb${esc}39m c`, [["a ", ""], ["b", "red"], [" c", ""]]], // prettier-ignore
    ["bold on a background", `${esc}1;44mx${esc}0m`, [["x", "on-blue bold"]]],
    ["a colour of 256 as the nearest", `${esc}38;5;196mx`, [["x", "red"]]],
    ["a true colour as the nearest", `${esc}38;2;10;180;20mx`, [["x", "green"]]],
    ["a true colour with colons", `${esc}38:2:10:180:20mx`, [["x", "green"]]],
    ["swapped colours", `${esc}31;7mx`, [["x", "black on-red"]]],
    ["hidden text is seen", `${esc}8mx`, [["x", ""]]],
    ["what was written over is gone, its colour counts", `${esc}32m10%\r20%\r30%`, [["30%", "green"]]],
    ["an unknown code is nothing", `${esc}999mx`, [["x", ""]]],
    ["an escape that is no colour is not let through", "\u001B]8;;http://a\u0007b", [["]8;;http://a\u0007b", ""]]],
    ["nothing", "", []],
  ])("%s", (_name, line, pieces) => {
    expect(renderLine(line)).toEqual(pieces);
  });

  test("is cut when it is very long, and says so", () => {
    const long = renderLine("x".repeat(1_000_000));
    expect(long).toEqual([["x".repeat(4_000), ""], ["… 996000 more", "dim"]]); // prettier-ignore
    expect(renderLine(`${esc}31m${"y".repeat(5_000)}`).at(-1)).toEqual(["… 1000 more", "dim"]);
  });

  test("with a flood of colours takes no time", () => {
    const started = process.cpuUsage();
    for (let times = 0; times < 50; times += 1) renderLine(`${esc}1mx`.repeat(50_000));
    expect(processorMs(started)).toBeLessThan(1_000);
  });

  test("is plain for a download", () => {
    expect(plainLine(`${esc}31m1%\r${esc}1m<b>2%${esc}0m`)).toBe("<b>2%");
  });
});
