// What threadwork.toml can say: each setting with its shape, its default, what is told where it is wrong, and what it means.
// Those of a list are in list-settings.ts; reading the file is config.ts.
import { isIP } from 'node:net'
import { z } from 'zod'
import { parseEndpoint } from './endpoint.ts'
import { limits } from './limits.ts'
import { listSettings } from './list-settings.ts'
import { about, address, domains, endpoint, line, text, within } from './setting.ts'

/** What a log shows: of each level also the ones behind it. */
const logLevels = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof logLevels)[number]

export const databaseAllowed = 'a PostgreSQL URL such as "postgres://user@host/database"'
export const isDatabaseUrl = (url: string): boolean => /^postgres(?:ql)?:\/\//.test(url) && URL.canParse(url)

const networks = 'a list of networks such as ["127.0.0.0/8", "2001:db8::/32"]'
const network = z.string({ error: networks }).refine(isNetwork, { error: networks })

function isNetwork(given: string): boolean {
  const [host = '', bits, ...rest] = given.split('/')
  const family = isIP(host)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

const relayAllowed = '"loopback" or a URL such as "smtp://mail.example.org:587"'
const isRelay = (given: string): boolean =>
  given === 'loopback' || (/^smtps?:\/\/\S{1,500}$/.test(given) && URL.canParse(given))

const directory = text('the path of a directory', /^[^\0\n]{1,1000}$/)
const filePath = text('the path of a file', /^[^\0\n]{1,1000}$/)
const pemFile = text('the path of a PEM file', /^[^\0\n]{1,1000}$/)
/** What `[lmtp] listen` and `--lmtp` take. A path has a slash, so a port that was forgotten is not taken for a file. */
export const lmtpAllowed =
  'a path with a slash such as "/run/threadwork/lmtp", or HOST:PORT such as 127.0.0.1:2424'
export const lmtpPattern =
  /^(?:[^\0\n]{0,500}\/[^\0\n/]{1,255}|(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,255}):\d{1,5})$/

const smtp = z.strictObject({
  listen: endpoint('127.0.0.1:2525')
    .prefault('127.0.0.1:2525')
    .register(about, { is: 'where SMTP listens', more: 'also `serve --smtp`', set: true }),
  exempt: z.array(network, { error: networks }).default(['127.0.0.0/8', '::1/128']).register(about, {
    is: 'networks whose clients are not counted against the limits for one client: your own mail servers',
  }),
  tls_certificate: pemFile.optional().register(about, {
    is: 'the certificate for STARTTLS, a PEM file, relative to the file; it is read again when it changes',
    without: 'no STARTTLS',
    example: '/etc/letsencrypt/live/lists.example.org/fullchain.pem',
  }),
  tls_key: pemFile.optional().register(about, {
    is: 'its key; both or none',
    example: '/etc/letsencrypt/live/lists.example.org/privkey.pem',
  }),
})

const dnsAllowed = 'the address and port of a DNS server such as "127.0.0.1:53"'
const isDnsServer = (server: string): boolean => isIP(parseEndpoint(server)?.host ?? '') !== 0
const auth = z.strictObject({
  keyring: directory.optional().register(about, {
    is: "a directory with OpenPGP keys (.asc, .gpg, .pgp) and patatt's keys (ed25519/DOMAIN/LOCAL/SELECTOR) of the people, relative to the file",
    more: 'see [Who is believed](#who-is-believed)',
    without: 'none',
    example: '/etc/threadwork/keyring',
  }),
  dns: z.string({ error: dnsAllowed }).refine(isDnsServer, { error: dnsAllowed }).optional().register(about, {
    is: 'the DNS server that is asked for DKIM and ARC keys, best one that validates',
    without: "the system's",
    example: '127.0.0.1:53',
  }),
  trusted_servers: domains().register(about, {
    is: 'list servers that are believed on every list when they say that a mail had a valid DKIM signature before they changed it: by an ARC seal, or by Authentication-Results that their own DKIM covers',
    example: ['lists.example.org'],
  }),
})

const outgoing = z.strictObject({
  address: address().optional().register(about, {
    is: 'where our mail comes from; mail to bounce+...@ and unsubscribe+...@ its host must reach [smtp]',
    without: "threadwork@ the first list's host",
    example: 'threadwork@lists.example.org',
  }),
  user: line.optional().register(about, {
    is: 'the login at the relay, where the URL has none',
    without: 'none',
    example: 'threadwork',
  }),
  password_file: filePath.optional().register(about, {
    is: 'a file with its password, relative to the file',
    without: 'none',
    example: '/etc/threadwork/relay-password',
  }),
  ca: pemFile.optional().register(about, {
    is: "certificates that are believed instead of the system's, a PEM file, relative to the file",
    without: "the system's",
    example: '/etc/threadwork/relay-ca.pem',
  }),
  tls: z.enum(['required', 'none'], { error: '"required" or "none"' }).optional().register(about, {
    is: 'TLS to the relay: "required" or "none"',
    without: 'required, but none for a relay on this machine',
    example: 'required',
  }),
})

const limitSettings = z.strictObject({
  mail_bytes_max: within('a number of bytes', 64 * 1024, 100 * 1024 * 1024)
    .default(limits.mailBytesMax)
    .register(about, { is: 'a larger mail is refused by SMTP' }),
  smtp_client_connections_max: within('a number of connections', 1, 1_000)
    .default(limits.smtpClientConnectionsMax)
    .register(about, { is: 'connections at once of one SMTP client (an IPv4 address, an IPv6 /64)' }),
  smtp_client_mails_per_minute_max: within('a number of mails', 1, 1_000_000)
    .default(limits.smtpClientMailsPerMinuteMax)
    .register(about, { is: 'mails of one SMTP client in a minute' }),
  outgoing_per_hour_max: within('a number of mails', 1, 1_000_000)
    .default(limits.outgoingPerHourMax)
    .register(about, {
      is: 'mails that leave in an hour; after them nothing leaves for an hour',
      more: 'see [Mail out](#mail-out)',
    }),
})

const lmtp = z.strictObject({
  listen: text(lmtpAllowed, lmtpPattern).optional().register(about, {
    is: 'a Unix socket, relative to the file, or a port for a mail server on this machine',
    more: 'also `serve --lmtp`',
    without: 'nowhere',
    example: '/run/threadwork/lmtp',
  }),
})

const web = z.strictObject({
  listen: endpoint('127.0.0.1:8080')
    .prefault('127.0.0.1:8080')
    .register(about, { is: 'where the pages are', more: 'also `serve --web`', set: true }),
  url: text(
    'an address such as "https://lists.example.org/"',
    /^https?:\/\/[A-Za-z0-9.-]{1,253}(?::\d{1,5})?\/?$/,
  )
    .optional()
    .register(about, {
      is: 'where the world sees them: redirects lead there, and b4 takes the address of a list from one',
      without: 'redirects without a host, and for HEAD, with which b4 asks, where the pages are',
      example: 'https://lists.example.org/',
    }),
})

const nntp = z.strictObject({
  listen: endpoint('127.0.0.1:1119').optional().register(about, {
    is: 'where newsreaders and lei read the lists by NNTP, each as a group',
    more: 'also `serve --nntp`; see [Newsreaders](#newsreaders)',
    without: 'nowhere',
    example: '127.0.0.1:1119',
  }),
})

const metrics = z.strictObject({
  listen: endpoint('127.0.0.1:9464').optional().register(about, {
    is: 'where /metrics for Prometheus, /healthz and /readyz are; not for the world to see',
    more: 'also `serve --metrics`',
    without: 'nowhere',
    example: '127.0.0.1:9464',
  }),
})

const follow = z.strictObject({
  every_seconds: within('a number of seconds', 5, 86_400)
    .default(60)
    .register(about, { is: 'how often the repositories of the lists are looked at' }),
})

const webhooks = z.strictObject({
  allow: z
    .array(network, { error: networks })
    .default([])
    .register(about, {
      is: 'networks that webhooks may go to though they are none of the public Internet: your own programs',
      more: 'see [api.md](api.md#webhooks)',
      example: ['10.1.2.0/24'],
    }),
})

const sandboxes = ['best', 'gvisor', 'nspawn', 'bwrap', 'none'] as const
/** `best` takes the strongest that works here; `none` must be said. */
export type Sandbox = (typeof sandboxes)[number]

const launcherAllowed = 'a list of words such as ["srun", "--ntasks=1"]'
const ci = z.strictObject({
  policy: filePath.optional().register(about, {
    is: 'the file that says whose pushes and patches are built, relative to this one',
    more: 'see [ci.md](ci.md)',
    without: 'nothing is built by itself',
    example: '/etc/threadwork/ci-policy.toml',
  }),
  spool: directory.optional().register(about, {
    is: 'where the hooks of repositories leave what was pushed, relative to the file; whoever may push must be able to write there',
    without: '`spool` in the data directory',
    example: '/var/spool/threadwork',
  }),
  sandbox: z
    .enum(sandboxes, { error: `one of ${sandboxes.join(', ')}` })
    .optional()
    .register(about, {
      is: 'what holds the builds on this machine: best, or gvisor, nspawn or bwrap alone; none lets every push do what an account of this machine can',
      more: 'see [ci.md](ci.md)',
      without: 'best, for what is built by hand',
      example: 'best',
    }),
  root: directory.optional().register(about, {
    is: 'the root file system that builds see, relative to the file; gvisor and nspawn need one',
    without: "none: bwrap shows the machine's own /usr",
    example: '/var/lib/threadwork-ci/root',
  }),
  rooms: directory.optional().register(about, {
    is: 'where builds have their directories while they run, relative to the file',
    without: '`/run/threadwork-ci` for root, else `ci` in the data directory',
    example: '/run/threadwork-ci',
  }),
  runners: within('a number of builds', 0, 1_000).default(1).register(about, {
    is: 'builds that this machine runs at once, where `sandbox` or `launcher` is set; 0 leaves them all to other machines',
  }),
  launcher: z
    .array(line, { error: launcherAllowed })
    .min(1, { error: launcherAllowed })
    .optional()
    .register(about, {
      is: 'the program and its words that start each build, instead of the runner itself',
      more: 'see [ci.md](ci.md#launchers)',
      without: 'the runner starts it',
      example: ['srun', '--ntasks=1', '--cpus-per-task=2', '--unbuffered'],
    }),
  keep_days: within('a number of days', 1, 36_500).default(limits.buildLogDaysMax).register(about, {
    is: 'logs and artefacts of builds, patchsets that are published and done with, and refused pushes are kept for so many days',
  }),
})

const log = z.strictObject({
  level: z
    .enum(logLevels, { error: `one of ${logLevels.join(', ')}` })
    .default('info')
    .register(about, {
      is: 'what is logged: debug, info, warn or error, each with those behind it; at a terminal only what needs attention is shown',
    }),
})

export const settings = z.strictObject({
  data: directory.default('threadwork-data').register(about, {
    is: 'where Threadwork keeps its PostgreSQL, relative to the file',
    more: 'also `--data`, `THREADWORK_DATA`',
  }),
  database: z
    .string({ error: databaseAllowed })
    .refine(isDatabaseUrl, { error: databaseAllowed })
    .optional()
    .register(about, {
      is: 'a PostgreSQL 15 or newer of your own instead of the one in the data directory',
      more: 'also `--database`, `DATABASE_URL`',
      without: 'the one in the data directory',
      example: 'postgres://threadwork@db.example.org/threadwork',
    }),
  relay: z
    .string({ error: relayAllowed })
    .refine(isRelay, { error: relayAllowed })
    .optional()
    .register(about, {
      is: 'where mail leaves: your mail server (smtp: or smtps:), or "loopback", which takes mail to the lists below and keeps all other mail where "threadwork outbox list" shows it',
      more: 'see [Mail out](#mail-out)',
      without: '"loopback"',
      example: 'smtp://mail.example.org:587',
    }),
  smtp: smtp.superRefine(refuseHalf).prefault({}).register(about, {
    is: 'takes mail for the lists below and for nobody else; mail servers hand over here',
  }),
  lmtp: lmtp.prefault({}).register(about, { is: 'takes the same mail by LMTP' }),
  web: web
    .prefault({})
    .register(about, { is: 'put a web server with TLS in front to show the pages to the world' }),
  auth: auth.prefault({}).register(about, { is: 'by what the senders of mail are confirmed' }),
  nntp: nntp.prefault({}).register(about, { is: 'the lists as newsgroups, to be read' }),
  metrics: metrics.prefault({}).register(about, { is: 'what Prometheus and a load balancer ask' }),
  outgoing: outgoing.prefault({}).register(about, { is: 'the mail that leaves' }),
  follow: follow.prefault({}).register(about, { is: 'the repositories of the lists' }),
  webhooks: webhooks.prefault({}).register(about, { is: 'what programs elsewhere hear' }),
  ci: ci.prefault({}).register(about, { is: 'builds of what is pushed and posted' }),
  log: log.prefault({}).register(about, { is: 'the log, on standard error' }),
  limits: limitSettings
    .prefault({})
    .register(about, { is: 'limits that may be others; "threadwork doctor" shows those in force' }),
  lists: z
    .array(listSettings, { error: 'tables [[lists]] with name and address' })
    .default([])
    .superRefine(refuseTwins)
    .register(about, { is: 'one [[lists]] for each mailing list' }),
})
export type Settings = z.infer<typeof settings>

/** One of the two alone would silently mean no TLS. */
function refuseHalf(
  given: Partial<Record<'tls_certificate' | 'tls_key', string | undefined>>,
  context: z.RefinementCtx,
): void {
  const set = (['tls_certificate', 'tls_key'] as const).filter(key => given[key] !== undefined)
  const [only] = set
  if (only === undefined || set.length === 2) return
  const other = only === 'tls_key' ? 'tls_certificate' : 'tls_key'
  context.addIssue({
    code: 'custom',
    path: [only],
    input: given[only],
    message: `it together with smtp.${other}`,
  })
}

/** Two lists under one name would share a row, and a mail to a shared address would have no place to go. */
function refuseTwins(lists: readonly z.infer<typeof listSettings>[], context: z.RefinementCtx): void {
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
