// The configuration: threadwork.toml, under the environment, under the command line. Whatever is wrong in it is
// reported with file, line, key, value and what is allowed, all of it at once.
import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { parse, TomlError } from 'smol-toml'
import type { z } from 'zod'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { completeList, type ListConfig, toListConfig } from './list-settings.ts'
import { nearest } from './nearest.ts'
import { isRemote } from './repository.ts'
import {
  databaseAllowed,
  isDatabaseUrl,
  keysAt,
  type LogLevel,
  type Sandbox,
  type Settings,
  settings,
} from './settings.ts'
import { showPath, type TomlLines, tomlLines } from './toml-lines.ts'

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
  readonly trustedServers: readonly string[]
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

/** Builds on this machine. */
export interface CiConfig {
  readonly sandbox: Sandbox
  /** A root file system; null for none. */
  readonly root: string | null
  /** Null for the default, which hangs on who we are. */
  readonly rooms: string | null
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
  /** Where the world sees the pages, without a slash at its end; null when nobody said. */
  readonly url: string | null
  readonly auth: AuthConfig
  /** Where metrics and health are; null for nowhere. */
  readonly metrics: Endpoint | null
  /** Networks that are not counted against the limits for one SMTP client. */
  readonly smtpExempt: readonly string[]
  /** How often the repositories are looked at. */
  readonly followSeconds: number
  /** Null when no builds run here. */
  readonly ci: CiConfig | null
  /** For a log that goes to a program; a terminal gets what needs attention. */
  readonly logLevel: LogLevel
  /** Where mail leaves; null for loopback: to our own lists and no further. */
  readonly relay: RelayConfig | null
  /** Where mail of our own comes from; bounces go to its host. */
  readonly address: string
  /** Limits that the file may override. */
  readonly limits: {
    readonly mailBytesMax: number
    readonly outgoingPerHourMax: number
    readonly smtpClientConnectionsMax: number
    readonly smtpClientMailsPerMinuteMax: number
  }
  /** A PostgreSQL URL; null for the embedded server. */
  readonly database: string | null
  /** What says so, for messages. */
  readonly databaseAt: string
  /** Absolute. */
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
  const { written, lines } = file === null ? { written: settings.parse({}), lines: null } : readSettings(file)
  const origin = originOf(file, lines)
  const data = given.data ?? (given.env.THREADWORK_DATA || undefined)
  return {
    file,
    lists: file === null ? [demo] : written.lists.map(list => nearFile(toListConfig(list), origin)),
    smtp: written.smtp.listen,
    tls: toTls(written.smtp, origin),
    lmtp: toLmtp(written.lmtp.listen, origin),
    web: written.web.listen,
    url: written.web.url?.replace(/\/$/, '') ?? null,
    auth: toAuth(written.auth, origin),
    relay: toRelay(written, origin),
    address: written.outgoing.address ?? defaultAddress(written),
    metrics: written.metrics.listen ?? null,
    smtpExempt: written.smtp.exempt,
    followSeconds: written.follow.every_seconds,
    ci: toCi(written.ci, origin),
    logLevel: written.log.level,
    limits: toLimits(written.limits),
    ...databaseOf(given, written, origin),
    data: data === undefined ? origin.near(written.data) : resolve(data),
    dataChosen: data !== undefined || lines?.has('data') === true,
  }
}

/** Where the file is: its paths begin there, and messages name its lines. */
interface ConfigOrigin {
  near(path: string): string
  /** File and line of a setting. */
  at(...path: string[]): string
}

const originOf = (file: string | null, lines: TomlLines | null): ConfigOrigin => ({
  near: path => resolve(dirname(file ?? '.'), path),
  at: (...path) => `${file}:${lineOf(path, lines ?? new Map())}`,
})

/** What `threadwork serve` tracks when nobody configured anything. */
const demo: ListConfig = completeList({
  name: 'demo',
  address: 'demo@localhost',
  description: 'An invented project, to look around and to send a first patch to',
})

function configFile({ config, env }: Given): string | null {
  const chosen = config ?? (env.THREADWORK_CONFIG || undefined)
  if (chosen !== undefined) return chosen
  return existsSync('threadwork.toml') ? 'threadwork.toml' : null
}

function databaseOf(
  { database, env }: Given,
  written: Settings,
  origin: ConfigOrigin,
): Pick<Config, 'database' | 'databaseAt'> {
  const url = database ?? (env.DATABASE_URL || undefined)
  if (url === undefined)
    return { database: written.database ?? null, databaseAt: `database at ${origin.at('database')}` }
  const databaseAt = database === undefined ? 'DATABASE_URL' : '--database'
  if (isDatabaseUrl(url)) return { database: url, databaseAt }
  throw new Error(
    `Cannot use ${databaseAt} ${JSON.stringify(withoutPassword(url))}; allowed: ${databaseAllowed}`,
  )
}

function readSettings(file: string): { written: Settings; lines: TomlLines } {
  const text = readText(file)
  const read = settings.safeParse(parseToml(file, text), { reportInput: true })
  const lines = tomlLines(text)
  if (read.success) return { written: read.data, lines }
  const sentences = read.error.issues.flatMap(issue => explain(issue, lines)).sort((a, b) => a.line - b.line)
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
    throw new Error(
      `${file}:${error.line}: ${JSON.stringify(withoutPassword(line))} is not TOML: ${reason}`,
      { cause: error },
    )
  }
}

/** An unknown key, a missing one, or a value that is not allowed. */
function explain(issue: z.core.$ZodIssue, lines: TomlLines): { line: number; text: string }[] {
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
function lineOf(path: readonly PropertyKey[], lines: TomlLines): number {
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

/** However it is written: what is shown may be no URL at all, because the password has a letter that none may have. */
export function withoutPassword(url: string): string {
  const start = url.slice(0, shownMax)
  const at = start.lastIndexOf('@')
  const colon =
    /^(?:[a-z][a-z0-9+.-]*:\/\/|(?:postgres(?:ql)?|smtps?):\/?)?[^:]*/i.exec(start)?.[0].length ??
    start.length
  const plain = at > colon ? `${start.slice(0, colon)}:...${start.slice(at)}` : start
  return plain.replace(/(\b\w{0,40}pass\w{0,40}\s{0,5}=\s{0,5})[^&\s]+/gi, '$1...')
}

const shownMax = 2_000

/** A port is a port however it is written. */
function toLmtp(listen: string | undefined, { near }: ConfigOrigin): string | Endpoint | null {
  if (listen === undefined) return null
  return parseEndpoint(listen) ?? near(listen)
}

const toAuth = (
  { keyring, dns, trusted_servers }: Settings['auth'],
  { near, at }: ConfigOrigin,
): AuthConfig => ({
  keyring: keyring === undefined ? null : { path: near(keyring), at: at('auth', 'keyring') },
  dns: dns ?? null,
  trustedServers: trusted_servers,
})

function toCi({ sandbox, root, rooms }: Settings['ci'], { near }: ConfigOrigin): CiConfig | null {
  if (sandbox === undefined) return null
  return {
    sandbox,
    root: root === undefined ? null : near(root),
    rooms: rooms === undefined ? null : near(rooms),
  }
}

function toTls({ tls_certificate, tls_key }: Settings['smtp'], { near, at }: ConfigOrigin): TlsFiles | null {
  if (tls_certificate === undefined || tls_key === undefined) return null
  return {
    certificate: { path: near(tls_certificate), at: at('smtp', 'tls_certificate') },
    key: { path: near(tls_key), at: at('smtp', 'tls_key') },
  }
}

/** On this machine nobody listens in between, and its mail server rarely has a certificate for "localhost". */
function toRelay({ relay, outgoing }: Settings, { near }: ConfigOrigin): RelayConfig | null {
  if (relay === undefined || relay === 'loopback') return null
  const local = /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost)$/i.test(new URL(relay).hostname)
  return {
    url: relay,
    user: outgoing.user ?? null,
    passwordFile: outgoing.password_file === undefined ? null : near(outgoing.password_file),
    ca: outgoing.ca === undefined ? null : near(outgoing.ca),
    tls: outgoing.tls ?? (local ? 'none' : 'required'),
  }
}

/** The list's row names the repository and the archives, and whoever reads them may be in another directory. */
const nearFile = (list: ListConfig, { near }: ConfigOrigin): ListConfig => ({
  ...list,
  repository: list.repository === null || isRemote(list.repository) ? list.repository : near(list.repository),
  trustedArchives: list.trustedArchives.map(near),
})

/** At the host of the first list: where that is, mail comes in already. */
function defaultAddress({ lists }: Settings): string {
  const [first] = lists
  return `threadwork@${first?.address.slice(first.address.lastIndexOf('@') + 1).toLowerCase() ?? 'localhost'}`
}

const toLimits = (given: Settings['limits']): Config['limits'] => ({
  mailBytesMax: given.mail_bytes_max,
  smtpClientConnectionsMax: given.smtp_client_connections_max,
  smtpClientMailsPerMinuteMax: given.smtp_client_mails_per_minute_max,
  outgoingPerHourMax: given.outgoing_per_hour_max,
})
