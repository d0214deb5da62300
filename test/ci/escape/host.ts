// A host that has something to lose: files, sockets, a port, processes, a token in the environment of the runner.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'

export interface Host {
  readonly directory: string
  /** What builds run under, seen from here. */
  readonly account: { readonly uid: number; readonly gid: number }
  /** A file that everybody may read. */
  readonly secret: string
  readonly socket: string
  readonly abstractSocket: string
  /** Of TCP, on every address; says "reached". */
  readonly port: number
  /** One of the machine's that is not loopback; loopback again where there is none. */
  readonly address: string
  /** In the environment of this process. */
  readonly token: string
  /** Processes, one of them of the account that builds have. */
  readonly siblings: readonly number[]
  alive(): boolean
  close(): Promise<void>
}

export async function makeHost(directory: string, account: { uid: number; gid: number }): Promise<Host> {
  const secret = join(directory, 'secret')
  writeFileSync(secret, 'host-secret\n')
  chmodSync(secret, 0o644)
  const socket = join(directory, 'socket')
  const abstractSocket = `threadwork-${process.pid}`
  const tcp = await listening({ port: 0, host: '0.0.0.0' })
  const servers = [tcp, await listening({ path: socket }), await listening({ path: `\0${abstractSocket}` })]
  chmodSync(socket, 0o777)
  const token = `token-of-the-runner-${process.pid}`
  process.env.THREADWORK_RUNNER_TOKEN = token
  const siblings = [sleeper(account), sleeper(process.getuid?.() === 0 ? { uid: 0, gid: 0 } : account)]
  return {
    ...{ directory, account, secret, socket, abstractSocket, token },
    port: (tcp.address() as AddressInfo).port,
    address: outerAddress(),
    siblings: siblings.map(({ pid }) => pid ?? 0),
    alive: () => siblings.every(({ exitCode, signalCode }) => exitCode === null && signalCode === null),
    async close() {
      delete process.env.THREADWORK_RUNNER_TOKEN
      for (const sibling of siblings) sibling.kill('SIGKILL')
      await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
    },
  }
}

async function listening(where: { port: number; host: string } | { path: string }): Promise<Server> {
  const server = createServer(socket => {
    socket.on('error', () => {})
    socket.end('reached')
  })
  server.listen(where)
  await once(server, 'listening')
  return server
}

const sleeper = ({ uid, gid }: { uid: number; gid: number }): ChildProcess =>
  spawn('sleep', ['600'], {
    stdio: 'ignore',
    env: process.env,
    ...(process.getuid?.() === 0 ? { uid, gid } : {}),
  })

function outerAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap(each => each ?? [])
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1'
}
