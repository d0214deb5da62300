// What threadwork.toml can say: each setting with its form, its default and what is told where it is wrong. Reading the file is
// config.ts.
import { isIP } from 'node:net'
import { z } from 'zod'
import { type Endpoint, parseEndpoint } from './endpoint.ts'
import { isRepository } from './repository.ts'
import { bugStatuses, patchStates, plannedTags } from './state-words.ts'
import { showPath } from './toml-lines.ts'

/** What a log shows: of each level also the ones behind it. */
const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export const databaseAllowed = 'a PostgreSQL URL such as "postgres://user@host/database"'
export const isDatabaseUrl = (url: string): boolean => /^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url)

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

export const settings = z.strictObject({
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
export type Settings = z.infer<typeof settings>

/** The names of the settings beside one, for whoever misspelt it. */
export function keysAt(path: readonly PropertyKey[]): string[] {
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
