// A live mail that speaks of another thread: what it changed there is told as an event of that topic, and what it did not is
// told to its sender.
import { expect, test } from 'vitest'
import { rebuild } from '../../tracker/project/rebuild.ts'
import { makeDesk } from './desk.ts'

const mail = (id: string, from: string, minute: number, lines: readonly string[], answers = '') =>
  Buffer.from(
    [
      `From: ${from}`,
      'To: tarn-devel@lists.example.org',
      `Subject: ${answers ? 'Re: ' : ''}[PATCH] tarn: count the drops`,
      `Date: Mon, 2 Mar 2026 10:${String(minute).padStart(2, '0')}:00 +0000`,
      `Message-ID: <${id}@example.org>`,
      ...(answers ? [`In-Reply-To: <${answers}>`] : []),
      '',
      ...lines,
      '',
    ].join('\n'),
  )
const mara = 'Mara Lind <mara@example.com>'
const ada = 'Ada Novak <ada@example.org>'

test('what it changed there is told once, when its sender is confirmed', async () => {
  const desk = await makeDesk({ maintainers: ['mara@example.com'] })
  await desk.arrive('patch')
  await desk.arrive('bug')
  const about = `Bug-Status: <${desk.idOf('bug')}> confirmed`
  const before = await desk.events()
  const bytes = mail('away', mara, 30, [about], desk.idOf('patch'))
  await desk.arrive('away', { bytes, grade: 'pending' })
  expect(await desk.events()).toEqual(before)
  await desk.judge('away', 'A')
  const after = [...before, 'bug-status new confirmed away@example.org']
  expect(await desk.events()).toEqual(after)
  await desk.arrive('next', { bytes: mail('next', ada, 40, ['Thanks.'], desk.idOf('bug')) })
  expect(await desk.events()).toEqual(after)
  await rebuild(desk.db, desk.list.id)
  expect(await desk.events()).toEqual(after)
  await desk.at('11:31')
  expect(await desk.owed()).toEqual([])
})

test('on an open list it is told when the verdict is there, and not before', async () => {
  const desk = await makeDesk()
  await desk.arrive('patch')
  await desk.arrive('bug')
  const before = await desk.events()
  const bytes = mail('away', ada, 30, [`Bug-Status: <${desk.idOf('bug')}> confirmed`], desk.idOf('patch'))
  await desk.arrive('away', { bytes, grade: 'pending' })
  expect(await desk.events()).toEqual(before)
  await desk.judge('away', 'A')
  expect(await desk.events()).toEqual([...before, 'bug-status new confirmed away@example.org'])
})

test('a refusal over there, and a mail that never came, are told to the sender in one mail', async () => {
  const desk = await makeDesk({ maintainers: ['mara@example.com'] })
  await desk.arrive('patch')
  await desk.arrive('bug')
  const lines = [`Bug-Status: <${desk.idOf('bug')}> wontfix`, 'Bug-Status: <gone@example.org> fixed']
  await desk.arrive('away', { bytes: mail('away', ada, 30, lines, desk.idOf('patch')) })
  await desk.at('10:59')
  expect(await desk.owed()).toEqual([])
  await desk.at('11:31')
  const [answer, ...others] = await desk.owed()
  expect(others).toEqual([])
  expect(answer).toMatchObject({ to: 'ada@example.org', kind: 'error' })
  expect(answer?.body).toContain(`> ${lines[0]}\n\n"wontfix" needs a maintainer`)
  expect(answer?.body).toContain(`> ${lines[1]}\n\nThe list has no mail <gone@example.org>.`)
})
