// The configuration: threadwork.toml, under the environment, under the command line. Whatever is wrong in it is
// reported with file, line, key, value and what is allowed, all of it at once.
import { existsSync, readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { dirname, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { nearest } from './nearest.ts'
import { isRepository } from './repository.ts'
import { bugStatuses, patchStates, plannedTags } from './state-words.ts'
import { showPath, tomlLines } from './toml-lines.ts'

interface PersonConfig {
  readonly name: string
  /** Lower case. */
  readonly address: string
  readonly role: 'maintainer' | 'reviewer' | 'robot'
  /** Globs of files the role holds for; empty means everywhere. */
  readonly paths: readonly string[]
  /** Further addresses of the person, in lower case. */
  readonly aliases: readonly string[]
}

export interface ListConfig {
  readonly name: string
  readonly address: string
  /** Without angle brackets. */
  readonly listId: string | null
  readonly description: string
  /** The word that the list puts into subjects, without brackets. */
  readonly prefix: string | null
  /** Under which we are subscribed to a list that another server runs. */
  readonly subscribed: string | null
  /** A directory of this machine, or an address that is fetched. */
  readonly repository: string | null
  /** Patterns of the branches that are followed; empty for the repository's own. */
  readonly branches: readonly string[]
  /** The file of the repository that says who is maintainer of what, such as `MAINTAINERS`. */
  readonly maintainers: string | null
  /** Where a commit is shown, with `%s` for its id. */
  readonly commitUrl: string | null
  /** `first`: mails of people who never posted wait for a maintainer. */
  readonly moderate: 'first' | null
  /** What its tracker sends besides errors. */
  readonly answers: AnswersConfig
  readonly people: readonly PersonConfig[]
  /** Domains of servers whose ARC seals are believed for this list, in lower case, beside those of `auth`. */
  readonly trustedArc: readonly string[]
  /** `from`: whoever stands in From is believed. */
  readonly trust: 'verified' | 'from'
  /** Imported mail is believed as its From says. */
  readonly history: boolean
  /** The grade that a state or a tag needs, where it differs from the usual one; keys in lower case. */
  readonly needs: Readonly<Record<string, 'A' | 'B' | 'C'>>
}

interface AnswersConfig {
  readonly bugs: boolean
  readonly states: boolean
  readonly digest: boolean
  readonly waiting: boolean
}

/** A file that the configuration names. */
export interface FileSetting {
  /** Absolute. */
  readonly path: string
  /** File and line of the setting, for messages. */
  readonly at: string
}

export interface TlsFiles {
  readonly certificate: FileSetting
  readonly key: FileSetting
}

/** By what the senders of mail are authenticated. */
export interface AuthConfig {
  /** The directory of OpenPGP, patatt and ssh keys; null for none. */
  readonly keyring: FileSetting | null
  /** The DNS server for keys, ADDRESS:PORT; null for the system's. */
  readonly dns: string | null
  /** Domains of list servers whose ARC seals are believed on every list, in lower case. */
  readonly trustedArc: readonly string[]
}

/** The mail server that takes what leaves. */
export interface RelayConfig {
  /** smtp: or smtps:, perhaps with user and password. */
  readonly url: string
  /** Instead of the URL's; null for those. */
  readonly user: string | null
  readonly passwordFile: string | null
  /** A PEM file with certificates that are believed, instead of the system's. */
  readonly ca: string | null
  readonly tls: 'required' | 'none'
}

export interface Config {
  /** The file that was read; null when there is none. */
  readonly file: string | null
  readonly lists: readonly ListConfig[]
  readonly smtp: Endpoint
  /** For STARTTLS; null for none. */
  readonly tls: TlsFiles | null
  /** A Unix socket's path, or host and port; null for no LMTP. */
  readonly lmtp: string | Endpoint | null
  readonly web: Endpoint
  readonly auth: AuthConfig
  /** Where metrics and health are; null for nowhere. */
  readonly metrics: Endpoint | null
  /** Networks that are not counted against the limits for one SMTP client. */
  readonly smtpExempt: readonly string[]
  /** How often the repositories are looked at. */
  readonly followSeconds: number
  /** For a log that goes to a program; a terminal gets what needs attention. */
  readonly logLevel: LogLevel
  /** Where mail leaves; null for loopback: to our own lists and no further. */
  readonly relay: RelayConfig | null
  /** Where mail of our own comes from; bounces go to its host. */
  readonly address: string
  /** Limits that the file overrides. */
  readonly limits: {
    readonly mailBytesMax?: number
    readonly outgoingPerHourMax?: number
    readonly smtpClientConnectionsMax?: number
    readonly smtpClientMailsPerMinuteMax?: number
  }
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
    tls: toTls(written.smtp, file),
    lmtp: toLmtp(written.lmtp.listen, file),
    web: written.web.listen,
    auth: toAuth(written.auth, file),
    relay: toRelay(written, file),
    address: written.outgoing.address ?? defaultAddress(written),
    metrics: written.metrics.listen ?? null,
    smtpExempt: written.smtp.exempt,
    followSeconds: written.follow.every_seconds,
    logLevel: written.log.level,
    limits: toLimits(written.limits),
    database: databaseUrl(given) ?? written.database ?? null,
    data: resolve(data ?? 'threadwork-data'),
    dataChosen: data !== undefined,
  }
}

/** What a log shows: of each level also the ones behind it. */
const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

/** What `threadwork serve` tracks when nobody configured anything. */
const demo: ListConfig = {
  name: 'demo',
  address: 'demo@localhost',
  listId: null,
  description: 'An invented project, to look around and to send a first patch to',
  prefix: null,
  subscribed: null,
  repository: null,
  branches: [],
  maintainers: null,
  commitUrl: null,
  moderate: null,
  answers: { bugs: false, states: false, digest: false, waiting: false },
  people: [],
  trustedArc: [],
  trust: 'verified',
  history: true,
  needs: {},
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
    smtp: smtpSettings,
    lmtp: listener,
    web: listener,
    auth: authSettings,
    limits: limitSettings,
    outgoing: outgoingSettings,
    follow: followSettings,
    lists: list,
    'lists.answers': answerSettings,
    'lists.people': person,
    'lists.needs': needs,
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

// A list's pages are at `/NAME/`, and these addresses are taken.
export const listNameAllowed =
  '1 to 64 lower-case letters, digits, ".", "_" and "-", a letter or digit first; but not healthz, readyz or metrics'
export const listNamePattern = /^(?!(?:healthz|readyz|metrics)$)[a-z0-9][a-z0-9._-]{0,63}$/

const person = z.strictObject({
  name: line.default(''),
  address: address.transform(value => value.toLowerCase()),
  role: z.enum(['maintainer', 'reviewer', 'robot'], { error: '"maintainer", "reviewer" or "robot"' }),
  paths: z.array(line, { error: 'a list of file patterns such as ["net/*"]' }).default([]),
  aliases: z
    .array(
      address.transform(value => value.toLowerCase()),
      { error: 'a list of mail addresses such as ["ada@example.com"]' },
    )
    .default([]),
})

const repositoryAllowed =
  'the path of a git repository, or its address by https, ssh or git such as "https://git.example.org/tarn.git"'
const branchesAllowed = 'a list of up to 50 branches such as ["main", "release/*"]'
/** What git-check-ref-format(1) lets a branch be called, and `*`. */
const branch = text(branchesAllowed, /^[^\s~^:?[\\-][^\s~^:?[\\]{0,200}$/)
const domainAllowed = 'a list of domains such as ["lists.example.org"]'
const domains = z
  .array(text(domainAllowed, /^[A-Za-z0-9._-]{1,253}$/), { error: domainAllowed })
  .default([])
  .transform(names => names.map(name => name.toLowerCase()))
const grade = z.enum(['A', 'B', 'C'], { error: '"A", "B" or "C"' })
/** What `needs` can name. */
const needsWords = [...patchStates, ...bugStatuses, ...plannedTags]
const needs = z.strictObject(Object.fromEntries(needsWords.map(word => [word, grade.optional()])))
const chosen = z.boolean({ error: 'true or false' }).default(false)
const answerSettings = z.strictObject({ bugs: chosen, states: chosen, digest: chosen, waiting: chosen })

const list = z.strictObject({
  name: text(listNameAllowed, listNamePattern),
  address,
  list_id: text("what stands between < and > in the list's List-Id header", /^[^\s<>]{1,255}$/).optional(),
  description: line.default(''),
  prefix: text(
    'the word in brackets that the list puts into subjects, without the brackets',
    /^[^[\]\n]{1,64}$/,
  ).optional(),
  subscribed: address.optional(),
  repository: text(repositoryAllowed, /^[^\s-]\S{0,1000}$/)
    .refine(isRepository, { error: repositoryAllowed })
    .optional(),
  branches: z.array(branch, { error: branchesAllowed }).max(50, { error: branchesAllowed }).default([]),
  maintainers: text(
    'the path of a file in the repository such as "MAINTAINERS"',
    /^[^\0\n:/-][^\0\n]{0,500}$/,
  ).optional(),
  commit_url: text(
    'a URL with %s for the commit such as "https://git.example.org/tarn/commit/%s"',
    /^https?:\/\/[^\s"<>]{0,500}%s[^\s"<>]{0,200}$/,
  ).optional(),
  moderate: z
    .enum(['no', 'first'], { error: '"no", or "first" to hold the mails of people who never posted' })
    .default('no'),
  answers: answerSettings.prefault({}),
  people: z.array(person, { error: 'tables [[lists.people]] with address and role' }).default([]),
  trusted_arc: domains,
  trust: z.enum(['verified', 'from'], { error: '"verified" or "from"' }).default('verified'),
  history: z.boolean({ error: 'true or false' }).default(true),
  needs: needs.prefault({}),
})

const listener = z.strictObject({ listen: z.unknown() })
const within = (what: string, least: number, most: number) => {
  const error = `${what} from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error }).optional()
}
const limitSettings = z.strictObject({
  mail_bytes_max: within('a number of bytes', 64 * 1024, 100 * 1024 * 1024),
  smtp_client_connections_max: within('a number of connections', 1, 1_000),
  smtp_client_mails_per_minute_max: within('a number of mails', 1, 1_000_000),
  outgoing_per_hour_max: within('a number of mails', 1, 1_000_000),
})

const networks = 'a list of networks such as ["127.0.0.0/8", "2001:db8::/32"]'
const network = z.string({ error: networks }).refine(isNetwork, { error: networks })

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

const relayAllowed = '"loopback" or a URL such as "smtp://mail.example.org:587"'
const isRelay = (text: string): boolean =>
  text === 'loopback' || (/^smtps?:\/\/\S{1,500}$/.test(text) && URL.canParse(text))

const filePath = text('the path of a PEM file', /^[^\0\n]{1,1000}$/)
/** What `[lmtp] listen` and `--lmtp` take. A path has a slash, so a port that was forgotten is not taken for a file. */
export const lmtpAllowed =
  'a path with a slash such as "/run/threadwork/lmtp", or HOST:PORT such as 127.0.0.1:2424'
export const lmtpPattern =
  /^(?:[^\0\n]{0,500}\/[^\0\n/]{1,255}|(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,255}):\d{1,5})$/

const smtpSettings = listener.extend({
  listen: endpoint('127.0.0.1:2525').default({ host: '127.0.0.1', port: 2525 }),
  exempt: z.array(network, { error: networks }).default(['127.0.0.0/8', '::1/128']),
  tls_certificate: filePath.optional(),
  tls_key: filePath.optional(),
})

const everyAllowed = 'a number of seconds from 5 to 86400'
const followSettings = z.strictObject({
  every_seconds: z
    .int({ error: everyAllowed })
    .min(5, { error: everyAllowed })
    .max(86_400, { error: everyAllowed })
    .default(60),
})
const dnsAllowed = 'the address and port of a DNS server such as "127.0.0.1:53"'
const isDnsServer = (server: string): boolean => isIP(parseEndpoint(server)?.host ?? '') !== 0
const authSettings = z.strictObject({
  keyring: text('the path of a directory', /^[^\0\n]{1,1000}$/).optional(),
  dns: z.string({ error: dnsAllowed }).refine(isDnsServer, { error: dnsAllowed }).optional(),
  trusted_arc: domains,
})

const outgoingSettings = z.strictObject({
  address: address.optional(),
  user: line.optional(),
  password_file: filePath.optional(),
  ca: filePath.optional(),
  tls: z.enum(['required', 'none'], { error: '"required" or "none"' }).optional(),
})

const settings = z.strictObject({
  data: text('the path of a directory', /^[^\0\n]{1,1000}$/).optional(),
  database: z.string({ error: databaseAllowed }).refine(isDatabaseUrl, { error: databaseAllowed }).optional(),
  relay: z.string({ error: relayAllowed }).refine(isRelay, { error: relayAllowed }).optional(),
  outgoing: outgoingSettings.prefault({}),
  smtp: smtpSettings.superRefine(refuseHalf).prefault({}),
  lmtp: z.strictObject({ listen: text(lmtpAllowed, lmtpPattern).optional() }).prefault({}),
  web: listener
    .extend({ listen: endpoint('127.0.0.1:8080').default({ host: '127.0.0.1', port: 8080 }) })
    .prefault({}),
  auth: authSettings.prefault({}),
  metrics: listener.extend({ listen: endpoint('127.0.0.1:9464').optional() }).prefault({}),
  follow: followSettings.prefault({}),
  log: z
    .strictObject({
      level: z.enum(logLevels, { error: `one of ${logLevels.join(', ')}` }).default('info'),
    })
    .prefault({}),
  limits: limitSettings.prefault({}),
  lists: z
    .array(list, { error: 'tables [[lists]] with name and address' })
    .default([])
    .superRefine(refuseTwins),
})
type Settings = z.infer<typeof settings>

/** Its path is relative to the file. A port is a port however it is written. */
function toLmtp(listen: string | undefined, file: string | null): string | Endpoint | null {
  if (listen === undefined) return null
  return parseEndpoint(listen) ?? resolve(dirname(file ?? '.'), listen)
}

function toAuth({ keyring, dns, trusted_arc }: Settings['auth'], file: string | null): AuthConfig {
  const setting = (path: string, of: string): FileSetting => ({
    path: resolve(dirname(of), path),
    at: `${of}:${lineOf(['auth', 'keyring'], tomlLines(readText(of)))}`,
  })
  return {
    keyring: keyring === undefined || file === null ? null : setting(keyring, file),
    dns: dns ?? null,
    trustedArc: trusted_arc,
  }
}

function toTls({ tls_certificate, tls_key }: Settings['smtp'], file: string | null): TlsFiles | null {
  if (file === null || tls_certificate === undefined || tls_key === undefined) return null
  const lines = tomlLines(readText(file))
  const setting = (key: string, path: string): FileSetting => ({
    path: resolve(dirname(file), path),
    at: `${file}:${lineOf(['smtp', key], lines)}`,
  })
  return { certificate: setting('tls_certificate', tls_certificate), key: setting('tls_key', tls_key) }
}

/** On this machine nobody listens in between, and its mail server rarely has a certificate for "localhost". */
function toRelay({ relay, outgoing }: Settings, file: string | null): RelayConfig | null {
  if (relay === undefined || relay === 'loopback') return null
  const near = (path: string | undefined) => (path === undefined ? null : resolve(dirname(file ?? '.'), path))
  const local = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/i.test(new URL(relay).hostname)
  return {
    url: relay,
    user: outgoing.user ?? null,
    passwordFile: near(outgoing.password_file),
    ca: near(outgoing.ca),
    tls: outgoing.tls ?? (local ? 'none' : 'required'),
  }
}

/** At the host of the first list: where that is, mail comes in already. */
function defaultAddress({ lists }: Settings): string {
  const [first] = lists
  return `threadwork@${first?.address.slice(first.address.lastIndexOf('@') + 1).toLowerCase() ?? 'localhost'}`
}

/** One of the two alone would silently mean no TLS. */
function refuseHalf(
  smtp: Partial<Record<'tls_certificate' | 'tls_key', string | undefined>>,
  context: z.RefinementCtx,
): void {
  const given = (['tls_certificate', 'tls_key'] as const).filter(key => smtp[key] !== undefined)
  const [only] = given
  if (only === undefined || given.length === 2) return
  const other = only === 'tls_key' ? 'tls_certificate' : 'tls_key'
  context.addIssue({
    code: 'custom',
    path: [only],
    input: smtp[only],
    message: `it together with smtp.${other}`,
  })
}

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

/** Only what the file says. */
const toLimits = (given: z.infer<typeof limitSettings>): Config['limits'] => ({
  ...(given.mail_bytes_max && { mailBytesMax: given.mail_bytes_max }),
  ...(given.smtp_client_connections_max && { smtpClientConnectionsMax: given.smtp_client_connections_max }),
  ...(given.smtp_client_mails_per_minute_max && {
    smtpClientMailsPerMinuteMax: given.smtp_client_mails_per_minute_max,
  }),
  ...(given.outgoing_per_hour_max && { outgoingPerHourMax: given.outgoing_per_hour_max }),
})

const toList = ({
  list_id,
  prefix,
  subscribed,
  repository,
  maintainers,
  commit_url,
  trusted_arc,
  needs,
  moderate,
  ...rest
}: z.infer<typeof list>): ListConfig => ({
  ...rest,
  maintainers: maintainers ?? null,
  commitUrl: commit_url ?? null,
  trustedArc: trusted_arc,
  needs: Object.fromEntries(Object.entries(needs).flatMap(([word, grade]) => (grade ? [[word, grade]] : []))),
  listId: list_id ?? null,
  prefix: prefix ?? null,
  subscribed: subscribed ?? null,
  repository: repository ?? null,
  moderate: moderate === 'first' ? moderate : null,
})
