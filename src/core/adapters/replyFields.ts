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

/** `undefined` for what does not have the form. */
export function parsed<Schema extends v.GenericSchema>(
  schema: Schema,
  item: unknown,
): v.InferOutput<Schema> | undefined {
  const result = v.safeParse(schema, item, { abortEarly: true });
  return result.success ? result.output : undefined;
}
