import { expect, test } from 'vitest'
import { remarksOf } from '../../../tracker/mail/remarks.ts'

const said = (lines: readonly string[], sender = 'Marek Tolvanen') =>
  remarksOf(lines.join('\n'), { sender }).remarks.map(({ lines }) => lines.join('\n'))

test('each stretch of own lines is a remark on the quote above it', () => {
  const { quotes, remarks } = remarksOf('> +\tlock(w);\n\nWhy here?\n\n> +\tunlock(w);\n\nAnd here?\n', {
    sender: '',
  })
  expect(quotes).toEqual(['+\tlock(w);', '+\tunlock(w);'])
  expect(remarks.map(({ lines, at, quoteFrom, quoteEnd }) => [lines, at, quoteFrom, quoteEnd])).toEqual([
    [['Why here?'], 2, 0, 1],
    [['And here?'], 6, 1, 2],
  ])
})

test('greeting, attribution, trailers, farewell and signature are no remarks', () => {
  expect(
    said([
      'Hi Ines,',
      '',
      'On Mon, 2 Mar 2026 at 09:00, Ines Oduya <ines@example.org>',
      'wrote:',
      '> +\tlock(w);',
      '',
      'Why here?',
      '',
      'Reviewed-by: Marek Tolvanen <marek@example.com>',
      '',
      'Kind regards,',
      'Marek',
      '-- ',
      'Marek Tolvanen, Tarn',
    ]),
  ).toEqual(['Why here?'])
})

test('a farewell above the rest of the quote, and a short form of the name, belong to no remark either', () => {
  expect(said(['> +a', 'Too long.', '', 'Cheers,', 'Mar', '> +b', '> +c'])).toEqual(['Too long.'])
  expect(said(['> +a', 'Too long.', '', 'Marek'])).toEqual(['Too long.'])
})

test('an attribution in another language, on one line, and one whose quote was lost', () => {
  expect(said(['Am 02.03.2026 schrieb Ines Oduya:', '> +a', 'Zu lang.'])).toEqual(['Zu lang.'])
  expect(said(['On Mon, 2 Mar 2026, Ines <ines@example.org> wrote:', '', 'No quote below.'])).toEqual([
    'No quote below.',
  ])
})

test('a sentence that ends in a colon is no attribution', () => {
  expect(said(['> +a', 'I would write it so:', '', '\tb();', '> +c'])).toEqual([
    'I would write it so:\n\n\tb();',
  ])
})

test('marks of a cut are silence: the quotes around them are one', () => {
  for (const mark of ['[...]', '...', '<snip>', '[snip]']) {
    const { remarks } = remarksOf(`> +a\n${mark}\n> +b\n\nWhy?\n`, { sender: '' })
    expect(remarks.map(({ quoteFrom, quoteEnd }) => [quoteFrom, quoteEnd])).toEqual([[0, 2]])
  }
})

test('an original below a top-posted answer says nothing for its sender', () => {
  expect(
    said([
      'Agreed on all.',
      '',
      'From: Ines Oduya <ines@example.org>',
      'Sent: Monday, 2 March 2026',
      'To: tarn@lists.example.org',
      'Subject: [PATCH] wal: lock less',
      '',
      'The lock was held too long.',
    ]),
  ).toEqual(['Agreed on all.'])
})

test('quote marks of any depth and dress are taken off', () => {
  const { quotes } = remarksOf('> > +a\n>> +b\n>+c\nMT> +d\n| +e\n', { sender: '' })
  expect(quotes).toEqual(['+a', '+b', '+c', '+d', '+e'])
})

test('a flood of quote marks and blanks costs no more than its length', () => {
  const started = process.cpuUsage().user
  remarksOf(`${'>'.repeat(200_000)}\n${' '.repeat(200_000)}:\n`.repeat(4), { sender: 'A'.repeat(10_000) })
  remarksOf('> a\nb:\n'.repeat(20_000), { sender: 'Marek' })
  expect(process.cpuUsage().user - started).toBeLessThan(3_000_000)
})

test('a tag is no remark, whatever its name', () => {
  for (const tag of [
    'CI: retest',
    'Title: lid: turn it',
    'Finding 2: dismissed -- a guard stands above',
    'Undo: <a@example.org>',
    '#syz fix: lid',
    'Answers: <a@example.org>',
  ])
    expect(said(['> +a', 'Too long.', '', tag])).toEqual(['Too long.'])
})
