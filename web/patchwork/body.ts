// The body of a write: JSON, a form or multipart, as its clients send it, within bounds, as text by field. What is wrong with a
// field is told in the words of patchwork, by field.
import type { Context } from 'hono'
import type { z } from 'zod'
import { limits } from '../../base/limits.ts'

/** Of each field that is wrong why. */
export type Problems = Record<string, string[]>

/** Text, or a value of JSON as it is. */
export type Fields = ReadonlyMap<string, unknown>

/** The fields, or the answer that says why there are none. */
export async function readBody(c: Context): Promise<Fields | Response> {
  const type = (c.req.header('Content-Type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  const text = await boundedBody(c)
  if (text === null) return c.json({ detail: `A body has at most ${limits.apiBodyBytesMax} bytes.` }, 413)
  if (type === 'application/json') return jsonFields(c, text)
  if (type === 'application/x-www-form-urlencoded' || type === 'multipart/form-data')
    return formFields(c, text)
  return c.json({ detail: `Unsupported media type "${type}" in request.` }, 415)
}

/** Whatever its length claims to be. */
async function boundedBody(c: Context): Promise<Uint8Array<ArrayBuffer> | null> {
  const { body } = c.req.raw
  if (body === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.byteLength
    if (size > limits.apiBodyBytesMax) return null
    chunks.push(chunk)
  }
  return new Uint8Array(Buffer.concat(chunks))
}

function jsonFields(c: Context, bytes: Uint8Array): Fields | Response {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (error) {
    return c.json({ detail: `JSON parse error - ${error instanceof Error ? error.message : error}` }, 400)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return new Map(Object.entries(value))
  return c.json({ non_field_errors: ['Invalid data. Expected a dictionary.'] }, 400)
}

async function formFields(c: Context, bytes: Uint8Array<ArrayBuffer>): Promise<Fields | Response> {
  try {
    const form = await new Response(bytes, {
      headers: { 'Content-Type': c.req.header('Content-Type') ?? '' },
    }).formData()
    // Of a field that stands twice patchwork takes the last one.
    return new Map([...form].map(([name, value]) => [name, typeof value === 'string' ? value : {}]))
  } catch {
    return c.json({ detail: 'Multipart form parse error' }, 400)
  }
}

/** What the fields say by a schema of `write-schema.ts`, or by field what is wrong with them. */
export function readFields<Shape extends z.ZodObject>(
  shape: Shape,
  fields: Fields,
): { said: z.output<Shape> | null; problems: Problems } {
  const given = [...fields].flatMap(([name, value]) => (name in shape.shape ? [[name, plain(value)]] : []))
  const { data, error } = shape.safeParse(Object.fromEntries(given))
  const problems: Problems = {}
  for (const { path, message } of error?.issues ?? []) problems[String(path[0])] ??= [message]
  return { said: data ?? null, problems }
}

/** A form knows texts alone, and an empty one says nothing. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' ? value.trim() || null : value
}
