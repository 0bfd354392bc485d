import * as v from 'valibot';
import { realDate } from '../oci/config.ts';

/*
 * Fields of what vendors' own APIs answer. Each may be missing, null or of another form than documented: then it is left
 * out, and the item that it belongs to is kept.
 */

/** Optional, and absent when it is of another form. */
export function lenient<const Schema extends v.GenericSchema>(
  schema: Schema,
): v.SchemaWithFallback<v.OptionalSchema<Schema, undefined>, undefined> {
  return v.fallback(v.optional(schema), undefined);
}

export const countSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const textSchema = v.pipe(v.string(), v.trim(), v.nonEmpty());
export const dateSchema = v.pipe(v.unknown(), v.transform(realDate));
/** Seconds since 1970, with fractions. */
export const epochSchema = v.pipe(
  v.number(),
  v.check((seconds) => Math.abs(seconds) < 1e11),
  v.transform((seconds) => realDate(new Date(seconds * 1000).toISOString())),
);
/** A part of a platform: `linux`, `amd64`. */
export const platformPartSchema = v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9._-]*$/i));

/** `undefined` for what does not have the form. */
export function parsed<Schema extends v.GenericSchema>(
  schema: Schema,
  item: unknown,
): v.InferOutput<Schema> | undefined {
  const result = v.safeParse(schema, item, { abortEarly: true });
  return result.success ? result.output : undefined;
}
