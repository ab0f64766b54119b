import { instead } from "../fixes.ts";
import { decidedByOthers, leadsElsewhere, originOf, says } from "../reports.ts";
import type { FlatTree } from "../../syntax/flat-tree.ts";
import { ecma, type Rule } from "../rule.ts";
import { functionAround } from "../taint/trace.ts";
import * as why from "../why.ts";

/** What a request may decide: files, addresses, keys of objects, and who is let in. */
export const ecmaRequests: readonly Rule[] = [
  {
    id: "security/path-traversal",
    languages: ecma,
    severity: "error",
    cwe: 22,
    words: [
      "readFile(",
      "readFileSync(",
      "createReadStream(",
      "createWriteStream(",
      "writeFile(",
      "writeFileSync(",
      "appendFile(",
      "unlink(",
      "unlinkSync(",
      "rm(",
      "rmSync(",
      "sendFile(",
      "download(",
      "readdir(",
      "readdirSync(",
    ],
    query: `(call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)]
      arguments: (arguments . (_) @found . (_)? @options)
      (#any-of? @name "readFile" "readFileSync" "createReadStream" "createWriteStream" "writeFile" "writeFileSync" "appendFile" "unlink" "unlinkSync"
        "rm" "rmSync" "sendFile" "download" "readdir" "readdirSync"))`,
    reports: (found) => !/\broot\b/.test(found.text("options")) && decidedByOthers({ whole: 3, composed: 3 })(found),
    message: why.path("Resolve it, and check that it still begins with the directory that is meant."),
    examples: {
      bad: [
        'import fs from "node:fs";\napp.get("/", (req, res) => fs.createReadStream("./files/" + req.params.name).pipe(res));',
        'app.get("/", async (req, res) => { const file = path.join(root, req.query.file); res.send(await readFile(file)); });',
        'app.get("/", (req, res) => { const { name } = req.params; res.download(`/srv/${name}`); });',
      ],
      good: [
        'fs.readFileSync("./package.json");',
        "function read(name) { return fs.readFileSync(path.join(root, name)); }",
        'app.get("/", (req, res) => fs.createReadStream("./files/" + path.basename(req.params.name)).pipe(res));',
        'app.get("/", (req, res) => { const file = path.join(root, req.query.file); if (!file.startsWith(root)) return; fs.readFileSync(file); });',
        'app.get("/", (req, res) => res.sendFile(req.params.name, { root }));',
      ],
    },
  },
  {
    id: "security/ssrf",
    languages: ecma,
    severity: "error",
    cwe: 918,
    words: ["fetch(", "axios(", "got(", "request(", "needle(", "superagent(", "http(", "https(", "undici(", "ky("],
    after: /\s*(?:\.\s*\w+\s*)?(?:<[^()]{0,100}>)?\(\s*[\w`]/y,
    query: `
      (call_expression function: (identifier) @name arguments: (arguments . (_) @found)
        (#any-of? @name "fetch" "axios" "got" "needle" "ky" "request"))
      (call_expression function: (member_expression object: (identifier) @object property: (property_identifier) @name)
        arguments: (arguments . (_) @found)
        (#any-of? @object "axios" "got" "needle" "superagent" "http" "https" "undici" "ky")
        (#any-of? @name "get" "post" "put" "patch" "delete" "head" "request" "fetch" "stream"))`,
    reports: (found) => leadsElsewhere()(found) && !/location|document/.test(found.text("found")),
    message: why.ssrf,
    examples: {
      bad: [
        'app.get("/proxy", async (req, res) => { res.send(await fetch(req.query.url)); });',
        'app.get("/proxy", async (req, res) => { const { host } = req.query; await axios.get(`https://${host}/status`); });',
      ],
      good: [
        'app.get("/", async (req) => fetch(`https://api.example.com/users/${req.params.id}`));',
        "async function load(url) { return fetch(url); }",
        'app.get("/", async (req) => { const { url } = req.query; if (!allowed.has(url)) return; await fetch(url); });',
      ],
    },
  },
  {
    id: "security/open-redirect",
    languages: ecma,
    severity: "warning",
    cwe: 601,
    words: [".redirect("],
    after: /\s*\(\s*[\w`]/y,
    query: `(call_expression function: (member_expression object: (_) @object property: (property_identifier) @name)
      arguments: (arguments (_) @found .) (#eq? @name "redirect") (#match? @object "^(?:res|response|reply|c|ctx|context|Response|NextResponse)$"))`,
    reports: leadsElsewhere(),
    message: why.redirect,
    examples: {
      bad: [
        'app.get("/", (req, res) => res.redirect(req.query.next));',
        'app.get("/", (req, res) => { const to = req.query.to || "/"; res.redirect(302, to); });',
      ],
      good: [
        'app.get("/", (req, res) => res.redirect(new URL("/login", req.url)));',
        'app.get("/", (req, res) => res.redirect(req.originalUrl + "/"));',
        'app.get("/", (req, res) => res.redirect(base + req.query.path));',
        'app.get("/", (req, res) => res.redirect("/users/" + req.params.id));',
        'app.get("/", (req, res) => res.redirect("/"));',
      ],
    },
  },
  {
    id: "security/open-redirect",
    languages: ecma,
    severity: "warning",
    cwe: 601,
    words: ["location"],
    query: `
      (assignment_expression left: [(identifier) (member_expression)] @place right: (_) @found
        (#match? @place "^(?:(?:window|document|self|top)\\\\.)*location(?:\\\\.href)?$"))
      (call_expression function: (member_expression object: (_) @place property: (property_identifier) @name) arguments: (arguments . (_) @found)
        (#match? @place "^(?:(?:window|document|self|top)\\\\.)*location$") (#any-of? @name "assign" "replace"))`,
    reports: (found) => leadsElsewhere()(found) && !/^(?:window\.|document\.)?location\b|^\{/.test(found.text("found")),
    message: why.redirect,
    examples: {
      bad: ['const next = new URLSearchParams(location.search).get("next");\nlocation.href = next;'],
      good: [
        'location.href = "/login";',
        "location.href = location.href;",
        'window.location.assign("/x?" + location.search);',
      ],
    },
  },
  {
    id: "security/regex-injection",
    languages: ecma,
    severity: "warning",
    cwe: 1333,
    words: ["RegExp("],
    after: /\s*\(\s*[\w`]/y,
    query: `[(new_expression constructor: (identifier) @name arguments: (arguments . (_) @found))
      (call_expression function: (identifier) @name arguments: (arguments . (_) @found))] @call`,
    reports: (found) => found.text("name") === "RegExp" && decidedByOthers({ whole: 3, composed: 3 })(found),
    message:
      "The request writes a regular expression here, which can be made to run for minutes. Escape it (`RegExp.escape`), or search with `includes`.",
    examples: {
      bad: ['app.get("/", (req) => names.filter((name) => new RegExp(req.query.q, "i").test(name)));'],
      good: [
        'app.get("/", (req) => new RegExp(escapeRegExp(req.query.q)).test(name));',
        "const isWord = new RegExp(`^${word}$`);",
      ],
    },
  },
  {
    id: "security/prototype-pollution",
    languages: ecma,
    severity: "warning",
    cwe: 1321,
    kinds: ["for_in_statement"],
    worth: mergesDeeply,
    query: `(for_in_statement left: (identifier) @found right: (_) @from body: (_) @body)`,
    reports: (found) => mergesDeeply(found.tree, found.tree.parent(found.node("found"))),
    message:
      "Merging goes into `__proto__` when the other object has a key of that name, and then changes every object of the process. Skip the keys `__proto__`, `constructor` and `prototype`.",
    examples: {
      bad: [
        "function merge(to, from) { for (const key in from) { if (typeof from[key] === 'object') merge(to[key], from[key]); else to[key] = from[key]; } return to; }",
        "const extend = (to, from) => { for (const key of Object.keys(from)) { to[key] = isObject(from[key]) ? extend(to[key] ?? {}, from[key]) : from[key]; } return to; };",
      ],
      good: [
        "function copy(to, from) { for (const key in from) to[key] = from[key]; return to; }",
        "function merge(to, from) { for (const key in from) { if (key === '__proto__') continue; if (isObject(from[key])) merge(to[key], from[key]); else to[key] = from[key]; } }",
        "function walk(node) { for (const key in node) walk(node[key]); }",
      ],
    },
  },
  {
    id: "security/prototype-pollution",
    languages: ecma,
    severity: "error",
    cwe: 1321,
    kinds: ["subscript_expression"],
    worth: (tree, node) =>
      tree.field(node) === "left" && tree.type(tree.childIn(node, "object")) === "subscript_expression",
    query: `(assignment_expression left: (subscript_expression object: (subscript_expression index: (_) @key)) @found)`,
    reports: (found) => originOf(found, "key").reach === 3,
    message:
      "The request names both the object and its property: with `__proto__` it changes every object of the process. Use a `Map`, or refuse that key.",
    examples: {
      bad: ['app.post("/", (req) => { settings[req.body.group][req.body.name] = req.body.value; });'],
      good: [
        "function set(grid, x, y) { grid[x][y] = 1; }",
        'app.post("/", (req) => { settings["user"][req.body.name] = 1; });',
      ],
    },
  },
  {
    id: "security/unsafe-deserialisation",
    languages: ecma,
    severity: "error",
    cwe: 502,
    words: ["unserialize("],
    query: `(call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)]
      arguments: (arguments . (_) @found) (#eq? @name "unserialize"))`,
    reports: (found) => says(found, /node-serialize|serialize-to-js|funcster/) && !/^["'`]/.test(found.text("found")),
    message: "This package runs functions that it finds in the data. Read JSON with `JSON.parse` instead.",
    examples: {
      bad: [
        'const serialize = require("node-serialize");\nfunction load(cookie) { return serialize.unserialize(cookie); }',
      ],
      good: ['import { unserialize } from "php-serialize";\nunserialize(text);'],
    },
  },
  {
    id: "security/xxe",
    languages: ecma,
    severity: "error",
    cwe: 611,
    words: ["noent", "replaceEntities"],
    query: `(call_expression arguments: (arguments (object (pair key: (property_identifier) @key value: (true)) @found))
      (#any-of? @key "noent" "replaceEntities"))`,
    reports: (found) => says(found, /xml/i),
    message:
      "With entities replaced, an XML document can read files of this machine and ask other servers. Leave the option away.",
    examples: {
      bad: ['import libxml from "libxmljs";\nlibxml.parseXml(text, { noent: true });'],
      good: ['import libxml from "libxmljs";\nlibxml.parseXml(text, { noent: false });'],
    },
    fix: (found) => instead(found, `${found.text("key")}: false`),
    fixed: 'import libxml from "libxmljs";\nlibxml.parseXml(text, { noent: false });',
  },
  {
    id: "security/jwt-unverified",
    languages: ecma,
    severity: "error",
    cwe: 347,
    words: [".decode("],
    within: "jsonwebtoken",
    query: `(call_expression function: (member_expression object: (identifier) @object property: (property_identifier) @name) @found
      (#any-of? @object "jwt" "jsonwebtoken" "JWT") (#eq? @name "decode"))`,
    reports: (found) => says(found, /["']jsonwebtoken["']/) && !says(found, /\bverify\(/),
    message: why.jwt,
    examples: {
      bad: ['import jwt from "jsonwebtoken";\nexport const userOf = (token) => jwt.decode(token).sub;'],
      good: [
        'import jwt from "jsonwebtoken";\nexport const userOf = (token) => jwt.verify(token, key).sub;',
        'import jwt from "jsonwebtoken";\nconst { header } = jwt.decode(token, { complete: true });\njwt.verify(token, keyOf(header.kid));',
      ],
    },
  },
  {
    id: "security/jwt-unverified",
    languages: ecma,
    severity: "error",
    cwe: 347,
    words: ["none"],
    after: /["'`]/y,
    query: `(pair key: (property_identifier) @key value: [(array (string) @found) (string) @found]
      (#any-of? @key "algorithms" "algorithm" "alg") (#match? @found "^.none.$"))`,
    message: why.jwt,
    examples: {
      bad: ['jwt.verify(token, key, { algorithms: ["HS256", "none"] });'],
      good: ['jwt.verify(token, key, { algorithms: ["HS256"] });'],
    },
  },
  {
    id: "security/any-origin",
    languages: ecma,
    severity: "warning",
    cwe: 942,
    words: ["credentials"],
    query: `(object
      (pair key: (property_identifier) @origin value: [(true) (string)] @value) @found
      (pair key: (property_identifier) @credentials value: (true))
      (#eq? @origin "origin") (#eq? @credentials "credentials") (#match? @value "^(?:true|.\\\\*.)$"))`,
    message: "Every site may ask in the name of a signed-in visitor and read the answer. List the origins that may.",
    examples: {
      bad: ["app.use(cors({ origin: true, credentials: true }));"],
      good: ["app.use(cors({ origin: allowed, credentials: true }));", 'app.use(cors({ origin: "*" }));'],
    },
  },
  {
    id: "security/any-target-origin",
    languages: ecma,
    severity: "notice",
    cwe: 346,
    words: [".postMessage("],
    query: `(call_expression function: (member_expression property: (property_identifier) @name)
      arguments: (arguments (_) . (string) @found) (#eq? @name "postMessage") (#match? @found "^.\\\\*.$"))`,
    message: "Whatever page stands in that window reads this message. Name the origin that it is for.",
    examples: {
      bad: ['frame.contentWindow.postMessage({ token }, "*");'],
      good: ['frame.contentWindow.postMessage({ token }, "https://example.com");', "worker.postMessage(data);"],
    },
  },
  {
    id: "security/script-reads-cookie",
    languages: ecma,
    severity: "warning",
    cwe: 1004,
    words: ["httpOnly"],
    query: `(pair key: (property_identifier) @key value: (false) (#eq? @key "httpOnly")) @found`,
    message:
      "Any script on the page can read this cookie, an injected one too. Set `httpOnly: true` unless a script of yours needs it.",
    examples: {
      bad: ['res.cookie("session", id, { httpOnly: false });'],
      good: ['res.cookie("session", id, { httpOnly: true });'],
    },
    fix: (found) => instead(found, "httpOnly: true"),
    fixed: 'res.cookie("session", id, { httpOnly: true });',
  },
];

/** A function that calls itself with the places of a key, and sets the place of that key in something else that it was given. */
function mergesDeeply(tree: FlatTree, loop: number): boolean {
  const [left, body] = [tree.childIn(loop, "left"), tree.childIn(loop, "body")];
  const around = functionAround(tree, loop);
  if (around === 0 || left === -1 || body === -1) return false;
  const named = tree.childIn(around, "name");
  const nameNode = named === -1 ? tree.childIn(tree.parent(around), "name") : named;
  const [name, key] = [nameNode === -1 ? "" : tree.textOf(nameNode), tree.textOf(left)];
  if (!/^\w+$/.test(name) || !/^\w+$/.test(key)) return false;
  const text = tree.textOf(body).slice(0, 4_000);
  if (!text.includes(`[${key}] = `) || !text.includes(`${name}(`)) return false;
  const from = new RegExp(String.raw`\b${name}\([^;]{0,100}?(\w+)\[${key}\]\)`).exec(text)?.[1];
  if (from === undefined || /__proto__|isSafeKey/.test(tree.textOf(around).slice(0, 8_000))) return false;
  return [...text.matchAll(new RegExp(String.raw`\b(\w+)\[${key}\] = `, "g"))].some(
    ([, to]) =>
      to !== from &&
      /^\w+$/.test(to ?? "") &&
      !new RegExp(String.raw`\b${to} = (?:\{\}|\[\]|Object\.create)`).test(tree.textOf(around).slice(0, 8_000)),
  );
}
