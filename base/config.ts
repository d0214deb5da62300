// The configuration: threadwork.toml, under the environment, under the command line. Whatever is wrong in it is
// reported with file, line, key, value and what is allowed, all of it at once.
import { existsSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { completeList, type ListConfig, toListConfig } from './list-settings.ts'
import { isRemote } from './repository.ts'
import {
  databaseAllowed,
  isDatabaseUrl,
  type LogLevel,
  type Sandbox,
  type Settings,
  settings,
} from './settings.ts'
import { lineOf, readTomlFile } from './toml-file.ts'
import type { TomlLines } from './toml-lines.ts'
import { withoutPassword } from './without-password.ts'

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

/** What is built, and what holds it on this machine. */
export interface CiConfig {
  /** Whose pushes and patches are built, ci/policy.ts; null when nothing is. */
  readonly policy: FileSetting | null
  /** Where hooks leave what was pushed; null for the default, in the data directory. */
  readonly spool: string | null
  /** Null when this machine builds nothing by itself. */
  readonly sandbox: Sandbox | null
  /** A root file system; null for none. */
  readonly root: string | null
  /** Null for the default, which hangs on who we are. */
  readonly rooms: string | null
  /** Builds at once of this machine, where it has a sandbox or a launcher. */
  readonly runners: number
  /** A program and its words that start each build; null when the runner does. */
  readonly launcher: readonly string[] | null
  /** How long logs are kept. */
  readonly keepDays: number
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
  /** Null for no NNTP. */
  readonly nntp: Endpoint | null
  readonly auth: AuthConfig
  /** Where metrics and health are; null for nowhere. */
  readonly metrics: Endpoint | null
  /** Networks that are not counted against the limits for one SMTP client. */
  readonly smtpExempt: readonly string[]
  /** How often the repositories are looked at. */
  readonly followSeconds: number
  /** Networks that are no public ones and have webhooks all the same. */
  readonly webhooksAllowed: readonly string[]
  readonly ci: CiConfig
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
  const { written, lines } =
    file === null
      ? { written: settings.parse({}), lines: null }
      : readTomlFile(file, 'the configuration', settings)
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
    nntp: written.nntp.listen ?? null,
    auth: toAuth(written.auth, origin),
    relay: toRelay(written, origin),
    address: written.outgoing.address ?? defaultAddress(written),
    metrics: written.metrics.listen ?? null,
    smtpExempt: written.smtp.exempt,
    followSeconds: written.follow.every_seconds,
    webhooksAllowed: written.webhooks.allow,
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

function toCi(given: Settings['ci'], { near, at }: ConfigOrigin): CiConfig {
  const { policy, spool, sandbox, root, rooms, runners, launcher, keep_days } = given
  return {
    policy: policy === undefined ? null : { path: near(policy), at: at('ci', 'policy') },
    spool: spool === undefined ? null : near(spool),
    sandbox: sandbox ?? null,
    root: root === undefined ? null : near(root),
    rooms: rooms === undefined ? null : near(rooms),
    runners,
    launcher: launcher ?? null,
    keepDays: keep_days,
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
  webhooks: list.webhooks.map(hook => ({ ...hook, secretFile: near(hook.secretFile) })),
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
