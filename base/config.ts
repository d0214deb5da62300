// The configuration: threadwork.toml, under the environment, under the command line. Whatever is wrong in it is
// reported with file, line, key, value and what is allowed, all of it at once.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import type { z } from 'zod'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { nearest } from './nearest.ts'
import { databaseAllowed, isDatabaseUrl, keysAt, type LogLevel, type Settings, settings } from './settings.ts'
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

function showValue(value: unknown): string {
  const text = typeof value === 'string' ? withoutPassword(value) : value
  return (JSON.stringify(text) ?? String(text)).slice(0, 100)
}

export function withoutPassword(url: string): string {
  return url.replace(/(\/\/[^/@\s:]{0,200}):[^/@\s]{0,200}@/, '$1:...@')
}

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

/** Only what the file says. */
const toLimits = (given: Settings['limits']): Config['limits'] => ({
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
}: Settings['lists'][number]): ListConfig => ({
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
