// The settings in words, made from their schema: the configuration that `init` writes, with all that can be said in comments,
// and the tables of docs/running.md and docs/ci.md.
import { z } from 'zod'
import { about, bare, defaultOf } from './setting.ts'
import { settings } from './settings.ts'

/** A configuration that works as it stands and explains what else can be said. */
export const commentedSettings = (): string => `${opening}\n\n${commented(settings, []).join('\n\n')}\n`

const opening = `# The configuration of Threadwork. A line that begins with # is a comment; those that show a
# setting show its default, or an example where it says so. "threadwork doctor" checks this file.`

/** One row a setting, in Markdown. */
export function settingsTable(schema: z.ZodObject): string {
  const rows = rowsOf(schema, '').map(cells => `| ${cells.join(' | ')} |`)
  return ['| key | meaning | default |', '|---|---|---|', ...rows].join('\n')
}

interface Entry {
  readonly key: string
  readonly schema: z.ZodType
  /** Of the setting, without what may be absent. */
  readonly table: z.ZodObject | undefined
  /** `[[key]]` */
  readonly repeated: boolean
}

/** The settings of a table in the order of the file, tables within it last, as TOML wants it. */
function entriesOf({ shape }: z.ZodObject): Entry[] {
  const entries = Object.entries(shape as Record<string, z.ZodType>).map(([key, schema]) =>
    entryOf(key, schema),
  )
  return [...entries.filter(({ table }) => !table), ...entries.filter(({ table }) => table)]
}

function entryOf(key: string, schema: z.ZodType): Entry {
  const shape = bare(schema)
  const repeated = shape instanceof z.ZodArray && shape.element instanceof z.ZodObject
  const table = repeated ? shape.element : shape
  // A table of words that are no settings themselves, such as `needs`, is a value.
  const isTable =
    table instanceof z.ZodObject && Object.values(table.shape).every(each => about.has(each as z.ZodType))
  return { key, schema, table: isTable ? (table as z.ZodObject) : undefined, repeated }
}

/** Blocks, each a table or what stands before the first. */
function commented(table: z.ZodObject, path: readonly string[]): string[] {
  const entries = entriesOf(table)
  const own = entries.filter(entry => !entry.table).map(commentedSetting)
  const below = entries.flatMap(({ key, schema, table: inner, repeated }) => {
    if (!inner) return []
    const [head = '', ...rest] = commented(inner, [...path, key])
    const name = [...path, key].join('.')
    // A table of an array that has to say something, and says nothing, would be wrong.
    const header = repeated ? `${/^[^#]/m.test(head) ? '' : '# '}[[${name}]]` : `[${name}]`
    return [`${comment(about.get(schema)?.is ?? '')}\n${header}\n${head}`, ...rest]
  })
  return [own.join(path.length === 0 ? '\n\n' : '\n'), ...below]
}

function commentedSetting({ key, schema }: Entry): string {
  const { is = '', example, set } = about.get(schema) ?? {}
  const value = shown(defaultOf(schema))
  const setting = `${key} = ${toml(example ?? value)}`
  return `${comment(example === undefined || set ? is : `${is} (example)`)}\n${set ? '' : '# '}${setting}`
}

function rowsOf(table: z.ZodObject, before: string): string[][] {
  return entriesOf(table).flatMap(({ key, schema, table: inner, repeated }) => {
    if (inner) return rowsOf(inner, repeated ? `${before}${key}[].` : `${before}${key}.`)
    const { is = '', more, without } = about.get(schema) ?? {}
    const value = shown(defaultOf(schema))
    const standing = value === undefined ? '' : `\`${toml(value)}\``
    const required = schema.safeParse(undefined).success ? '' : 'required'
    return [
      [`\`${before}${key}\``, more === undefined ? is : `${is}; ${more}`, without ?? (standing || required)],
    ]
  })
}

/** Undefined for a default that says nothing. */
const shown = (value: unknown): unknown =>
  value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0)
    ? undefined
    : value

/** A value on one line. */
function toml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(toml).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  return `{ ${Object.entries(value)
    .map(([key, each]) => `${key} = ${toml(each)}`)
    .join(', ')} }`
}

const commentCharactersMax = 108

/** A sentence in lines that fit. */
function comment(is: string): string {
  const lines = ['#']
  for (const word of `${is.charAt(0).toUpperCase()}${is.slice(1)}.`.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last.length + word.length > commentCharactersMax) lines.push(`# ${word}`)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines.join('\n')
}
