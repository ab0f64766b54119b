/**
 * A seccomp filter for what no build or test needs and what has often been a way out: new namespaces and mounts,
 * io_uring, bpf, perf, kernel keys, modules, clocks, exotic sockets, typing into terminals. It comes on top of the
 * namespaces and the missing capabilities, which deny most of it already.
 * Layout: struct sock_filter of linux/filter.h; offsets: struct seccomp_data of linux/seccomp.h.
 * @returns the program for bubblewrap's `--seccomp`, or undefined for a processor whose numbers are not listed here
 */
export function seccompFilter(arch: string): Uint8Array | undefined {
  const known = architectures[arch];
  if (known === undefined) return undefined;
  const { audit, column } = known;
  const number = (name: keyof typeof numbers) => numbers[name][column];
  const program: Instruction[] = [
    load(4),
    ...unless(equal, audit, [fail(ENOSYS)]),
    load(0),
    // The x32 calls of x86-64 would go past every comparison below.
    ...(arch === "x64" ? when(atLeast, 0x4000_0000, [fail(ENOSYS)]) : []),
    ...denied.flatMap((name) => {
      const [x64, arm64] = numbers[name];
      const call = column === 0 ? x64 : arm64;
      return call < 0 ? [] : when(equal, call, [fail(EPERM)]);
    }),
    // glibc falls back to clone, whose flags can be seen here.
    ...when(equal, number("clone3"), [fail(ENOSYS)]),
    ...when(equal, number("clone"), [load(argument(0)), ...when(anyBit, newNamespaces, [fail(EPERM)]), allow]),
    ...when(equal, number("ioctl"), [
      load(argument(1)),
      ...when(equal, TIOCSTI, [fail(EPERM)]),
      ...when(equal, TIOCLINUX, [fail(EPERM)]),
      allow,
    ]),
    ...when(equal, number("socket"), [
      load(argument(0)),
      ...families.flatMap((family) => when(equal, family, [allow])),
      fail(EAFNOSUPPORT),
    ]),
    allow,
  ];
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  for (const [index, { code, yes, no, value }] of program.entries()) {
    bytes.setUint16(index * 8, code, true);
    bytes.setUint8(index * 8 + 2, yes);
    bytes.setUint8(index * 8 + 3, no);
    bytes.setUint32(index * 8 + 4, value, true);
  }
  return new Uint8Array(bytes.buffer);
}

interface Instruction {
  readonly code: number;
  readonly yes: number;
  readonly no: number;
  readonly value: number;
}

const architectures: Readonly<Record<string, { readonly audit: number; readonly column: 0 | 1 }>> = {
  x64: { audit: 0xc000_003e, column: 0 },
  arm64: { audit: 0xc000_00b7, column: 1 },
};

const [EPERM, ENOSYS, EAFNOSUPPORT] = [1, 38, 97];
const [TIOCSTI, TIOCLINUX] = [0x5412, 0x541c];
/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET */
const newNamespaces = 0x7e02_0000;
/** AF_UNIX, AF_INET, AF_INET6, and AF_NETLINK, by which programs list their interfaces. */
const families = [1, 2, 10, 16];

/** System call numbers on x86-64 and arm64; -1 where there is none. */
const numbers = {
  clone: [56, 220],
  clone3: [435, 435],
  ioctl: [16, 29],
  socket: [41, 198],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  setns: [308, 268],
  unshare: [272, 97],
  open_by_handle_at: [304, 265],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  quotactl: [179, 60],
  syslog: [103, 116],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  iopl: [172, -1],
  ioperm: [173, -1],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

const special = new Set(["clone", "clone3", "ioctl", "socket"]);
const denied = (Object.keys(numbers) as (keyof typeof numbers)[]).filter((name) => !special.has(name));

const equal = 0x15;
const atLeast = 0x35;
const anyBit = 0x45;
const allow: Instruction = { code: 0x06, yes: 0, no: 0, value: 0x7fff_0000 };

function load(offset: number): Instruction {
  return { code: 0x20, yes: 0, no: 0, value: offset };
}

/** The low half of an argument; what is compared here never uses the high one. */
function argument(index: number): number {
  return 16 + 8 * index;
}

function fail(errno: number): Instruction {
  return { code: 0x06, yes: 0, no: 0, value: 0x0005_0000 | errno };
}

function when(test: number, value: number, body: readonly Instruction[]): Instruction[] {
  return [{ code: test, yes: 0, no: body.length, value }, ...body];
}

function unless(test: number, value: number, body: readonly Instruction[]): Instruction[] {
  return [{ code: test, yes: body.length, no: 0, value }, ...body];
}
