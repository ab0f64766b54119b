import { createPublicKey, verify } from "node:crypto";
import { expect, test } from "@jest/globals";
import { appJwts, type AppJwt } from "../../../src/github/app-jwt.ts";
import { privateKey } from "./scripted.ts";

const publicKey = createPublicKey(privateKey);
const began = Date.parse("2026-01-01T00:00:00Z");

function claimsOf({ jwt }: AppJwt): Record<string, unknown> {
  const [header = "", payload = "", signature = ""] = jwt.split(".");
  expect(
    verify("RSA-SHA256", Buffer.from(`${header}.${payload}`), publicKey, Buffer.from(signature, "base64url")),
  ).toBe(true);
  return JSON.parse(Buffer.from(payload, "base64url").toString()) as Record<string, unknown>;
}

test("a token of the App is used for five minutes of its ten", async () => {
  let now = began;
  const ask = appJwts(privateKey, () => now);
  const [first, beside] = await Promise.all([ask(7), ask(7)]);
  expect(beside).toBe(first);
  expect(claimsOf(first)).toEqual({ iss: 7, iat: began / 1_000 - 30, exp: began / 1_000 + 570 });
  expect(first.expiresAt).toBe("2026-01-01T00:09:30.000Z");
  now += 299_999;
  expect(await ask(7)).toBe(first);
  now += 1;
  expect(claimsOf(await ask(7))).toMatchObject({ iat: began / 1_000 + 270 });
});

test("when GitHub's clock is another, a token is made by it, and not kept for others", async () => {
  const ask = appJwts(privateKey, () => began);
  const refused = await ask(7);
  expect(claimsOf(await ask(7, -120))).toMatchObject({ iat: began / 1_000 - 150 });
  expect(await ask(7)).toBe(refused);
});

test("what cannot sign is said at each call", async () => {
  const ask = appJwts("no key", () => began);
  await expect(ask(7)).rejects.toThrow("Invalid keyData");
  await expect(ask(7)).rejects.toThrow("Invalid keyData");
});
