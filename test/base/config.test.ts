import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { loadConfig } from '../../base/config.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-config-'))
const file = join(directory, 'threadwork.toml')
afterAll(() => rmSync(directory, { recursive: true }))

const load = (text: string, given: Partial<Parameters<typeof loadConfig>[0]> = {}) => {
  writeFileSync(file, text)
  return loadConfig({ config: file, env: {}, ...given })
}

/** What is wrong with the text, without the path of the file. */
function complaints(text: string): string[] {
  try {
    load(text)
    return []
  } catch (error) {
    return (error as Error).message.replaceAll(`${file}:`, '').split('\n')
  }
}

test('without a file there is the list demo@localhost on loopback', () => {
  const config = loadConfig({ env: {} })
  expect(config.lists.map(list => list.address)).toEqual(['demo@localhost'])
  expect([config.smtp, config.web]).toEqual([
    { host: '127.0.0.1', port: 2525 },
    { host: '127.0.0.1', port: 8080 },
  ])
  expect(config.database).toBeNull()
})

test('a file says all there is to say', () => {
  const config = load(`
data = "db"
database = "postgres://t@db.example.org/t"
relay = "smtp://mail.example.org:587"
smtp = { listen = "[::1]:25", exempt = ["10.0.0.0/8", "2001:db8::1"] }
metrics = { listen = "127.0.0.1:9464" }
nntp = { listen = "127.0.0.1:1119" }
log = { level = "warn" }
follow = { every_seconds = 300 }
[outgoing]
address = "tracker@example.org"
user = "threadwork"
password_file = "password"
[web]
listen = "0.0.0.0:80"
url = "https://lists.example.org/"
[limits]
mail_bytes_max = 1_000_000
smtp_client_connections_max = 3
smtp_client_mails_per_minute_max = 60
[webhooks]
allow = ["10.1.0.0/16"]
[[lists]]
name = "net-dev"
address = "net@example.org"
list_id = "net.example.org"
description = "The network"
project = "linux-net"
prefix = "net"
repository = "https://git.example.org/net.git"
branches = ["main", "release/*"]
maintainers = "MAINTAINERS"
commit_url = "https://git.example.org/net/commit/%s"
moderate = "first"
addresses = "masked"
web_submission = true
answers = { bugs = true }
post = { states = true }
webhooks = [{ url = "https://ci.example.org/hook", secret_file = "hook", events = ["bug-created"] }]
people = [{ name = "Ada", address = "Ada@Example.org", role = "maintainer", paths = ["net/*"], aliases = ["Ada@example.com"] }]
trust = "from"
history = false
trusted_archives = ["inbox"]
needs = { accepted = "A", confirmed = "C" }
[[lists]]
name = "docs"
address = "docs@example.org"
`)
  expect(config).toEqual({
    file,
    lists: [
      {
        name: 'net-dev',
        address: 'net@example.org',
        listId: 'net.example.org',
        description: 'The network',
        project: 'linux-net',
        prefix: 'net',
        subscribed: null,
        repository: 'https://git.example.org/net.git',
        branches: ['main', 'release/*'],
        maintainers: 'MAINTAINERS',
        commitUrl: 'https://git.example.org/net/commit/%s',
        trustedServers: [],
        approvers: [],
        moderate: 'first',
        git: true,
        addresses: 'masked',
        webSubmission: true,
        answers: { bugs: true, states: false, digest: false, waiting: false },
        ci: { success: 'silent', warning: 'silent', failure: 'author', conflict: 'silent', embargo: 0 },
        post: { checks: false, states: true, notes: false },
        webhooks: [
          {
            url: 'https://ci.example.org/hook',
            secretFile: join(directory, 'hook'),
            events: ['bug-created'],
          },
        ],
        people: [
          {
            name: 'Ada',
            address: 'ada@example.org',
            role: 'maintainer',
            paths: ['net/*'],
            aliases: ['ada@example.com'],
          },
        ],
        trust: 'from',
        history: false,
        trustedArchives: [join(directory, 'inbox')],
        needs: { accepted: 'A', confirmed: 'C' },
      },
      {
        name: 'docs',
        address: 'docs@example.org',
        listId: null,
        description: '',
        project: null,
        prefix: null,
        subscribed: null,
        trustedServers: [],
        repository: null,
        branches: [],
        maintainers: null,
        commitUrl: null,
        approvers: [],
        moderate: 'no',
        git: true,
        addresses: 'shown',
        webSubmission: false,
        answers: { bugs: false, states: false, digest: false, waiting: false },
        ci: { success: 'silent', warning: 'silent', failure: 'author', conflict: 'silent', embargo: 0 },
        post: { checks: false, states: false, notes: false },
        webhooks: [],
        people: [],
        trust: 'verified',
        history: true,
        trustedArchives: [],
        needs: {},
      },
    ],
    smtp: { host: '::1', port: 25 },
    tls: null,
    lmtp: null,
    web: { host: '0.0.0.0', port: 80 },
    url: 'https://lists.example.org',
    auth: { keyring: null, dns: null, trustedServers: [] },
    metrics: { host: '127.0.0.1', port: 9464 },
    nntp: { host: '127.0.0.1', port: 1119 },
    smtpExempt: ['10.0.0.0/8', '2001:db8::1'],
    followSeconds: 300,
    webhooksAllowed: ['10.1.0.0/16'],
    ci: {
      ...{ policy: null, spool: null, sandbox: null, root: null, rooms: null },
      ...{ runners: 1, launcher: null, keepDays: 90 },
    },
    logLevel: 'warn',
    relay: {
      url: 'smtp://mail.example.org:587',
      user: 'threadwork',
      passwordFile: join(directory, 'password'),
      ca: null,
      tls: 'required',
    },
    address: 'tracker@example.org',
    limits: {
      mailBytesMax: 1_000_000,
      smtpClientConnectionsMax: 3,
      smtpClientMailsPerMinuteMax: 60,
      outgoingPerHourMax: 60,
    },
    database: 'postgres://t@db.example.org/t',
    databaseAt: `database at ${file}:3`,
    data: join(directory, 'db'),
    dataChosen: true,
  })
})

test('the command line goes before the environment, and both before the file', () => {
  const text = 'data = "file"\ndatabase = "postgres://file/x"\n'
  const env = { THREADWORK_DATA: '/env', DATABASE_URL: 'postgres://env/x' }
  expect(load(text, { env })).toMatchObject({ data: '/env', database: 'postgres://env/x' })
  const both = load(text, { env, data: '/line', database: 'postgres://line/x' })
  expect(both).toMatchObject({ data: '/line', database: 'postgres://line/x' })
  expect(loadConfig({ env: { THREADWORK_CONFIG: file } }).file).toBe(file)
})

test('the data directory is beside the file, wherever a command is run, unless it says another', () => {
  const data = join(directory, 'threadwork-data')
  expect(load('')).toMatchObject({ data, dataChosen: false })
  expect(load('data = "threadwork-data"')).toMatchObject({ data, dataChosen: true })
  expect(load('data = "/srv/data"').data).toBe('/srv/data')
  expect(load('', { data: 'here' }).data).toBe(resolve('here'))
  expect(load('', { env: { THREADWORK_DATA: 'there' } }).data).toBe(resolve('there'))
  expect(loadConfig({ env: {} }).data).toBe(resolve('threadwork-data'))
})

test('lines are right in every form that TOML has for a key', () => {
  const text = `\uFEFFsmtp."exempt" = [
  "10.0.0.0/8", '10.0.0.0/77',

  '''10.0.0.0/88''' ]
'web'.listen = '''
80'''
relay = """
[[lists]]\\
  name"""
[[lists]]
name = "a"
address = "a@example.org"
answers.bugs = 1
[lists.needs]
accepted = "D"
[[lists.people]]
address = "ada@example.org"
role = "boss"
[[lists]]
name = "b"
address = "b@example.org"
people = [ { address = "ada@example.org", role = "robot" }, {
  address = "bob@example.org", role = "reviewer",
  aliases = [ "bob@example.com",
    "nobody" ] } ]
"trust" = "no"
`
  expect(complaints(text).map(told => told.replace(/ is .*/s, ''))).toEqual([
    '2: smtp.exempt[1]',
    '4: smtp.exempt[2]',
    '5: web.listen',
    '7: relay',
    '13: lists[0].answers.bugs',
    '15: lists[0].needs.accepted',
    '18: lists[0].people[0].role',
    '25: lists[1].people[1].aliases[1]',
    '26: lists[1].trust',
  ])
})

test('a key that every object has is an unknown setting', () => {
  expect(complaints('__proto__.lists = 1\n[constructor]\n')).toEqual([
    expect.stringMatching(/^1: __proto__ is not a setting/),
    expect.stringMatching(/^2: constructor is not a setting/),
  ])
  expect(({} as Record<string, unknown>).lists).toBeUndefined()
})

test('each wrong value is told with its line, key, value and what is allowed', () => {
  const text = `# a comment with a [table] in it
relay = "pigeon"
[smtp]
listen = "2525"
[limits]
mail_bytes_max = 5 # too few
[[lists]]
name = "Net Dev"
address = "foo"
description = """
# not a comment
[[lists]]
"""
people = [
  { address = "ada@example.org", role = "boss" },
  { address = "bob@example.org",
    role = 7 },
]
`
  expect(complaints(text)).toEqual([
    '2: relay is "pigeon"; allowed: "loopback" or a URL such as "smtp://mail.example.org:587"',
    '4: smtp.listen is "2525"; allowed: an address and a port such as "127.0.0.1:2525"',
    '6: limits.mail_bytes_max is 5; allowed: a number of bytes from 65536 to 104857600',
    '8: lists[0].name is "Net Dev"; allowed: 1 to 64 lower-case letters, digits, ".", "_" and "-", a letter or digit first; but not healthz, readyz, metrics, builds or api',
    '9: lists[0].address is "foo"; allowed: a mail address',
    '10: lists[0].description is "# not a comment\\n[[lists]]\\n"; allowed: one line of text',
    '15: lists[0].people[0].role is "boss"; allowed: "maintainer", "reviewer" or "robot"',
    '17: lists[0].people[1].role is 7; allowed: "maintainer", "reviewer" or "robot"',
  ])
})

test('what a list wants to be sure of is told when it is wrong', () => {
  const text = `[[lists]]
name = "net"
address = "net@example.org"
trust = "nobody"
history = "yes"
[lists.needs]
acepted = "A"
rejected = "D"
`
  expect(complaints(text)).toEqual([
    '4: lists[0].trust is "nobody"; allowed: "verified" or "from"',
    '5: lists[0].history is "yes"; allowed: true or false',
    '7: lists[0].needs.acepted is not a setting; did you mean "accepted"?',
    '8: lists[0].needs.rejected is "D"; allowed: "A", "B" or "C"',
  ])
})

test('a list cannot have the name of a page, nor a network be something else', () => {
  const text = `smtp = { exempt = ["10.0.0.0/8", "10.0.0.0/33"] }
[[lists]]
name = "readyz"
address = "a@example.org"
`
  expect(complaints(text)).toEqual([
    '1: smtp.exempt[1] is "10.0.0.0/33"; allowed: a list of networks such as ["127.0.0.0/8", "2001:db8::/32"]',
    expect.stringMatching(
      /^3: lists\[0\]\.name is "readyz"; allowed: .* but not healthz, readyz, metrics, builds or api$/,
    ),
  ])
})

test('a missing key is told at the line of the table that lacks it', () => {
  const text = `[[lists]]
name = "a"
address = "a@example.org"

[[lists]]
name = "b"

[[lists.people]]
address = "ada@example.org"
role = "robot"

[[lists.people]]
address = "bob@example.org"
`
  expect(complaints(text)).toEqual([
    '5: lists[1].address is missing; allowed: a mail address',
    '12: lists[1].people[1].role is missing; allowed: "maintainer", "reviewer" or "robot"',
  ])
})

test('an unknown key is told with the nearest right one', () => {
  const text = `dta = "x"
[web]
port = 80
[[lists]]
name = "a"
address = "a@example.org"
"reposiotry" = "x"
`
  expect(complaints(text)).toEqual([
    '1: dta is not a setting; did you mean "data"?',
    '3: web.port is not a setting; allowed: listen, url',
    '7: lists[0].reposiotry is not a setting; did you mean "repository"?',
  ])
})

test('two lists cannot share a name or an address', () => {
  const list = (name: string, address: string) => `[[lists]]\nname = "${name}"\naddress = "${address}"\n`
  const text = list('a', 'a@example.org') + list('b', 'A@example.org') + list('a', 'c@example.org')
  expect(complaints(text)).toEqual([
    '6: lists[1].address is "A@example.org"; allowed: an address that no other list has',
    '8: lists[2].name is "a"; allowed: a name that no other list has',
  ])
})

test('a text that is not TOML is told with its line', () => {
  expect(complaints('[web]\nlisten = 127.0.0.1:80\n')).toEqual([
    expect.stringMatching(/^2: "listen = 127\.0\.0\.1:80" is not TOML: /),
  ])
})

test.each([
  ['database = "mysql://root:secret@db/x"', '"mysql://root:...@db/x"'],
  ['database = "mysql://root:sec/ret@db/x"', '"mysql://root:...@db/x"'],
  ['database = "mysql://root:sec@ret@db/x"', '"mysql://root:...@db/x"'],
  ['database = "root:secret@db/x"', '"root:...@db/x"'],
  ['database = "host=db password=secret user=root"', '"host=db password=... user=root"'],
  ['database = "mysql://db/x?user=root&password=secret"', '"mysql://db/x?user=root&password=..."'],
  ['relay = "ftp://ada:secret@mail.example.org"', '"ftp://ada:...@mail.example.org"'],
  ['database = postgres://root:secret@db/x', '"database = postgres:...@db/x"'],
])('the password of %s does not get into the message', (line, shown) => {
  const [told] = complaints(line)
  expect(told).toContain(shown)
  expect(told).not.toMatch(/secret|sec.ret/)
})

test('the files of TLS and the socket of LMTP are relative to the file and know their lines', () => {
  const config = load(
    '[smtp]\ntls_certificate = "tls/full.pem"\ntls_key = "/etc/tls.key"\n[lmtp]\nlisten = "run/lmtp"\n',
  )
  expect(config.tls).toEqual({
    certificate: { path: join(directory, 'tls/full.pem'), at: `${file}:2` },
    key: { path: '/etc/tls.key', at: `${file}:3` },
  })
  expect(config.lmtp).toBe(join(directory, 'run/lmtp'))
  expect(load('[lmtp]\nlisten = "127.0.0.1:2424"\n').lmtp).toEqual({ host: '127.0.0.1', port: 2424 })
})

test('what senders are authenticated by', () => {
  const list = '[[lists]]\nname = "a"\naddress = "a@example.org"\ntrusted_servers = ["Lists.example.net"]\n'
  const { auth, lists } = load(
    `[auth]\nkeyring = "keys"\ndns = "[::1]:53"\ntrusted_servers = ["lists.EXAMPLE.org"]\n${list}`,
  )
  expect(auth).toEqual({
    keyring: { path: join(directory, 'keys'), at: `${file}:2` },
    dns: '[::1]:53',
    trustedServers: ['lists.example.org'],
  })
  expect(lists[0]?.trustedServers).toEqual(['lists.example.net'])
  expect(load('').auth).toEqual({ keyring: null, dns: null, trustedServers: [] })
  expect(complaints('[auth]\ndns = "ns.example.org:53"\ntrusted_servers = "x y"\nkeyrng = "x"\n')).toEqual([
    '2: auth.dns is "ns.example.org:53"; allowed: the address and port of a DNS server such as "127.0.0.1:53"',
    '3: auth.trusted_servers is "x y"; allowed: a list of domains such as ["lists.example.org"]',
    '4: auth.keyrng is not a setting; did you mean "keyring"?',
  ])
})

test('half of TLS and an LMTP address that is none are told', () => {
  expect(complaints('[smtp]\ntls_key = "a.key"\n')).toEqual([
    '2: smtp.tls_key is "a.key"; allowed: it together with smtp.tls_certificate',
  ])
  expect(complaints('[lmtp]\nlisten = "lmtp"\n')).toEqual([
    '2: lmtp.listen is "lmtp"; allowed: a path with a slash such as "/run/threadwork/lmtp", or HOST:PORT such as 127.0.0.1:2424',
  ])
  expect(complaints('[smtp]\ntls_cert = "a.pem"\n')).toEqual([
    '2: smtp.tls_cert is not a setting; allowed: listen, exempt, tls_certificate, tls_key',
  ])
})

test('a repository is a path or an address that git fetches without running anything', () => {
  const settings = (repository: string) =>
    `[[lists]]\nname = "a"\naddress = "a@example.org"\nrepository = ${JSON.stringify(repository)}\n`
  expect(load(settings('a.git')).lists[0]?.repository).toBe(join(directory, 'a.git'))
  for (const good of ['/srv/git/a.git', 'git@example.org:a.git', 'ssh://example.org/a', 'git://[::1]:9/a'])
    expect(load(settings(good)).lists[0]?.repository).toBe(good)
  for (const bad of [
    'ext::sh -c date',
    'ext::date',
    'file:///srv/a.git',
    'http://example.org/a',
    '--upload-pack=x',
  ])
    expect(() => load(settings(bad))).toThrow(/repository is .* allowed: the path of a git repository/)
})
