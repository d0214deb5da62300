import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { decodeMail } from '../../tracker/decode/decode.ts'
import { messageIdOf } from '../../tracker/decode/message-id.ts'

const folder = new URL('../../fixtures/bad/', import.meta.url)
const bytesOf = (name: string) => readFileSync(new URL(`${name}.eml`, folder))
const names = readdirSync(folder)
  .filter(name => name.endsWith('.eml'))
  .map(name => name.slice(0, -4))

test.each(names)('%s decodes, and has an id', name => {
  const mail = decodeMail(bytesOf(name))
  expect(mail.headers.length + mail.body.length).toBeGreaterThan(0)
  expect(messageIdOf(bytesOf(name)).id).toMatch(/@/)
})

test.each(['broken-charset', 'unknown-charset', 'broken-base64', 'no-headers'])(
  '%s is told in a sentence',
  name => {
    expect(decodeMail(bytesOf(name)).problems.length).toBeGreaterThan(0)
  },
)
