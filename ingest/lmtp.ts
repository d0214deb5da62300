// The LMTP road (RFC 2033): a mail server on this machine hands mail over and gets an answer for each recipient, so that
// a mail to two lists may be kept for one and be tried again for the other.
import { rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import type { Endpoint } from '../base/endpoint.ts'
import { type Door, type DoorOptions, openDoor } from './door.ts'
import { type ReceptionOptions, startReception } from './reception.ts'

/** A Unix socket's path, or host and port. */
type LmtpAddress = string | Endpoint

export interface LmtpOptions extends Omit<ReceptionOptions, 'road'>, Omit<DoorOptions, 'certificate'> {
  readonly listen: LmtpAddress
}

export interface Lmtp extends Pick<Door, 'close'> {
  readonly listen: LmtpAddress
}

/** Resolves when it accepts connections; rejects when the address cannot be had. A socket file goes when it is closed. */
export async function startLmtp(options: LmtpOptions): Promise<Lmtp> {
  const { listen } = options
  const reception = startReception({ ...options, road: 'lmtp' })
  // Like a port of this machine a socket is open to whoever can reach it: the directory it lies in says who may.
  const where =
    typeof listen === 'string' ? { path: listen, readableAll: true, writableAll: true } : { ...listen }
  if (typeof listen === 'string') await removeStale(listen)
  const door = await openDoor(options, { lmtp: true }, reception, where)
  const { address } = door
  return {
    listen: address === null ? listen : { host: address.address, port: address.port },
    close: door.close,
  }
}

/** sun_path has 108 bytes, of which the last is NUL. */
const socketPathBytesMax = 107

/** A socket that nobody listens at was left by a process that was killed. Anything else stays where it is. */
async function removeStale(path: string): Promise<void> {
  const cannot = (reason: string) => new Error(`Cannot listen for LMTP on "${path}": ${reason}`)
  if (Buffer.byteLength(path) > socketPathBytesMax)
    throw cannot(`the path has more than ${socketPathBytesMax} bytes`)
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket()) throw cannot('there is a file of that name')
  if (await answers(path)) throw cannot('another process listens there')
  rmSync(path, { force: true })
}

const answers = (path: string) =>
  new Promise<boolean>(resolve => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    // Whatever else it is (no permission, say), it is not ours to remove.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'))
  })
