import { isExponential } from "../redos.ts";
import { isHarmlessHash, isOfSecret } from "../reports.ts";
import type { Rule } from "../rule.ts";
import * as why from "../why.ts";

const python = ["python"] as const;

/** Hashes, ciphers, random numbers, certificates, and what is left open. */
export const pythonProtection: readonly Rule[] = [
  {
    id: "security/weak-hash",
    languages: python,
    severity: "warning",
    cwe: 328,
    words: ["md5(", "sha1("],
    query: `(call function: (attribute object: (identifier) @object attribute: (identifier) @name) @found arguments: (argument_list) @arguments
      (#eq? @object "hashlib") (#any-of? @name "md5" "sha1"))`,
    reports: (found) => !/usedforsecurity\s*=\s*False/.test(found.text("arguments")) && !isHarmlessHash(found),
    message: why.hash("Use SHA-256, and scrypt or argon2 for passwords."),
    examples: {
      bad: ["import hashlib\ndigest = hashlib.md5(password.encode()).hexdigest()\n"],
      good: [
        "hashlib.sha256(text)\n",
        "hashlib.md5(text, usedforsecurity=False)\n",
        "etag = hashlib.md5(body).hexdigest()\n",
      ],
    },
  },
  {
    id: "security/weak-cipher",
    languages: python,
    severity: "error",
    cwe: 327,
    words: ["DES(", "DES3(", "ARC4(", "ARC2(", "Blowfish(", "MODE_ECB", "ECB(", "TripleDES("],
    query: `
      (call function: (attribute object: (identifier) @object attribute: (identifier) @name) @found
        (#any-of? @object "DES" "DES3" "ARC4" "ARC2" "Blowfish") (#eq? @name "new"))
      (attribute attribute: (identifier) @name (#eq? @name "MODE_ECB")) @found
      (call function: (attribute object: (identifier) @object attribute: (identifier) @name) @found (#eq? @object "modes") (#eq? @name "ECB"))
      (call function: (attribute object: (identifier) @object attribute: (identifier) @name) @found
        (#eq? @object "algorithms") (#any-of? @name "ARC4" "TripleDES" "Blowfish"))`,
    message: why.cipher,
    examples: {
      bad: ["DES.new(key)\n", "AES.new(key, AES.MODE_ECB)\n", "Cipher(algorithms.AES(key), modes.ECB())\n"],
      good: ["AES.new(key, AES.MODE_GCM)\n"],
    },
  },
  {
    id: "security/insecure-random",
    languages: python,
    severity: "error",
    cwe: 338,
    words: ["random("],
    query: `(call function: (attribute object: (identifier) @object attribute: (identifier) @name) @found
      (#eq? @object "random") (#any-of? @name "random" "randint" "randrange" "choice" "choices" "sample" "getrandbits"))`,
    reports: isOfSecret,
    message: why.random("Use the module `secrets`."),
    examples: {
      bad: [
        'token = "".join(random.choice(letters) for _ in range(20))\n',
        "def make_password():\n    return random.getrandbits(64)\n",
      ],
      good: ["delay = random.random()\n", "token = secrets.token_hex()\n"],
    },
  },
  {
    id: "security/tls-unchecked",
    languages: python,
    severity: "error",
    cwe: 295,
    words: ["verify", "check_hostname"],
    query: `
      (call function: (_) @call arguments: (argument_list (keyword_argument name: (identifier) @key value: (false)) @found) (#eq? @key "verify")
        (#match? @call "^(?:requests|httpx|session|self\\\\.session|client|self\\\\.client|s|http)\\\\.|Client$|Session$"))
      (assignment left: (attribute attribute: (identifier) @key) right: (false) (#any-of? @key "check_hostname")) @found
      (assignment left: (attribute object: (_) @object attribute: (identifier) @key) right: (false) (#eq? @key "verify") (#match? @object "session|client")) @found`,
    message: why.tls,
    examples: {
      bad: ["requests.get(url, verify=False)\n", "session.verify = False\n", "context.check_hostname = False\n"],
      good: ["requests.get(url, verify=bundle)\n", "jwt.decode(token, verify=False)\n"],
    },
  },
  {
    id: "security/tls-unchecked",
    languages: python,
    severity: "error",
    cwe: 295,
    words: ["_create_unverified_context", "CERT_NONE"],
    query: `
      (attribute object: (identifier) @object attribute: (identifier) @name (#eq? @object "ssl") (#eq? @name "_create_unverified_context")) @found
      (assignment left: (attribute attribute: (identifier) @left) right: (attribute attribute: (identifier) @name)
        (#eq? @left "verify_mode") (#eq? @name "CERT_NONE")) @found`,
    message: why.tls,
    examples: {
      bad: ["context = ssl._create_unverified_context()\n", "context.verify_mode = ssl.CERT_NONE\n"],
      good: ["context = ssl.create_default_context()\n", "context.verify_mode = ssl.CERT_REQUIRED\n"],
    },
  },
  {
    id: "security/jwt-unverified",
    languages: python,
    severity: "error",
    cwe: 347,
    words: ["verify_signature", "verify", "none"],
    query: `
      (call function: (attribute object: (identifier) @object attribute: (identifier) @name)
        arguments: (argument_list (keyword_argument name: (identifier) @key value: (false)) @found)
        (#any-of? @object "jwt" "jose") (#eq? @name "decode") (#eq? @key "verify"))
      (pair key: (string) @key value: (false) (#match? @key "^.verify_signature.$")) @found
      (keyword_argument name: (identifier) @key value: (list (string) @found) (#eq? @key "algorithms") (#match? @found "^.none.$"))`,
    message: why.jwt,
    examples: {
      bad: [
        "jwt.decode(token, verify=False)\n",
        'jwt.decode(token, options={"verify_signature": False})\n',
        'jwt.decode(token, key, algorithms=["none"])\n',
      ],
      good: ['jwt.decode(token, key, algorithms=["HS256"])\n'],
    },
  },
  {
    id: "security/debug-mode",
    languages: python,
    severity: "warning",
    cwe: 489,
    words: ["debug"],
    query: `(call function: (attribute object: (identifier) @object attribute: (identifier) @name)
      arguments: (argument_list (keyword_argument name: (identifier) @key value: (true)) @found)
      (#any-of? @object "app" "application") (#eq? @name "run") (#eq? @key "debug"))`,
    message:
      "The debugger of this server lets whoever reaches it run any program. Take it from the environment, off by default.",
    examples: {
      bad: ["app.run(debug=True)\n"],
      good: ["app.run(debug=settings.debug)\n", "asyncio.run(main(), debug=True)\n"],
    },
  },
  {
    id: "security/predictable-file",
    languages: python,
    severity: "warning",
    cwe: 377,
    words: ["mktemp("],
    query: `(call function: (attribute object: (identifier) @object attribute: (identifier) @name) @found (#eq? @object "tempfile") (#eq? @name "mktemp"))`,
    message: "Between the name and the file somebody else can make it. Use `tempfile.mkstemp` or `NamedTemporaryFile`.",
    examples: { bad: ["path = tempfile.mktemp()\n"], good: ["handle, path = tempfile.mkstemp()\n"] },
  },
  {
    id: "security/redos",
    languages: python,
    severity: "warning",
    cwe: 1333,
    words: ["compile(", "match(", "search(", "fullmatch(", "sub(", "findall(", "finditer(", "split("],
    query: `(call function: (attribute object: (identifier) @object attribute: (identifier) @name) arguments: (argument_list . (string) @found)
      (#eq? @object "re") (#any-of? @name "compile" "match" "search" "fullmatch" "sub" "findall" "finditer" "split"))`,
    reports: (found) =>
      isExponential(
        found
          .text("found")
          .replace(/^\w*(?:"""|'''|["'])/, "")
          .replace(/(?:"""|'''|["'])$/, ""),
      ),
    message: why.redos,
    examples: {
      bad: ["re.compile(r'^(\\w+\\s?)*$')\n", 're.match("(a+)+b", text)\n'],
      good: ["re.compile(r'^\\w+(?:, \\w+)*$')\n", "text.split('(a+)+')\n"],
    },
  },
];
