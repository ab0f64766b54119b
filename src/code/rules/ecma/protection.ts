import { instead } from "../fixes.ts";
import { operatorOf } from "../flat.ts";
import { isExponential } from "../redos.ts";
import { isHarmlessHash, isOfSecret, says } from "../reports.ts";
import { ecma, type Rule } from "../rule.ts";
import * as why from "../why.ts";

/** Hashes, ciphers, random numbers, certificates, and patterns that can be made slow. */
export const ecmaProtection: readonly Rule[] = [
  {
    id: "security/weak-hash",
    languages: ecma,
    severity: "warning",
    cwe: 328,
    words: ["createHash("],
    query: `(call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)]
      arguments: (arguments . (string) @found) (#eq? @name "createHash") (#match? @found "^.(?i:md4|md5|sha1|sha-1|rsa-md5|rsa-sha1).$"))`,
    reports: (found) => !isHarmlessHash(found),
    message: why.hash("Use SHA-256, and scrypt or argon2 for passwords."),
    examples: {
      bad: [
        'const hash = createHash("md5").update(password).digest("hex");',
        "crypto.createHash('sha1').update(token);",
      ],
      good: [
        'const hash = createHash("sha256").update(text);',
        'const etag = createHash("sha1").update(body).digest("base64");',
      ],
    },
  },
  {
    id: "security/weak-cipher",
    languages: ecma,
    severity: "error",
    cwe: 327,
    words: ["createCipheriv(", "createDecipheriv(", "createCipher(", "createDecipher("],
    query: `
      (call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)] @found
        (#any-of? @name "createCipher" "createDecipher"))
      (call_expression function: [(identifier) @name (member_expression property: (property_identifier) @name)]
        arguments: (arguments . (string) @found) (#any-of? @name "createCipheriv" "createDecipheriv") (#match? @found "^.(?i:des|rc2|rc4|bf|.*-ecb)"))`,
    message: why.cipher,
    examples: {
      bad: [
        'createCipheriv("des-ede3-cbc", key, iv);',
        'crypto.createCipheriv("aes-256-ecb", key, null);',
        'crypto.createCipher("aes192", password);',
      ],
      good: ['createCipheriv("aes-256-gcm", key, iv);'],
    },
  },
  {
    id: "security/insecure-random",
    languages: ecma,
    severity: "error",
    cwe: 338,
    words: [".random("],
    query: `(call_expression function: (member_expression object: (identifier) @object property: (property_identifier) @name)
      (#eq? @object "Math") (#eq? @name "random")) @found`,
    reports: isOfSecret,
    message: why.random("Take `crypto.randomBytes`, `crypto.randomInt` or `crypto.randomUUID`."),
    examples: {
      bad: [
        "const token = Math.random().toString(36).slice(2);",
        "function makePassword() { return letters[Math.floor(Math.random() * 26)]; }",
      ],
      good: ["const delay = Math.random() * 100;", "const token = crypto.randomUUID();"],
    },
  },
  {
    id: "security/tls-unchecked",
    languages: ecma,
    severity: "error",
    cwe: 295,
    words: ["rejectUnauthorized", "strictSSL"],
    query: `(pair key: [(property_identifier) @key (string) @key] value: (false) (#match? @key "^.?(?:rejectUnauthorized|strictSSL).?$")) @found`,
    message: why.tls,
    examples: {
      bad: ["const agent = new https.Agent({ rejectUnauthorized: false });", "request({ url, strictSSL: false });"],
      good: ["const agent = new https.Agent({ ca, rejectUnauthorized: true });"],
    },
    fix: (found) => instead(found, `${found.text("key")}: true`),
    fixed: "const agent = new https.Agent({ rejectUnauthorized: true });",
  },
  {
    id: "security/tls-unchecked",
    languages: ecma,
    severity: "error",
    cwe: 295,
    words: ["NODE_TLS_REJECT_UNAUTHORIZED"],
    query: `(assignment_expression left: (_) @left right: [(string) (number)] @right
      (#match? @left "NODE_TLS_REJECT_UNAUTHORIZED") (#match? @right "^.?0.?$")) @found`,
    message: why.tls,
    examples: {
      bad: ['process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";', 'process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = 0;'],
      good: ['process.env.NODE_TLS_REJECT_UNAUTHORIZED = "1";'],
    },
  },
  {
    id: "security/timing",
    languages: ecma,
    severity: "warning",
    cwe: 208,
    within: "createHmac",
    kinds: ["binary_expression"],
    worth: (tree, node) => {
      const right = tree.childIn(node, "right");
      return (
        right !== -1 && tree.end(node) - tree.start(node) < 200 && /hmac|signature|digest/i.test(tree.textOf(node))
      );
    },
    query: `(binary_expression left: [(identifier) (member_expression) (call_expression)] @left
      right: [(identifier) (member_expression) (call_expression) (template_string)] @right) @found`,
    reports: (found) =>
      says(found, /\bcreateHmac\b/) &&
      /^[!=]==?$/.test(operatorOf(found.tree, found.node("found"))) &&
      [found.text("left"), found.text("right")].some((text) =>
        /(?:hmac|signature|digest(?:\([^)]*\))?)$/i.test(text),
      ) &&
      ![found.text("left"), found.text("right")].some((text) => /^(?:undefined|null)$|\.length$|^typeof/.test(text)),
    message:
      "Comparing stops at the first difference, and the time that it takes tells how much was right. Use `crypto.timingSafeEqual` on buffers of one length.",
    examples: {
      bad: [
        'const hmac = createHmac("sha256", key).update(body).digest("hex");\nif (hmac === request.headers.signature) accept();',
      ],
      good: [
        'const hmac = createHmac("sha256", key).update(body).digest("hex");\nif (timingSafeEqual(a, b)) accept();',
        "if (left.signature === right.signature) merge();",
      ],
    },
  },
  {
    id: "security/redos",
    languages: ecma,
    severity: "warning",
    cwe: 1333,
    kinds: ["regex"],
    worth: (tree, node) => /[+*}]\??\)[+*{]|[+*}].*\)[+*{]/.test(tree.textOf(node).slice(0, 2_000)),
    query: `(regex pattern: (regex_pattern) @pattern) @found`,
    reports: (found) => isExponential(found.text("pattern")),
    message: why.redos,
    examples: {
      bad: [
        "const isName = /^(\\w+\\s?)*$/;",
        "text.replace(/(a+)+b/g, '');",
        "if (/^(?:[a-z]+|\\d)*$/.test(x)) y();",
        "const x = /(.*)*z/;",
      ],
      good: [
        "const list = /^\\w+(?:, \\w+)*$/;",
        "const path = /^(?:\\/[^/]+)*$/;",
        'const quoted = /"(?:[^"\\\\]|\\\\.)*"/;',
        "const three = /^(\\d+){1,3}$/;",
        "const once = /(\\w+)?x/;",
      ],
    },
  },
];
