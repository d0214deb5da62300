import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { TlsFiles } from '../../base/config.ts'
import { readCertificate, watchCertificate } from '../../ingest/certificate.ts'
import { type SmtpOptions, startSmtp } from '../../ingest/smtp.ts'
import { saveLists } from '../../sql/lists.ts'
import { testDatabase } from '../database.ts'
import { dial } from './transcript.ts'
import { until } from './until.ts'

const directory = mkdtempSync(join(tmpdir(), 'threadwork-tls-'))
afterAll(() => rmSync(directory, { recursive: true }))
const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const at = (name: string) => join(directory, name)

beforeAll(() => {
  for (const name of ['first', 'second']) {
    const request = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:prime256v1',
      '-nodes',
      '-days',
      '2',
    ]
    const files = [
      '-subj',
      `/CN=${name}.example.net`,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
    ]
    execFileSync('openssl', [...request, ...files], { stdio: 'ignore' })
  }
})

function install(name: string, key = name): TlsFiles {
  copyFileSync(at(`${name}.pem`), at('current.pem'))
  copyFileSync(at(`${key}.key`), at('current.key'))
  return {
    certificate: { path: at('current.pem'), at: 'threadwork.toml:5' },
    key: { path: at('current.key'), at: 'threadwork.toml:6' },
  }
}

async function smtp(options: Partial<SmtpOptions>) {
  const { db } = await testDatabase()
  const lists = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  const log = { info: () => {}, warn: () => {} }
  const server = await startSmtp({
    db,
    lists: () => lists,
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx',
    log,
    ...options,
  })
  closers.push(() => server.close())
  return { server, db }
}

/** Speaks STARTTLS; answers the name on the certificate, and what a mail over TLS was answered. */
async function secure(port: number, ca: string): Promise<{ name: string; said: string }> {
  const plain = connect(port, '127.0.0.1')
  const next = async () => String((await once(plain, 'data'))[0])
  await next()
  plain.write('EHLO client.example.org\r\n')
  expect(await next()).toContain('STARTTLS')
  plain.write('STARTTLS\r\n')
  expect(await next()).toMatch(/^220/)
  const socket = connectTls({
    socket: plain,
    ca: readFileSync(at(`${ca}.pem`)),
    servername: `${ca}.example.net`,
    checkServerIdentity: () => undefined,
  })
  await once(socket, 'secureConnect')
  const name = String(socket.getPeerCertificate().subject.CN)
  let said = ''
  for (const line of [
    'EHLO client.example.org',
    'MAIL FROM:<ada@example.org>',
    'RCPT TO:<demo@lists.example.net>',
    'DATA',
    `Message-ID: <${ca}@example.org>\r\n\r\nx\r\n.`,
  ]) {
    socket.write(`${line}\r\n`)
    said = String((await once(socket, 'data'))[0])
  }
  socket.destroy()
  return { name, said }
}

test('without a certificate STARTTLS is neither offered nor spoken', async () => {
  const { server } = await smtp({})
  const client = await dial(server.port)
  await client.line()
  client.send('EHLO client.example.org\r\n')
  const said: string[] = []
  do said.push(await client.line())
  while (said.at(-1)?.[3] === '-')
  expect(said.join(' ')).not.toContain('STARTTLS')
  expect(await client.talk('STARTTLS')).toMatch(/^50/)
  client.close()
})

test("with one it is, with the operator's certificate and no other", async () => {
  const { server } = await smtp({ certificate: readCertificate(install('first')) })
  expect(await secure(server.port, 'first')).toEqual({
    name: 'first.example.net',
    said: expect.stringContaining('250 2.6.0 OK'),
  })
})

test('a renewed pair is taken up by itself and on SIGHUP, one that does not fit is not', async () => {
  const files = install('first')
  const { server } = await smtp({ certificate: readCertificate(files) })
  const said: string[] = []
  const log = {
    info: (_: object, text: string) => void said.push(text),
    warn: (_: object, text: string) => void said.push(text),
  }
  const unwatch = watchCertificate(files, log, pair => server.renew(pair), 20)
  closers.push(async () => unwatch())
  install('first', 'second')
  await until(async () => said.includes('Kept the certificate in use: the new one cannot be used'))
  expect((await secure(server.port, 'first')).name).toBe('first.example.net')
  install('second')
  await until(async () => said.includes('Read the certificate again'))
  expect((await secure(server.port, 'second')).name).toBe('second.example.net')
  const before = said.length
  process.emit('SIGHUP', 'SIGHUP')
  expect(said).toHaveLength(before + 1)
})

test('what is wrong with the files is said with file and line', () => {
  expect(() => readCertificate(install('first', 'second'))).toThrow(
    /^threadwork\.toml:6: ".*current\.key" is no private key of/,
  )
  writeFileSync(at('current.pem'), 'hello')
  const files = { ...install('first') }
  writeFileSync(at('current.pem'), 'hello')
  expect(() => readCertificate(files)).toThrow(
    /^threadwork\.toml:5: ".*current\.pem" holds no certificate; allowed: a PEM file/,
  )
  rmSync(at('current.pem'))
  expect(() => readCertificate(files)).toThrow(/^threadwork\.toml:5: cannot read the certificate: ENOENT/)
})
