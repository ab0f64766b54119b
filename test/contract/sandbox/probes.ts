/** What a sandbox has to deny, and what has to work in it: data for tests and for `npm run bench:sandbox`. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { canary } from "./bots.ts";

export interface Probe {
  readonly name: string;
  readonly run: string;
  /** What the output looks like where it is denied. */
  readonly denied: RegExp;
}

/** What exists outside of the sandbox and must not be found. */
export interface Targets {
  /** A directory of another run, with a file `secret`. */
  readonly elsewhere: string;
  readonly project: string;
  /** Of a listener on the host's loopback. */
  readonly port: number;
  /** Of the bot. */
  readonly pid: number;
  /** Of an abstract socket, without its NUL. */
  readonly abstractName: string;
}

/** Puts up what the probes look for. @returns with what takes it away */
export async function setTargets(): Promise<Targets & { close(): void }> {
  const elsewhere = mkdtempSync(join(tmpdir(), "codegen-other-run-"));
  writeFileSync(join(elsewhere, "secret"), canary, { mode: 0o644 });
  const project = resolve(import.meta.dirname, "../../..");
  const abstractName = `codegen-test-${process.pid}`;
  const listener = createServer((socket) => socket.destroy());
  const abstractListener = createServer((socket) => socket.destroy());
  await new Promise<void>((done) => listener.listen(0, "127.0.0.1", done));
  await new Promise<void>((done) => abstractListener.listen(`\0${abstractName}`, done));
  const { port } = listener.address() as AddressInfo;
  const close = () => {
    listener.close();
    abstractListener.close();
    rmSync(elsewhere, { recursive: true });
  };
  return { elsewhere, project, port, pid: process.pid, abstractName, close };
}

/** Opens, and never writes. */
const openForWriting = (path: string) =>
  `node -e 'require("fs").openSync("${path}", require("fs").constants.O_WRONLY); console.log("OPENED")'`;
const systemCall = (number: number, ...args: number[]) =>
  `perl -e '$! = 0; syscall(${[number, ...args].join(",")}); print "errno ", $! + 0'`;
const reach = (host: string, port: number) =>
  `node -e 'const s = require("net").connect({ host: "${host}", port: ${port}, timeout: 3000 }); s.on("connect", () => { console.log("CONNECTED"); process.exit() }); s.on("timeout", () => { console.log("TIMEOUT"); process.exit() }); s.on("error", (e) => console.log(e.code))'`;

/** What is tried, the command, and what the refusal must look like: another text, also that of a missing tool, fails. */
export const probes = (targets: Targets): readonly Probe[] =>
  attempts(targets).map(([name, run, denied]) => ({ name, run, denied }));

const attempts = ({
  elsewhere,
  project,
  port,
  pid,
  abstractName,
}: Targets): readonly (readonly [string, string, RegExp])[] => [
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
  ["signal the bot", `kill -0 ${pid}`, /No such process/],
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
    `node -e 'require("net").connect("\\0${abstractName}").on("connect", () => console.log("CONNECTED")).on("error", (e) => console.log(e.code))'`,
    /ECONNREFUSED/,
  ],
  ["resolve a name", "getent hosts example.com || echo nothing", /^nothing\n$/],
  [
    "type into the terminal",
    'perl -e \'my $c = "x"; ioctl(STDIN, 0x5412, $c) or print "errno ", $! + 0\'',
    /^errno 1$/,
  ],
  [
    "attach to a process of the host",
    "perl -e 'print kill(0, 1) ? \"own\" : \"none\"'; grep -E '^(CapEff|Seccomp):' /proc/1/status",
    /^ownCapEff:\s+0+\nSeccomp:\s+2\n$/,
  ],
  ["use the kernel's keys", systemCall(250, 0, 0), /^errno 1$/],
  ["load a program into the kernel", systemCall(321, 0, 0, 0), /^errno 1$/],
  ["watch the processor", systemCall(298, 0, 0, 0, 0, 0), /^errno 1$/],
  ["exchange the root directory", systemCall(155, 0, 0), /^errno 1$/],
  ["enter a namespace by its file", systemCall(308, 0, 0), /^errno 1$/],
  ["clone with a user namespace", systemCall(56, 0x10000000, 0, 0, 0, 0), /^errno 1$/],
  ["hear all packets", "perl -e 'socket(my $s, 17, 3, 0) or print \"errno \", $! + 0'", /^errno 97$/],
  [
    "send to a name server",
    `node -e 'const s = require("dgram").createSocket("udp4"); s.send("x", 53, "192.0.2.53", (e) => { console.log(e ? e.code : "SENT"); s.close() })'`,
    /^ENETUNREACH\n$/,
  ],
  ["reach an address of IPv6 outside", reach("2001:db8::1", 443), /^ENETUNREACH\n$/],
  ["kill everything", "kill -9 -1; echo after", /No such process\n*\nafter\n$/],
  ["protect itself from want of memory", "echo -1000 >/proc/self/oom_score_adj", /I\/O error|Permission denied/],
  ["write into /dev", "touch /dev/file", /Read-only file system/],
  ["see where its files come from", "ls /mnt /proc/1/root/mnt", /No such file/],
  [
    "reach the upper directory of its own files",
    "ls /mnt/upper /run/upper; find / -xdev -name 'workspace.work' 2>/dev/null",
    /No such file.*\n.*No such file.*\n$/,
  ],
  ["read the environment of the bot", `cat /proc/${pid}/environ`, /No such file/],
];

/** Needs more than the small limits of tests. */
export const page: readonly [string, string, RegExp] = [
  "look at a page with Chromium",
  `PATH=$PATH:/usr/lib/chromium; for c in chromium-headless-shell chromium chromium-browser; do command -v $c >/dev/null || continue; exec $c --headless --no-sandbox --disable-gpu --dump-dom 'data:text/html,<p id=a></p><script>a.textContent = 40 + 2</script>' 2>/dev/null; done`,
  /<p id="a">42<\/p>/,
];

/** What every build needs: the command, and what it prints when it works. */
export const mustWork: readonly (readonly [string, string, RegExp])[] = [
  ["run node", "node -p '40 + 2'", /^42\n$/],
  [
    "run npm test without a network",
    `mkdir -p n && cd n && printf '{"scripts":{"test":"node --test"}}' >package.json && echo 'require("node:test")("adds", () => {})' >a.test.js && npm test && rm -r ../n`,
    /# pass 1\n/,
  ],
  [
    "run git on files of its own",
    "git init -q t && git -C t -c user.name=a -c user.email=a@b commit -q --allow-empty -m x && git -C t status --short && echo ok; rm -rf t",
    /^ok\n$/,
  ],
  ["run python", "python3 -c 'print(40 + 2)'", /^42\n$/],
  page,
  [
    "write and remove files in the workspace",
    "mkdir -p a/b && echo x >a/b/c && cat a/b/c && rm -r a && ls -A",
    /^x\n$/,
  ],
];

/** What a build may need besides, and how it finds itself. */
export const uses: readonly (readonly [string, string, RegExp])[] = [
  [
    "use its home and /tmp",
    'echo "$HOME" && touch "$HOME/x" /tmp/x /dev/shm/x /var/tmp/x && echo ok',
    /^\/home\/codegen\nok\n$/,
  ],
  ["open its standard error again", "echo twice >/dev/stderr", /^twice\n$/],
  ["be a user with a name", "id -un; id -u; whoami", /^codegen\n1000\ncodegen\n$/],
  [
    "serve on loopback by name",
    `node -e 'const h = require("http"); const s = h.createServer((q, r) => r.end("served")).listen(0, "localhost", () => fetch("http://localhost:" + s.address().port).then((r) => r.text()).then((t) => { console.log(t); s.close() }))'`,
    /^served\n$/,
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
