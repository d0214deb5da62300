import { PassThrough } from 'node:stream'
import { expect, test } from 'vitest'
import { makeProgress } from '../../ingest/progress.ts'

function shown(isTTY: boolean, seconds: readonly number[]) {
  let now = 0
  const output = Object.assign(new PassThrough(), { isTTY, columns: 200 })
  const progress = makeProgress({ output, now: () => now })
  for (const second of seconds) {
    now = second * 1000
    progress.show({ path: '/a/list.mbox', mails: second * 100, bytesDone: second, bytesTotal: 400 })
  }
  progress.say('A problem')
  progress.finish({
    read: 9,
    fresh: 5,
    known: 3,
    skipped: 1,
    hidden: 0,
    seconds: 2,
    interrupted: true,
    problems: [],
  })
  return String(output.read())
}

test('on a terminal one line moves, with share, mails, rate and time left', () => {
  const text = shown(true, [100, 100.01, 200])
  expect(text.split('\r')).toEqual([
    'list.mbox: 25 %, 10000 mails, 100 a second, 5 min 0 s left',
    '\u001b[Klist.mbox: 50 %, 20000 mails, 100 a second, 3 min 20 s left',
    '\u001b[KA problem\n9 mails read: 5 new, 3 already there, 1 skipped; 2.0 s\nInterrupted; run the same command to go on\n',
  ])
})

test('elsewhere there is a plain line every few seconds', () => {
  const lines = shown(false, [1, 4, 6, 7, 12]).split('\n')
  expect(lines.map(line => line.split(',')[0])).toEqual([
    'list.mbox: 1 %',
    'list.mbox: 3 %',
    'A problem',
    '9 mails read: 5 new',
    'Interrupted; run the same command to go on',
    '',
  ])
})
