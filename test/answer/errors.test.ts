import { describe, expect, test } from 'vitest'
import { replyAddress } from '../../base/reply-address.ts'
import { confirm } from '../../ingest/auth/token.ts'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { makeDesk } from './desk.ts'
import { answerMail } from './mails.ts'

test('a line that is not understood is told to its sender, once, after half an hour', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('person')
  await desk.at('10:29')
  expect(await desk.owed()).toEqual([])
  await desk.at('10:31')
  await desk.at('10:50')
  const [mail, ...others] = await desk.owed()
  expect(others).toEqual([])
  expect(mail).toMatchObject({
    to: 'ada@example.org',
    kind: 'error',
    subject: 'Re: [PATCH] tarn: count the drops',
  })
  const field = (name: string) => mail?.headers.find(header => header.name === name)?.value
  expect(field('in-reply-to')).toBe('<person@example.org>')
  expect(field('references')).toBe('<patch@example.com> <person@example.org>')
  expect(mail?.body).toContain('> Patch-Status: acepted\n\nThis line is not understood.')
  expect(mail?.body).toContain('> Patch-Status: accepted\n')
  // Should it ever come to a list, nothing in it speaks for anybody.
  expect(mail?.body).not.toMatch(/^[A-Z][A-Za-z-]+: /m)
})

test('several lines make one mail, and a quoted one is none of them', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('many-errors')
  await desk.at('10:31')
  const mails = await desk.owed()
  expect(mails).toHaveLength(1)
  expect(mails[0]?.body.match(/^> Patch-Status: wrong-\d$/gm)).toHaveLength(5)
  expect(mails[0]?.body).toContain('3 more lines')
  expect(mails[0]?.body).not.toContain('quoted')
})

test('what is not allowed is told with the reason', async () => {
  const desk = await makeDesk({ maintainers: ['mara@example.com'] })
  await desk.arrive('patch')
  await desk.arrive('accepted')
  await desk.at('11:31')
  const [mail] = await desk.owed()
  expect(mail?.body).toContain('> Patch-Status: accepted -- to main\n\n"accepted" needs a maintainer')
})

test('a line that a later mail makes valid is no error, and its state is told as an event', async () => {
  const desk = await makeDesk()
  await desk.arrive('accepted')
  expect(await desk.events()).toEqual([])
  await desk.arrive('patch')
  await desk.at('11:31')
  expect(await desk.owed()).toEqual([])
  expect(await desk.events()).toEqual(['patch-state new accepted accepted@example.org'])
})

describe('an answer that lost its thread', () => {
  const lost = (fields = '', subject = 'Re: [PATCH] tarn: count the drops') =>
    Buffer.from(
      `From: Ada Lumen <ada@example.org>\nTo: Bob Author <bob@example.com>\nCc: tarn-devel@lists.example.org\nSubject: ${subject}\nDate: Mon, 02 Mar 2026 10:00:00 +0000\nMessage-ID: <lost@example.org>\n${fields}\nPatch-Status: changes-requested\n`,
    )

  test('has lines that change nothing, and its sender is told how they would', async () => {
    const desk = await makeDesk()
    await desk.arrive('patch')
    await desk.arrive('lost', { bytes: lost() })
    await desk.at('10:31')
    const [mail, ...others] = await desk.owed()
    expect(others).toEqual([])
    expect(mail).toMatchObject({ to: 'ada@example.org', kind: 'error' })
    expect(mail?.body).toContain(
      '> Patch-Status: changes-requested\n\nThe mail does not say what it answers: it came without In-Reply-To',
    )
    expect(mail?.body).toContain('It seems to answer "tarn: count the drops".')
    expect(mail?.body).toContain('\n> Answers: <patch@example.com>\n')
    expect(mail?.body).toContain(replyAddress('tarn-devel@lists.example.org', 'patch@example.com'))
    expect(mail?.body).not.toMatch(/^[A-Z][A-Za-z-]+: /m)
  })

  test('and so is who gave a review in it, once for all that it says', async () => {
    const desk = await makeDesk()
    await desk.arrive('patch')
    const review = lost()
      .toString()
      .replace(/^Patch-Status: .*$/m, 'Looks good.\n\nReviewed-by: Ada Lumen <ada@example.org>')
    await desk.arrive('lost', { bytes: Buffer.from(review) })
    await desk.at('10:31')
    const [mail, ...others] = await desk.owed()
    expect(others).toEqual([])
    expect(mail).toMatchObject({ to: 'ada@example.org', kind: 'error' })
    expect(mail?.body).toContain(
      '> Reviewed-by: Ada Lumen <ada@example.org>\n\nThe mail does not say what it answers',
    )
    expect(mail?.body).toContain('\n> Answers: <patch@example.com>\n')
  })

  test('but nobody for what he says of another’s review', async () => {
    const desk = await makeDesk()
    await desk.arrive('patch')
    const named = lost()
      .toString()
      .replace(/^Patch-Status: .*$/m, 'Reviewed-by: Bo Sample <bo@example.org>')
    await desk.arrive('lost', { bytes: Buffer.from(named) })
    await desk.at('10:31')
    expect(await desk.owed()).toEqual([])
  })

  test('where nobody can tell what it answers, how to say it', async () => {
    const desk = await makeDesk()
    await desk.arrive('patch')
    await desk.arrive('lost', { bytes: lost('', 'Re: [PATCH] tarn: something else') })
    await desk.at('10:31')
    const [mail] = await desk.owed()
    expect(mail?.body).toContain('\n> Answers: <...>\n')
    expect(mail?.body).not.toContain('patch@example.com')
  })

  test.each<[string, Buffer, 'A' | 'C']>([
    ['nobody vouches for its sender', lost(), 'C'],
    ['a program sent it', lost('Auto-Submitted: auto-replied\n'), 'A'],
    ['a program sent it, without the field', lost('Precedence: junk\n'), 'A'],
  ])('nobody is told when %s', async (_, bytes, grade) => {
    const desk = await makeDesk()
    await desk.arrive('patch')
    await desk.arrive('lost', { bytes, grade })
    await desk.at('10:31')
    expect(await desk.owed()).toEqual([])
  })
})

test('a forged mail changes nothing for its true sender: nobody is told', async () => {
  const desk = await makeDesk({ maintainers: ['ada@example.org'] })
  await desk.arrive('patch')
  for (const name of ['person', 'many-errors']) await desk.arrive(name, { grade: 'C' })
  await desk.at('10:45')
  expect(await desk.owed()).toEqual([])
})

test.each(['vacation', 'own-message-id', 'list-address', 'replayed'])('%s gets no answer', async name => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive(name)
  await desk.at('10:45')
  expect(await desk.owed()).toEqual([])
})

test('an import gets no answer, and neither does what a rebuild reads again', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch', { grade: 'imported' })
  await desk.arrive('person', { grade: 'imported' })
  await rebuild(desk.db, desk.list.id)
  await desk.at('10:45')
  expect(await desk.owed()).toEqual([])
})

test('while a mail is pending nothing is told; then what it changed is', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('person', { grade: 'pending' })
  await desk.arrive('accepted', { grade: 'pending' })
  await desk.at('10:45')
  expect([await desk.owed(), await desk.events()]).toEqual([[], []])
  await desk.judge('person', 'A')
  await desk.judge('accepted', 'A')
  await desk.at('11:45')
  expect(await desk.owed()).toHaveLength(1)
  expect(await desk.events()).toEqual(['patch-state new accepted accepted@example.org'])
})

test('the same mail by two roads, and again, is answered once', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('person')
  await desk.at('10:31')
  const copy = `Received: from lists.example.org by mx.example.org; Mon, 02 Mar 2026 10:00:04 +0000\n${answerMail('person')}`
  await desk.arrive('copy', { bytes: Buffer.from(copy) })
  await desk.at('11:31')
  expect(await desk.owed()).toHaveLength(1)
})

test('a number that is no patch here is an error', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('third-of-five')
  await desk.at('10:31')
  expect((await desk.owed())[0]?.body).toContain('> Patch-Status: 3/5 accepted\n\nIt speaks of no patch')
})

/** What the list's server makes of a signed mail: its stamp, its footer, and with that a signature that does not hold. */
async function arriveDressed(signer: string) {
  const desk = await makeDesk({ maintainers: ['ada@example.org'] })
  await desk.arrive('patch')
  const bytes = Buffer.from(
    answerMail('accepted')
      .toString()
      .replace(/^Subject:/m, 'List-Id: <tarn-devel.lists.example.org>\nSubject:'),
  )
  await desk.arrive('accepted', { bytes, grade: 'C' })
  const check = { method: 'DKIM', result: 'fail', signer }
  await desk.db
    .updateTable('verdict')
    .set({ data: JSON.stringify({ checks: [check] }) })
    .where('grade', '=', 'C')
    .execute()
  await desk.at('11:31')
  await desk.at('11:50')
  return desk
}

test('a maintainer whose signature the list broke is asked once, and the answer makes the change', async () => {
  const desk = await arriveDressed('example.org')
  const state = async () => (await desk.db.selectFrom('topic').select('state').executeTakeFirst())?.state
  const [mail, ...others] = await desk.owed()
  expect(others).toEqual([])
  expect(mail).toMatchObject({ to: 'ada@example.org', kind: 'token' })
  expect(mail?.body).toContain('> Patch-Status: accepted -- to main')
  expect(await state()).toBe('new')
  const token = mail?.body.match(/^Confirm: ([0-9a-f]{32})$/m)?.[1] ?? ''
  const answer = (from: string) => ({
    bytes: Buffer.from(
      `From: ${from}\nSubject: Re: Did you\nMessage-ID: <yes@example.org>\n\n> Confirm: ${token}\n`,
    ),
    from,
  })
  expect(await confirm(desk.db, answer('eve@example.net'))).toMatchObject({ confirmed: false })
  expect(await confirm(desk.db, answer('ada@example.org'))).toMatchObject({ confirmed: true })
  await desk.sort()
  expect(await state()).toBe('accepted')
})

test('a broken signature of somebody else asks nobody', async () => {
  const desk = await arriveDressed('example.net')
  expect(await desk.owed()).toEqual([])
})
