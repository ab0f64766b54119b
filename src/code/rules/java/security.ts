import { isExponential } from "../redos.ts";
import {
  decidedByOthers,
  isHarmlessHash,
  isOfSecret,
  isSqlOfOthers,
  leadsElsewhere,
  originOf,
  says,
} from "../reports.ts";
import type { Rule } from "../rule.ts";
import { functionAround, isComposed } from "../taint/trace.ts";
import * as why from "../why.ts";

const java = ["java"] as const;

export const javaSecurity: readonly Rule[] = [
  {
    id: "security/command-injection",
    languages: java,
    severity: "error",
    cwe: 78,
    words: ["exec("],
    query: `(method_invocation object: (_) @object name: (identifier) @name arguments: (argument_list . (_) @found) (#eq? @name "exec")
      (#match? @object "Runtime\\\\.getRuntime\\\\(\\\\)|^(?:runtime|rt)$"))`,
    reports: decidedByOthers({ whole: 2, composed: 1 }),
    message: why.command("Use `ProcessBuilder` with each argument on its own, and no shell."),
    examples: {
      bad: [
        'class A { void f(String name) { Runtime.getRuntime().exec("ls " + name); } }',
        'class A { void f(String name) { String c = String.format("ls %s", name); Runtime.getRuntime().exec(c); } }',
      ],
      good: [
        'class A { void f() { Runtime.getRuntime().exec("ls"); } }',
        'class A { void f(int n) { Runtime.getRuntime().exec("head -n " + n); } }',
      ],
    },
  },
  {
    id: "security/command-injection",
    languages: java,
    severity: "error",
    cwe: 78,
    words: ["ProcessBuilder(", ".command("],
    query: `[(object_creation_expression type: (type_identifier) @name arguments: (argument_list (string_literal) @flag . (_) @found .))
      (method_invocation name: (identifier) @name arguments: (argument_list (string_literal) @flag . (_) @found .))]`,
    reports: (found) =>
      /^(?:ProcessBuilder|command)$/.test(found.text("name")) &&
      /^"(?:-c|\/c|\/C)"$/.test(found.text("flag")) &&
      decidedByOthers({ whole: 2, composed: 1 })(found),
    message: why.command("Start the program itself, with each argument on its own."),
    examples: {
      bad: ['class A { void f(String name) { new ProcessBuilder("sh", "-c", "ls " + name).start(); } }'],
      good: ['class A { void f(String name) { new ProcessBuilder("ls", name).start(); } }'],
    },
  },
  {
    id: "security/sql-injection",
    languages: java,
    severity: "error",
    cwe: 89,
    words: [
      ".executeQuery(",
      ".executeUpdate(",
      ".execute(",
      ".prepareStatement(",
      ".createQuery(",
      ".createNativeQuery(",
      ".queryForObject(",
      ".queryForList(",
      ".query(",
      ".update(",
      ".addBatch(",
    ],
    query: `(method_invocation name: (identifier) @name arguments: (argument_list . (_) @found)
      (#any-of? @name "executeQuery" "executeUpdate" "execute" "prepareStatement" "createQuery" "createNativeQuery" "queryForObject" "queryForList" "query" "update" "addBatch"))`,
    reports: isSqlOfOthers(),
    message: why.sql("Use a PreparedStatement with `?` for each value."),
    examples: {
      bad: [
        'class A { void f(Statement s, String name) { s.executeQuery("SELECT * FROM users WHERE name = \'" + name + "\'"); } }',
        'class A { void f(String name) { String q = "DELETE FROM users WHERE name = " + name; em.createNativeQuery(q); } }',
      ],
      good: [
        'class A { void f(Connection c) { c.prepareStatement("SELECT * FROM users WHERE name = ?"); } }',
        'class A { static final String T = "users"; void f(Statement s) { s.executeQuery("SELECT * FROM " + T); } }',
        'class A { void f(Statement s, long id) { s.executeQuery("SELECT * FROM users WHERE id = " + id); } }',
      ],
    },
  },
  {
    id: "security/path-traversal",
    languages: java,
    severity: "error",
    cwe: 22,
    words: ["File(", "FileInputStream(", "FileOutputStream(", "FileReader(", "Paths(", "Path("],
    query: `[(object_creation_expression type: (type_identifier) @name arguments: (argument_list (_) @found .))
      (method_invocation object: (identifier) @name name: (identifier) @method arguments: (argument_list (_) @found .))]`,
    reports: (found) =>
      /^(?:File|FileInputStream|FileOutputStream|FileReader|Paths|Path)$/.test(found.text("name")) &&
      /^(?:|get|of)$/.test(found.text("method")) &&
      decidedByOthers({ whole: 3, composed: 3 })(found),
    message: why.path("Normalise it and check that it still begins with the directory that is meant."),
    examples: {
      bad: [
        'class A { void doGet(HttpServletRequest request) { new File("files/" + request.getParameter("name")); } }',
        'class A { @GetMapping void f(@RequestParam String name) { Paths.get("files", name); } }',
      ],
      good: [
        "class A { void f(String name) { new File(root, name); } }",
        'class A { void doGet(HttpServletRequest request) { new File("files", FilenameUtils.getName(request.getParameter("name"))); } }',
      ],
    },
  },
  {
    id: "security/html-injection",
    languages: java,
    severity: "error",
    cwe: 79,
    words: ["getWriter(", "getOutputStream("],
    query: `(method_invocation object: (method_invocation name: (identifier) @writer) name: (identifier) @name arguments: (argument_list . (_) @found)
      (#any-of? @writer "getWriter" "getOutputStream") (#any-of? @name "print" "println" "write" "append"))`,
    reports: decidedByOthers({ whole: 3, composed: 3 }),
    message: why.html("Escape it, or answer with a template that does."),
    examples: {
      bad: [
        'class A { void doGet(HttpServletRequest request, HttpServletResponse response) { response.getWriter().println("<p>" + request.getParameter("name")); } }',
      ],
      good: [
        'class A { void doGet(HttpServletRequest request, HttpServletResponse response) { response.getWriter().println("<p>" + Encode.forHtml(request.getParameter("name"))); } }',
      ],
    },
  },
  {
    id: "security/unsafe-deserialisation",
    languages: java,
    severity: "error",
    cwe: 502,
    words: ["readObject", "readUnshared", "XMLDecoder"],
    query: `
      (method_invocation object: (_) @object name: (identifier) @found arguments: (argument_list) @arguments (#any-of? @found "readObject" "readUnshared") (#eq? @arguments "()"))
      (object_creation_expression type: (type_identifier) @found (#eq? @found "XMLDecoder"))`,
    // A class that says how it is itself read (`private void readObject(ObjectInputStream in)`) reads its own parts.
    reports: (found) =>
      (found.text("found") === "XMLDecoder" || says(found, /\bObjectInputStream\b/)) &&
      !says(found, /ObjectInputFilter|setObjectInputFilter|ValidatingObjectInputStream|LookAheadObjectInputStream/) &&
      !/readObject|readResolve|readExternal/.test(
        found.tree.textOf(functionAround(found.tree, found.node("found"))).split("{")[0] ?? "",
      ),
    message:
      "Reading these data can run any program that they are made to. Use JSON, or set an ObjectInputFilter that lists the classes.",
    examples: {
      bad: [
        "class A { Object f(InputStream in) { ObjectInputStream o = new ObjectInputStream(in); return o.readObject(); } }",
        "class A { Object f(InputStream in) { return new XMLDecoder(in).readObject(); } }",
      ],
      good: [
        "class A { private void readObject(ObjectInputStream in) { this.x = in.readObject(); } }",
        "class A { Object f(JsonReader reader) { return reader.readObject(); } }",
      ],
    },
  },
  {
    id: "security/xxe",
    languages: java,
    severity: "error",
    cwe: 611,
    words: ["DocumentBuilderFactory(", "SAXParserFactory(", "XMLInputFactory(", "SAXReader(", "SAXBuilder("],
    query: `
      (method_invocation object: (identifier) @object name: (identifier) @name (#any-of? @object "DocumentBuilderFactory" "SAXParserFactory" "XMLInputFactory")
        (#any-of? @name "newInstance" "newFactory" "newDefaultInstance")) @found
      (object_creation_expression type: (type_identifier) @name (#any-of? @name "SAXReader" "SAXBuilder")) @found`,
    reports: (found) =>
      !says(
        found,
        /setFeature\(|setProperty\(XMLInputFactory|SUPPORT_DTD|ACCESS_EXTERNAL_DTD|setExpandEntityReferences|setEntityResolver|FEATURE_SECURE_PROCESSING|disallow-doctype-decl/,
      ) && /parse|create\w*Reader|\.read\(|\.build\(/.test(found.tree.text),
    message:
      'As it stands, an XML document can read files of this machine and ask other servers. Forbid document types: `setFeature("http://apache.org/xml/features/disallow-doctype-decl", true)`.',
    examples: {
      bad: [
        "class A { void f(InputStream in) { DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(in); } }",
      ],
      good: [
        'class A { void f(InputStream in) { var f = DocumentBuilderFactory.newInstance(); f.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true); f.newDocumentBuilder().parse(in); } }',
        "class A { void f() { DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument(); } }",
      ],
    },
  },
  {
    id: "security/ssrf",
    languages: java,
    severity: "error",
    cwe: 918,
    words: ["URL(", "URI(", ".getForObject(", ".getForEntity("],
    query: `[(object_creation_expression type: (type_identifier) @name arguments: (argument_list . (_) @found .))
      (method_invocation object: (_) @object name: (identifier) @name arguments: (argument_list . (_) @found))]`,
    reports: (found) =>
      (/^(?:URL|getForObject|getForEntity)$/.test(found.text("name")) ||
        (found.text("name") === "create" && found.text("object") === "URI")) &&
      leadsElsewhere()(found),
    message: why.ssrf,
    examples: {
      bad: [
        'class A { void doGet(HttpServletRequest request) { new URL(request.getParameter("url")).openStream(); } }',
      ],
      good: [
        "class A { void f(String url) { new URL(url).openStream(); } }",
        'class A { void doGet(HttpServletRequest request) { new URL("https://api.example.com/" + request.getParameter("id")).openStream(); } }',
      ],
    },
  },
  {
    id: "security/open-redirect",
    languages: java,
    severity: "warning",
    cwe: 601,
    words: ["sendRedirect(", "redirect"],
    query: `
      (method_invocation name: (identifier) @name arguments: (argument_list . (_) @found) (#eq? @name "sendRedirect"))
      (return_statement (binary_expression left: (string_literal) @name right: (_) @found) (#eq? @name "\\"redirect:\\""))`,
    reports: leadsElsewhere(),
    message: why.redirect,
    examples: {
      bad: [
        'class A { void doGet(HttpServletRequest request, HttpServletResponse response) { response.sendRedirect(request.getParameter("next")); } }',
        'class A { String f(@RequestParam String next) { return "redirect:" + next; } }',
      ],
      good: ['class A { void f(HttpServletResponse response) { response.sendRedirect("/login"); } }'],
    },
  },
  {
    id: "security/ldap-injection",
    languages: java,
    severity: "error",
    cwe: 90,
    words: ["search("],
    query: `(method_invocation name: (identifier) @name arguments: (argument_list (_) . (_) @found) (#eq? @name "search"))`,
    reports: (found) => {
      const origin = originOf(found);
      return origin.reach >= 1 && isComposed(origin) && /^\(?[&|!]?\(?\w+=/.test(origin.text);
    },
    message:
      "Whoever decides a part of this filter can match every entry. Pass the values as arguments of the filter (`{0}`).",
    examples: {
      bad: ['class A { void f(String name) { context.search("ou=people", "(uid=" + name + ")", controls); } }'],
      good: [
        'class A { void f(String name) { context.search("ou=people", "(uid={0})", new Object[] { name }, controls); } }',
      ],
    },
  },
  {
    id: "security/weak-hash",
    languages: java,
    severity: "warning",
    cwe: 328,
    words: ["MessageDigest(", "DigestUtils(", "Hashing("],
    query: `
      (method_invocation object: (identifier) @object name: (identifier) @name arguments: (argument_list . (string_literal) @found)
        (#eq? @object "MessageDigest") (#eq? @name "getInstance") (#match? @found "^.(?:MD2|MD5|SHA-?1|SHA).$"))
      (method_invocation object: (identifier) @object name: (identifier) @found (#any-of? @object "DigestUtils" "Hashing") (#any-of? @found "md5" "md5Hex" "sha1" "sha1Hex" "md5DigestAsHex"))`,
    reports: (found) => !isHarmlessHash(found),
    message: why.hash("Use SHA-256, and bcrypt or argon2 for passwords."),
    examples: {
      bad: [
        'class A { void f() { MessageDigest.getInstance("MD5"); } }',
        "class A { String f(String p) { return DigestUtils.md5Hex(p); } }",
      ],
      good: [
        'class A { void f() { MessageDigest.getInstance("SHA-256"); } }',
        'class A { void checksumOf() { MessageDigest.getInstance("MD5"); } }',
      ],
    },
  },
  {
    id: "security/weak-cipher",
    languages: java,
    severity: "error",
    cwe: 327,
    words: ["Cipher("],
    query: `(method_invocation object: (identifier) @object name: (identifier) @name arguments: (argument_list . (string_literal) @found)
      (#eq? @object "Cipher") (#eq? @name "getInstance") (#match? @found "^.(?:DES|DESede|RC2|RC4|ARCFOUR|Blowfish|AES.$|.*/ECB/)"))`,
    // RSA has no blocks to follow each other, `ECB` is only a word there.
    reports: (found) => !found.text("found").startsWith('"RSA'),
    message: why.cipher,
    examples: {
      bad: [
        'class A { void f() { Cipher.getInstance("DES/CBC/PKCS5Padding"); } }',
        'class A { void f() { Cipher.getInstance("AES"); } }',
        'class A { void f() { Cipher.getInstance("AES/ECB/PKCS5Padding"); } }',
      ],
      good: [
        'class A { void f() { Cipher.getInstance("AES/GCM/NoPadding"); } }',
        'class A { void f() { Cipher.getInstance("RSA/ECB/OAEPPadding"); } }',
      ],
    },
  },
  {
    id: "security/insecure-random",
    languages: java,
    severity: "error",
    cwe: 338,
    words: ["Random(", "ThreadLocalRandom(", "Math("],
    query: `
      (object_creation_expression type: (type_identifier) @name (#eq? @name "Random")) @found
      (method_invocation object: (identifier) @object name: (identifier) @name
        (#any-of? @object "ThreadLocalRandom" "Math") (#any-of? @name "current" "random")) @found`,
    reports: isOfSecret,
    message: why.random("Take `SecureRandom`."),
    examples: {
      bad: ["class A { String makeToken() { return Long.toHexString(new Random().nextLong()); } }"],
      good: [
        "class A { int delay() { return new Random().nextInt(9); } }",
        "class A { String makeToken() { return hex(new SecureRandom()); } }",
      ],
    },
  },
  {
    id: "security/tls-unchecked",
    languages: java,
    severity: "error",
    cwe: 295,
    words: ["checkServerTrusted"],
    query: `(method_declaration name: (identifier) @found body: (block) @body (#eq? @found "checkServerTrusted"))`,
    reports: (found) => /^\{\s*(?:\/\/[^\n]*\s*)*\}$/.test(found.text("body")),
    message: why.tls,
    examples: {
      bad: ["class A implements X509TrustManager { public void checkServerTrusted(X509Certificate[] c, String t) {} }"],
      good: [
        "class A implements X509TrustManager { public void checkServerTrusted(X509Certificate[] c, String t) { inner.checkServerTrusted(c, t); } }",
      ],
    },
  },
  {
    id: "security/tls-unchecked",
    languages: java,
    severity: "error",
    cwe: 295,
    words: [
      "NoopHostnameVerifier(",
      "ALLOW_ALL_HOSTNAME_VERIFIER(",
      "setHostnameVerifier(",
      "hostnameVerifier(",
      "setDefaultHostnameVerifier(",
    ],
    query: `
      (method_invocation name: (identifier) @name arguments: (argument_list . (lambda_expression body: (true)) @found)
        (#any-of? @name "setHostnameVerifier" "hostnameVerifier" "setDefaultHostnameVerifier"))
      (field_access object: (identifier) @object field: (identifier) @name (#eq? @object "NoopHostnameVerifier")) @found
      (field_access field: (identifier) @name (#eq? @name "ALLOW_ALL_HOSTNAME_VERIFIER")) @found`,
    message: why.tls,
    examples: {
      bad: [
        "class A { void f() { connection.setHostnameVerifier((host, session) -> true); } }",
        "class A { void f() { builder.setSSLHostnameVerifier(NoopHostnameVerifier.INSTANCE); } }",
      ],
      good: ["class A { void f() { connection.setHostnameVerifier(verifier); } }"],
    },
  },
  {
    id: "security/jwt-unverified",
    languages: java,
    severity: "error",
    cwe: 347,
    words: ["parseClaimsJwt", "parseUnsecuredClaims", "none", "unsecured"],
    query: `
      (method_invocation name: (identifier) @found (#any-of? @found "parseClaimsJwt" "parseUnsecuredClaims" "unsecured"))
      (method_invocation object: (identifier) @object name: (identifier) @found (#eq? @object "Algorithm") (#eq? @found "none"))`,
    message: why.jwt,
    examples: {
      bad: [
        "class A { void f() { Jwts.parser().parseClaimsJwt(token); } }",
        "class A { void f() { JWT.require(Algorithm.none()); } }",
      ],
      good: ["class A { void f() { Jwts.parser().setSigningKey(key).parseClaimsJws(token); } }"],
    },
  },
  {
    id: "security/redos",
    languages: java,
    severity: "warning",
    cwe: 1333,
    words: ["compile(", "matches(", "replaceAll(", "split("],
    query: `(method_invocation name: (identifier) @name arguments: (argument_list . (string_literal) @found) (#any-of? @name "compile" "matches" "replaceAll" "split"))`,
    reports: (found) => isExponential(found.text("found").slice(1, -1).replaceAll("\\\\", "\\")),
    message: why.redos,
    examples: {
      bad: ['class A { Pattern p = Pattern.compile("^(\\\\w+\\\\s?)*$"); }'],
      good: ['class A { Pattern p = Pattern.compile("^\\\\w+(?:, \\\\w+)*$"); }'],
    },
  },
];
