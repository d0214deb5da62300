import { join } from 'node:path'
import { expect, test } from 'vitest'
import { messageIdOf } from '../../tracker/decode/message-id.ts'
import { corpus, inventedPaths } from '../corpus.ts'
import { againstMailinfo, deliberate as deliberateForGit } from './mailinfo.ts'
import { againstMailparser, deliberate } from './mailparser.ts'

const fixtures = join(import.meta.dirname, '../../fixtures')
/** Each patch starts git once. */
const somePaths = ['mime', 'bad', 'thread/cover-last', 'thread/reroll-as-reply'].map(path =>
  join(fixtures, path),
)

/** The Message-IDs with classes that nobody wants, and how many mails were read alike. */
async function differences(
  paths: readonly string[],
  classesOf: (raw: Buffer) => Promise<readonly string[] | null>,
  wanted: { readonly [name: string]: string },
): Promise<{ unwanted: string[]; alike: number }> {
  const unwanted: string[] = []
  let alike = 0
  for await (const raw of corpus(paths)) {
    const classes = await classesOf(raw)
    if (classes?.length === 0) alike++
    for (const one of classes ?? []) if (!(one in wanted)) unwanted.push(`${messageIdOf(raw).id} ${one}`)
  }
  return { unwanted, alike }
}

test('every invented mail reads as mailparser reads it, except on purpose', async () => {
  const { unwanted, alike } = await differences(inventedPaths, againstMailparser, deliberate)
  expect(unwanted).toEqual([])
  expect(alike).toBeGreaterThan(200)
})

test('every invented patch reads as git mailinfo reads it, except on purpose', async () => {
  const { unwanted, alike } = await differences(somePaths, againstMailinfo, deliberateForGit)
  expect(unwanted).toEqual([])
  expect(alike).toBeGreaterThan(12)
})
