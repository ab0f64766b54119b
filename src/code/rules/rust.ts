import { instead } from "./fixes.ts";
import { comparesItself, unreachableAfter } from "./flat.ts";
import { decidedByOthers, isHarmlessHash, isSqlOfOthers, leadsElsewhere } from "./reports.ts";
import type { Rule } from "./rule.ts";
import * as why from "./why.ts";

const rust = ["rust"] as const;

export const rustRules: readonly Rule[] = [
  {
    id: "security/command-injection",
    languages: rust,
    severity: "error",
    cwe: 78,
    words: [".arg("],
    query: `(call_expression function: (field_expression value: (_) @before field: (field_identifier) @name)
      arguments: (arguments . (_) @found) (#eq? @name "arg") (#match? @before "Command::new\\\\(\\"(?:/bin/)?(?:sh|bash|zsh|cmd)\\"\\\\)[\\\\s\\\\S]*\\"(?:-c|/C|/c)\\"\\\\)$"))`,
    reports: decidedByOthers({ whole: 2, composed: 1 }),
    message: why.command("Start the program itself, with each argument on its own."),
    examples: {
      bad: [
        'fn f(name: &str) { Command::new("sh").arg("-c").arg(format!("ls {}", name)).status(); }',
        'fn f(name: &str) { let line = format!("ls {name}"); Command::new("bash").arg("-c").arg(&line).output(); }',
      ],
      good: [
        'fn f(name: &str) { Command::new("ls").arg(name).status(); }',
        'fn f() { Command::new("sh").arg("-c").arg("ls | wc -l").status(); }',
        'fn f(n: u32) { Command::new("sh").arg("-c").arg(format!("head -n {}", n)).status(); }',
      ],
    },
  },
  {
    id: "security/sql-injection",
    languages: rust,
    severity: "error",
    cwe: 89,
    words: [
      "query(",
      "execute(",
      "query_as(",
      "sql_query(",
      "query_row(",
      "prepare(",
      "query_one(",
      "batch_execute(",
      "query_scalar(",
    ],
    query: `(call_expression function: [(identifier) @name (scoped_identifier name: (identifier) @name) (field_expression field: (field_identifier) @name)
        (generic_function function: [(identifier) @name (scoped_identifier name: (identifier) @name)])]
      arguments: (arguments . (_) @found)
      (#any-of? @name "query" "execute" "query_as" "sql_query" "query_row" "prepare" "query_one" "batch_execute" "query_scalar"))`,
    reports: isSqlOfOthers(),
    message: why.sql("Use placeholders and bind the values."),
    examples: {
      bad: [
        "fn f(name: &str) { sqlx::query(&format!(\"SELECT * FROM users WHERE name = '{}'\", name)); }",
        "fn f(c: &Connection, name: String) { let q = format!(\"DELETE FROM users WHERE name = '{name}'\"); c.execute(&q, []); }",
      ],
      good: [
        'fn f(name: &str) { sqlx::query("SELECT * FROM users WHERE name = $1").bind(name); }',
        'fn f(id: i64) { sqlx::query(&format!("SELECT * FROM users WHERE id = {}", id)); }',
      ],
    },
  },
  {
    id: "security/path-traversal",
    languages: rust,
    severity: "error",
    cwe: 22,
    words: ["open(", "read(", "read_to_string(", "create(", "remove_file(", "write("],
    query: `(call_expression function: (scoped_identifier path: (_) @path name: (identifier) @name) arguments: (arguments . (_) @found)
      (#match? @path "^(?:(?:std|tokio|async_std)::)?(?:fs|File|fs::File|NamedFile)$") (#any-of? @name "open" "read" "read_to_string" "create" "remove_file" "write"))`,
    reports: decidedByOthers({ whole: 3, composed: 3 }),
    message: why.path("Canonicalise it and check that it still begins with the directory that is meant."),
    examples: {
      bad: ['async fn show(name: web::Path<String>) { std::fs::read_to_string(format!("files/{}", name)); }'],
      good: [
        'fn show(name: &str) { std::fs::read_to_string(format!("files/{}", name)); }',
        'fn f() { std::fs::read("a.txt"); }',
      ],
    },
  },
  {
    id: "security/ssrf",
    languages: rust,
    severity: "error",
    cwe: 918,
    words: ["get(", "post("],
    query: `(call_expression function: [(scoped_identifier path: (identifier) @object name: (identifier) @name) (field_expression value: (identifier) @object field: (field_identifier) @name)]
      arguments: (arguments . (_) @found) (#any-of? @object "reqwest" "client" "ureq" "surf") (#any-of? @name "get" "post"))`,
    reports: leadsElsewhere(),
    message: why.ssrf,
    examples: {
      bad: ["async fn proxy(url: Query<String>) { reqwest::get(url.into_inner()).await; }"],
      good: [
        "async fn load(url: &str) { reqwest::get(url).await; }",
        'async fn proxy(id: Path<String>) { reqwest::get(format!("https://api.example.com/{}", id)).await; }',
      ],
    },
  },
  {
    id: "security/weak-hash",
    languages: rust,
    severity: "warning",
    cwe: 328,
    words: ["Md5(", "md5(", "Sha1("],
    query: `(call_expression function: (scoped_identifier path: (identifier) @path name: (identifier) @name) @found
      (#any-of? @path "Md5" "md5" "Sha1") (#any-of? @name "new" "digest" "compute"))`,
    reports: (found) => !isHarmlessHash(found),
    message: why.hash("Use SHA-256, and argon2 for passwords."),
    examples: {
      bad: ["fn hash(password: &str) { let mut h = Md5::new(); }", "fn f() { md5::compute(secret); }"],
      good: ["fn f() { Sha256::new(); }", "fn etag(body: &[u8]) { md5::compute(body); }"],
    },
  },
  {
    id: "security/tls-unchecked",
    languages: rust,
    severity: "error",
    cwe: 295,
    words: ["danger_accept_invalid_certs(", "danger_accept_invalid_hostnames(", "set_verify("],
    query: `(call_expression function: (field_expression field: (field_identifier) @name) arguments: (arguments . [(boolean_literal) (scoped_identifier)] @found)
      (#any-of? @name "danger_accept_invalid_certs" "danger_accept_invalid_hostnames" "set_verify") (#match? @found "^true$|SslVerifyMode::NONE$"))`,
    message: why.tls,
    examples: {
      bad: [
        "fn f() { Client::builder().danger_accept_invalid_certs(true).build(); }",
        "fn f() { b.set_verify(SslVerifyMode::NONE); }",
      ],
      good: ["fn f() { Client::builder().danger_accept_invalid_certs(false).build(); }"],
    },
    fix: (found) => (found.text("found") === "true" ? instead(found, "false") : null),
    fixed: "fn f() { Client::builder().danger_accept_invalid_certs(false).build(); }",
  },
  {
    id: "security/uninitialised-memory",
    languages: rust,
    severity: "error",
    cwe: 908,
    words: ["uninitialized("],
    query: `(call_expression function: [(scoped_identifier path: (_) @path name: (identifier) @name)
      (generic_function function: (scoped_identifier path: (_) @path name: (identifier) @name))] @found (#match? @path "mem$") (#eq? @name "uninitialized"))`,
    message: "Even to hold such a value is undefined behaviour. Use `MaybeUninit`.",
    examples: {
      bad: ["fn f() { let x: u8 = unsafe { std::mem::uninitialized() }; }"],
      good: ["fn f() { let x = MaybeUninit::<u8>::uninit(); }"],
    },
  },
  {
    id: "security/jwt-unverified",
    languages: rust,
    severity: "error",
    cwe: 347,
    words: ["insecure_disable_signature_validation", "insecure_decode", "dangerous_insecure_decode"],
    query: `[(field_expression field: (field_identifier) @found) (scoped_identifier name: (identifier) @found) (call_expression function: (identifier) @found)]`,
    reports: (found) => /^(?:dangerous_)?insecure_(?:decode|disable_signature_validation)/.test(found.text("found")),
    message: why.jwt,
    examples: {
      bad: ["fn f() { validation.insecure_disable_signature_validation(); }"],
      good: ["fn f() { decode::<Claims>(token, &key, &validation); }"],
    },
  },
  {
    id: "correctness/debug-print",
    languages: rust,
    severity: "warning",
    cwe: 489,
    words: ["dbg("],
    query: `(macro_invocation macro: (identifier) @name (#eq? @name "dbg")) @found`,
    message: why.left("An output"),
    examples: { bad: ["fn f(x: u8) -> u8 { dbg!(x) }"], good: ['fn f() { println!("{}", dbg); }'] },
    fix: (found) => {
      const inner = /^dbg!\(([^(),]+)\)$/.exec(found.text("found"))?.[1];
      return inner === undefined ? null : instead(found, inner);
    },
    fixed: "fn f(x: u8) -> u8 { x }",
  },
  {
    id: "correctness/unfinished",
    languages: rust,
    severity: "warning",
    words: ["todo(", "unimplemented("],
    query: `(macro_invocation macro: (identifier) @name (#any-of? @name "todo" "unimplemented")) @found`,
    message: "Whoever reaches this ends the program. Finish it, or give an error back.",
    examples: {
      bad: ["fn f() { todo!() }", 'fn f() { unimplemented!("later") }'],
      good: ['fn f() { unreachable!("checked above") }', "fn todo() {}"],
    },
  },
  {
    id: "correctness/swallowed-error",
    languages: rust,
    severity: "warning",
    cwe: 390,
    words: ["Err"],
    query: `[(match_arm pattern: (match_pattern (tuple_struct_pattern type: (identifier) @name)) value: [(block) (unit_expression)] @body) @found
      (if_expression condition: (let_condition pattern: (tuple_struct_pattern type: (identifier) @name)) consequence: (block) @body) @found]`,
    reports: (found) =>
      found.text("name") === "Err" &&
      /^(?:\{\s*\}|\(\))$/.test(found.text("body")) &&
      !/\/\/|\/\*/.test(lineOf(found.tree.text, found.tree.end(found.node("body")))),
    message: why.swallowed,
    examples: {
      bad: ["fn f() { match g() { Ok(x) => h(x), Err(_) => {} } }", "fn f() { if let Err(e) = g() {} }"],
      good: [
        "fn f() { match g() { Ok(x) => h(x), Err(e) => log(e) } }",
        "fn f() { match g() { Ok(x) => h(x), Err(_) => {} // not there yet\n } }",
      ],
    },
  },
  {
    id: "correctness/self-comparison",
    languages: rust,
    severity: "error",
    cwe: 570,
    kinds: ["binary_expression"],
    worth: comparesItself,
    query: `(binary_expression) @found`,
    reports: (found) => comparesItself(found.tree, found.node("found")),
    message: why.same,
    examples: {
      bad: ["fn f() { if a.x == a.x { g(); } }"],
      good: ["fn f() { if a.x == b.x { g(); } }", "fn f() { if next() == next() { g(); } }"],
    },
  },
  {
    id: "correctness/unreachable-code",
    languages: rust,
    severity: "warning",
    cwe: 561,
    kinds: ["return_expression", "break_expression", "continue_expression"],
    worth: (tree, node) =>
      tree.type(tree.parent(node)) === "expression_statement" &&
      unreachableAfter(tree, tree.parent(node), items) !== -1,
    query: `(block (expression_statement [(return_expression) (break_expression) (continue_expression)]) @leaves . (_) @found)`,
    reports: (found) => unreachableAfter(found.tree, found.node("leaves"), items) === found.node("found"),
    message: why.unreachable,
    examples: {
      bad: ["fn f() -> u8 { return 1; g() }"],
      good: ["fn f(a: bool) -> u8 { if a { return 1; } 2 }", "fn f() -> u8 { return g(); fn g() -> u8 { 1 } }"],
    },
  },
];

const items = /_item$|^attribute_item$|^use_declaration$/;

function lineOf(text: string, from: number): string {
  const end = text.indexOf("\n", from);
  return text.slice(from, end === -1 ? undefined : end);
}
