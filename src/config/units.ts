import { z } from "zod";

const durationUnits = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 } as const;
const sizeUnits = { B: 1, KB: 1024, MB: 1024 ** 2, GB: 1024 ** 3 } as const;

const durationHint = "must be a number with a unit: 500ms, 90s, 5m or 1h";
const sizeHint = "must be a number with a unit: 512MB or 2GB";

/** A length of time as people write it, `90s`, `5m`, `1h`, `2500ms`; comes out in milliseconds. At most 6 h. */
export const Duration = z
  .string(durationHint)
  .regex(/^\d{1,7}(ms|s|m|h)$/, durationHint)
  .transform((text) => inUnit(text, durationUnits))
  .refine((ms) => ms > 0 && ms <= 6 * 3_600_000, "must be more than 0 and at most 6h");

/** An amount of memory or disk, `512MB`, `2GB`; comes out in bytes. Between 16 MB and 64 GB. */
export const Size = z
  .string(sizeHint)
  .regex(/^\d{1,6}(B|KB|MB|GB)$/, sizeHint)
  .transform((text) => inUnit(text, sizeUnits))
  .refine((bytes) => bytes >= 16 * 1024 ** 2 && bytes <= 64 * 1024 ** 3, "must be between 16MB and 64GB");

/** A whole number that may be grouped for the eye, `2_000_000`: YAML 1.2 reads that as text. */
export function count(least: number, most: number) {
  const number = z.int().min(least).max(most);
  const grouped = z
    .string()
    .regex(/^\d{1,3}(_\d{3})+$/)
    .transform((text) => Number(text.replaceAll("_", "")))
    .pipe(number);
  return z.union([number, grouped], `must be a whole number from ${least} to ${most}, such as 2_000_000`);
}

function inUnit(text: string, units: Record<string, number>): number {
  const unit = /[A-Za-z]+$/.exec(text)?.[0] ?? "";
  return Number.parseInt(text, 10) * (units[unit] ?? 1);
}
