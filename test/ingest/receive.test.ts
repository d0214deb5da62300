import { PassThrough } from 'node:stream'
import type { SMTPServerDataStream } from 'smtp-server'
import { expect, test } from 'vitest'
import { limits } from '../../base/limits.ts'
import { receiveMail } from '../../ingest/receive.ts'

/** What smtp-server hands over: a stream that counts its bytes. */
function stream(): SMTPServerDataStream {
  const data = Object.assign(new PassThrough(), { byteLength: 0, sizeExceeded: false })
  data.on('data', chunk => {
    data.byteLength += chunk.length
  })
  return data
}

/** Until all that was written is read. */
async function drained(data: SMTPServerDataStream): Promise<void> {
  while (data.readableLength > 0) await new Promise(resolve => setImmediate(resolve))
}

const budget = (held = 0) => ({ held, mailBytesMax: 1_000_000 })

test('a mail that comes in single bytes costs no more than its size', async () => {
  const room = budget()
  const data = stream()
  const received = receiveMail(data, room)
  for (let byte = 0; byte < 50_000; byte++) data.write(Buffer.from('x'))
  data.end()
  const mail = await received
  if ('refusal' in mail) throw new Error(mail.refusal)
  expect(mail.bytes).toEqual(Buffer.alloc(50_000, 'x'))
  expect(room.held).toBeLessThanOrEqual(2 * 50_000)
  mail.release()
  expect(room.held).toBe(0)
})

test('a mail is put off while the others leave no room, and nothing of it is held', async () => {
  const held = limits.smtpBytesHeldMax - 100_000
  const room = budget(held)
  const data = stream()
  const received = receiveMail(data, room)
  for (let chunk = 0; chunk < 50; chunk++) data.write(Buffer.alloc(10_000))
  data.end()
  expect(await received).toMatchObject({ refusal: 'no-room' })
  expect(room.held).toBe(held)
})

test('a mail that breaks off gives its room back', async () => {
  const room = budget()
  const data = stream()
  const received = receiveMail(data, room)
  data.write(Buffer.from('From: a@example.org\r\nMessage-ID: <gone@example.org>\r\n\r\n'))
  data.write(Buffer.alloc(10_000))
  await drained(data)
  data.destroy(new Error('Connection closed'))
  expect(await received).toEqual({ refusal: 'gone', messageId: 'gone@example.org' })
  expect(room.held).toBe(0)
})
