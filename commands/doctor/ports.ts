// Whether the addresses of the configuration can be had, and who has them when not.
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { type Endpoint, showEndpoint } from '../../base/endpoint.ts'
import { limits } from '../../base/limits.ts'
import { aliveText } from '../../web/health.ts'
import type { Finding } from './finding.ts'

/** `what` is the table of the configuration, such as `smtp`. */
export async function port(what: string, endpoint: Endpoint): Promise<Finding> {
  const problem = await addressProblem(what, endpoint)
  const named = `${what} address`
  const place = showEndpoint(endpoint)
  if (problem === null) return { well: true, what: named, found: `${place}, free` }
  const { found, mend, serve } = problem
  return serve
    ? { well: true, what: named, found: `${place}, ${found}` }
    : { well: false, what: named, found: `${place}${found.startsWith('E') ? ':' : ','} ${found}`, mend }
}

export interface AddressProblem {
  readonly found: string
  readonly mend: string
  /** A serve of ours has it. */
  readonly serve: boolean
}

/** Why nobody can listen there now; null when one can. */
export async function addressProblem(what: string, endpoint: Endpoint): Promise<AddressProblem | null> {
  const code = await tryToListen(endpoint)
  const choose = `choose another with listen under [${what}]`
  if (code === null) return null
  if (code === 'EADDRINUSE') return inUse(what, endpoint, choose)
  const right = `give the right to ports below 1024 (AmbientCapabilities=CAP_NET_BIND_SERVICE), or ${choose}`
  return { found: code, mend: code === 'EACCES' ? right : choose, serve: false }
}

async function inUse(what: string, endpoint: Endpoint, choose: string): Promise<AddressProblem> {
  const holder = holderOf(endpoint.port)
  const named = holder === null ? '' : ` (process ${holder.pid})`
  if ((holder !== null && isServe(holder.command)) || (await speaksAsWe(what, endpoint)))
    return { found: `threadwork serve runs${named}`, mend: `end that one, or ${choose}`, serve: true }
  if (holder === null) {
    const mend = `ss -ltnp 'sport = :${endpoint.port}' as root names it; ${choose}`
    return { found: 'in use by another program', mend, serve: false }
  }
  const found = `in use by process ${holder.pid} (${holder.command.slice(0, 100)})`
  return { found, mend: choose, serve: false }
}

/** Of a process of another account nothing else is seen: the greeting of a door, or an answer only we give. */
async function speaksAsWe(what: string, endpoint: Endpoint): Promise<boolean> {
  const signal = AbortSignal.timeout(limits.readySecondsMax * 1000)
  const host = anyHost[endpoint.host] ?? endpoint.host
  try {
    if (what === 'smtp' || what === 'lmtp') return await greetsAsWe({ ...endpoint, host }, signal)
    const answer = await fetch(`http://${showEndpoint({ ...endpoint, host })}/healthz`, { signal })
    return (await answer.text()) === aliveText
  } catch {
    return false
  }
}

/** What listens at all addresses is asked at this one. */
const anyHost: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

async function greetsAsWe({ host, port: number }: Endpoint, signal: AbortSignal): Promise<boolean> {
  const socket = connect({ host, port: number })
  signal.addEventListener('abort', () => socket.destroy())
  for await (const greeting of socket) return /^220 \S+ (?:ESMTP|LMTP) Threadwork\b/.test(String(greeting))
  return false
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
