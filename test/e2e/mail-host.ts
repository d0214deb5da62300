// A mail host as an operator has it, in a directory of its own: Postfix in front, the list dev@lists.example.org run by
// mlmmj, mailboxes for people at example.org, and Threadwork subscribed as dev@tracker.example.net. Needs root, as
// Postfix does. docs/running.md shows the same lines.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../ingest/until.ts'

export interface MailHost {
  /** Where Postfix takes mail. */
  readonly port: number
  /** The mails in the box of a person at example.org, as bytes in text. */
  mailbox(name: string): string[]
  /** Postfix's log. */
  log(): string
  stop(): Promise<void>
}

export interface MailHostOptions {
  readonly port: number
  /** How the tracker gets its mail: `smtp:[127.0.0.1]:2525`, `lmtp:unix:/path`. */
  readonly tracker: string
  /** What mlmmj puts under each mail; nothing when absent. */
  readonly footer?: string
  readonly prefix?: string
}

export const listAddress = 'dev@lists.example.org'
export const subscribed = 'dev@tracker.example.net'

export async function startMailHost(options: MailHostOptions): Promise<MailHost> {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-mail-host-'))
  chmodSync(directory, 0o755)
  makeList(directory, options)
  const postfix = await startPostfix(directory, options)
  const log = () => textOf(join(directory, 'maillog'))
  return {
    port: options.port,
    log,
    mailbox: name => mailsIn(join(directory, 'boxes', name, 'new')),
    async stop() {
      postfix.kill('SIGTERM')
      await once(postfix, 'exit')
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** What mlmmj-make-ml makes after its questions. */
function makeList(directory: string, { port, footer, prefix }: MailHostOptions): void {
  const list = join(directory, 'lists', 'dev')
  const folders = 'incoming queue/discarded archive text subconf unsubconf bounce control moderation'
  for (const name of `${folders} subscribers.d digesters.d requeue nomailsubs.d`.split(' '))
    mkdirSync(join(list, name), { recursive: true })
  execFileSync('cp', ['-r', '/usr/share/mlmmj/text.skel/en/.', join(list, 'text')])
  writeFileSync(join(list, 'index'), '')
  const control = (name: string, text: string) => writeFileSync(join(list, 'control', name), `${text}\n`)
  control('listaddress', listAddress)
  control('owner', 'postmaster@example.org')
  control('relayhost', '127.0.0.1')
  control('smtpport', String(port))
  control('tocc', '')
  control('customheaders', 'List-Id: <dev.lists.example.org>')
  if (footer !== undefined) control('footer', footer)
  if (prefix !== undefined) control('prefix', prefix)
  execFileSync('chown', ['-R', 'nobody', join(directory, 'lists')])
  for (const address of [subscribed, 'ada@example.org'])
    execFileSync('setpriv', [
      '--reuid=nobody',
      '--clear-groups',
      '/usr/bin/mlmmj-sub',
      '-L',
      list,
      '-a',
      address,
      '-s',
      '-f',
    ])
}

async function startPostfix(directory: string, { port, tracker }: MailHostOptions): Promise<ChildProcess> {
  const conf = join(directory, 'conf')
  for (const name of ['conf', 'spool', 'data', 'boxes']) mkdirSync(join(directory, name))
  execFileSync('chown', ['postfix', join(directory, 'data')])
  execFileSync('chown', ['nobody', join(directory, 'boxes')])
  writeFileSync(join(conf, 'main.cf'), mainCf(directory))
  writeFileSync(join(conf, 'master.cf'), masterCf(directory, port))
  writeFileSync(join(conf, 'transport'), `lists.example.org mlmmj:\ntracker.example.net ${tracker}\n`)
  writeFileSync(
    join(conf, 'mailboxes'),
    ['ada', 'ben', 'cleo', 'postmaster'].map(name => `${name}@example.org ${name}/\n`).join(''),
  )
  execFileSync('postfix', ['-c', conf, 'check'], { stdio: 'ignore' })
  const postfix = spawn('/usr/lib/postfix/sbin/master', ['-c', conf, '-d'], { stdio: 'ignore' })
  await until(async () => {
    if (postfix.exitCode !== null)
      throw new Error(`Postfix ended with ${postfix.exitCode}: ${textOf(join(directory, 'maillog'))}`)
    return answers(port)
  })
  return postfix
}

const mainCf = (directory: string) => `compatibility_level = 3.6
queue_directory = ${directory}/spool
data_directory = ${directory}/data
daemon_directory = /usr/lib/postfix/sbin
maillog_file = ${directory}/maillog
maillog_file_prefixes = ${directory}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mx.example.org
mydestination =
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
recipient_delimiter = +
relay_domains = lists.example.org, tracker.example.net
transport_maps = texthash:${directory}/conf/transport
virtual_mailbox_domains = example.org
virtual_mailbox_maps = texthash:${directory}/conf/mailboxes
virtual_mailbox_base = ${directory}/boxes
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
default_transport = discard
mlmmj_destination_recipient_limit = 1
minimal_backoff_time = 1s
queue_run_delay = 1s
`

const masterCf = (directory: string, port: number) => `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
proxymap unix - - n - - proxymap
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
lmtp unix - - n - - lmtp
smtp unix - - n - - smtp
virtual unix - n n - - virtual
mlmmj unix - n n - - pipe
  flags=ORhu user=nobody argv=/usr/bin/mlmmj-receive -F -L ${directory}/lists/\${user}
`

/** A greeting came. */
function answers(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', data => {
      socket.destroy()
      resolve(data.toString().startsWith('220'))
    })
    socket.once('error', () => resolve(false))
  })
}

const textOf = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')

const mailsIn = (path: string) =>
  existsSync(path) ? readdirSync(path).map(name => readFileSync(join(path, name), 'utf8')) : []
