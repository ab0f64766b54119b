import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type NetConnectOpts, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { bots, canary, smallLimits, type Report } from "./bots.ts";

/** Opens, and never writes. */
const openForWriting = (path: string) =>
  `node -e 'require("fs").openSync("${path}", require("fs").constants.O_WRONLY); console.log("OPENED")'`;
const systemCall = (number: number, ...args: number[]) =>
  `perl -e '$! = 0; syscall(${[number, ...args].join(",")}); print "errno ", $! + 0'`;
const reach = (host: string, port: number) =>
  `node -e 'const s = require("net").connect({ host: "${host}", port: ${port}, timeout: 3000 }); s.on("connect", () => { console.log("CONNECTED"); process.exit() }); s.on("timeout", () => { console.log("TIMEOUT"); process.exit() }); s.on("error", (e) => console.log(e.code))'`;

const elsewhere = mkdtempSync(join(tmpdir(), "codegen-other-run-"));
writeFileSync(join(elsewhere, "secret"), canary, { mode: 0o644 });
const project = resolve(import.meta.dirname, "../../..");
let listener: Server;
let abstractListener: Server;
let port = 0;
const abstractName = `\0codegen-test-${process.pid}`;

/** What is tried, the command, and what the refusal must look like: another text, also that of a missing tool, fails. */
const attempts = (): readonly (readonly [string, string, RegExp])[] => [
  ["open the host's core_pattern for writing", openForWriting("/proc/sys/kernel/core_pattern"), /EROFS|EACCES/],
  ["open drop_caches for writing", openForWriting("/proc/sys/vm/drop_caches"), /EROFS|EACCES/],
  ["open sysrq-trigger for writing", openForWriting("/proc/sysrq-trigger"), /EROFS|EACCES|ENOENT/],
  ["open the kernel log", openForWriting("/dev/kmsg"), /ENOENT|EACCES|EPERM/],
  ["open a disk", openForWriting("/dev/vda"), /ENOENT/],
  ["open the kernel's memory", "cat /proc/kcore", /No such file|Permission denied/],
  ["open a cgroup's list of processes", openForWriting("/sys/fs/cgroup/cgroup.procs"), /ENOENT/],
  ["change a program of the host", openForWriting("/usr/bin/env"), /EROFS|EACCES/],
  ["change the list of users", openForWriting("/etc/passwd"), /EROFS|EACCES/],
  ["read the shadow file", "cat /etc/shadow", /No such file/],
  ["read root's home", "ls /root", /No such file/],
  ["find other homes", "ls /home", /^codegen\n$/],
  ["find the project", `ls ${project}`, /No such file|^$/],
  ["read another run's workspace", `cat ${elsewhere}/secret`, /No such file/],
  ["write into the root directory", "touch /outside", /Read-only file system/],
  ["read a file that the bot's parent left open", "cat /proc/self/fd/40", /No such file|^$/],
  ["mount", "mount -t tmpfs none /tmp", /permission denied|must be superuser|not permitted/i],
  ["unmount the workspace", "umount /workspace", /permission denied|must be superuser|not permitted|umount failed/i],
  ["make a user namespace", "unshare -U true", /unshare failed/],
  ["make a mount namespace", "unshare -m true", /unshare failed/],
  ["enter the namespaces of process 1", "nsenter -t 1 -m true", /not permitted|failed/],
  ["change the root directory", "/usr/sbin/chroot /workspace true", /not permitted/],
  ["make a device", "mknod /tmp/disk b 254 0", /not permitted/],
  ["set the clock", "date -s 2020-01-01", /not permitted/],
  ["rename the machine", 'node -e \'require("fs").writeFileSync("/proc/sys/kernel/hostname", "x")\'', /EROFS|EACCES/],
  ["read the kernel's messages", "dmesg", /not permitted/],
  ["signal the bot", `kill -0 ${process.pid}`, /No such process/],
  ["see processes of the host", "ls /proc | grep -c '^[0-9]'", /^[1-6]\n$/],
  ["become root", "perl -e '$> = 0; print \"uid $>\"'", /^uid 1000$/],
  ["hard-link a file of the host", "ln /etc/ld.so.cache /workspace/stolen", /cross-device|not permitted/i],
  ["use io_uring", systemCall(425, 1, 0), /^errno 1$/],
  ["open a tree of mounts", systemCall(428, -100, 0, 1), /^errno 1$/],
  ["open a file system", systemCall(430, 0, 0), /^errno 1$/],
  ["use clone3, whose flags nobody can see", systemCall(435, 0, 0), /^errno 38$/],
  ["open a socket to the hypervisor", "perl -e 'socket(my $s, 40, 1, 0) or print \"errno \", $! + 0'", /^errno 97$/],
  ["reach a listener of the host", reach("127.0.0.1", port), /ECONNREFUSED/],
  ["reach a listener of the host over IPv6", reach("::1", port), /ECONNREFUSED|EADDRNOTAVAIL/],
  ["reach the metadata address", reach("169.254.169.254", 80), /ENETUNREACH/],
  [
    "reach an abstract socket of the host",
    `node -e 'require("net").connect("\\0codegen-test-${process.pid}").on("connect", () => console.log("CONNECTED")).on("error", (e) => console.log(e.code))'`,
    /ECONNREFUSED/,
  ],
  ["resolve a name", "getent hosts example.com || echo nothing", /^nothing\n$/],
  [
    "type into the terminal",
    'perl -e \'my $c = "x"; ioctl(STDIN, 0x5412, $c) or print "errno ", $! + 0\'',
    /^errno 1$/,
  ],
];

/** What every build needs and must work. */
const uses: readonly (readonly [string, string, RegExp])[] = [
  [
    "write and remove files in the workspace",
    "mkdir -p a/b && echo x >a/b/c && cat a/b/c && rm -r a && ls -A",
    /^x\n$/,
  ],
  [
    "use its home and /tmp",
    'echo "$HOME" && touch "$HOME/x" /tmp/x /dev/shm/x /var/tmp/x && echo ok',
    /^\/home\/codegen\nok\n$/,
  ],
  ["open its standard error again", "echo twice >/dev/stderr", /^twice\n$/],
  ["be a user with a name", "id -un; id -u; whoami", /^codegen\n1000\ncodegen\n$/],
  ["run the bot's kind of node", "node -p '40 + 2'", /^42\n$/],
  [
    "serve on loopback by name",
    `node -e 'const h = require("http"); const s = h.createServer((q, r) => r.end("served")).listen(0, "localhost", () => fetch("http://localhost:" + s.address().port).then((r) => r.text()).then((t) => { console.log(t); s.close() }))'`,
    /^served\n$/,
  ],
  [
    "run git on files of its own",
    "git init -q t && git -C t -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git -C t status --short && echo ok; rm -rf t",
    /^ok\n$/,
  ],
  [
    "be killed by nobody's capability",
    "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status",
    /CapEff:\s+0+\nCapBnd:\s+0+\nNoNewPrivs:\s+1\nSeccomp:\s+2\n/,
  ],
  [
    "have no other open files than its own",
    "ls -l /proc/self/fd >/tmp/open; sed -n 's/.* -> //p' /tmp/open | sort -u",
    /^\/dev\/null\n\/proc\/\d+\/fd\n\/tmp\/open\npipe:\[\d+\]\n$/,
  ],
  [
    "see only its own environment",
    "env | sort",
    /^HOME=\/home\/codegen\nPATH=[^\n]*:\/opt\/node\/bin\nPWD=\/workspace\n$/,
  ],
  [
    "find no secret in any process",
    `cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline | grep -ac ${canary.slice(0, -1)}[${canary.slice(-1)}] || true`,
    /^0\n$/,
  ],
];

beforeAll(async () => {
  process.env["CODEGEN_CANARY"] = canary;
  listener = createServer((socket) => socket.destroy());
  abstractListener = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  await new Promise<void>((done) => abstractListener.listen(abstractName, done));
  port = (listener.address() as AddressInfo).port;
});

afterAll(() => {
  delete process.env["CODEGEN_CANARY"];
  listener.close();
  abstractListener.close();
  rmSync(elsewhere, { recursive: true });
});

test("the listeners that a sandbox cannot reach can be reached from the host", async () => {
  const tryOut = (target: NetConnectOpts) =>
    new Promise((done) =>
      connect(target)
        .once("connect", () => done("connected"))
        .once("error", done),
    );
  expect(await tryOut({ port, host: "127.0.0.1" })).toBe("connected");
  expect(await tryOut({ path: abstractName })).toBe("connected");
});

describe.each(bots)("the sandbox of $name", (bot) => {
  let report: Report;
  const attempted = attempts().map(([name]) => name);

  beforeAll(async () => {
    const commands = [...attempts(), ...uses].map(([, run]) => ({ run, timeoutMs: 10_000 }));
    report = await bot.run({ limits: smallLimits, commands });
  }, 120_000);

  test("says how it is bounded and finds no problem", () => {
    expect(report.probe).toMatchObject({ ok: true, problems: [] });
    expect(report.probe.version).toMatch(/^\d+\.\d+/);
    expect(report.probe.limits).toMatch(/^(cgroup v[12]$|no cgroups)/);
  });

  test.each(attempted.map((name, index) => ({ name, index })))("does not let a command $name", ({ index }) => {
    const result = report.results[index];
    const [, , refusal] = attempts()[index] ?? [];
    expect(result?.end).toBe("exited");
    expect(result?.output).toMatch(refusal ?? /never/);
  });

  test.each(uses.map(([name, , answer], index) => ({ name, answer, index })))(
    "lets a command $name",
    ({ answer, index }) => {
      const result = report.results[attempted.length + index];
      expect(result?.output).toMatch(answer);
      expect(result).toMatchObject({ end: "exited", code: 0 });
    },
  );
});
