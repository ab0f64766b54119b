import { customType, sql } from "./drizzle.ts";

/** Text of any origin. PostgreSQL takes neither NUL nor half a surrogate pair: both become U+FFFD. */
export const text = customType<{ data: string; driverData: string }>({
  dataType: () => "text",
  toDriver: storable,
});

/**
 * Any JSON value, kept as written. The type is `json`, not `jsonb`: jsonb refuses the escapes of NUL and of lone surrogates,
 * which logs of foreign programs hold. SQL NULL stands for `undefined`, JSON's null for null.
 */
export const json = customType<{ data: unknown; driverData: unknown }>({
  dataType: () => "json",
  toDriver: (value) => sql`${JSON.stringify(value)}::json`,
});

/** A moment, from the database's own clock unless told: the clocks of workers differ. */
export const moment = customType<{ data: Date; driverData: unknown }>({
  dataType: () => "timestamp (3) with time zone",
  toDriver: (value) => value.toISOString(),
  fromDriver: (value) => (value instanceof Date ? value : new Date(String(value))),
});

export const now = sql`clock_timestamp()`;

/** The text as PostgreSQL can hold it. */
export function storable(value: string): string {
  return value.replaceAll("\0", "\uFFFD").toWellFormed();
}
