/** A file with mistakes, and what is said about each: `line:column key (value) message`. */
export interface Mistake {
  readonly text: string;
  readonly says: readonly string[];
  /** What an editor says that knows the JSON Schema: it cannot know everything. Default: it refuses the file too. */
  readonly editorAccepts?: true;
  /** The text cannot be handed to an editor's checker, since it is no YAML or no JSON. */
  readonly noData?: true;
}

const topKeys = "version, extends, agent, triggers, permissions, environment, validation, analysis, web, merge";

export const mistakes: Readonly<Record<string, Mistake>> = {
  "a later version": { text: "version: 2", says: ["1:1 version (2) must be 1"] },
  "a version as text": { text: 'version: "1"', says: ['1:1 version ("1") must be 1'] },
  "an unknown key": { text: "colour: red", says: [`1:1 colour there is no such key. Known here: ${topKeys}.`] },
  "a typo in a key": {
    text: "agent:\n  plam: never",
    says: ["2:3 agent.plam there is no such key. Did you mean `plan`?"],
  },
  "a typo in capitals": { text: "Agent: {}", says: ["1:1 Agent there is no such key. Did you mean `agent`?"] },
  "two unknown keys": {
    text: "agent:\n  modles: {}\n  bugdet: {}",
    says: [
      "2:3 agent.modles there is no such key. Did you mean `models`?",
      "3:3 agent.bugdet there is no such key. Did you mean `budget`?",
    ],
  },
  "matchers that lie elsewhere": {
    text: "validation: { commands: [{ name: a, run: b, matchers: ../odd.json }] }",
    says: [
      "1:45 validation.commands[0].matchers (../odd.json) must be the path of a file from the top of the repository, such as .github/matchers.json",
    ],
    editorAccepts: true,
  },
  "a typo in a list": {
    text: "validation:\n  commands:\n    - name: test\n      rum: npm test",
    says: [
      "3:7 validation.commands[0].run must be text",
      "4:7 validation.commands[0].rum there is no such key. Did you mean `run`?",
    ],
  },
  "a key of Object": {
    text: "constructor: 1",
    says: [`1:1 constructor there is no such key. Known here: ${topKeys}.`],
  },
  "a prototype": {
    text: "agent:\n  __proto__: { plan: never }",
    says: ["2:3 agent.__proto__ ({ plan: never }) a key of this name is not allowed"],
    noData: true,
  },
  "an empty key": { text: "? \n: 1", says: [`1:1 "" there is no such key. Known here: ${topKeys}.`] },
  "a list as a key": { text: "[a, b]: 1", says: [`1:1 [ a, b ] there is no such key. Known here: ${topKeys}.`] },
  "a key that stands twice": {
    text: "agent:\n  plan: never\n  plan: required",
    says: ["3:3 agent.plan (required) the key stands in the same mapping twice, first in line 2; keep one of them"],
    noData: true,
  },
  "a key that stands twice in a list": {
    text: "validation:\n  commands:\n    - { name: a, run: x }\n    - name: b\n      run: x\n      run: [y]",
    says: [
      "6:7 validation.commands[1].run ([y]) the key stands in the same mapping twice, first in line 5; keep one of them",
    ],
    noData: true,
  },
  "a key that stands twice, then with an alias": {
    text: "agent: &a { plan: never, plan: *a }",
    says: [
      "1:26 agent.plan (*a, that is { plan: never, plan: *a }) the key stands in the same mapping twice, first in line 1; keep one of them",
    ],
    noData: true,
  },
  "a key that stands twice at the top": {
    text: "version: 1\nversion: 1",
    says: ["2:1 version (1) the key stands in the same mapping twice, first in line 1; keep one of them"],
    noData: true,
  },
  "a merge key": {
    text: "agent: &a\n  plan: never\ntriggers:\n  <<: *a",
    says: ["4:3 triggers.<< merge keys are not supported. Write the keys out."],
  },
  "no mapping but text": { text: "hello", says: ["1:1 The file must be a mapping of keys, such as `version: 1`."] },
  "no mapping but a list": {
    text: "- version: 1",
    says: ["1:1 The file must be a mapping of keys, such as `version: 1`."],
  },
  "two documents": {
    text: "version: 1\n---\nversion: 1",
    says: ["2:1 The file holds a second document after `---`; write everything into one."],
    noData: true,
  },
  "a tab": {
    text: "agent:\n\tplan: never",
    says: ["2:1 This is not valid YAML: Tabs are not allowed as indentation."],
    noData: true,
  },
  "a bracket that is not closed": {
    text: "merge: { auto: true\nversion: 1",
    says: ["2:1 This is not valid YAML: Flow map in block collection must be sufficiently indented and end with a }."],
    noData: true,
  },
  "a quote that is not closed": {
    text: 'extends: "a',
    says: ['1:12 This is not valid YAML: Missing closing "quote.'],
    noData: true,
  },
  "an alias without its anchor": {
    text: "agent: *nobody",
    says: ["1:8 agent (*nobody) there is no anchor `&nobody` before this alias"],
    noData: true,
  },
  "a NUL": { text: "version: 1\0", says: [String.raw`1:1 version (the text "1\u0000") must be 1`] },
  "a BEL": { text: "version: 1\u0007", says: [String.raw`1:1 version (the text "1\u0007") must be 1`] },
  "a space that does not break": {
    text: "version: 1\u00A0",
    says: [String.raw`1:1 version (the text "1\u00a0") must be 1`],
  },
  "a joiner that nobody sees": {
    text: "merge: { auto: true\u200D }",
    says: [String.raw`1:10 merge.auto (the text "true\u200d") must be true or false`],
  },
  "a sign that nobody sees in quotes": {
    text: "agent: { plan: 'never\u{E0041}' }",
    says: [String.raw`1:10 agent.plan (the text "never\u{e0041}") must be one of required, optional, never`],
  },
  "a sign that nobody sees in a list": {
    text: "agent: { plan: [never\u200D] }",
    says: [String.raw`1:10 agent.plan ([never\u200d]) must be one of required, optional, never`],
  },
  "a number that is tagged as text": { text: "version: !!str 1", says: ['1:1 version (the text "1") must be 1'] },
  "Windows line ends": {
    text: "version: 1\r\nagent:\r\n  plan: maybe\r\n",
    says: ["3:3 agent.plan (maybe) must be one of required, optional, never"],
  },
  "a byte order mark": {
    text: "\uFEFFagent: { plan: maybe }",
    says: ["1:10 agent.plan (maybe) must be one of required, optional, never"],
  },
  "YAML 1.1": {
    text: "%YAML 1.1\n---\nmerge:\n  auto: yes",
    says: ["4:3 merge.auto (yes) must be true or false"],
    noData: true,
  },
  "a word of YAML 1.1 for false": {
    text: "merge: { auto: off }",
    says: ["1:10 merge.auto (off) must be true or false"],
  },
  "text for a mapping": { text: "agent: never", says: ["1:1 agent (never) must be a mapping of keys"] },
  "nothing for a mapping": { text: "agent:\nversion: 1", says: ["1:1 agent (empty) must be a mapping of keys"] },
  "a mapping for a list": {
    text: "environment: { setup: { a: b } }",
    says: ["1:16 environment.setup ({ a: b }) must be a list"],
  },
  "a list for a word": {
    text: "agent: { plan: [never] }",
    says: ["1:10 agent.plan ([never]) must be one of required, optional, never"],
  },
  "a mapping for a switch": {
    text: "merge:\n  auto:\n    x: 1\n",
    says: ["2:3 merge.auto (a mapping of 1 key) must be true or false"],
  },
  "a list over several lines for a switch": {
    text: "merge:\n  auto:\n    - a\n    - b\n",
    says: ["2:3 merge.auto (a list of 2 entries) must be true or false"],
  },
  "an alias of a mapping for a switch": {
    text: "environment: { limits: &a { cpus: 2 } }\nmerge: { auto: *a }",
    says: ["2:10 merge.auto (*a, that is { cpus: 2 }) must be true or false"],
  },
  "an alias of a text for a switch": {
    text: "agent: { backend: &a x, plan: never }\nmerge: { auto: *a }",
    says: ["2:10 merge.auto (*a, that is x) must be true or false"],
  },
  "a mistake behind an alias": {
    text: "environment:\n  secrets: &a [ONE, two]\n  setup_secrets: *a",
    says: [
      "2:21 environment.secrets[1] (two) must be the name of a variable in capitals, never its value",
      "3:3 environment.setup_secrets[1] (two) must be the name of a variable in capitals, never its value",
    ],
  },
  "nothing for a word": {
    text: "agent:\n  plan:",
    says: ["2:3 agent.plan (empty) must be one of required, optional, never"],
  },
  "text for a list": {
    text: "environment: { setup: npm ci }",
    says: ["1:16 environment.setup (npm ci) must be a list"],
  },
  "a number for text": { text: "extends: 7", says: ["1:1 extends (7) must be text"] },
  "empty text": { text: 'agent: { rules: [""] }', says: ['1:18 agent.rules[0] ("") must be at least 1 characters'] },
  "a fraction for a whole number": {
    text: "agent: { max_attempts: 1.5 }",
    says: ["1:10 agent.max_attempts (1.5) must be a whole number"],
  },
  "too large a number": {
    text: "agent: { max_attempts: 11 }",
    says: ["1:10 agent.max_attempts (11) must be at most 10"],
  },
  "far too large a number": {
    text: "agent: { max_attempts: 99999999999999999999 }",
    says: ["1:10 agent.max_attempts (99999999999999999999) must be at most 10"],
  },
  "too small a number": {
    text: "merge: { require: { approvals: -1 } }",
    says: ["1:21 merge.require.approvals (-1) must be at least 0"],
  },
  "nothing where more is needed": {
    text: "agent: { budget: { usd: 0 } }",
    says: ["1:20 agent.budget.usd (0) must be more than 0"],
  },
  "an endless number": {
    text: "agent: { budget: { usd: .inf } }",
    says: ["1:20 agent.budget.usd (.inf) must be a number"],
    noData: true,
  },
  "a count in words": {
    text: "agent: { budget: { tokens: many } }",
    says: ["1:20 agent.budget.tokens (many) must be a whole number from 1000 to 50000000, such as 2_000_000"],
  },
  "too small a count": {
    text: "agent: { budget: { tokens: 999 } }",
    says: ["1:20 agent.budget.tokens (999) must be at least 1000"],
  },
  "a time without its unit": {
    text: "validation: { commands: [{ name: a, run: b, timeout: 5 }] }",
    says: ["1:45 validation.commands[0].timeout (5) must be a number with a unit: 500ms, 90s, 5m or 1h"],
  },
  "too long a time": {
    text: "validation: { commands: [{ name: a, run: b, timeout: 7h }] }",
    says: ["1:45 validation.commands[0].timeout (7h) must be more than 0 and at most 6h"],
    editorAccepts: true,
  },
  "a size in small letters": {
    text: "environment: { limits: { memory: 2gb } }",
    says: ["1:26 environment.limits.memory (2gb) must be a number with a unit: 512MB or 2GB"],
  },
  "too small a size": {
    text: "environment: { limits: { memory: 1MB } }",
    says: ["1:26 environment.limits.memory (1MB) must be between 16MB and 64GB"],
    editorAccepts: true,
  },
  "the value of a secret": {
    text: "environment: { secrets: [hunter2] }",
    says: ["1:26 environment.secrets[0] (hunter2) must be the name of a variable in capitals, never its value"],
  },
  "a secret that the environment does not have": {
    text: "environment: { secrets: [A], setup_secrets: [B] }\nvalidation: { commands: [{ name: t, run: x, secrets: [A, C] }], deploy: { start: x, port: 80, secrets: [D] } }",
    says: [
      "1:46 environment.setup_secrets[0] (B) must be listed in `environment.secrets` too, which has A",
      "2:58 validation.commands[0].secrets[1] (C) must be listed in `environment.secrets` too, which has A",
      "2:105 validation.deploy.secrets[0] (D) must be listed in `environment.secrets` too, which has A",
    ],
    editorAccepts: true,
  },
  "secrets where the environment has none": {
    text: "environment:\n  setup_secrets: [B]",
    says: ["2:19 environment.setup_secrets[0] (B) must be listed in `environment.secrets` too, which has none"],
    editorAccepts: true,
  },
  "a secret of a command behind one with a matrix": {
    text: "validation:\n  commands:\n    - { name: a, run: x, matrix: { n: [1, 2] }, secrets: [B] }\n    - { name: b, run: x, secrets: [C] }",
    says: [
      "3:59 validation.commands[0].secrets[0] (B) must be listed in `environment.secrets` too, which has none",
      "4:36 validation.commands[1].secrets[0] (C) must be listed in `environment.secrets` too, which has none",
    ],
    editorAccepts: true,
  },
  "an address in the place of a host": {
    text: "environment: { network: [10.0.0.0/8] }",
    says: ["1:26 environment.network[0] (10.0.0.0/8) must be a host alone: no path, no range of addresses"],
    editorAccepts: true,
  },
  "a URL in the place of a host": {
    text: "environment: { network: ['https://registry.example/npm'] }",
    says: [
      "1:26 environment.network[0] ('https://registry.example/npm') must be a host without its scheme and path, such as registry.example",
    ],
    editorAccepts: true,
  },
  "everything in the place of a host": {
    text: "environment: { network: ['*'] }",
    says: [
      "1:26 environment.network[0] ('*') must name a host; a star stands only at the beginning, as in *.example.org",
    ],
    editorAccepts: true,
  },
  "a role that does not exist": {
    text: "permissions: { merge: owner }",
    says: ["1:16 permissions.merge (owner) must be one of read, triage, write, maintain, admin"],
  },
  "a date": {
    text: "permissions: { merge: 2026-01-01 }",
    says: ["1:16 permissions.merge (2026-01-01) must be one of read, triage, write, maintain, admin"],
  },
  "a name for a check with a bar": {
    text: "validation: { commands: [{ name: 'a|b', run: x }] }",
    says: [
      "1:28 validation.commands[0].name ('a|b') must begin with a letter or digit and hold at most 50 letters, digits, spaces, dots, dashes or underscores",
    ],
  },
  "two commands of one name": {
    text: "validation: { commands: [{ name: Test, run: a }, { name: test, run: b }] }",
    says: [
      "1:52 validation.commands[1].name (test) is the name of `validation.commands[0]` too; each name is a check of its own, and capitals make no difference",
    ],
    editorAccepts: true,
  },
  "three commands of one name": {
    text: "validation:\n  commands:\n    - { name: a, run: x }\n    - { name: b, run: x }\n    - { name: b, run: x }\n    - { name: 'B', run: x }",
    says: [
      "5:9 validation.commands[2].name (b) is the name of `validation.commands[1]` too; each name is a check of its own, and capitals make no difference",
      "6:9 validation.commands[3].name ('B') is the name of `validation.commands[1]` too; each name is a check of its own, and capitals make no difference",
    ],
    editorAccepts: true,
  },
  "a command that needs itself": {
    text: "validation: { commands: [{ name: a, run: x, needs: [a] }] }",
    says: ["1:53 validation.commands[0].needs[0] (a) a command cannot need itself"],
    editorAccepts: true,
  },
  "a command that needs one that is not there": {
    text: "validation:\n  commands:\n    - { name: a, run: x }\n    - { name: b, run: x, needs: [a, biuld] }",
    says: ["4:37 validation.commands[1].needs[1] (biuld) there is no command of this name; there are a, b"],
    editorAccepts: true,
  },
  "commands that need each other": {
    text: "validation:\n  commands:\n    - { name: a, run: x, needs: [b] }\n    - { name: b, run: x, needs: [c] }\n    - { name: c, run: x, needs: [a] }\n    - { name: d, run: x, needs: [a] }",
    says: [
      "3:34 validation.commands[0].needs[0] (b) they need each other in a circle: a → b → c → a",
      "4:34 validation.commands[1].needs[0] (c) they need each other in a circle: b → c → a → b",
      "5:34 validation.commands[2].needs[0] (a) they need each other in a circle: c → a → b → c",
    ],
    editorAccepts: true,
  },
  "a command that needs an application that nothing starts": {
    text: "validation: { commands: [{ name: a, run: x, needs: [deploy] }] }",
    says: ["1:53 validation.commands[0].needs[0] (deploy) there is no `validation.deploy` that could be needed"],
    editorAccepts: true,
  },
  "a command that needs the application and what that has not seen": {
    text: "validation:\n  commands:\n    - { name: a, run: x }\n    - { name: b, run: x, needs: [deploy, a] }\n  deploy: { start: x, port: 80 }",
    says: [
      "4:42 validation.commands[1].needs[1] (a) a command that needs `deploy` runs on the application's files, so `validation.deploy.needs` has to name a too",
    ],
    editorAccepts: true,
  },
  "a command with the name of the application": {
    text: "validation: { commands: [{ name: Deploy, run: x }], deploy: { start: x, port: 80 } }",
    says: [
      "1:28 validation.commands[0].name (Deploy) is the name of the check of `validation.deploy`; choose another one",
    ],
    editorAccepts: true,
  },
  "a fraction in a matrix": {
    text: "validation: { commands: [{ name: a, run: x, matrix: { python: [3.10, '3.11'] } }] }",
    says: [
      "1:64 validation.commands[0].matrix.python[0] (3.10) must be a whole number, or at most 40 characters without commas and parentheses; put others in quotes, such as '3.10'",
    ],
  },
  "a matrix for a variable of the sandbox's own": {
    text: "validation: { commands: [{ name: a, run: x, matrix: { path: [a] } }] }",
    says: ["1:55 validation.commands[0].matrix.path ([a]) is set by the sandbox itself; choose another name"],
    editorAccepts: true,
  },
  "a matrix with a value twice": {
    text: "validation: { commands: [{ name: a, run: x, matrix: { node: [20, '20'] } }] }",
    says: ["1:55 validation.commands[0].matrix.node ([20, '20']) a value stands in the list twice"],
    editorAccepts: true,
  },
  "matrices of too many commands": {
    text: "validation: { commands: [{ name: a, run: x, matrix: { b: [1, 2, 3, 4, 5, 6], c: [1, 2, 3, 4, 5] } }, { name: d, run: x }] }",
    says: [
      "1:15 validation.commands (a list of 2 entries) with their matrices written out these are more than 30 commands",
    ],
    editorAccepts: true,
  },
  "an application that is ready elsewhere": {
    text: "validation: { deploy: { start: x, port: 80, ready: 'http://example.org/' } }",
    says: [
      "1:45 validation.deploy.ready ('http://example.org/') must be an address of the sandbox itself: http://127.0.0.1:PORT/…",
    ],
    editorAccepts: true,
  },
  "an application that is ready by a broken pattern": {
    text: "validation: { deploy: { start: x, port: 80, ready: { log: '/(/' } } }",
    says: [
      "1:54 validation.deploy.ready.log ('/(/') is no valid pattern; a plain text is written without slashes around it",
    ],
    editorAccepts: true,
  },
  "too many rules": {
    text: `agent: { rules: [${"x, ".repeat(51)}] }`,
    says: ["1:10 agent.rules (a list of 51 entries) must be at most 50 entries"],
  },
  "a long value, which is cut": {
    text: `agent: { plan: ${"x".repeat(60)} }`,
    says: [`1:10 agent.plan (${"x".repeat(40)}…) must be one of required, optional, never`],
  },
  "a step that does not exist": {
    text: "web: { flows: [{ name: a, steps: [{ klick: x }] }] }",
    says: ["1:37 web.flows[0].steps[0].klick there is no such key. Did you mean `click`?"],
  },
  "a step without a key": {
    text: "web: { flows: [{ name: a, steps: [{}] }] }",
    says: ["1:35 web.flows[0].steps[0] ({}) must be exactly one of visit, click, fill or expect"],
  },
  "a step with two keys": {
    text: "web: { flows: [{ name: a, steps: [{ visit: /, click: { text: x } }] }] }",
    says: [
      "1:35 web.flows[0].steps[0] ({ visit: /, click: { text: x } }) must be exactly one of visit, click, fill or expect",
    ],
  },
  "a step that is text": {
    text: "web: { flows: [{ name: a, steps: [visit] }] }",
    says: ["1:35 web.flows[0].steps[0] (visit) must be a mapping of keys"],
  },
  "a click on nothing": {
    text: "web: { flows: [{ name: a, steps: [{ click: {} }] }] }",
    says: ["1:37 web.flows[0].steps[0].click ({}) must say how the element is found: role, name, text or label"],
  },
  "a field to fill that is not named": {
    text: "web: { flows: [{ name: a, steps: [{ fill: { value: x } }] }] }",
    says: [
      "1:37 web.flows[0].steps[0].fill ({ value: x }) must say how the element is found: role, name, text or label",
    ],
  },
  "a rule with a severity that does not exist": {
    text: "analysis: { rules: { security/eval: fatal } }",
    says: ["1:22 analysis.rules.security/eval (fatal) must be one of off, notice, warning, error"],
  },
  "several mistakes, in the order of the file": {
    text: "merge:\n  method: fast\nagent:\n  plan: maybe\nversion: 3",
    says: [
      "2:3 merge.method (fast) must be one of merge, squash, rebase",
      "4:3 agent.plan (maybe) must be one of required, optional, never",
      "5:1 version (3) must be 1",
    ],
  },
};

/** Files without a mistake. */
export const good: Readonly<Record<string, string>> = {
  empty: "",
  "only a comment": "# nothing yet\n",
  null: "null",
  "an empty mapping": "{}",
  "a document start": "---\nversion: 1\n...\n",
  "a byte order mark": "\uFEFFversion: 1\n",
  "Windows line ends": "version: 1\r\nagent:\r\n  plan: never\r\n",
  "an anchor and its alias": "environment:\n  setup: &s [npm ci]\n  files: *s\n",
  "a count in groups": "agent: { budget: { tokens: 2_000_000 } }",
  "an octal number": "merge: { require: { approvals: 0o7 } }",
  "a date for a name": "extends: 2026-01-01",
  "no for a name": "extends: no",
  "keys in quotes": '"version": 1\n\'agent\': {"plan": "never"}',
  "text over several lines": "agent:\n  rules:\n    - |\n      one\n      two\n",
  "an application that is ready by its log":
    "validation: { commands: [{ name: a, run: x, needs: [deploy] }], deploy: { start: x, port: 80, ready: { log: '/on \\d+/' } } }",
  "an application that is ready by its port": "validation: { deploy: { start: x, port: 80, ready: 81 } }",
  "a step of each kind":
    "web: { flows: [{ name: a, steps: [{ visit: / }, { click: { text: x } }, { fill: { label: a, value: b } }, { expect: { role: alert } }] }] }",
};

/** Files that are meant to cost time or memory, and what is said about them. */
export const costly: Readonly<Record<string, { text: string; says: RegExp }>> = {
  "a megabyte": { text: "a".repeat(1024 * 1024), says: /^1:1 The file has 1048576 bytes; at most 65536 are read\.$/ },
  "64 KB and a byte": { text: "#".repeat(64 * 1024 + 1), says: /at most 65536 are read/ },
  "64 KB in letters of three bytes": { text: "#".padEnd(30_000, "語"), says: /at most 65536 are read/ },
  "aliases of aliases": {
    text: `a: &a [${"x,".repeat(9)}]\n${["b", "c", "d", "e", "f"].map((key, n) => `${key}: &${key} [${`*${"abcde"[n]},`.repeat(9)}]`).join("\n")}`,
    says: /repeats anchors through too many aliases/,
  },
  "an alias of itself": {
    text: "agent: &a { rules: *a }",
    says: /^1:13 agent\.rules \(\*a, that is \{ rules: \*a \}\) must be a list$/,
  },
  "10,000 brackets": {
    text: `agent: ${"[".repeat(10_000)}${"]".repeat(10_000)}`,
    says: /nests more than 30 levels deep/,
  },
  "10,000 open braces": { text: `agent: ${"{a: ".repeat(10_000)}`, says: /nests more than 30 levels deep/ },
  "10,000 lists in a line": { text: `${"- ".repeat(10_000)}a`, says: /nests more than 30 levels deep/ },
  "10,000 complex keys": { text: `${"? ".repeat(10_000)}a`, says: /nests more than 30 levels deep/ },
  "350 levels of indentation": {
    text: Array.from({ length: 350 }, (_, n) => `${" ".repeat(n)}a:`).join("\n"),
    says: /^1:1 a there is no such key/,
  },
  "9,000 keys": {
    text: Array.from({ length: 9_000 }, (_, n) => `k${n}:`).join("\n"),
    says: /^1501:6 The file has more than 1500 keys/,
  },
  "1,400 unknown keys": {
    text: Array.from({ length: 1_400 }, (_, n) => `k${n}:`).join("\n"),
    says: /^1:1 k0 there is no such key/,
  },
  "1,400 equal keys": { text: "a: 1\n".repeat(1_400), says: /^2:1 a \(1\) the key stands in the same mapping twice/ },
  "700 anchors": {
    text: Array.from({ length: 700 }, (_, n) => `k${n}: &a${n} x`).join("\n"),
    says: /there is no such key/,
  },
  "30,000 entries": {
    text: `agent: { rules: [${"1,".repeat(30_000)}] }`,
    says: /more than 1500 keys and list entries/,
  },
  "a matrix of a million million commands": {
    text: `validation: { commands: [{ name: a, run: x, matrix: { ${Array.from({ length: 12 }, (_, n) => `v${n}: [1,2,3,4,5,6,7,8,9,10]`).join(", ")} } }] }`,
    says: /more than 30 commands/,
  },
  "1,000 empty commands": {
    text: `validation: { commands: [${"{},".repeat(700)}] }`,
    says: /must be at most 30 entries|more than 1500/,
  },
  "15,000 documents": { text: "---\n".repeat(15_000), says: /second document/ },
  "7,000 mistakes": { text: "a: [\n]]\n".repeat(7_000), says: /more than 1500 keys/ },
  "a long key": { text: `${"a".repeat(60_000)}: 1`, says: /not valid YAML/ },
  "a long name for a key": { text: `${"a".repeat(1_000)}: 1`, says: /there is no such key/ },
  "60,000 spaces": { text: `agent: maybe${" ".repeat(60_000)}`, says: /^1:1 agent \(maybe\) must be a mapping/ },
  "30,000 escapes": { text: `extends: "${"\\n".repeat(30_000)}"`, says: /must be at (most|least)/ },
  "20,000 lines of text": { text: `extends: |\n${" x\n".repeat(20_000)}`, says: /must be at most 500 characters/ },
};
