// A mail host as an operator has it, in a directory of its own: Postfix in front, lists such as dev@lists.example.org run by
// mlmmj, mailboxes for people at example.org, and Threadwork subscribed as dev@tracker.example.net. Needs root, as
// Postfix does. docs/running.md shows the same lines.
import { execFileSync } from 'node:child_process'
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
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Postfix, startPostfix } from '../postfix.ts'

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
  /** How the tracker gets what is no list's: `smtp:[127.0.0.1]:2525`. */
  readonly tracker: string
  readonly lists: readonly HostedList[]
}

export interface HostedList {
  readonly name: string
  /** How the tracker gets its mail: `smtp:[127.0.0.1]:2525`, `lmtp:unix:/path`. */
  readonly tracker: string
  /** What mlmmj puts under each mail; nothing when absent. */
  readonly footer?: string
  readonly prefix?: string
}

export const listAddress = (name: string): string => `${name}@lists.example.org`
export const subscribed = (name: string): string => `${name}@tracker.example.net`

export async function startMailHost(options: MailHostOptions): Promise<MailHost> {
  const directory = mkdtempSync(join(tmpdir(), 'threadwork-mail-host-'))
  chmodSync(directory, 0o755)
  for (const list of options.lists) makeList(directory, options.port, list)
  const postfix = await runPostfix(directory, options)
  return {
    port: options.port,
    log: postfix.log,
    mailbox: name => mailsIn(join(directory, 'boxes', name, 'new')),
    async stop() {
      await postfix.stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** What mlmmj-make-ml makes after its questions. */
function makeList(directory: string, port: number, { name: of, footer, prefix }: HostedList): void {
  const list = join(directory, 'lists', of)
  const folders = 'incoming queue/discarded archive text subconf unsubconf bounce control moderation'
  for (const name of `${folders} subscribers.d digesters.d requeue nomailsubs.d`.split(' '))
    mkdirSync(join(list, name), { recursive: true })
  execFileSync('cp', ['-r', '/usr/share/mlmmj/text.skel/en/.', join(list, 'text')])
  writeFileSync(join(list, 'index'), '')
  const control = (name: string, text: string) => writeFileSync(join(list, 'control', name), `${text}\n`)
  control('listaddress', listAddress(of))
  control('owner', 'postmaster@example.org')
  control('relayhost', '127.0.0.1')
  control('smtpport', String(port))
  control('tocc', '')
  control('customheaders', `List-Id: <${of}.lists.example.org>`)
  if (footer !== undefined) control('footer', footer)
  if (prefix !== undefined) control('prefix', prefix)
  execFileSync('chown', ['-R', 'nobody', join(directory, 'lists')])
  for (const address of [subscribed(of), 'ada@example.org'])
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

function runPostfix(directory: string, { port, tracker, lists }: MailHostOptions): Promise<Postfix> {
  const boxes = join(directory, 'boxes')
  const mailboxes = join(directory, 'mailboxes')
  mkdirSync(boxes)
  execFileSync('chown', ['nobody', boxes])
  writeFileSync(
    mailboxes,
    ['ada', 'ben', 'cleo', 'postmaster'].map(name => `${name}@example.org ${name}/\n`).join(''),
  )
  return startPostfix(directory, {
    port,
    hostname: 'mx.example.org',
    domains: 'lists.example.org, tracker.example.net',
    transport: [
      ...lists.map(list => `${subscribed(list.name)} ${list.tracker}\n`),
      `lists.example.org mlmmj:\ntracker.example.net ${tracker}\n`,
    ].join(''),
    settings: `recipient_delimiter = +
virtual_mailbox_domains = example.org
virtual_mailbox_maps = texthash:${mailboxes}
virtual_mailbox_base = ${boxes}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
mlmmj_destination_recipient_limit = 1
`,
    services: `virtual unix - n n - - virtual
mlmmj unix - n n - - pipe
  flags=ORhu user=nobody argv=/usr/bin/mlmmj-receive -F -L ${directory}/lists/\${user}
`,
  })
}

const mailsIn = (path: string) =>
  existsSync(path) ? readdirSync(path).map(name => readFileSync(join(path, name), 'utf8')) : []
