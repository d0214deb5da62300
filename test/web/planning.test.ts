import { beforeAll, expect, test } from 'vitest'
import { type Archive, makeArchive } from './archive.ts'

const text = (html: string) => html.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ')
const ruth = 'Ruth Adler <ruth@example.com>'

let archive: Archive
beforeAll(async () => {
  archive = await makeArchive([
    {
      id: 'tear@example.com',
      subject: '[BUG] The log tears',
      from: ruth,
      body: 'It tears.\n\nTarget: 1.0/late\n',
    },
    {
      id: 'knobs@example.com',
      subject: '[TASK] Describe the knobs',
      from: ruth,
      body: 'All.\n\nTarget: 1.0/late\n',
    },
    {
      id: 'done@example.com',
      subject: 'Re: [TASK] Describe the knobs',
      from: ruth,
      body: 'Bug-Status: fixed\n',
      answers: 'knobs@example.com',
      minute: 5,
    },
    {
      id: 'odd@example.com',
      subject: 'The kernel driver hangs',
      from: ruth,
      body: 'Does the driver build?\n',
      minute: 6,
    },
    {
      id: 'win@example.net',
      subject: 'You won',
      from: 'Prize <prize@example.net>',
      body: 'Take walnut money now.\n',
      minute: 7,
    },
  ])
})

test('a milestone lists what is planned for it, with counts', async () => {
  const all = await archive.page('/tarn/milestones/')
  expect(all).toContain('href="/tarn/milestone/1.0%2Flate/"')
  const page = await archive.page('/tarn/milestone/1.0%2Flate/')
  expect(text(page)).toContain('1 open, 1 done')
  expect(text(page)).toMatch(/The log tears.*Describe the knobs .*Task/)
  expect(await archive.page('/tarn/tear@example.com/')).toContain('href="/tarn/milestone/1.0%2Flate/"')
  expect(text(await archive.page('/tarn/milestone/never/'))).toContain('Nothing is planned for it.')
})

test('triage shows what may be a bug, why, and the mail that decides', async () => {
  const page = await archive.page('/tarn/triage/')
  expect(text(page)).toContain('The kernel driver hangs')
  expect(text(page)).toContain('its subject speaks of a problem')
  expect(page).toContain('body=Type%3A%20bug"')
  expect(page).not.toContain('tear@example.com')
})

test('spam is kept out of lists, latest mails and search, and can be looked at', async () => {
  for (const path of ['/tarn/', '/tarn/?state=all', '/tarn/?q=walnut'])
    expect(await archive.page(path), path).not.toContain('win@example.net')
  expect(text(await archive.page('/tarn/?q=walnut'))).toContain('No mail holds')
  expect(await archive.page('/tarn/?state=spam')).toContain('href="/tarn/win@example.net/"')
})
