import { instead } from "./fixes.ts";
import { comparesItself, repeatsCondition, unreachableAfter } from "./flat.ts";
import {
  decidedByOthers,
  isHarmlessHash,
  isOfSecret,
  isSqlOfOthers,
  leadsElsewhere,
  originOf,
  says,
} from "./reports.ts";
import type { Rule } from "./rule.ts";
import { functionAround } from "./taint/trace.ts";
import * as why from "./why.ts";

const go = ["go"] as const;

export const goRules: readonly Rule[] = [
  {
    id: "security/command-injection",
    languages: go,
    severity: "error",
    cwe: 78,
    words: ["Command(", "CommandContext("],
    query: `(call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name)
      arguments: (argument_list [(interpreted_string_literal) (raw_string_literal)] @flag . (_) @found)
      (#eq? @package "exec") (#any-of? @name "Command" "CommandContext") (#match? @flag "^.(?:-c|/c|/C|-Command).$"))`,
    reports: decidedByOthers({ whole: 2, composed: 1 }),
    message: why.command("Start the program itself, with each argument on its own."),
    examples: {
      bad: [
        'package a\nfunc f(name string) { exec.Command("sh", "-c", "ls "+name).Run() }',
        'package a\nfunc f(name string) {\n\tcmd := fmt.Sprintf("git log %s", name)\n\texec.Command("bash", "-c", cmd).Run()\n}',
      ],
      good: [
        'package a\nfunc f(name string) { exec.Command("ls", name).Run() }',
        'package a\nfunc f() { exec.Command("sh", "-c", "ls | wc -l").Run() }',
        'package a\nfunc f(n int) { exec.Command("sh", "-c", fmt.Sprintf("head -n %d x", n)).Run() }',
      ],
    },
  },
  {
    id: "security/sql-injection",
    languages: go,
    severity: "error",
    cwe: 89,
    words: [
      ".Query(",
      ".QueryRow(",
      ".Exec(",
      ".QueryContext(",
      ".QueryRowContext(",
      ".ExecContext(",
      ".Prepare(",
      ".PrepareContext(",
      ".Raw(",
      ".Select(",
      ".Get(",
      ".Queryx(",
      ".NamedExec(",
    ],
    query: `(call_expression function: (selector_expression field: (field_identifier) @name) arguments: (argument_list [(binary_expression) (call_expression) (identifier)] @found)
      (#any-of? @name "Query" "QueryRow" "Exec" "QueryContext" "QueryRowContext" "ExecContext" "Prepare" "PrepareContext" "Raw" "Select" "Get" "Queryx" "NamedExec"))`,
    reports: (found) => originOf(found).text.trim().length > 5 && isSqlOfOthers()(found),
    message: why.sql("Use placeholders and pass the values beside the text."),
    examples: {
      bad: [
        "package a\nfunc f(db *sql.DB, name string) { db.Query(fmt.Sprintf(\"SELECT * FROM users WHERE name = '%s'\", name)) }",
        'package a\nfunc f(db *sql.DB, name string) { db.Exec("DELETE FROM users WHERE name = \'" + name + "\'") }',
        'package a\nfunc f(ctx context.Context, r *http.Request) {\n\tq := "SELECT a FROM b WHERE c = " + r.FormValue("c")\n\tdb.QueryContext(ctx, q)\n}',
      ],
      good: [
        'package a\nfunc f(db *sql.DB, name string) { db.Query("SELECT * FROM users WHERE name = $1", name) }',
        'package a\nfunc f(db *sql.DB, id int) { db.Query(fmt.Sprintf("SELECT * FROM users WHERE id = %d", id)) }',
        'package a\nconst table = "users"\nfunc f(db *sql.DB) { db.Query("SELECT * FROM " + table) }',
      ],
    },
  },
  {
    id: "security/path-traversal",
    languages: go,
    severity: "error",
    cwe: 22,
    words: ["Open(", "ReadFile(", "WriteFile(", "Create(", "OpenFile(", "Remove(", "RemoveAll(", "ServeFile("],
    query: `(call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name) arguments: (argument_list [(binary_expression) (call_expression) (identifier) (selector_expression)] @found)
      (#any-of? @package "os" "ioutil" "http") (#any-of? @name "Open" "ReadFile" "WriteFile" "Create" "OpenFile" "Remove" "RemoveAll" "ServeFile"))`,
    reports: (found) => !/^(?:r|req|w)$/.test(found.text("found")) && decidedByOthers({ whole: 3, composed: 3 })(found),
    message: why.path("Open it within an `os.Root`, or check it with `filepath.IsLocal`."),
    examples: {
      bad: [
        'package a\nfunc f(w http.ResponseWriter, r *http.Request) { os.ReadFile("files/" + r.URL.Query().Get("name")) }',
        'package a\nfunc f(w http.ResponseWriter, r *http.Request) {\n\tp := filepath.Join(root, r.FormValue("p"))\n\thttp.ServeFile(w, r, p)\n}',
      ],
      good: [
        "package a\nfunc f(name string) { os.ReadFile(filepath.Join(root, name)) }",
        'package a\nfunc f(w http.ResponseWriter, r *http.Request) { os.ReadFile("files/" + filepath.Base(r.FormValue("name"))) }',
        'package a\nfunc f(w http.ResponseWriter, r *http.Request) { http.ServeFile(w, r, "index.html") }',
      ],
    },
  },
  {
    id: "security/html-injection",
    languages: go,
    severity: "error",
    cwe: 79,
    words: ["HTML(", "JS(", "HTMLAttr("],
    query: `(call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name) arguments: (argument_list . (_) @found)
      (#eq? @package "template") (#any-of? @name "HTML" "JS" "HTMLAttr"))`,
    reports: decidedByOthers({ whole: 3, composed: 1 }),
    message: why.html("Give the text to the template, which escapes it."),
    examples: {
      bad: ['package a\nfunc f(name string) template.HTML { return template.HTML("<b>" + name + "</b>") }'],
      good: [
        'package a\nvar line = template.HTML("<hr>")',
        'package a\nfunc f(name string) template.HTML { return template.HTML("<b>" + template.HTMLEscapeString(name) + "</b>") }',
      ],
    },
  },
  {
    id: "security/ssrf",
    languages: go,
    severity: "error",
    cwe: 918,
    words: ["Get(", "Post(", "Head(", "NewRequest(", "NewRequestWithContext(", "PostForm("],
    query: `(call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name) arguments: (argument_list [(binary_expression) (call_expression) (identifier)] @found)
      (#any-of? @package "http" "client") (#any-of? @name "Get" "Post" "Head" "NewRequest" "NewRequestWithContext" "PostForm"))`,
    reports: (found) => !/^(?:r|req)\.Body|^(?:r|req)\.Context/.test(found.text("found")) && leadsElsewhere()(found),
    message: why.ssrf,
    examples: {
      bad: ['package a\nfunc f(w http.ResponseWriter, r *http.Request) { http.Get(r.URL.Query().Get("url")) }'],
      good: [
        'package a\nfunc f(w http.ResponseWriter, r *http.Request) { http.Get("https://api.example.com/" + r.FormValue("id")) }',
        "package a\nfunc f(url string) { http.Get(url) }",
      ],
    },
  },
  {
    id: "security/open-redirect",
    languages: go,
    severity: "warning",
    cwe: 601,
    words: ["Redirect("],
    query: `(call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name) arguments: (argument_list (_) (_) . (_) @found . (_) .)
      (#eq? @package "http") (#eq? @name "Redirect"))`,
    reports: leadsElsewhere(),
    message: why.redirect,
    examples: {
      bad: [
        'package a\nfunc f(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.FormValue("next"), 302) }',
      ],
      good: ['package a\nfunc f(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", 302) }'],
    },
  },
  {
    id: "security/weak-hash",
    languages: go,
    severity: "warning",
    cwe: 328,
    words: ["md5(", "sha1("],
    query: `(call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name) @found
      (#any-of? @package "md5" "sha1") (#any-of? @name "New" "Sum"))`,
    reports: (found) => !isHarmlessHash(found),
    message: why.hash("Use SHA-256, and bcrypt or argon2 for passwords."),
    examples: {
      bad: ["package a\nfunc hashPassword(p string) { md5.Sum([]byte(p)) }"],
      good: [
        "package a\nfunc f(p string) { sha256.Sum256([]byte(p)) }",
        "package a\nfunc etagOf(p []byte) { md5.Sum(p) }",
      ],
    },
  },
  {
    id: "security/weak-cipher",
    languages: go,
    severity: "error",
    cwe: 327,
    words: ["des(", "rc4("],
    query: `(call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name) @found
      (#any-of? @package "des" "rc4") (#any-of? @name "NewCipher" "NewTripleDESCipher"))`,
    message: why.cipher,
    examples: {
      bad: ["package a\nfunc f() { des.NewCipher(key) }", "package a\nfunc f() { rc4.NewCipher(key) }"],
      good: ["package a\nfunc f() { aes.NewCipher(key) }"],
    },
  },
  {
    id: "security/insecure-random",
    languages: go,
    severity: "error",
    cwe: 338,
    words: ["rand("],
    query: `(call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name) @found
      (#eq? @package "rand") (#any-of? @name "Int" "Intn" "IntN" "Int63" "Int31" "Int31n" "Uint32" "Uint64" "Float64" "N"))`,
    reports: (found) => says(found, /"math\/rand(?:\/v2)?"/) && isOfSecret(found),
    message: why.random("Take `crypto/rand`."),
    examples: {
      bad: ['package a\nimport "math/rand"\nfunc newToken() int { return rand.Intn(1000000) }'],
      good: [
        'package a\nimport "math/rand"\nfunc delay() int { return rand.Intn(100) }',
        'package a\nimport "crypto/rand"\nfunc newToken() { rand.Int(reader, max) }',
      ],
    },
  },
  {
    id: "security/tls-unchecked",
    languages: go,
    severity: "error",
    cwe: 295,
    words: ["InsecureSkipVerify"],
    query: `[(keyed_element (literal_element (identifier) @key) (literal_element (true)))
      (assignment_statement left: (expression_list (selector_expression field: (field_identifier) @key)) right: (expression_list (true)))] @found`,
    reports: (found) =>
      found.text("key") === "InsecureSkipVerify" && !says(found, /VerifyPeerCertificate|VerifyConnection/),
    message: why.tls,
    examples: {
      bad: [
        "package a\nvar c = &tls.Config{InsecureSkipVerify: true}",
        "package a\nfunc f() { c.InsecureSkipVerify = true }",
      ],
      good: ["package a\nvar c = &tls.Config{RootCAs: pool}"],
    },
    fix: (found) => instead(found, found.text("found").replace(/true$/, "false")),
    fixed: "package a\nvar c = &tls.Config{InsecureSkipVerify: false}",
  },
  {
    id: "security/jwt-unverified",
    languages: go,
    severity: "error",
    cwe: 347,
    words: ["ParseUnverified", "UnsafeAllowNoneSignatureType"],
    query: `(selector_expression field: (field_identifier) @name (#any-of? @name "ParseUnverified" "UnsafeAllowNoneSignatureType")) @found`,
    message: why.jwt,
    examples: {
      bad: ["package a\nfunc f() { parser.ParseUnverified(token, claims) }"],
      good: ["package a\nfunc f() { jwt.ParseWithClaims(token, claims, keyOf) }"],
    },
  },
  {
    id: "correctness/swallowed-error",
    languages: go,
    severity: "warning",
    cwe: 390,
    words: ["err"],
    query: `(if_statement condition: (binary_expression left: (identifier) @name right: (nil)) consequence: (block) @body (#match? @name "[eE]rr$")) @found`,
    reports: (found) => /^\{\s*\}$/.test(found.text("body")) && found.text("found").includes("!="),
    message: why.swallowed,
    examples: {
      bad: ["package a\nfunc f() { if err != nil {\n} }"],
      good: [
        "package a\nfunc f() error { if err != nil { return err }; return nil }",
        "package a\nfunc f() { if err != nil {\n// not there yet\n} }",
      ],
    },
  },
  {
    id: "correctness/defer-in-loop",
    languages: go,
    severity: "warning",
    cwe: 772,
    kinds: ["defer_statement"],
    worth: (tree, node) => isInLoop(tree, node),
    query: `(defer_statement) @found`,
    reports: (found) => isInLoop(found.tree, found.node("found")),
    message:
      "This waits for the end of the function, not of the round, so everything stays open until then. Put the body of the loop into a function.",
    examples: {
      bad: ["package a\nfunc f() { for _, n := range names { file, _ := os.Open(n); defer file.Close() } }"],
      good: [
        "package a\nfunc f() { defer file.Close() }",
        "package a\nfunc f() { for _, n := range names { func() { defer done() }() } }",
        "package a\nfunc f() { for { defer done(); return } }",
      ],
    },
  },
  {
    id: "correctness/self-comparison",
    languages: go,
    severity: "error",
    cwe: 570,
    kinds: ["binary_expression"],
    worth: comparesItself,
    query: `(binary_expression) @found`,
    reports: (found) => comparesItself(found.tree, found.node("found")),
    message: why.same,
    examples: {
      bad: ["package a\nfunc f() { if a.X == a.X { g() } }"],
      good: ["package a\nfunc f() { if a.X == b.X { g() } }", "package a\nfunc f() { if x != x { g() } }"],
    },
  },
  {
    id: "correctness/unreachable-code",
    languages: go,
    severity: "warning",
    cwe: 561,
    kinds: ["return_statement", "break_statement", "continue_statement", "goto_statement"],
    worth: (tree, node) => unreachableAfter(tree, node, labels) !== -1,
    query: `(_ [(return_statement) (break_statement) (continue_statement) (goto_statement)] @leaves . (_) @found)`,
    reports: (found) => unreachableAfter(found.tree, found.node("leaves"), labels) === found.node("found"),
    message: why.unreachable,
    examples: {
      bad: ["package a\nfunc f() int {\n\treturn 1\n\tg()\n}"],
      good: [
        "package a\nfunc f(a bool) int {\n\tif a {\n\t\treturn 1\n\t}\n\treturn 2\n}",
        "package a\nfunc f() {\n\tswitch a {\n\tcase 1:\n\t\treturn\n\tcase 2:\n\t\tg()\n\t}\n}",
      ],
    },
  },
  {
    id: "correctness/repeated-condition",
    languages: go,
    severity: "error",
    cwe: 561,
    kinds: ["if_statement"],
    worth: repeatsCondition,
    query: `(if_statement condition: (_) @found)`,
    reports: (found) => repeatsCondition(found.tree, found.tree.parent(found.node("found"))),
    message: why.condition,
    examples: {
      bad: ["package a\nfunc f() { if a == 1 { g() } else if a == 1 { h() } }"],
      good: [
        "package a\nfunc f() { if a == 1 { g() } else if a == 2 { h() } }",
        "package a\nfunc f() { if err := g(); err != nil { g() } else if err := h(); err != nil { h() } }",
      ],
    },
  },
  {
    id: "correctness/debug-print",
    languages: go,
    severity: "notice",
    cwe: 489,
    words: ["spew(", "println("],
    query: `
      (expression_statement (call_expression function: (identifier) @name (#eq? @name "println"))) @found
      (expression_statement (call_expression function: (selector_expression operand: (identifier) @package field: (field_identifier) @name)
        (#eq? @package "spew") (#any-of? @name "Dump" "Printf"))) @found`,
    message: why.left("An output"),
    examples: {
      bad: ["package a\nfunc f() {\n\tspew.Dump(x)\n}", "package a\nfunc f() {\n\tprintln(x)\n}"],
      good: ["package a\nfunc f() {\n\tfmt.Println(x)\n}"],
    },
  },
];

const labels = /^labeled_statement$|_case$/;

/** In a loop of the same function, and not followed by its end. */
function isInLoop(tree: Parameters<typeof functionAround>[0], node: number): boolean {
  const around = functionAround(tree, node);
  for (let at = tree.parent(node), inner = node; at > around; inner = at, at = tree.parent(at)) {
    if (tree.type(at) === "for_statement") return true;
    for (let next = tree.next(inner); next < tree.next(at); next = tree.next(next))
      if (tree.type(next) === "return_statement") return false;
  }
  return false;
}
