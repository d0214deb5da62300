import { expect, test } from 'vitest'
import { parseQuery } from '../../web/read/query.ts'

test.each([
  ['power cut', "('power') & ('cut')", ['power', 'cut']],
  ['"power cut"', "('power' <-> 'cut')", ['power', 'cut']],
  ['tst_run.c', "('tst' <-> 'run' <-> 'c')", ['tst_run.c']],
  ['night or day -cut', "('night') | ('day') & !('cut')", ['night', 'day']],
  ['-"power cut" Night', "!('power' <-> 'cut') & ('night')", ['night']],
  ['or night or', "('night')", ['night']],
  ['"never closed', "('never' <-> 'closed')", ['never', 'closed']],
  ["it's (here):* & \\ ' !", "('it' <-> 's') & ('here')", ["it's", 'here']],
])('%j asks for %s', (typed, text, words) => {
  expect(parseQuery(typed)).toEqual({ text, words })
})

test.each(['', '-', '"', '""', '-only', 'night or -day', 'or', ':*', '\0'])('%j asks for nothing', typed => {
  expect(parseQuery(typed)).toEqual({ text: '', words: [] })
})
