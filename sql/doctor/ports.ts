// Whether the addresses of the configuration can be had, and who has them when not.
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { createServer } from 'node:net'
import { type Endpoint, showEndpoint } from '../../base/endpoint.ts'
import type { Finding } from './finding.ts'

/** `what` is the table of the configuration, such as `smtp`. */
export async function port(what: string, endpoint: Endpoint): Promise<Finding> {
  const place = showEndpoint(endpoint)
  const code = await tryToListen(endpoint)
  const named = `${what} address`
  if (code === null) return { well: true, what: named, found: `${place}, free` }
  const choose = `choose another with listen under [${what}]`
  if (code === 'EADDRINUSE') {
    const holder = holderOf(endpoint.port)
    if (holder !== null && isServe(holder.command))
      return { well: true, what: named, found: `${place}, threadwork serve runs (process ${holder.pid})` }
    const by = holder === null ? 'another program' : `process ${holder.pid} (${holder.command.slice(0, 100)})`
    const mend = holder === null ? `ss -ltnp 'sport = :${endpoint.port}' as root names it; ${choose}` : choose
    return { well: false, what: named, found: `${place}, in use by ${by}`, mend }
  }
  const mend =
    code === 'EACCES'
      ? `give the right to ports below 1024 (AmbientCapabilities=CAP_NET_BIND_SERVICE), or ${choose}`
      : choose
  return { well: false, what: named, found: `${place}: ${code}`, mend }
}

async function tryToListen({ host, port: number }: Endpoint): Promise<string | null> {
  const server = createServer()
  try {
    server.listen(number, host)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return null
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? (error as Error).message
  }
}

const isServe = (command: string) => /\b(?:threadwork|main\.[tj]s|bin\.[tj]s) serve\b/.test(command)

/** From Linux's /proc; null elsewhere, and for a process of another account. */
function holderOf(port: number): { pid: number; command: string } | null {
  try {
    const inodes = listeningInodes(port)
    const pid = readdirSync('/proc').find(name => /^\d+$/.test(name) && socketsOf(name).some(has(inodes)))
    if (pid === undefined) return null
    return {
      pid: Number(pid),
      command: readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim(),
    }
  } catch {
    return null
  }
}

const has = (inodes: ReadonlySet<string>) => (link: string) =>
  inodes.has(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '')

/** proc(5): local address and port are the second field, in hexadecimal; 0A is LISTEN; the tenth is the inode. */
function listeningInodes(port: number): Set<string> {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0')
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(file => readFileSync(file, 'utf8').split('\n'))
  const fields = rows.map(row => row.trim().split(/\s+/))
  const listening = fields.filter(row => row[1]?.endsWith(`:${wanted}`) && row[3] === '0A')
  return new Set(listening.map(row => row[9] ?? ''))
}

function socketsOf(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map(fd => target(`/proc/${pid}/fd/${fd}`))
  } catch {
    return []
  }
}

/** Empty for one that was closed since it was listed. */
function target(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}
