// The token mail: asked once, answered once, by the person who was asked and not by a robot; over SMTP and LMTP.
import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { listId, messageId, seq } from '../../../base/ids.ts'
import { limits } from '../../../base/limits.ts'
import { confirm } from '../../../ingest/auth/token.ts'
import { startLmtp } from '../../../ingest/lmtp.ts'
import { startSmtp } from '../../../ingest/smtp.ts'
import { saveLists } from '../../../sql/lists.ts'
import { append } from '../../../sql/log.ts'
import { type TokenMail, tokenMail } from '../../../tracker/answer/token-mail.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { howWords } from '../../../tracker/topic/verdict-words.ts'
import { testDatabase } from '../../database.ts'
import { dkimOf } from '../../verdicts.ts'
import { dial } from '../transcript.ts'

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

const claimed = (name: string, more = '') =>
  Buffer.from(
    `From: Ada Example <ada@example.org>\nSubject: Re: ${name}\nMessage-ID: <${name}@example.org>\n${more}\nPatch-Status: accepted\n`,
  )

async function desk() {
  const { db } = await testDatabase()
  const [demo] = await saveLists(db, [{ name: 'demo', address: 'demo@lists.example.net' }])
  if (!demo) throw new Error('No list')
  const list = listId(demo.id)
  const arrive = async (bytes: Buffer) => {
    const envelope = { road: 'smtp', trace: new Date().toISOString() }
    const [at] = await append(db, list, [{ bytes, envelope }])
    await sortAll(db, list)
    await sql`delete from verdict_due`.execute(db)
    await sql`insert into verdict (list_id, seq, grade, how) values (${list}, ${at?.seq}, 'C', '{"code":"unsigned"}') on conflict do nothing`.execute(
      db,
    )
    return at?.seq ?? seq(0)
  }
  const ask = (at: string, address = 'Ada@example.org', headed = false) =>
    db.transaction().execute(trx =>
      tokenMail(trx, {
        list: demo,
        seq: seq(at),
        messageId: messageId('x@example.org'),
        subject: 'Re: x',
        address,
        own: 'tracker@lists.example.net',
        lines: ['Patch-Status: accepted'],
        headed,
      }),
    )
  const grades = async () =>
    (await db.selectFrom('verdict').select(['grade', 'how', 'identity']).orderBy('seq').execute()).map(
      ({ grade, how, identity }) => [grade, howWords(how), identity].join(' | '),
    )
  return { db, demo, list, arrive, ask, grades }
}

const tokenOf = (mail: TokenMail | null) => /^Confirm: ([0-9a-f]{32})$/m.exec(mail?.body ?? '')?.[1] ?? ''

const answerOf = (
  mail: TokenMail | null,
  { from = 'Ada <ada@example.org>', more = '', body = '', title = 'Re' } = {},
): Buffer =>
  Buffer.from(
    `From: ${from}\nTo: ${mail?.replyTo}\nSubject: ${title}: ${mail?.subject}\nMessage-ID: <yes@example.org>\n${more}\n${
      body.replace('TOKEN', tokenOf(mail)) ||
      mail?.body
        .split('\n')
        .map(line => `> ${line}`)
        .join('\n')
    }\n`,
  )

const away = `This is an automatic reply: I am away until Monday.\n\n> Confirm: TOKEN\n`

describe('a token mail', () => {
  test('asks what was said, and an answer that quotes it makes the mail B and wakes its topic', async () => {
    const { db, arrive, ask, grades } = await desk()
    const mail = await ask(await arrive(claimed('one')))
    expect(mail).toMatchObject({
      to: 'ada@example.org',
      kind: 'token',
      inReplyTo: 'x@example.org',
      body: expect.stringContaining('> Patch-Status: accepted'),
      replyTo: `confirm+${tokenOf(mail)}@lists.example.net`,
    })
    // No line of it is a tag of its own.
    expect(mail?.body).not.toMatch(/^Patch-Status/m)
    // The row has no token that could be read.
    const rows = JSON.stringify(await db.selectFrom('token_mail').selectAll().execute())
    expect(rows).not.toContain(tokenOf(mail))
    await sql`update cluster set dirty = false`.execute(db)
    const answer = { bytes: answerOf(mail), from: 'ada@example.org' }
    expect(await confirm(db, answer)).toMatchObject({ confirmed: true })
    expect(await grades()).toEqual(['B | confirmed by token | ada@example.org'])
    expect(await db.selectFrom('cluster').select('dirty').execute()).toEqual([{ dirty: true }])
    expect(await db.selectFrom('token_mail').select(['answered_by']).execute()).toEqual([
      { answered_by: 'yes@example.org' },
    ])
    expect(await confirm(db, answer)).toEqual({ confirmed: false, text: 'This was confirmed before' })
  })

  test.each([
    ['from another address', { from: 'eve@example.org' }, 'from the address that was asked'],
    ['from two addresses', { from: 'ada@example.org, eve@example.org' }, 'several addresses'],
    ['by a vacation robot', { more: 'Auto-Submitted: auto-replied\n' }, 'An automatic answer'],
    ['by an old robot', { more: 'Precedence: bulk\n' }, 'An automatic answer'],
    ['by a bounce', { more: 'Content-Type: multipart/report; boundary=x\n' }, 'An automatic answer'],
    ['by a program that says so in its text', { body: away }, 'An automatic answer'],
    ['by a program that says so in its title', { title: 'Automatic reply' }, 'An automatic answer'],
    ['without the token', { body: 'Yes, it was me\n' }, 'must hold the line'],
    ['with another token', { body: `Confirm: ${'1'.repeat(32)}\n` }, 'not known here'],
  ])('answered %s changes nothing', async (_, how, text) => {
    const { db, arrive, ask, grades } = await desk()
    const mail = await ask(await arrive(claimed('one')))
    const subject = { ...mail, subject: 'no token' } as TokenMail
    const answer = { bytes: answerOf(subject, how), from: 'ada@example.org' }
    expect(await confirm(db, answer)).toEqual({
      confirmed: false,
      text: expect.stringContaining(text),
    })
    expect(await grades()).toEqual(['C | only From: it is not signed | '])
    // The right answer still works.
    expect(await confirm(db, { bytes: answerOf(mail), from: 'ada@example.org' })).toMatchObject({
      confirmed: true,
    })
  })

  test('with the null sender, or after a week, changes nothing', async () => {
    const { db, arrive, ask } = await desk()
    const mail = await ask(await arrive(claimed('one')))
    expect(await confirm(db, { bytes: answerOf(mail), from: '' })).toMatchObject({
      confirmed: false,
    })
    await sql`update token_mail set expires_at = now() - interval '1 second'`.execute(db)
    expect(await confirm(db, { bytes: answerOf(mail), from: 'ada@example.org' })).toEqual({
      confirmed: false,
      text: 'This confirmation is too old; send the change again',
    })
  })

  test('is owed once for a mail and its copies, and not without end to one person', async () => {
    const { db, list, arrive, ask } = await desk()
    const at = await arrive(claimed('one'))
    expect(await ask(at)).not.toBeNull()
    expect(await ask(at)).toBeNull()
    expect(await ask(await arrive(claimed('one', 'X-Copy: 1\n')))).toBeNull()
    for (let n = 1; n < limits.tokenMailsPerDayMax; n++)
      expect(await ask(await arrive(claimed(`more-${n}`)))).not.toBeNull()
    expect(await ask(await arrive(claimed('too-many')))).toBeNull()
    // What a forger can write took no place from this one.
    expect(await ask(await arrive(claimed('headed')), 'ada@example.org', true)).not.toBeNull()
    await sql`update token_mail set made_at = now() - interval '2 days' where list_id = ${list}`.execute(db)
    expect(await ask(await arrive(claimed('tomorrow')))).not.toBeNull()
  })

  test('never lowers a grade', async () => {
    const { db, arrive, ask, grades } = await desk()
    const mail = await ask(await arrive(claimed('one')))
    await sql`update verdict set grade = 'A', how = ${JSON.stringify(dkimOf('example.org'))}::jsonb, identity = 'ada@example.org'`.execute(
      db,
    )
    await confirm(db, { bytes: answerOf(mail), from: 'ada@example.org' })
    expect(await grades()).toEqual(['A | DKIM of example.org | ada@example.org'])
  })
})

const wire = (bytes: Buffer) => `${bytes.toString().replaceAll('\n', '\r\n').replaceAll('\r\n.', '\r\n..')}.`

test.each(['smtp', 'lmtp'] as const)('%s takes the answer, and keeps it out of the log', async road => {
  const { db, demo, arrive, ask, grades } = await desk()
  const mail = await ask(await arrive(claimed('one')))
  const told: object[] = []
  const note = (fields: object) => told.push(fields)
  const options = {
    db,
    lists: () => [demo],
    hostname: 'mx.example.net',
    log: { info: note, warn: note },
  }
  const at = { host: '127.0.0.1', port: 0 }
  const server =
    road === 'smtp' ? await startSmtp({ ...options, ...at }) : await startLmtp({ ...options, listen: at })
  closers.push(() => server.close())
  const listen = 'listen' in server && typeof server.listen === 'object' ? server.listen : server
  const client = await dial('port' in listen ? listen.port : 0)
  await client.line()
  const hello = road === 'smtp' ? 'EHLO a.example.org' : 'LHLO a.example.org'
  const talk = async (to: string, bytes: Buffer) => {
    const asked = await client.talk('MAIL FROM:<ada@example.org>', `RCPT TO:<${to}>`)
    return asked.startsWith('250') ? client.talk('DATA', wire(bytes)) : asked
  }
  await client.talk(hello)
  expect(await talk(`confirm+${tokenOf(mail)}@elsewhere.example.net`, answerOf(mail))).toMatch(/^550/)
  await client.talk('RSET')
  expect(await talk(mail?.replyTo ?? '', answerOf(mail, { from: 'eve@example.org' }))).toMatch(
    /^550 .*address/,
  )
  // A program that answers all mail comes to this address, too.
  const bare = answerOf(mail, { body: 'Your request has the number 7.' })
  expect(await talk(mail?.replyTo ?? '', bare)).toMatch(/^550 .*must hold the line/)
  expect(await talk(mail?.replyTo ?? '', answerOf(mail))).toMatch(/^250 .*Confirmed/)
  expect(await talk(mail?.replyTo ?? '', answerOf(mail))).toMatch(/^550 .*confirmed before/)
  expect(await grades()).toEqual(['B | confirmed by token | ada@example.org'])
  const kept = await db.selectFrom('mail').select(['message_id', 'envelope']).execute()
  expect(kept.map(row => row.message_id)).toEqual(['one@example.org'])
  // Where the address was mistyped or the database away the token is still good: no log of ours has it.
  expect(JSON.stringify(told)).toContain('confirm+...@elsewhere.example.net')
  expect(JSON.stringify(told)).not.toContain(tokenOf(mail))
})

test('a reply to all is kept on the list without the secret address', async () => {
  const { db, demo, arrive, ask, grades } = await desk()
  const mail = await ask(await arrive(claimed('one')))
  const server = await startSmtp({
    db,
    lists: () => [demo],
    host: '127.0.0.1',
    port: 0,
    hostname: 'mx.example.net',
    log: { info: () => {}, warn: () => {} },
  })
  closers.push(() => server.close())
  const client = await dial(server.port)
  await client.line()
  await client.talk('EHLO a.example.org', 'MAIL FROM:<ada@example.org>')
  await client.talk('RCPT TO:<demo@lists.example.net>', `RCPT TO:<${mail?.replyTo}>`, 'DATA')
  expect(await client.talk(wire(answerOf(mail)))).toMatch(/^250/)
  expect(await grades()).toEqual(['B | confirmed by token | ada@example.org'])
  const { envelope } = await db
    .selectFrom('mail')
    .select('envelope')
    .where('message_id', '=', 'yes@example.org')
    .executeTakeFirstOrThrow()
  expect(envelope.to).toEqual(['demo@lists.example.net'])
})
