// A state has one look: the box at the top of a page, the rows of lists and the effects in trees say it alike.
import { beforeAll, expect, test } from 'vitest'
import { bugStatuses, patchStates } from '../../base/state-words.ts'
import { type Archive, type Letter, makeArchive, patchBody } from './archive.ts'

/** `new` is what a topic is until somebody says otherwise: the box of such a patchset says whose turn it is. */
const patchWords = patchStates.filter(state => state !== 'new')

let archive: Archive
let rows: string
beforeAll(async () => {
  archive = await makeArchive([...patchWords.flatMap(patchIn), ...bugStatuses.flatMap(bugIn)])
  rows = await archive.page('/tarn/?state=all')
})

test.each(patchWords)(
  'a patch that is %s looks the same in its box, in rows and in the tree',
  async state => {
    const look = await boxOf(`${state}@example.org`)
    expect(rowOf(`${state}@example.org`)).toContain(look)
    expect(await archive.page(`/tarn/${state}@example.org/`)).toContain(inTree(look))
  },
)

test.each(bugStatuses)('a bug that is %s looks the same in its box and in rows', async state => {
  expect(rowOf(`bug-${state}@example.org`)).toContain(await boxOf(`bug-${state}@example.org`))
})

test('what rests or is over has the quiet tone, what waits for somebody has not', () => {
  const quiet = [...patchWords, ...bugStatuses.map(status => `bug-${status}`)].filter(state =>
    rowOf(`${state}@example.org`).includes('class="chip txt idle"'),
  )
  expect(quiet.sort()).toEqual(
    [
      'awaiting-upstream',
      'deferred',
      'not-applicable',
      'superseded',
      'withdrawn',
      'bug-duplicate',
      'bug-invalid',
      'bug-wontfix',
      'bug-worksforme',
    ].sort(),
  )
})

/** Sign, word and tone of the filled chip, as they are written in a row. */
async function boxOf(id: string): Promise<string> {
  const page = await archive.page(`/tarn/${id}/`)
  const chip = /<div class="stand tone-(\w+)"><span class="chip \1">(.*?<\/span>.*?)<\/span>/s.exec(page)
  return `<span class="chip txt ${chip?.[1]}">${chip?.[2]}</span>`
}

/** In a tree the sign is text. */
const inTree = (look: string) => {
  const [, tone, sign, word] = /txt (\w+)"><span[^>]*>(.*?)<\/span>(.*?)<\/span>/.exec(look) ?? []
  return `<span class="${tone} txt">${sign}${word}</span>`
}

const rowOf = (id: string): string =>
  rows.split('<tr>').find(row => row.includes(`href="/tarn/${id}/"`)) ?? `no row of ${id}`

const patchIn = (state: string): readonly Letter[] => [
  { id: `${state}@example.org`, subject: `[PATCH] ${state}: take it`, body: patchBody(`src/${state}.c`) },
  answer(`set-${state}@example.org`, `${state}@example.org`, `Patch-Status: ${state}`),
]

const bugIn = (status: string): readonly Letter[] => [
  { id: `bug-${status}@example.org`, subject: `[BUG] ${status}: the log tears`, body: 'It tears.\n' },
  answer(`set-bug-${status}@example.org`, `bug-${status}@example.org`, `Bug-Status: ${status}`),
]

const answer = (id: string, answers: string, line: string): Letter => ({
  id,
  subject: 'Re: what is it',
  body: `${line}\n`,
  minute: 5,
  answers,
})
