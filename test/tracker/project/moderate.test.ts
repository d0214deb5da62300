import { describe, expect, test } from 'vitest'
import { messageId } from '../../../base/ids.ts'
import { indexKey } from '../../../base/key.ts'
import { saveLists } from '../../../sql/lists.ts'
import { append, appendAll } from '../../../sql/log.ts'
import { exportMbox } from '../../../tracker/export/mbox.ts'
import { exportState } from '../../../tracker/export/state.ts'
import { hide, purge, unhide } from '../../../tracker/project/moderate.ts'
import { sortAll } from '../../../tracker/project/projector.ts'
import { rebuild } from '../../../tracker/project/rebuild.ts'
import { makeApp } from '../../../web/app.ts'
import { testDatabase } from '../../database.ts'
import { all } from '../../ingest/mails.ts'
import { storedMails } from '../../stored-mails.ts'

const letter = (name: string, answers = '', text = `This is ${name}.`) =>
  Buffer.from(
    `From: Ada <ada@example.org>\nTo: demo@lists.example.net, bpf@lists.example.net\nSubject: ${answers ? 'Re: ' : ''}question\nDate: Mon, 2 Mar 2026 10:00:00 +0000\nMessage-ID: <${name}@example.org>\n${answers ? `In-Reply-To: <${answers}@example.org>\n` : ''}\n${text}\n`,
  )

async function archive() {
  const { db } = await testDatabase()
  const [demo, bpf] = await saveLists(db, [
    { name: 'demo', address: 'demo@lists.example.net' },
    { name: 'bpf', address: 'bpf@lists.example.net' },
  ])
  if (demo === undefined || bpf === undefined) throw new Error('No lists')
  const app = makeApp({ db })
  const arrive = async (bytes: Buffer, lists = [demo, bpf]) => {
    const arrivals = lists.map(({ id }) => ({
      list: id,
      bytes,
      envelope: { road: 'smtp', from: 'ada@example.org' },
    }))
    const appended = await appendAll(db, arrivals)
    for (const { id } of lists) await sortAll(db, id)
    return appended
  }
  await arrive(letter('root'))
  await arrive(letter('reply', 'root'))
  await arrive(letter('alone'), [demo])
  return {
    db,
    demo,
    bpf,
    arrive,
    state: async (list = demo) => (await all(exportState(db, list.id, { numbers: false }))).join(''),
    mbox: async (list = demo) => Buffer.concat(await all(exportMbox(db, list.id))).toString(),
    async page(path: string) {
      const response = await app.request(path)
      return { status: response.status, text: await response.text() }
    },
    async bury(how: typeof hide, name: string, list?: typeof demo) {
      const stone = { messageId: messageId(`${name}@example.org`), who: 'operator', reason: 'a phone number' }
      const done = await how(db, { ...stone, list: list?.id })
      for (const { id } of done.lists) await sortAll(db, id)
      return done.changed
    },
    bytes: async () =>
      (await db.selectFrom('raw').select(['encoding', 'size']).execute()).map(row => row.encoding),
  }
}

describe.each([
  ['hide', hide, 'hidden by the operator'],
  ['purge', purge, 'removed by the operator'],
] as const)('%s', (_, how, words) => {
  test('takes a mail out of topics, mbox, search and pages, and says so', async () => {
    const { bury, state, mbox, page } = await archive()
    expect(await bury(how, 'reply')).toBe(2)
    expect(await state()).not.toContain('reply@example.org')
    expect(await state()).toContain('root@example.org')
    expect(await mbox()).not.toContain('This is reply.')
    expect((await page('/demo/?q=reply')).text).not.toContain('reply@example.org')
    const shown = await page('/demo/reply@example.org/')
    expect(shown.status).toBe(410)
    expect(shown.text).toContain(words)
    expect(shown.text).toContain('a phone number')
    for (const program of ['raw', 't.mbox.gz'])
      expect(await page(`/demo/reply@example.org/${program}`)).toEqual({
        status: 410,
        text: `This mail was ${words}\n`,
      })
    expect((await page('/demo/root@example.org/t.mbox.gz')).status).toBe(200)
    expect((await page('/demo/root@example.org/')).text).not.toContain('This is reply.')
  })

  test('holds for a mail whose topic is nothing else, and after a rebuild', async () => {
    const { db, demo, bury, state } = await archive()
    await bury(how, 'alone')
    await bury(how, 'root')
    const after = await state()
    expect(after).not.toContain('alone@example.org')
    expect(after).not.toContain('root@example.org')
    await rebuild(db, demo.id)
    expect(await state()).toBe(after)
    expect(await db.selectFrom('unsorted').selectAll().execute()).toEqual([])
  })

  test('twice changes nothing more', async () => {
    const { bury, db } = await archive()
    await bury(how, 'reply')
    expect(await bury(how, 'reply')).toBe(0)
    expect(await db.selectFrom('tombstone').select('id').execute()).toHaveLength(1)
    expect(await bury(how, 'nothing')).toBe(0)
    expect(await db.selectFrom('tombstone').select('id').execute()).toHaveLength(1)
  })

  test('holds when the mail comes again, in the same or another dress, on any list', async () => {
    const { bury, arrive, state, bpf, demo } = await archive()
    await bury(how, 'alone')
    const before = [await state(demo), await state(bpf)]
    const again = [
      ...(await arrive(letter('alone'))),
      ...(await arrive(letter('alone', '', 'With a footer.'))),
    ]
    expect(again.map(({ fresh }) => fresh)).toEqual([false, false, false, false])
    expect([await state(demo), await state(bpf)]).toEqual(before)
  })

  test('of one list leaves the others as they are', async () => {
    const { bury, page, state, demo, bpf, mbox } = await archive()
    expect(await bury(how, 'reply', demo)).toBe(1)
    expect(await state(bpf)).toContain('reply@example.org')
    expect(await mbox(bpf)).toContain('This is reply.')
    expect((await page('/bpf/reply@example.org/')).text).not.toContain('Also on demo')
    expect((await page('/reply@example.org/')).status).toBe(302)
  })
})

describe('unhide', () => {
  test('shows a mail again everywhere, as if it had never been hidden, and says who did it', async () => {
    const { bury, state, mbox, page, db, demo } = await archive()
    const before = await state()
    await bury(hide, 'reply')
    expect(await bury(unhide, 'reply')).toBe(2)
    expect(await state()).toBe(before)
    expect(await mbox()).toContain('This is reply.')
    expect((await page('/demo/reply@example.org/')).status).toBe(200)
    await rebuild(db, demo.id)
    expect(await state()).toBe(before)
    const stones = await db.selectFrom('tombstone').select(['who', 'lifted_by', 'lifted_reason']).execute()
    expect(stones).toEqual([{ who: 'operator', lifted_by: 'operator', lifted_reason: 'a phone number' }])
    expect(await bury(unhide, 'reply')).toBe(0)
  })

  test('can be followed by another hide, and a copy that comes in between is shown', async () => {
    const { bury, arrive, state, demo } = await archive()
    await bury(hide, 'alone')
    await bury(unhide, 'alone', undefined)
    const [again] = await arrive(letter('alone', '', 'With a footer.'), [demo])
    expect(again?.fresh).toBe(true)
    expect(await bury(hide, 'alone')).toBe(2)
    expect(await state()).not.toContain('alone@example.org')
  })

  test('of one list leaves the others hidden, and refuses what was hidden on all', async () => {
    const { bury, state, demo, bpf } = await archive()
    await bury(hide, 'reply', demo)
    await bury(hide, 'root', bpf)
    expect(await bury(unhide, 'reply', demo)).toBe(1)
    expect(await state(demo)).toContain('reply@example.org')
    expect(await state(bpf)).not.toContain('root@example.org')
    await bury(hide, 'alone')
    await expect(bury(unhide, 'alone', demo)).rejects.toThrow('hidden on every list; allowed: without --list')
  })

  test('cannot bring back bytes that were purged', async () => {
    const { bury, state } = await archive()
    await bury(purge, 'reply')
    await expect(bury(unhide, 'reply')).rejects.toThrow(
      'Cannot unhide "reply@example.org": it was purged, and its bytes are gone',
    )
    expect(await state()).not.toContain('reply@example.org')
  })
})

describe('bytes', () => {
  test('stay when a mail is hidden, and go when it is purged', async () => {
    const { bury, bytes, db } = await archive()
    await bury(hide, 'reply')
    expect((await bytes()).filter(encoding => encoding === 'purged')).toHaveLength(0)
    expect(await bury(purge, 'reply')).toBeGreaterThan(0)
    expect((await bytes()).filter(encoding => encoding === 'purged')).toHaveLength(1)
    const kept = await db
      .selectFrom('mail')
      .select('envelope')
      .where('message_id', '=', 'reply@example.org')
      .execute()
    expect(kept.map(({ envelope }) => envelope)).toEqual([{ road: 'smtp' }, { road: 'smtp' }])
  })

  test('stay while another list shows them, and come back for a list that was never meant', async () => {
    const { db, bury, bytes, demo, bpf, arrive } = await archive()
    await bury(purge, 'reply', demo)
    expect(await bytes()).not.toContain('purged')
    await bury(purge, 'alone', demo)
    expect(await bytes()).toContain('purged')
    const [there] = await arrive(letter('alone'), [bpf])
    expect(there?.fresh).toBe(true)
    expect(await storedMails(db, bpf.id, indexKey('alone@example.org'))).toEqual([letter('alone')])
    const [here] = await append(db, demo.id, [{ bytes: letter('alone'), envelope: { road: 'smtp' } }])
    expect(here?.fresh).toBe(false)
    expect(await storedMails(db, demo.id, indexKey('alone@example.org'))).toEqual([])
  })
})

test('a mail on two lists shows its twin and the state there', async () => {
  const { arrive, page, bpf } = await archive()
  const patch = letter(
    'patch',
    '',
    'Why.\n---\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b',
  ).toString()
  await arrive(Buffer.from(patch.replace('Subject: question', 'Subject: [PATCH] a: say b')))
  const reply = letter('state', 'patch', 'Patch-Status: withdrawn').toString()
  await arrive(Buffer.from(reply), [bpf])
  const { text } = await page('/demo/patch@example.org/')
  expect(text).toContain('<a href="/bpf/patch@example.org/">Also on bpf</a>')
  expect(text).toMatch(/Also on bpf<\/a>.{0,120}Withdrawn/)
  expect((await page('/bpf/patch@example.org/')).text).toMatch(/Also on demo<\/a>.{0,120}New/)
  expect((await page('/demo/alone@example.org/')).text).not.toContain('Also on')
})
