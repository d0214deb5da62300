// The configuration: threadwork.toml, under the environment, under the command line. Whatever is wrong in it is
// reported with file, line, key, value and what is allowed, all of it at once.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { nearest } from './nearest.ts'
import { showPath, tomlLines } from './toml-lines.ts'

interface PersonConfig {
  readonly name: string
  /** Lower case. */
  readonly address: string
  readonly role: 'maintainer' | 'reviewer' | 'robot'
  /** Globs of files the role holds for; empty means everywhere. */
  readonly paths: readonly string[]
}

export interface ListConfig {
  readonly name: string
  readonly address: string
  /** Without angle brackets. */
  readonly listId: string | null
  readonly description: string
  /** The word that the list puts into subjects, without brackets. */
  readonly prefix: string | null
  readonly repository: string | null
  readonly people: readonly PersonConfig[]
}

export interface Config {
  /** The file that was read; null when there is none. */
  readonly file: string | null
  readonly lists: readonly ListConfig[]
  readonly smtp: Endpoint
  readonly web: Endpoint
  /** Where mail leaves: `loopback` or an smtp URL; null when nothing is said. */
  readonly relay: string | null
  /** Limits that the file overrides. */
  readonly limits: { readonly mailBytesMax?: number }
  /** A PostgreSQL URL; null for the embedded server. */
  readonly database: string | null
  readonly data: string
  /** False when nobody chose `data` and it is the default. */
  readonly dataChosen: boolean
}

export interface Given {
  readonly config?: string | undefined
  readonly data?: string | undefined
  readonly database?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Throws an Error whose message is for the person who wrote the file; it may have several lines. */
export function loadConfig(given: Given): Config {
  const file = configFile(given)
  const written = file === null ? settings.parse({}) : readSettings(file)
  const writtenData = written.data === undefined ? undefined : resolve(dirname(file ?? '.'), written.data)
  const data = given.data ?? (given.env.THREADWORK_DATA || undefined) ?? writtenData
  return {
    file,
    lists: file === null ? [demo] : written.lists.map(toList),
    smtp: written.smtp.listen,
    web: written.web.listen,
    relay: written.relay ?? null,
    limits:
      written.limits.mail_bytes_max === undefined ? {} : { mailBytesMax: written.limits.mail_bytes_max },
    database: databaseUrl(given) ?? written.database ?? null,
    data: resolve(data ?? 'threadwork-data'),
    dataChosen: data !== undefined,
  }
}

/** What `threadwork serve` tracks when nobody configured anything. */
const demo: ListConfig = {
  name: 'demo',
  address: 'demo@localhost',
  listId: null,
  description: 'An invented project, to look around and to send a first patch to',
  prefix: null,
  repository: null,
  people: [],
}

function configFile({ config, env }: Given): string | null {
  const chosen = config ?? (env.THREADWORK_CONFIG || undefined)
  if (chosen !== undefined) return chosen
  return existsSync('threadwork.toml') ? 'threadwork.toml' : null
}

function databaseUrl({ database, env }: Given): string | undefined {
  const url = database ?? (env.DATABASE_URL || undefined)
  if (url === undefined || isDatabaseUrl(url)) return url
  const from = database === undefined ? 'DATABASE_URL' : '--database'
  throw new Error(`Cannot use ${from} ${JSON.stringify(withoutPassword(url))}; allowed: ${databaseAllowed}`)
}

function readSettings(file: string): Settings {
  const text = readText(file)
  const parsed = settings.safeParse(parseToml(file, text), { reportInput: true })
  if (parsed.success) return parsed.data
  const lines = tomlLines(text)
  const sentences = parsed.error.issues
    .flatMap(issue => explain(issue, lines))
    .sort((a, b) => a.line - b.line)
  throw new Error(sentences.map(({ line, text: sentence }) => `${file}:${line}: ${sentence}`).join('\n'))
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new Error(`Cannot read the configuration "${file}": ${(error as Error).message}`, { cause: error })
  }
}

function parseToml(file: string, text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '')
    const line = text.split('\n')[error.line - 1]?.trim() ?? ''
    throw new Error(`${file}:${error.line}: ${JSON.stringify(line)} is not TOML: ${reason}`, { cause: error })
  }
}

/** An unknown key, a missing one, or a value that is not allowed. */
function explain(issue: z.core.$ZodIssue, lines: Map<string, number>): { line: number; text: string }[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map(key => ({
      line: lineOf([...issue.path, key], lines),
      text: `${showPath([...issue.path, key])} is not a setting; ${instead(key, keysAt(issue.path))}`,
    }))
  }
  const value = issue.input === undefined ? 'missing' : showValue(issue.input)
  return [
    {
      line: lineOf(issue.path, lines),
      text: `${showPath(issue.path)} is ${value}; allowed: ${issue.message}`,
    },
  ]
}

/** The line of the key, or of the nearest thing around it when the key is missing. */
function lineOf(path: readonly PropertyKey[], lines: Map<string, number>): number {
  for (let length = path.length; length > 0; length--) {
    const line = lines.get(showPath(path.slice(0, length)))
    if (line !== undefined) return line
  }
  return 1
}

function instead(key: string, keys: readonly string[]): string {
  const near = nearest(key, keys)
  return near === null ? `allowed: ${keys.join(', ')}` : `did you mean "${near}"?`
}

function keysAt(path: readonly PropertyKey[]): string[] {
  const place = showPath(path).replace(/\[\d+\]/g, '')
  const shapes: Record<string, z.ZodObject> = {
    smtp: listener,
    web: listener,
    limits: limitSettings,
    lists: list,
    'lists.people': person,
  }
  return Object.keys((shapes[place] ?? settings).shape)
}

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? withoutPassword(value) : value
  return (JSON.stringify(text) ?? String(text)).slice(0, 100)
}

export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^/@\s:]{0,200}):[^/@\s]{0,200}@/, '$1:...@')
}

const databaseAllowed = 'a PostgreSQL URL such as "postgres://user@host/database"'
const isDatabaseUrl = (url: string): boolean => /^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url)

const endpoint = (example: string) => {
  const allowed = `an address and a port such as "${example}"`
  return z
    .string({ error: allowed })
    .refine(text => parseEndpoint(text) !== null, { error: allowed })
    .transform(text => parseEndpoint(text) as Endpoint)
}
const text = (allowed: string, pattern: RegExp) =>
  z.string({ error: allowed }).regex(pattern, { error: allowed })
const line = text('one line of text', /^[^\n]{0,1000}$/)
const address = text('a mail address', /^[^\s<>@"]{1,64}@[^\s<>@"]{1,255}$/)

export const listNameAllowed = '1 to 64 lower-case letters, digits, ".", "_" and "-", a letter or digit first'
export const listNamePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/

const person = z.strictObject({
  name: line.default(''),
  address: address.transform(value => value.toLowerCase()),
  role: z.enum(['maintainer', 'reviewer', 'robot'], { error: '"maintainer", "reviewer" or "robot"' }),
  paths: z.array(line, { error: 'a list of file patterns such as ["net/*"]' }).default([]),
})

const list = z.strictObject({
  name: text(listNameAllowed, listNamePattern),
  address,
  list_id: text("what stands between < and > in the list's List-Id header", /^[^\s<>]{1,255}$/).optional(),
  description: line.default(''),
  prefix: text(
    'the word in brackets that the list puts into subjects, without the brackets',
    /^[^[\]\n]{1,64}$/,
  ).optional(),
  repository: text('the path or URL of a git repository', /^[^\s-]\S{0,1000}$/).optional(),
  people: z.array(person, { error: 'tables [[lists.people]] with address and role' }).default([]),
})

const listener = z.strictObject({ listen: z.unknown() })
const mailBytes = `a number of bytes from ${64 * 1024} to ${100 * 1024 * 1024}`
const limitSettings = z.strictObject({
  mail_bytes_max: z
    .int({ error: mailBytes })
    .min(64 * 1024, { error: mailBytes })
    .max(100 * 1024 * 1024, { error: mailBytes })
    .optional(),
})

const settings = z.strictObject({
  data: text('the path of a directory', /^[^\0\n]{1,1000}$/).optional(),
  database: z.string({ error: databaseAllowed }).refine(isDatabaseUrl, { error: databaseAllowed }).optional(),
  relay: text(
    '"loopback" or a URL such as "smtp://mail.example.org:587"',
    /^(?:loopback|smtps?:\/\/\S{1,500})$/,
  ).optional(),
  smtp: listener
    .extend({ listen: endpoint('127.0.0.1:2525').default({ host: '127.0.0.1', port: 2525 }) })
    .prefault({}),
  web: listener
    .extend({ listen: endpoint('127.0.0.1:8080').default({ host: '127.0.0.1', port: 8080 }) })
    .prefault({}),
  limits: limitSettings.prefault({}),
  lists: z
    .array(list, { error: 'tables [[lists]] with name and address' })
    .default([])
    .superRefine(refuseTwins),
})
type Settings = z.infer<typeof settings>

/** Two lists under one name would share a row, and a mail to a shared address would have no place to go. */
function refuseTwins(lists: readonly z.infer<typeof list>[], context: z.RefinementCtx): void {
  for (const key of ['name', 'address'] as const) {
    const seen = new Set<string>()
    lists.forEach((entry, index) => {
      const value = entry[key].toLowerCase()
      const message = `${key === 'name' ? 'a name' : 'an address'} that no other list has`
      if (seen.has(value))
        context.addIssue({ code: 'custom', path: [index, key], input: entry[key], message })
      seen.add(value)
    })
  }
}

const toList = ({ list_id, prefix, repository, ...rest }: z.infer<typeof list>): ListConfig => ({
  ...rest,
  listId: list_id ?? null,
  prefix: prefix ?? null,
  repository: repository ?? null,
})
