import { createTransport } from 'nodemailer'
import { afterEach, expect, test } from 'vitest'
import { startLmtp } from '../../ingest/lmtp.ts'
import { startSmtp } from '../../ingest/smtp.ts'
import { saveInstance } from '../../sql/instance.ts'
import { saveLists } from '../../sql/lists.ts'
import { type OwedMail, oweMail } from '../../sql/outbox.ts'
import { listOutbox } from '../../sql/outbox-rows.ts'
import { answerMail } from '../answer/mails.ts'
import { testDatabase } from '../database.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function door(kind: OwedMail['kind']) {
  const { db } = await testDatabase()
  await saveInstance(db, 'threadwork@lists.example.net')
  const lists = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  const [list] = lists
  if (list === undefined) throw new Error('No list')
  const owe = (key: string) =>
    db.transaction().execute(trx =>
      oweMail(trx, {
        key,
        list: list.id,
        to: 'rita@example.net',
        subject: 'bug #1',
        body: 'It is.\n',
        kind,
      }),
    )
  await owe('first')
  const [row] = await db.selectFrom('outbox').select('hash').execute()
  const options = { db, lists: () => lists, hostname: 'mx.example.net', log: { info() {}, warn() {} } }
  const smtp = await startSmtp({ ...options, host: '127.0.0.1', port: 0 })
  const lmtp = await startLmtp({ ...options, listen: { host: '127.0.0.1', port: 0 } })
  closers.push(
    () => smtp.close(),
    () => lmtp.close(),
  )
  const lmtpPort = typeof lmtp.listen === 'object' ? lmtp.listen.port : 0
  const send = async (name: string, to: string, by: 'smtp' | 'lmtp' = 'smtp') => {
    const port = by === 'smtp' ? smtp.port : lmtpPort
    const transport = createTransport({ host: '127.0.0.1', port, ignoreTLS: true, lmtp: by === 'lmtp' })
    try {
      const envelope = { from: '', to: [to] }
      return (await transport.sendMail({ envelope, raw: answerMail(name) })).response
    } catch (error) {
      return (error as Error).message
    } finally {
      transport.close()
    }
  }
  const inLog = async () => (await db.selectFrom('mail').select('seq').execute()).length
  const at = (what: string) => `${what}+${row?.hash}@lists.example.net`
  return { db, owe, send, inLog, at }
}

test.each(['smtp', 'lmtp'] as const)('a bounce marks its mail and is in no log, by %s', async road => {
  const { db, send, inLog, at } = await door('error')
  expect(await send('bounced', at('bounce'), road)).toMatch(/^250 /)
  expect(await listOutbox(db, { sent: false })).toMatchObject([
    { state: 'bounced', reply: 'Undelivered Mail Returned to Sender' },
  ])
  expect(await inLog()).toBe(0)
})

test('an invented return path is nobody', async () => {
  const { db, send } = await door('error')
  expect(await send('bounced', `bounce+${'0'.repeat(32)}@lists.example.net`)).toMatch(/550 /)
  expect(await send('bounced', 'bounce@lists.example.net')).toMatch(/550 /)
  expect(await listOutbox(db, { sent: false })).toMatchObject([{ state: 'owed' }])
})

test('the one line "Unsubscribe" ends what nobody asked for; other words are sent back', async () => {
  const { owe, send, inLog, at } = await door('ack')
  expect(await send('thanks', at('unsubscribe'))).toMatch(/550 .*Unsubscribe/)
  expect(await owe('second')).toBe('owed')
  expect(await send('unsubscribe', at('unsubscribe'))).toMatch(/^250 /)
  expect(await owe('third')).toBe('unsubscribed')
  expect(await inLog()).toBe(0)
})
