// Plays an SMTP dialogue on a real socket. "C: " lines are sent (those that stand together in one write, which is
// pipelining), "S: " lines are what the server must say then, from their start; "-- " is the end of the connection.
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export async function play(port: number, transcript: string): Promise<void> {
  const client = await dial(port)
  const steps = transcript
    .split('\n')
    .map(line => line.trimStart())
    .filter(line => line !== '')
  let sending = ''
  for (const step of steps) {
    const text = step.slice(3)
    if (step.startsWith('C:')) {
      sending += `${text}\r\n`
      continue
    }
    if (sending !== '') client.send(sending)
    sending = ''
    const said = step.startsWith('S:') ? await client.line() : await client.end()
    const wanted = step.startsWith('S:') ? text : ''
    if (!said.startsWith(wanted)) throw new Error(`The server said "${said}", expected is "${text}"`)
  }
  if (sending !== '') client.send(sending)
  client.close()
}

export interface Client {
  send(bytes: string | Buffer): void
  /** The next line the server says, without its end. */
  line(): Promise<string>
  /** Resolves with what is left to read when the server has closed. */
  end(): Promise<string>
  /** Sends the lines, each when the one before was answered; resolves with the last answer. */
  talk(...lines: string[]): Promise<string>
  close(): void
}

/** Connects to a port or a socket file and waits for the first byte: who talks before the greeting is sent away. */
export async function dial(where: number | string): Promise<Client> {
  const socket = typeof where === 'string' ? connect(where) : connect(where, '127.0.0.1')
  const lines = readLines(socket)
  socket.on('error', () => {})
  await once(socket, 'readable')
  const line = async () => {
    const { value, done } = await lines.next()
    if (done) throw new Error('The server closed the connection')
    return value
  }
  const reply = async () => {
    let said = await line()
    while (said[3] === '-') said = await line()
    return said
  }
  return {
    send: bytes => void socket.write(bytes),
    line,
    end: async () => (await rest(lines)).join('\n'),
    async talk(...sent) {
      let said = ''
      for (const text of sent) {
        socket.write(`${text}\r\n`)
        said = await reply()
      }
      return said
    },
    close: () => socket.destroy(),
  }
}

async function* readLines(socket: Socket): AsyncGenerator<string, undefined> {
  let read = ''
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    read += chunk.toString('latin1')
    for (let end = read.indexOf('\r\n'); end >= 0; end = read.indexOf('\r\n')) {
      yield read.slice(0, end)
      read = read.slice(end + 2)
    }
  }
  return undefined
}

async function rest(lines: AsyncGenerator<string, undefined>): Promise<string[]> {
  const left: string[] = []
  for await (const line of lines) left.push(line)
  return left
}
