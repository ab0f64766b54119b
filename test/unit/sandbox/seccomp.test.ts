import { describe, expect, test } from "@jest/globals";
import { seccompFilter } from "../../../src/sandbox/seccomp.ts";

const allowed = 0x7fff_0000;
const errno = (value: number) => 0x0005_0000 | value;
const x64 = 0xc000_003e;

/** Runs the program as the kernel would. */
function judge(program: Uint8Array, call: number, args: readonly number[] = [], audit = x64): number {
  const view = new DataView(program.buffer);
  const data = (offset: number) => (offset === 0 ? call : offset === 4 ? audit : (args[(offset - 16) / 8] ?? 0));
  let accumulator = 0;
  for (let at = 0; at < program.length / 8; at++) {
    const [code, yes, no, value] = [
      view.getUint16(at * 8, true),
      view.getUint8(at * 8 + 2),
      view.getUint8(at * 8 + 3),
      view.getUint32(at * 8 + 4, true),
    ];
    if (code === 0x20) accumulator = data(value);
    else if (code === 0x06) return value;
    else if (code === 0x15) at += accumulator === value ? yes : no;
    else if (code === 0x35) at += accumulator >= value ? yes : no;
    else if (code === 0x45) at += (accumulator & value) !== 0 ? yes : no;
    else throw new Error(`no such instruction: ${code}`);
  }
  throw new Error("the program has no end");
}

describe("the seccomp filter", () => {
  const program = seccompFilter("x64") ?? new Uint8Array();

  test.each([
    ["read", 0, [], allowed],
    ["execve", 59, [], allowed],
    ["a thread", 56, [0x3d0f00], allowed],
    ["a process", 56, [17], allowed],
    ["a process with a user namespace", 56, [0x1000_0000 | 17], errno(1)],
    ["a process with a network namespace", 56, [0x4000_0000], errno(1)],
    ["clone3", 435, [], errno(38)],
    ["unshare", 272, [0], errno(1)],
    ["mount", 165, [], errno(1)],
    ["io_uring_setup", 425, [], errno(1)],
    ["keyctl", 250, [], errno(1)],
    ["bpf", 321, [], errno(1)],
    ["a Unix socket", 41, [1], allowed],
    ["an internet socket", 41, [10], allowed],
    ["a packet socket", 41, [17], errno(97)],
    ["a socket to the hypervisor", 41, [40], errno(97)],
    ["the size of a terminal", 16, [0, 0x5413], allowed],
    ["typing into a terminal", 16, [0, 0x5412], errno(1)],
    ["an x32 call", 0x4000_0000, [], errno(38)],
  ])("judges %s", (_name, call, args, verdict) => {
    expect(judge(program, call, args)).toBe(verdict);
  });

  test("knows no calls of another architecture", () => {
    expect(judge(program, 0, [], 0x4000_0003)).toBe(errno(38));
    expect(judge(seccompFilter("arm64") ?? new Uint8Array(), 220, [0x1000_0000], 0xc000_00b7)).toBe(errno(1));
    expect(seccompFilter("riscv64")).toBeUndefined();
  });
});
