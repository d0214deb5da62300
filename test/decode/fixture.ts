// Mails of fixtures/mime by name, and their twin as it travels over SMTP.
import { readdirSync, readFileSync } from 'node:fs'
import { decodeMail } from '../../tracker/decode/decode.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'

const folder = new URL('../../fixtures/mime/', import.meta.url)

export const fixtureNames = readdirSync(folder)
  .filter(name => name.endsWith('.eml'))
  .map(name => name.slice(0, -4))

export const fixtureBytes = (name: string): Buffer => readFileSync(new URL(`${name}.eml`, folder))
export const decodeFixture = (name: string): DecodedMail => decodeMail(fixtureBytes(name))
export const crlfTwin = (bytes: Buffer): Buffer =>
  Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, '\r\n'), 'latin1')

/** A mail of these header lines and this body. */
export const mailOf = (header: string, body: string): Buffer =>
  Buffer.from(`From: Mara Lind <mara@example.org>\nMessage-ID: <g1@example.org>\n${header}\n\n${body}`)
