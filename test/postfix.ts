// A Postfix in a directory of its own. It starts only as root.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { until } from './ingest/until.ts'

export interface Postfix {
  /** What it wrote until now. */
  log(): string
  /** Has it look again at what waits. */
  flush(): void
  stop(): Promise<void>
}

export interface PostfixOptions {
  readonly port: number
  readonly hostname: string
  /** The domains that it takes mail for and hands on. */
  readonly domains: string
  /** How, one line for each domain or address (transport(5)). */
  readonly transport: string
  /** More lines of main.cf and master.cf. */
  readonly settings?: string
  readonly services?: string
}

/** `directory` is there and everybody may read it. Answers once it greets. */
export async function startPostfix(directory: string, options: PostfixOptions): Promise<Postfix> {
  const conf = join(directory, 'conf')
  for (const name of ['conf', 'spool', 'data']) mkdirSync(join(directory, name))
  execFileSync('chown', ['postfix', join(directory, 'data')])
  writeFileSync(join(conf, 'main.cf'), mainCf(directory, options))
  writeFileSync(join(conf, 'master.cf'), masterCf(options))
  writeFileSync(join(conf, 'transport'), options.transport)
  // Makes the directories of the queue.
  execFileSync('postfix', ['-c', conf, 'check'], { stdio: 'ignore' })
  const master = spawn('/usr/lib/postfix/sbin/master', ['-c', conf, '-d'], { stdio: 'ignore' })
  const maillog = join(directory, 'maillog')
  const log = () => (existsSync(maillog) ? readFileSync(maillog, 'utf8') : '')
  await until(async () => {
    if (master.exitCode !== null) throw new Error(`Postfix ended with ${master.exitCode}: ${log()}`)
    return greets(options.port)
  })
  return {
    log,
    flush() {
      execFileSync('postfix', ['-c', conf, 'flush'], { stdio: 'pipe' })
    },
    async stop() {
      master.kill('SIGTERM')
      await once(master, 'exit')
    },
  }
}

const mainCf = (
  directory: string,
  { hostname, domains, settings = '' }: PostfixOptions,
) => `compatibility_level = 3.6
queue_directory = ${directory}/spool
data_directory = ${directory}/data
daemon_directory = /usr/lib/postfix/sbin
maillog_file = ${directory}/maillog
maillog_file_prefixes = ${directory}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = ${hostname}
mydestination =
mynetworks = 127.0.0.0/8
local_recipient_maps =
alias_maps =
relay_domains = ${domains}
transport_maps = texthash:${directory}/conf/transport
default_transport = discard
minimal_backoff_time = 1s
queue_run_delay = 1s
${settings}`

const masterCf = ({ port, services = '' }: PostfixOptions) => `127.0.0.1:${port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
pickup unix n - n 60 1 pickup
flush unix n - n 1000? 0 flush
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
${services}`

function greets(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1')
    socket.once('data', data => {
      socket.destroy()
      resolve(data.toString().startsWith('220'))
    })
    socket.once('error', () => resolve(false))
  })
}
