// A DNS server for tests: TXT records, SERVFAIL and silence at will, on a free UDP port of this machine.
import { createSocket, type RemoteInfo } from 'node:dgram'
import { once } from 'node:events'

export interface TestDns {
  /** ADDRESS:PORT. */
  readonly server: string
  /** TXT records by name in lower case; what is not there does not exist. */
  readonly records: Map<string, string>
  /** How it treats questions. */
  mood: 'answers' | 'silent' | 'broken'
  /** Names asked for, in order. */
  readonly asked: string[]
  close(): Promise<void>
}

export async function startDns(): Promise<TestDns> {
  const socket = createSocket('udp4')
  const dns: TestDns = {
    server: '',
    records: new Map(),
    mood: 'answers',
    asked: [],
    close: async () => {
      socket.close()
      await once(socket, 'close')
    },
  }
  socket.on('message', (question: Buffer, { port, address }: RemoteInfo) => {
    const { name, end } = readName(question)
    dns.asked.push(name)
    if (dns.mood !== 'silent') socket.send(answer(question.subarray(0, end + 4), name, dns), port, address)
  })
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  return Object.assign(dns, { server: `127.0.0.1:${socket.address().port}` })
}

/** RFC 1035 4.1.2: labels behind a header of 12 bytes. */
function readName(question: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 1 }
}

const TXT = 16
const noError = 0x8180
const serverFailure = 0x8182
const noSuchName = 0x8183

function answer(question: Buffer, name: string, { mood, records }: TestDns): Buffer {
  const record = question.readUInt16BE(question.length - 4) === TXT ? records.get(name) : undefined
  const code = mood === 'broken' ? serverFailure : record === undefined ? noSuchName : noError
  const header = Buffer.from(question.subarray(0, 12))
  header.writeUInt16BE(code, 2)
  // One question, one answer or none, nothing besides.
  header.writeUInt16BE(1, 4)
  header.writeUInt16BE(code === noError ? 1 : 0, 6)
  header.writeUInt32BE(0, 8)
  return Buffer.concat([
    header,
    question.subarray(12),
    code === noError ? txtRecord(record ?? '') : Buffer.alloc(0),
  ])
}

/** RFC 1035 3.3.14: strings of at most 255 bytes. The name points at the question's. */
function txtRecord(text: string): Buffer {
  const strings = (text.match(/.{1,255}/g) ?? ['']).map(part =>
    Buffer.concat([Buffer.from([part.length]), Buffer.from(part, 'latin1')]),
  )
  const data = Buffer.concat(strings)
  const head = Buffer.from([0xc0, 12, 0, TXT, 0, 1, 0, 0, 0, 60, 0, 0])
  head.writeUInt16BE(data.length, 10)
  return Buffer.concat([head, data])
}
