import { decidedByOthers, isNotConstant, isSqlOfOthers, originOf, says } from "../reports.ts";
import { ecma, type Found, type Rule } from "../rule.ts";
import { isComposed } from "../taint/trace.ts";
import * as why from "../why.ts";

/** The first argument is neither a constant nor made on the spot. */
const notPlain =
  /\s*(?:<[^()]{0,100}>)?\s*\((?!\s*(?:\)|\{|\[|\(|async\b|function\b|"[^"\n]*"\s*[,)]|'[^'\n]*'\s*[,)]|`[^`$]*`\s*[,)]|[\w$]+\s*=>))/y;

/** What others say becomes a part of a program in another language. */
export const ecmaInjection: readonly Rule[] = [
  {
    id: "security/command-injection",
    languages: ecma,
    severity: "error",
    cwe: 78,
    words: ["exec(", "execSync(", "execAsync(", "execPromise(", "execaCommand(", "execaCommandSync("],
    query: `
      (call_expression function: (identifier) @name arguments: (arguments . (_) @found)
        (#any-of? @name "exec" "execSync" "execAsync" "execPromise" "execaCommand" "execaCommandSync"))
      (call_expression function: (member_expression object: (identifier) @object property: (property_identifier) @name)
        arguments: (arguments . (_) @found) (#any-of? @name "exec" "execSync")
        (#any-of? @object "child_process" "childProcess" "cp" "shell" "shelljs"))`,
    reports: (found) => says(found, /child_process|shelljs|execa/) && decidedByOthers({ whole: 2, composed: 1 })(found),
    message: why.command("Call execFile or spawn with a list of arguments instead."),
    examples: {
      bad: [
        'import { exec } from "node:child_process";\nexport function log(branch) { exec(`git log ${branch}`); }',
        'const cp = require("child_process");\napp.get("/", (req, res) => { const { name } = req.query; cp.execSync("ls " + name); });',
        'import { exec } from "child_process";\nconst file = process.argv[2];\nconst command = "cat " + file;\nexec(command);',
        'import { exec } from "child_process";\nasync function f(a: string) { let c = "git"; c += " show " + a.trim(); exec(c); }',
      ],
      good: [
        'import { exec } from "child_process";\nconst name = "main";\nexec(`git log ${name}`);',
        'import { exec } from "child_process";\nfunction f(n: number) { exec(`head -n ${n} x`); }',
        'import { execFile } from "child_process";\nfunction f(name) { execFile("ls", [name]); }',
        "function f(text) { return /a/.exec(text + name); }",
        'import { exec } from "child_process";\nfunction f(name) { if (!/^\\w+$/.test(name)) throw new Error(); exec(`ls ${name}`); }',
        'import { exec } from "child_process";\nimport { quote } from "shell-quote";\nfunction f(name) { exec("ls " + quote([name])); }',
      ],
    },
  },
  {
    id: "security/command-injection",
    languages: ecma,
    severity: "error",
    cwe: 78,
    words: ["shell"],
    query: `(call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)]
      arguments: (arguments . (_) @found
        (object (pair key: (property_identifier) @key value: (true)) (#eq? @key "shell")))
      (#any-of? @name "spawn" "spawnSync" "execFile" "execFileSync" "execa"))`,
    reports: decidedByOthers({ whole: 2, composed: 1 }),
    message: why.command("Leave `shell: true` away and give a list of arguments."),
    examples: {
      bad: ["function f(name) { spawn(`convert ${name}`, { shell: true }); }"],
      good: [
        'function f(name) { spawn("convert", [name], { shell: false }); }',
        'spawn("npm run build", { shell: true });',
      ],
    },
  },
  {
    id: "security/sql-injection",
    languages: ecma,
    severity: "error",
    cwe: 89,
    words: [
      ".query(",
      ".execute(",
      ".raw(",
      ".exec(",
      ".prepare(",
      ".all(",
      ".run(",
      ".queryRawUnsafe(",
      ".executeRawUnsafe(",
      ".unsafe(",
      ".whereRaw(",
      ".orderByRaw(",
    ],
    after: notPlain,
    query: `(call_expression function: (member_expression property: (property_identifier) @name)
      arguments: (arguments . (_) @found)
      (#any-of? @name "query" "execute" "raw" "exec" "prepare" "all" "run" "$queryRawUnsafe" "$executeRawUnsafe" "unsafe" "whereRaw" "orderByRaw"))`,
    reports: (found) => {
      const origin = originOf(found);
      return isComposed(origin) && isSqlOfOthers()(found);
    },
    message: why.sql("Use placeholders (`$1`, `?`) and pass the values beside the text."),
    examples: {
      bad: [
        "function f(id) { return db.query(`SELECT * FROM users WHERE id = ${id}`); }",
        'app.get("/", (req) => { const sql = "DELETE FROM t WHERE n = \'" + req.params.n + "\'"; return pool.execute(sql); });',
        "async function f(name: string) { return prisma.$queryRawUnsafe(`SELECT * FROM users WHERE name = '${name}'`); }",
      ],
      good: [
        'function f(id) { return db.query("SELECT * FROM users WHERE id = $1", [id]); }',
        "const table = 'users';\nfunction f() { return db.query(`SELECT * FROM ${table}`); }",
        "function f(id) { return db.query(sql`SELECT * FROM users WHERE id = ${id}`); }",
        "function f(id: number) { return db.query(`SELECT * FROM users WHERE id = ${id}`); }",
        "function f(id) { return db.query(`SELECT * FROM users WHERE id = ${parseInt(id, 10)}`); }",
        "function f(sql) { return db.query(sql); }",
      ],
    },
  },
  {
    id: "security/nosql-injection",
    languages: ecma,
    severity: "error",
    cwe: 943,
    words: [
      ".find(",
      ".findOne(",
      ".findOneAndUpdate(",
      ".findOneAndDelete(",
      ".deleteOne(",
      ".deleteMany(",
      ".updateOne(",
      ".updateMany(",
    ],
    after: notPlain,
    query: `(call_expression function: (member_expression property: (property_identifier) @name)
      arguments: (arguments . [(member_expression) (identifier)] @found)
      (#any-of? @name "find" "findOne" "findOneAndUpdate" "findOneAndDelete" "deleteOne" "deleteMany" "updateOne" "updateMany"))`,
    reports: (found) => originOf(found).reach === 3,
    message:
      "The request decides the whole condition of the query, operators such as `$ne` included. Take the single values out of it and check that each is a text.",
    examples: {
      bad: ["async function login(req) { return users.findOne(req.body); }"],
      good: [
        "async function login(req) { return users.findOne({ name: String(req.body.name) }); }",
        "items.find(isGood);",
      ],
    },
  },
  {
    id: "security/eval",
    languages: ecma,
    severity: "error",
    cwe: 95,
    words: ["eval(", "Function("],
    query: `
      (call_expression function: (identifier) @name arguments: (arguments . (_) @found) (#eq? @name "eval"))
      (new_expression constructor: (identifier) @name arguments: (arguments (_) @found .) (#eq? @name "Function"))`,
    reports: isNotConstant(),
    message: why.code("Parse the data (`JSON.parse`) or look the function up in a table."),
    examples: {
      bad: ["function f(text) { return eval(text); }", 'const f = new Function("a", body);', "eval(`x.${name} = 1`);"],
      good: ['eval("1 + 1");', 'const f = new Function("return this");', "policy.eval(text);"],
    },
  },
  {
    id: "security/eval",
    languages: ecma,
    severity: "error",
    cwe: 94,
    words: ["runInNewContext(", "runInThisContext(", "runInContext(", "compileFunction("],
    query: `(call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)]
      arguments: (arguments . (_) @found)
      (#any-of? @name "runInNewContext" "runInThisContext" "runInContext" "compileFunction"))`,
    reports: decidedByOthers({ whole: 2, composed: 1 }),
    message:
      "Node's vm is no sandbox: what others wrote can leave it and act as this process. Run it in a process without rights.",
    examples: {
      bad: ['import vm from "node:vm";\napp.post("/", (req) => vm.runInNewContext(req.body.code, {}));'],
      good: ['import vm from "node:vm";\nvm.runInNewContext("1 + 1", {});'],
    },
  },
  {
    id: "security/implied-eval",
    languages: ecma,
    severity: "warning",
    cwe: 95,
    words: ["setTimeout(", "setInterval("],
    query: `(call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)]
      arguments: (arguments . [(string) (template_string) (binary_expression)] @found) (#any-of? @name "setTimeout" "setInterval"))`,
    // `setTimeout` of node:timers/promises is given a time.
    reports: (found) => /["'`]/.test(found.text("found")),
    message: "A text given to a timer is run as a program, like `eval`. Give a function.",
    examples: {
      bad: ['setTimeout("refresh()", 100);', "setInterval(`tick(${id})`, 10);"],
      good: ["setTimeout(() => refresh(), 100);", "setTimeout(refresh, 100);", "await setTimeout(seconds * 1000);"],
    },
  },
  {
    id: "security/html-injection",
    languages: ecma,
    severity: "error",
    cwe: 79,
    words: [".innerHTML", ".outerHTML"],
    query: `([(assignment_expression left: (member_expression property: (property_identifier) @name) right: (_) @found)
      (augmented_assignment_expression left: (member_expression property: (property_identifier) @name) right: (_) @found)]
      (#any-of? @name "innerHTML" "outerHTML"))`,
    reports: decidedByOthers({ whole: 3, composed: 1 }),
    message: why.html("Set `textContent`, build the nodes, or clean the text with DOMPurify."),
    examples: {
      bad: [
        "function show(name) { box.innerHTML = `<b>${name}</b>`; }",
        "box.innerHTML = decodeURIComponent(location.hash.slice(1));",
        'function show(items) { box.innerHTML += "<li>" + items[0] + "</li>"; }',
      ],
      good: [
        'box.innerHTML = "";',
        "function show(name) { box.textContent = name; }",
        "function show(name) { box.innerHTML = `<b>${escapeHtml(name)}</b>`; }",
        "function show(name) { box.innerHTML = DOMPurify.sanitize(`<b>${name}</b>`); }",
        "function show(count: number) { box.innerHTML = `<b>${count}</b>`; }",
      ],
    },
  },
  {
    id: "security/html-injection",
    languages: ecma,
    severity: "error",
    cwe: 79,
    words: [".insertAdjacentHTML(", ".write(", ".writeln(", ".createContextualFragment("],
    query: `(call_expression function: (member_expression object: (_) @object property: (property_identifier) @name)
      arguments: (arguments (_) @found .)
      (#any-of? @name "insertAdjacentHTML" "write" "writeln" "createContextualFragment"))`,
    reports: (found) =>
      (!found.text("name").startsWith("write") || /^(?:window\.)?document$/.test(found.text("object"))) &&
      decidedByOthers({ whole: 3, composed: 1 })(found),
    message: why.html("Set `textContent`, build the nodes, or clean the text with DOMPurify."),
    examples: {
      bad: [
        'function add(name) { list.insertAdjacentHTML("beforeend", "<li>" + name); }',
        "document.write(location.search);",
      ],
      good: ['list.insertAdjacentHTML("beforeend", "<li></li>");', 'function log(name) { out.write("name " + name); }'],
    },
  },
  {
    id: "security/html-injection",
    languages: ["tsx", "javascript"],
    severity: "error",
    cwe: 79,
    words: ["dangerouslySetInnerHTML"],
    query: `(jsx_attribute (property_identifier) @name
      (jsx_expression (object (pair key: (property_identifier) @key value: (_) @found)))
      (#eq? @name "dangerouslySetInnerHTML") (#eq? @key "__html"))`,
    // A style sheet runs nothing.
    reports: (found) => !isOfStyle(found) && decidedByOthers({ whole: 1, composed: 1 })(found),
    message: why.html("Render it as text, or clean it with DOMPurify."),
    examples: {
      bad: ["export const Post = ({ html }) => <div dangerouslySetInnerHTML={{ __html: html }} />;"],
      good: [
        'export const Post = () => <div dangerouslySetInnerHTML={{ __html: "<hr>" }} />;',
        "export const Post = ({ color }) => <style dangerouslySetInnerHTML={{ __html: `p { color: ${color} }` }} />;",
        "export const Post = ({ html }) => <div dangerouslySetInnerHTML={{ __html: sanitize(html) }} />;",
      ],
    },
  },
  {
    id: "security/html-injection",
    languages: ecma,
    severity: "error",
    cwe: 79,
    words: [".send(", ".end(", ".write("],
    after: /\s*\(\s*(?:["'`][^"'`\n]{0,80}<|\w[\w.]*\s*[,)+])/y,
    query: `(call_expression function: (member_expression object: (_) @object property: (property_identifier) @name)
      arguments: (arguments . (_) @found) (#any-of? @name "send" "end" "write")
      (#match? @object "^(?:res|response|reply)\\\\b"))`,
    reports: (found) => {
      const origin = originOf(found);
      return origin.reach === 3 && isComposed(origin) && origin.text.includes("<");
    },
    message: why.html("Escape it, or answer with a template that does."),
    examples: {
      bad: ['app.get("/", (req, res) => { res.send("<p>Hello " + req.query.name + "</p>"); });'],
      good: [
        'app.get("/", (req, res) => { res.send("<p>Hello " + escapeHtml(req.query.name) + "</p>"); });',
        'app.get("/", (req, res) => { res.send({ name: req.query.name }); });',
      ],
    },
  },
];

function isOfStyle(found: Found): boolean {
  const { tree } = found;
  let node = found.node("found");
  for (let up = 0; node > 0 && up < 8; up++, node = tree.parent(node))
    if (/^jsx_(?:opening|self_closing)_element$/.test(tree.type(node)))
      return tree.textOf(tree.childIn(node, "name")) === "style";
  return false;
}
