import { createTransport } from 'nodemailer'
import { afterEach, describe, expect, test } from 'vitest'
import type { ListId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'
import { completeList } from '../../base/list-settings.ts'
import { type SmtpOptions, startSmtp } from '../../ingest/smtp.ts'
import { connect } from '../../sql/connect.ts'
import { allLists, saveLists } from '../../sql/lists.ts'
import { exportMbox } from '../../tracker/export/mbox.ts'
import { testDatabase } from '../database.ts'
import { makeDoorway } from './doorway.ts'
import { all, mail, mboxOf } from './mails.ts'
import { type Client, dial, play } from './transcript.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

async function smtp(options: Partial<SmtpOptions> = {}) {
  const { db, url } = await testDatabase()
  const lists = await saveLists(db, [
    { name: 'demo', address: 'demo@lists.example.net' },
    { name: 'bpf', address: 'BPF@lists.example.net' },
  ])
  const warnings: string[] = []
  const log = {
    info: () => {},
    warn: (fields: object, text: string) => void warnings.push(`${text} ${JSON.stringify(fields)}`),
  }
  const server = await startSmtp({
    db,
    lists: () => lists,
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx.example.net',
    log,
    ...options,
  })
  closers.push(() => server.close())
  const [demo, bpf] = lists.map(list => list.id)
  if (demo === undefined || bpf === undefined) throw new Error('No lists')
  return { server, port: server.port, db, url, demo, bpf, warnings, kept: () => kept(db, demo) }
}

const kept = async (db: SmtpOptions['db'], list: ListId) =>
  Buffer.concat(await all(exportMbox(db, list))).toString()

const wire = (bytes: Buffer) => `${bytes.toString().replaceAll('\n', '\r\n').replaceAll('\r\n.', '\r\n..')}.`

/** Greets, then sends one mail; resolves with the last reply. */
async function send(client: Client, bytes: Buffer, ...to: string[]): Promise<string> {
  const envelope = [
    'EHLO client.example.org',
    'MAIL FROM:<ada@example.org>',
    ...to.map(address => `RCPT TO:<${address}>`),
  ]
  await client.talk(...envelope, 'DATA')
  return client.talk(wire(bytes))
}

async function greeted(port: number): Promise<Client> {
  const client = await dial(port)
  await client.line()
  return client
}

describe('the SMTP dialogue', () => {
  test('takes a mail to a list and says what it can', async () => {
    const { port, kept } = await smtp()
    await play(
      port,
      `S: 220 mx.example.net ESMTP Threadwork
       C: EHLO client.example.org
       S: 250-mx.example.net
       S: 250-PIPELINING
       S: 250-8BITMIME
       S: 250-SMTPUTF8
       S: 250-ENHANCEDSTATUSCODES
       S: 250 SIZE ${limits.mailBytesMax}
       C: MAIL FROM:<ada@example.org> SIZE=100 BODY=8BITMIME
       S: 250 2.1.0
       C: RCPT TO:<demo@lists.example.net>
       S: 250 2.1.5
       C: DATA
       S: 354
       C: Message-ID: <one@example.org>
       C:
       C: ..a dot
       C: .
       S: 250 2.6.0 OK: in the log of demo
       C: QUIT
       S: 221
       --`,
    )
    expect(await kept()).toBe(String(mboxOf([Buffer.from('Message-ID: <one@example.org>\n\n.a dot\n')])))
  })

  test('refuses every recipient that is not exactly a list, so it never relays', async () => {
    const { port, kept } = await smtp()
    await play(
      port,
      `S: 220
       C: HELO client.example.org
       S: 250
       C: MAIL FROM:<ada@example.org>
       S: 250
       C: RCPT TO:<else@example.com>
       S: 550 5.1.1 <else@example.com> is not the address of a list here
       C: RCPT TO:<demo+detail@lists.example.net>
       S: 550 5.1.1 <demo+detail@lists.example.net>
       C: RCPT TO:<demo@lists.example.net.example.com>
       S: 550 5.1.1
       C: RCPT TO:<demo%example.com@lists.example.net>
       S: 550 5.1.1
       C: RCPT TO:<"demo@lists.example.net"@example.com>
       S: 501
       C: DATA
       S: 503
       C: QUIT
       S: 221`,
    )
    expect(await kept()).toBe('')
  })

  test('hears a list in any letter case, and one that was just made', async () => {
    const { port, db } = await smtp({ lists: () => allLists(db) })
    await saveLists(db, [{ name: 'new', address: 'new@lists.example.net' }])
    await play(
      port,
      `S: 220
       C: EHLO client.example.org
       S: 250-
       S: 250-
       S: 250-
       S: 250-
       S: 250-
       S: 250
       C: MAIL FROM:<ada@example.org>
       C: RCPT TO:<Demo@LISTS.example.net>
       C: RCPT TO:<bpf@lists.example.net>
       C: RCPT TO:<new@lists.example.net>
       S: 250
       S: 250
       S: 250
       S: 250`,
    )
  })

  test('offers neither STARTTLS nor AUTH nor VRFY of addresses', async () => {
    const { port } = await smtp()
    await play(
      port,
      `S: 220
       C: HELO client.example.org
       S: 250
       C: STARTTLS
       S: 500
       C: AUTH PLAIN AGEAYg==
       S: 500
       C: VRFY <demo@lists.example.net>
       S: 252
       C: QUIT
       S: 221`,
    )
  })

  test('answers pipelined commands in order, and two mails on one connection', async () => {
    const { port, kept } = await smtp()
    await play(
      port,
      `S: 220
       C: HELO client.example.org
       S: 250
       C: MAIL FROM:<ada@example.org>
       C: RCPT TO:<else@example.com>
       C: RCPT TO:<demo@lists.example.net>
       C: DATA
       S: 250 2.1.0
       S: 550 5.1.1
       S: 250 2.1.5
       S: 354
       C: Message-ID: <one@example.org>
       C:
       C: x
       C: .
       C: MAIL FROM:<ada@example.org>
       C: RCPT TO:<demo@lists.example.net>
       C: DATA
       S: 250 2.6.0
       S: 250 2.1.0
       S: 250 2.1.5
       S: 354
       C: Message-ID: <two@example.org>
       C:
       C: y
       C: .
       C: QUIT
       S: 250 2.6.0
       S: 221
       --`,
    )
    const mails = ['one@example.org>\n\nx\n', 'two@example.org>\n\ny\n'].map(text =>
      Buffer.from(`Message-ID: <${text}`),
    )
    expect(await kept()).toBe(String(mboxOf(mails)))
  })

  test('refuses a mail whose declared size is above the limit', async () => {
    const { port } = await smtp()
    await play(
      port,
      `S: 220
       C: HELO client.example.org
       S: 250
       C: MAIL FROM:<ada@example.org> SIZE=${limits.mailBytesMax + 1}
       S: 552 5.3.4
       C: MAIL FROM:<ada@example.org> SIZE=${limits.mailBytesMax}
       S: 250`,
    )
  })

  test('asks to come again with recipients above the limit', async () => {
    const { port } = await smtp({ lists: () => many })
    const many = Array.from({ length: limits.smtpRecipientsMax + 1 }, (_, id) => ({
      ...completeList({ name: `list-${id}`, address: `list-${id}@lists.example.net` }),
      id: id as ListId,
    }))
    const client = await greeted(port)
    await client.talk('HELO client.example.org', 'MAIL FROM:<ada@example.org>')
    const replies: string[] = []
    for (const { address } of many) replies.push(await client.talk(`RCPT TO:<${address}>`))
    expect(replies.map(reply => reply.slice(0, 9))).toEqual([
      ...Array(limits.smtpRecipientsMax).fill('250 2.1.5'),
      '452 4.5.3',
    ])
    client.close()
  })

  test('refuses a mail that turns out to be above the limit, and goes on with the next', async () => {
    const { port, kept } = await smtp({ mailBytesMax: 2000 })
    const client = await greeted(port)
    expect(
      await send(client, mail('large', `${'x'.repeat(70)}\n`.repeat(50)), 'demo@lists.example.net'),
    ).toBe('552 5.2.2 Mail is too large, the limit is 2000 bytes')
    expect(await send(client, mail('small'), 'demo@lists.example.net')).toMatch(/^250 /)
    expect(await kept()).toBe(String(mboxOf([mail('small')])))
    client.close()
  })

  test('tells in the log which mail it refused', async () => {
    const lines: object[] = []
    const log = { info: (fields: object) => void lines.push(fields), warn: () => {} }
    const { port } = await smtp({ mailBytesMax: 2000, log })
    const client = await greeted(port)
    await send(client, mail('large', `${'x'.repeat(70)}\n`.repeat(50)), 'demo@lists.example.net')
    expect(lines).toContainEqual(
      expect.objectContaining({ code: 552, messageId: 'large@example.org', from: 'ada@example.org' }),
    )
    client.close()
  })

  test('hangs up on a mail without end', async () => {
    const { port, kept } = await smtp({ mailBytesMax: 20_000 })
    const client = await greeted(port)
    await client.talk('EHLO client.example.org', 'MAIL FROM:<>', 'RCPT TO:<demo@lists.example.net>', 'DATA')
    for (let lines = 0; lines < 1000; lines++) client.send(`${'x'.repeat(70)}\r\n`)
    expect(await client.end()).toMatch(/^552 [^\n]+\n421 /)
    expect(await kept()).toBe('')
  })

  test('takes the null sender of bounces as a mail to the list', async () => {
    const { port, db, demo } = await smtp()
    const client = await greeted(port)
    await client.talk('EHLO client.example.org', 'MAIL FROM:<>', 'RCPT TO:<demo@lists.example.net>', 'DATA')
    expect(await client.talk(wire(mail('bounce')))).toMatch(/^250 /)
    const row = await db.selectFrom('mail').selectAll().where('list_id', '=', demo).executeTakeFirstOrThrow()
    expect(row.envelope).toEqual({
      road: 'smtp',
      from: '',
      client: '127.0.0.1',
      helo: 'client.example.org',
      to: ['demo@lists.example.net'],
      trace: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
    client.close()
  })

  test.each([
    ['LF.LF', '\n.\n'],
    ['LF.CRLF', '\n.\r\n'],
    ['CRLF.LF', '\r\n.\n'],
    ['CR.CR', '\r.\r'],
    ['CR.LF', '\r.\n'],
    ['CRLF.CR', '\r\n.\r'],
    ['LF.CR', '\n.\r'],
    ['CR.CRLF', '\r.\r\n'],
    ['CRCRLF.CRLF', '\r\n\r.\r\n'],
    ['CRLF NUL.CRLF', '\r\n\0.\r\n'],
    ['CRLF. CRLF', '\r\n. \r\n'],
    ['CRLF.CRCRLF', '\r\n.\r\r\n'],
    ['LF.LFCR', '\n.\n\r'],
    ['CRLF..CRLF', '\r\n..\r\n'],
  ])('does not end a mail at %s, so nothing is smuggled behind it', async (_, ending) => {
    const { port, kept } = await smtp()
    const client = await greeted(port)
    await client.talk(
      'EHLO client.example.org',
      'MAIL FROM:<ada@example.org>',
      'RCPT TO:<demo@lists.example.net>',
      'DATA',
    )
    const smuggled =
      'MAIL FROM:<eve@example.com>\r\nRCPT TO:<demo@lists.example.net>\r\nDATA\r\nMessage-ID: <evil@example.com>\r\n\r\n!\r\n'
    expect(await client.talk(`Message-ID: <one@example.org>\r\n\r\nx${ending}${smuggled}.`)).toMatch(/^250 /)
    expect(await client.talk('NOOP')).toMatch(/^250 /)
    expect((await kept()).match(/^From /gm)).toHaveLength(1)
    client.close()
  })

  test('keeps every byte but the CR of CRLF', async () => {
    const { port, db, demo } = await smtp()
    const body = Buffer.from(
      Array.from({ length: 256 }, (_, byte) => byte).filter(byte => byte !== 10 && byte !== 13),
    )
    const sent = Buffer.concat([
      Buffer.from('Message-ID: <b@example.org>\r\n\r\n'),
      body,
      Buffer.from('\r\r\nlone \r CR\r\n'),
    ])
    const client = await greeted(port)
    await client.talk(
      'EHLO client.example.org',
      'MAIL FROM:<ada@example.org>',
      'RCPT TO:<demo@lists.example.net>',
      'DATA',
    )
    client.send(sent)
    expect(await client.talk('.')).toMatch(/^250 /)
    const expected = Buffer.concat([
      Buffer.from('Message-ID: <b@example.org>\n\n'),
      body,
      Buffer.from('\r\nlone \r CR\n'),
    ])
    expect(Buffer.concat(await all(exportMbox(db, demo)))).toEqual(mboxOf([expected]))
    client.close()
  })
})

describe('mails at once', () => {
  test('the same mail ten times is in the log once, and each sender hears that it is kept', async () => {
    const { port, kept } = await smtp()
    const clients = await Promise.all(Array.from({ length: 10 }, () => greeted(port)))
    const replies = await Promise.all(
      clients.map(client => send(client, mail('one'), 'demo@lists.example.net')),
    )
    expect(replies.map(reply => reply.slice(0, 3))).toEqual(Array(10).fill('250'))
    expect(await kept()).toBe(String(mboxOf([mail('one')])))
    for (const client of clients) client.close()
  })

  test('a mail to two lists is in the log of both', async () => {
    const { port, db, demo, bpf } = await smtp()
    const client = await greeted(port)
    const reply = await send(client, mail('both'), 'demo@lists.example.net', 'bpf@lists.example.net')
    expect(reply).toBe('250 2.6.0 OK: in the log of demo, bpf')
    for (const list of [demo, bpf]) expect(await kept(db, list)).toBe(String(mboxOf([mail('both')])))
    client.close()
  })

  test('a mail that the database refuses does not take its neighbours with it', async () => {
    const { db, port, demo, warnings, kept } = await smtp({
      lists: async () => {
        const lists = await allLists(db)
        const [first] = lists
        return first
          ? [...lists, { ...first, id: 999_999 as ListId, address: 'gone@lists.example.net' }]
          : lists
      },
    })
    expect(demo).toBeDefined()
    const to = (index: number) => (index % 4 === 0 ? 'gone@lists.example.net' : 'demo@lists.example.net')
    const clients = await Promise.all(Array.from({ length: 16 }, () => greeted(port)))
    const replies = await Promise.all(
      clients.map((client, index) => send(client, mail(`mail-${index}`), to(index))),
    )
    expect(replies.map(reply => reply.slice(0, 3))).toEqual(
      replies.map((_, index) => (index % 4 === 0 ? '451' : '250')),
    )
    expect((await kept()).match(/^Message-ID: .*$/gm)).toHaveLength(12)
    expect(warnings).toHaveLength(4)
    for (const client of clients) client.close()
  })

  test('many connections share commits and lose nothing', async () => {
    let commits = 0
    const { port, kept } = await smtp({ onArrival: () => commits++ })
    const clients = await Promise.all(Array.from({ length: 20 }, () => greeted(port)))
    const names = clients.map((_, index) => Array.from({ length: 10 }, (_, mail) => `mail-${index}-${mail}`))
    await Promise.all(
      clients.map(async (client, index) => {
        for (const name of names[index] ?? [])
          expect(await send(client, mail(name), 'demo@lists.example.net')).toMatch(/^250 /)
      }),
    )
    const ids = [...(await kept()).matchAll(/^Message-ID: <(.*)@example.org>$/gm)].map(
      match => match[1] ?? '',
    )
    expect(ids.toSorted()).toEqual(names.flat().toSorted())
    expect(commits).toBeLessThan(150)
    for (const client of clients) client.close()
  })

  test('clients above the limit are asked to come again', async () => {
    const { port } = await smtp()
    const clients = await Promise.all(Array.from({ length: limits.smtpClientsMax }, () => greeted(port)))
    const one = await dial(port)
    expect(await one.line()).toMatch(/^421 /)
    for (const client of [...clients, one]) client.close()
  })
})

describe('trouble', () => {
  test('while the database is away a mail is answered 451, and when it is back 250, with nobody doing anything', async () => {
    const { url, demo, db } = await smtp()
    const door = await makeDoorway(url)
    const through = connect(door.url)
    const { port, warnings } = await smtp({ db: through, lists: () => allLists(db) })
    const client = await greeted(port)
    expect(await send(client, mail('before'), 'demo@lists.example.net')).toMatch(/^250 /)
    await door.shut()
    expect(await send(client, mail('during'), 'demo@lists.example.net')).toMatch(/^451 4\.3\.0 /)
    expect(warnings.length).toBeGreaterThan(0)
    await door.open()
    expect(await send(client, mail('during'), 'demo@lists.example.net')).toMatch(/^250 /)
    expect(await kept(db, demo)).toBe(String(mboxOf([mail('before'), mail('during')])))
    client.close()
    await through.destroy()
    await door.remove()
  })

  test('a mail under way when the server closes is answered before the connection ends', async () => {
    const { server, port, kept } = await smtp()
    const [busy, idle] = [await greeted(port), await greeted(port)]
    await busy.talk(
      'EHLO client.example.org',
      'MAIL FROM:<ada@example.org>',
      'RCPT TO:<demo@lists.example.net>',
      'DATA',
    )
    const text = wire(mail('last'))
    busy.send(text.slice(0, 50))
    await idle.talk('NOOP')
    const closed = server.close()
    expect(await idle.line()).toMatch(/^421 /)
    busy.send(`${text.slice(50)}\r\n`)
    expect(await busy.line()).toMatch(/^250 /)
    expect(await busy.line()).toMatch(/^421 /)
    await closed
    expect(await kept()).toBe(String(mboxOf([mail('last')])))
  })

  test('a connection that breaks in the middle of a mail leaves nothing behind', async () => {
    const { port, kept } = await smtp()
    const broken = await greeted(port)
    await broken.talk(
      'EHLO client.example.org',
      'MAIL FROM:<ada@example.org>',
      'RCPT TO:<demo@lists.example.net>',
      'DATA',
    )
    broken.send('Message-ID: <half@example.org>\r\n\r\nhalf')
    broken.close()
    const client = await greeted(port)
    expect(await send(client, mail('whole'), 'demo@lists.example.net')).toMatch(/^250 /)
    expect(await kept()).toBe(String(mboxOf([mail('whole')])))
    client.close()
  })

  test('an address that is in use is said plainly', async () => {
    const { port } = await smtp()
    await expect(smtp({ port })).rejects.toThrow(`Cannot listen for SMTP on "127.0.0.1:${port}"`)
  })
})

test('nodemailer sends a mail with an attachment and 8-bit text', async () => {
  const { port, kept } = await smtp()
  const transport = createTransport({ host: '127.0.0.1', port, secure: false })
  const sent = await transport.sendMail({
    from: 'Änne Beispiel <aenne@example.org>',
    to: 'demo@lists.example.net',
    subject: '[PATCH] Grüße',
    text: 'Grüße\n.\n..\nFrom here\n',
    attachments: [{ filename: 'one.patch', content: Buffer.alloc(100_000, 'diff') }],
  })
  expect(sent.accepted).toEqual(['demo@lists.example.net'])
  expect(await kept()).toContain(`\nMessage-ID: ${sent.messageId}\n`)
  expect(await kept()).toContain('>From here')
  transport.close()
})
