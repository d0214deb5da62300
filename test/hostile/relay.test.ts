// A relay that breaks, stalls or says half of it: no mail is lost, each goes out as the same mail, and the sender goes on.
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { sendNext } from '../../sql/attempt.ts'
import { saveInstance } from '../../sql/instance.ts'
import { saveLists } from '../../sql/lists.ts'
import { oweMail } from '../../sql/outbox.ts'
import { listOutbox } from '../../sql/outbox-rows.ts'
import { makeRelay } from '../../sql/relay.ts'
import { startMailServer } from '../answer/mail-server.ts'
import { testDatabase } from '../database.ts'

const closers: (() => void | Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

async function outbox() {
  const { db } = await testDatabase()
  await saveInstance(db, 'threadwork@lists.example.net')
  const [list] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (list === undefined) throw new Error('No list')
  await db.transaction().execute(trx =>
    oweMail(trx, {
      key: 'error 1@example.org',
      list: list.id,
      to: 'ada@example.org',
      subject: 'Re: a patch',
      body: 'Not understood.\n',
      inReplyTo: '1@example.org',
      kind: 'error',
    }),
  )
  return db
}

/** A relay that answers each line of the client by hand; null says nothing more. */
async function relayThat(answers: (line: string, socket: Socket) => string | null, greeting: string | null) {
  const sockets = new Set<Socket>()
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (greeting !== null) socket.write(`${greeting}\r\n`)
    let rest = ''
    socket.on('data', chunk => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const answer = answers(line, socket)
        if (answer !== null) socket.write(`${answer}\r\n`)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  closers.push(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(done => server.close(done))
  })
  return relayAt((server.address() as AddressInfo).port)
}

function relayAt(port: number) {
  const relay = makeRelay(
    { url: `smtp://127.0.0.1:${port}`, user: null, passwordFile: null, ca: null, tls: 'none' },
    { connect: 0.3, answer: 0.3 },
  )
  closers.push(() => relay.close())
  return relay
}

/** Answers as a relay does up to the command, then does what the test wants. */
const until = (stop: RegExp, then: (socket: Socket) => string | null) => {
  let inData = false
  return (line: string, socket: Socket): string | null => {
    if (inData && line !== '.') return null
    if (stop.test(line)) return then(socket)
    inData = /^DATA/i.test(line)
    return inData ? '354 Go on' : '250 OK'
  }
}

const silence = () => null
const hangUp = (socket: Socket) => {
  socket.destroy()
  return null
}
test.each([
  ['says nothing at all', null, until(/^/, silence)],
  ['is silent behind its greeting', '220 relay', until(/^EHLO|^HELO/i, silence)],
  ['is silent at the recipient', '220 relay', until(/^RCPT/i, silence)],
  ['is silent at the end of the mail', '220 relay', until(/^\.$/, silence)],
  ['hangs up at the sender', '220 relay', until(/^MAIL/i, hangUp)],
  ['hangs up at the end of the mail', '220 relay', until(/^\.$/, hangUp)],
  ['has no room for a connection', '421 4.3.2 Too busy', until(/^/, silence)],
  ['answers in no SMTP', 'HTTP/1.1 400 Bad Request', until(/^/, silence)],
] as const)(
  'of a relay that %s nothing is lost, and the next attempt sends the same mail',
  async (_, greeting, answers) => {
    const db = await outbox()
    const broken = await relayThat(answers, greeting)
    const [owed] = await db.selectFrom('outbox').select(['message_id', 'bytes']).execute()
    const first = await sendNext(db, { now: new Date(), attempt: broken.send })
    expect(first).toMatchObject({ result: expect.stringMatching(/^(?:unreachable|later)$/) })
    expect((await listOutbox(db, { sent: true })).map(({ state }) => state)).toEqual(['owed'])
    const good = await startMailServer()
    closers.push(() => good.close())
    const later = new Date(Date.now() + 3_600_000)
    const attempt = relayAt(good.port).send
    expect(await sendNext(db, { now: later, attempt })).toMatchObject({ result: 'sent' })
    expect(await sendNext(db, { now: later, attempt })).toBeNull()
    expect(good.mails.map(({ messageId }) => messageId)).toEqual([owed?.message_id])
    expect(good.mails[0]?.text).toBe(owed?.bytes?.toString())
  },
)
