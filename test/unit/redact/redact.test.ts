import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { createRedactor } from "../../../src/redact.ts";

const key = "s3cr3t/Key+with=odd&chars";
const installationToken = `ghs_1234567_eyJ${"hbGciOiJSUzI1NiJ9".repeat(4)}.${"aZ-_".repeat(80)}.${"Q9".repeat(60)}`;
const pem = [
  "-----BEGIN RSA PRIVATE KEY-----",
  ...Array.from({ length: 6 }, (_, line) => `${"MIIEow".repeat(10)}${line}AbC`),
  "-----END RSA PRIVATE KEY-----",
].join("\n");

/** What a stream gives for a text that comes in these pieces. */
function streamed(redactor: ReturnType<typeof createRedactor>, pieces: readonly string[]): string {
  const stream = redactor.stream();
  return pieces.map((piece) => stream.push(piece)).join("") + stream.end();
}

describe("a known secret", () => {
  const redactor = createRedactor([key]);
  const bytes = Buffer.from(key);
  const encodings: [string, string][] = [
    ["plain", key],
    ["base64", bytes.toString("base64")],
    ["base64 after a user name", Buffer.from(`x-access-token:${key}`).toString("base64")],
    ["base64 one byte further", Buffer.from(`ab:${key}\n`).toString("base64")],
    ["base64url", bytes.toString("base64url")],
    ["hex", bytes.toString("hex")],
    ["upper-case hex", bytes.toString("hex").toUpperCase()],
    ["URL", encodeURIComponent(key)],
    ["lower-case URL", encodeURIComponent(key).replace(/%../g, (code) => code.toLowerCase())],
    ["every byte as URL", [...bytes].map((byte) => `%${byte.toString(16).toUpperCase()}`).join("")],
    ["JSON", JSON.stringify(key)],
    ["JSON in JSON", JSON.stringify(JSON.stringify({ key }))],
    ["HTML", key.replace("&", "&amp;")],
    ["with a colour inside", `${key.slice(0, 7)}\u001B[31m${key.slice(7)}\u001B[0m`],
  ];

  test.each(encodings)("does not leave as %s", (_name, encoded) => {
    const text = redactor.redact(`before ${encoded} after`);
    expect(text).toContain("[redacted]");
    expect(text).toMatch(/^before .* after$/);
    for (const part of [key.slice(3, 15), bytes.toString("base64").slice(4, 24), bytes.toString("hex").slice(8, 30)])
      expect(text).not.toContain(part);
  });

  test("leaves nothing when its base64 is broken into lines", () => {
    const long = installationToken;
    const wrapped = Buffer.from(`${long}\n`).toString("base64").replace(/.{76}/g, "$&\n");
    const text = createRedactor([long]).redact(wrapped);
    expect(text.replaceAll("[redacted]", "").replace(/\s/g, "").length).toBeLessThan(8);
  });

  test("that is a key of several lines goes line by line too", () => {
    const body = pem.split("\n").slice(1, -1);
    const text = createRedactor([pem]).redact(body.map((line, index) => `${index}: ${line}`).join("\n"));
    expect(text).toBe(body.map((_, index) => `${index}: [redacted]`).join("\n"));
  });

  test("that is too short to be one is left alone", () => {
    expect(createRedactor(["", "  ", "abc"]).redact("abc and  more")).toBe("abc and  more");
  });
});

describe("a token nobody told us about", () => {
  const redactor = createRedactor([]);
  test.each([
    ["an installation token of the new kind", installationToken],
    ["an installation token of the old kind", `ghs_${"aB3".repeat(12)}`],
    ["a personal token", `ghp_${"aB3".repeat(12)}`],
    ["a fine-grained token", `github_pat_${"11ABCDEFG0_".repeat(4)}`],
    ["an Anthropic key", `sk-ant-api03-${"xY9-".repeat(10)}`],
    ["an OpenAI key", `sk-proj-${"xY9_".repeat(10)}`],
    ["an AWS key", "AKIAIOSFODNN7EXAMPLE"],
    ["a Slack token", "xoxb-123456789012-abcdefABCDEF"],
    ["a JWT", "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.SflKxwRJSMeKKF2QT4fwpM"],
    ["a private key", pem],
    ["a private key as JSON", JSON.stringify(pem).slice(1, -1)],
  ])("%s is known by its look", (_name, token) => {
    expect(redactor.redact(`token: ${token} end`)).toMatch(/^token: \[redacted\]( end)?$/);
    expect(redactor.finds(token)).toBe(true);
  });

  test("a password in an address goes, the address stays", () => {
    expect(redactor.redact("clone https://bot:hunter2hunter@host.example/a.git now")).toBe(
      "clone https://bot:[redacted]@host.example/a.git now",
    );
  });

  test("a key without an end takes only what looks like a key", () => {
    const open = pem.split("\n").slice(0, 3).join("\n");
    expect(redactor.redact(`${open}\n(then) text`)).toBe("[redacted](then) text");
  });

  test.each([
    "task-runner-with-a-long-name-indeed",
    "http://localhost:3000/@scope/name",
    "sha 0123456789abcdef0123456789abcdef01234567",
    "eyJust.a.word",
    "ghs_short",
  ])("%s is none", (text) => {
    expect(redactor.redact(text)).toBe(text);
    expect(redactor.finds(text)).toBe(false);
  });
});

describe("a text with colours", () => {
  const red = "\u001B[31m";
  const plain = "\u001B[0m";
  const text = `${red}start${plain} ${key.slice(0, 7)}${red}${key.slice(7)} \u001B[2K\u009B1mend ${plain}`;
  const redactor = createRedactor([key]);
  const coloured = (pieces: readonly string[]): string => {
    const stream = redactor.stream({ colours: true });
    return pieces.map((piece) => stream.push(piece)).join("") + stream.end();
  };

  test("keeps them, but none within a secret, and no other sequence", () => {
    expect(coloured([text])).toBe(`${red}start${plain} [redacted]${red} \u001B[1mend ${plain}`);
  });

  test("gives the same wherever it is cut, and without them what is redacted anyway", () => {
    const whole = coloured([text]);
    for (let at = 0; at <= text.length; at += 1) expect(coloured([text.slice(0, at), text.slice(at)])).toBe(whole);
    expect(redactor.redact(whole)).toBe(redactor.redact(text));
  });

  test("is not held up by a sequence that never ends, nor by colours without text", () => {
    const endless = coloured(Array.from({ length: 100 }, () => `\u001B[${"1;".repeat(2_000)}`));
    expect(endless.length).toBeGreaterThan(300_000);
    expect(endless).not.toContain("\u001B");
    const flood = coloured(["a", red.repeat(100_000), "b"]);
    expect(flood).toMatch(/^a.*\[31mb$/);
    expect(flood.length).toBeLessThan(300);
  });
});

describe("a text in pieces", () => {
  test("shows no secret wherever it is cut (all 465 places and more)", () => {
    const text = `start ${installationToken} middle ${key} end`;
    const redactor = createRedactor([installationToken, key]);
    const whole = redactor.redact(text);
    expect(whole).toBe("start [redacted] middle [redacted] end");
    let cuts = 0;
    for (let at = 0; at <= text.length; at += 1) {
      expect(streamed(redactor, [text.slice(0, at), text.slice(at)])).toBe(whole);
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(465);
  });

  test("shows no unknown token wherever it is cut", () => {
    const text = `a ${installationToken} b\n${pem}\n(c)`;
    const redactor = createRedactor([]);
    const whole = redactor.redact(text);
    expect(whole).toBe("a [redacted] b\n[redacted]\n(c)");
    for (let at = 0; at <= text.length; at += 1)
      expect(streamed(redactor, [text.slice(0, at), text.slice(at)])).toBe(whole);
  });

  test("gives the same as the whole text, for any text and any cuts", () => {
    const redactor = createRedactor([key, "two words", installationToken, "aaaaaa"]);
    const part = fc.oneof(
      fc.constantFrom(
        key,
        "two words",
        "two ",
        installationToken,
        "aaaaaa",
        "aaa",
        Buffer.from(`u:${key}`).toString("base64"),
        pem,
        "-----BEGIN ",
        "PRIVATE KEY-----",
      ),
      fc.constantFrom(
        "\u001B[31m",
        "\u001B]8;;http://x\u0007",
        "\u001B",
        "\u009B",
        "[0m",
        "ghs_",
        "eyJ",
        "://u:",
        "@",
        " ",
        "\n",
        "😀",
      ),
      fc.string({ maxLength: 20 }),
    );
    fc.assert(
      fc.property(
        fc.array(part, { maxLength: 12 }),
        fc.array(fc.integer({ min: 0, max: 999 }), { maxLength: 12 }),
        (parts, places) => {
          const text = parts.join("");
          const cuts = [
            0,
            ...places.map((at) => Math.floor((at / 1000) * text.length)).toSorted((a, b) => a - b),
            text.length,
          ];
          const pieces = cuts.slice(1).map((end, index) => text.slice(cuts[index], end));
          expect(streamed(redactor, pieces)).toBe(redactor.redact(text));
        },
      ),
      { numRuns: 250 },
    );
  });

  test("character by character gives the same", () => {
    const text = `x ${key}\u001B[1m ${pem} y two  words https://a:password@b`;
    const redactor = createRedactor([key, "two words"]);
    expect(streamed(redactor, text.split(""))).toBe(redactor.redact(text));
  });

  test("knows a secret that is told while it is open, and keeps knowing those before", () => {
    const redactor = createRedactor([key]);
    const stream = redactor.stream();
    const first = stream.push("one later-secret ");
    redactor.know(["later-secret", "short"]);
    expect(first + stream.push(`two later-secret ${key} short `) + stream.end()).toBe(
      "one later-secret two [redacted] [redacted] short ",
    );
  });

  test("shows ordinary lines at once", () => {
    const stream = createRedactor([key]).stream();
    expect(stream.push("line one\nline two\n")).toBe("line one\nline two\n");
  });

  test("holds a bounded amount of a key that never ends, and shows none of it", () => {
    const stream = createRedactor([]).stream();
    let out = stream.push("-----BEGIN PRIVATE KEY-----\n");
    for (let line = 0; line < 700; line += 1) out += stream.push(`${"MIIEow".repeat(10)}\n`);
    expect(out + stream.end()).toBe("[redacted]");
  });
});
