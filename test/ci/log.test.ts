import { expect, test } from 'vitest'
import { harmless, stepLog } from '../../ci/log.ts'

const logged = (chunks: readonly (string | Buffer)[], bytesMax = 1_000, secrets: readonly string[] = []) => {
  let text = ''
  const log = stepLog({
    bytesMax,
    secrets,
    emit: part => {
      text += part
    },
  })
  for (const chunk of chunks) log.write(Buffer.from(chunk))
  const live = text
  log.end()
  return { text, live, log }
}

test('whole lines are handed on as they come, the rest at the end', () => {
  const { live, text, log } = logged(['one\ntw', 'o\nthree'])
  expect(live).toBe('one\ntwo\n')
  expect(text).toBe('one\ntwo\nthree')
  expect(log).toMatchObject({ outputBytes: 13, leftOutBytes: 0 })
  expect(log.last()).toBe('three')
})

test('of a long log the start and the end are kept, each in whole lines, and what is between is counted', () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => `line ${index}\n`)
  const { text, log } = logged(lines, 200)
  expect(text).toMatch(/^line 0\nline 1\n/)
  expect(text).toMatch(/\nline 998\nline 999\n$/)
  const kept = text.replace(/\[\.\.\. .*\n/, '')
  expect(kept.length).toBeLessThanOrEqual(200)
  expect(kept.split('\n').every(line => /^(?:line \d{1,3})?$/.test(line))).toBe(true)
  expect(text).toContain(`[... ${log.leftOutBytes.toLocaleString('en')} bytes are left out here ...]\n`)
  expect(log.leftOutBytes).toBe(lines.join('').length - kept.length)
})

test('a line without end is cut between characters, and so are chunks that come cut', () => {
  const flood = Buffer.from('ö'.repeat(100_000))
  const { text } = logged([flood.subarray(0, 50_001), flood.subarray(50_001)], 10_001)
  expect(text.replace(/\n?\[\.\.\..*\n/, '')).toMatch(/^ö+$/)
  expect(Buffer.byteLength(text)).toBeLessThan(10_100)
})

test('a log of exactly as many bytes as are kept is whole', () => {
  const lines = Array.from({ length: 10 }, (_, index) => `line ${index}...\n`)
  expect(logged(lines, 100).text).toBe(lines.join(''))
})

test('nothing of it moves a cursor, colours a line, rings or turns the writing', () => {
  expect(harmless('\x1b[31mred\x1b[0m \x1b]0;title\x07x \x1b[2J\x1bc\x1b(B')).toBe('red x ')
  expect(harmless('10%\r20%\r\n')).toBe('10%\n20%\n')
  expect(harmless('a\0b\x07c\x7fd\x9be\u202ef\u2066g\ufeff')).toBe('a^@b^Gc^?d\ufffde\ufffdf\ufffdg\ufffd')
  expect(harmless('\x1b')).toBe('^[')
  expect(harmless('tab\tand ünïcödé 語')).toBe('tab\tand ünïcödé 語')
  expect(logged([Buffer.from([0x61, 0xff, 0x0a])]).text).toBe('a\ufffd\n')
})

test('a secret is masked however it is cut, coloured or buried in an endless line', () => {
  const secret = 'correct horse battery'
  const masked = (...chunks: string[]) => logged(chunks, 200_000, [secret, 'horse', 'abc']).text
  expect(masked('a correct ho', 'rse battery b\n')).toBe('a *** b\n')
  expect(masked('correct \x1b[1mhorse\x1b[0m battery')).toBe('***')
  expect(masked('one horse, abc')).toBe('one ***, abc')
  for (const before of [16_370, 16_384, 32_750])
    expect(masked('x'.repeat(before), secret.slice(0, 9), secret.slice(9), 'y'.repeat(20_000))).toBe(
      `${'x'.repeat(before)}***${'y'.repeat(20_000)}`,
    )
})
