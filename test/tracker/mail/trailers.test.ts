// Reviews and sign-offs as clients, phones and web pages write them: each of these is one, of one clean address.
import { describe, expect, it } from 'vitest'
import { remarksOf } from '../../../tracker/mail/remarks.ts'
import { trailersOf } from '../../../tracker/mail/trailers.ts'

describe('a review by ruth@example.net in any dress', () => {
  it.each([
    ['plain', 'Reviewed-by: Ruth Alder <ruth@example.net>'],
    ['Outlook', 'Reviewed-by: Ruth Alder <ruth@example.net<mailto:ruth@example.net>>'],
    ['Outlook, once more', 'Reviewed-by: Ruth Alder <ruth@example.net><mailto:ruth@example.net>'],
    ['Outlook, old', 'Reviewed-by: Ruth Alder [mailto:ruth@example.net]'],
    ['Thunderbird', 'Reviewed-by: Ruth Alder <ruth@example.net <mailto:ruth@example.net>>'],
    ['a link', 'Reviewed-by: Ruth Alder <mailto:ruth@example.net>'],
    ['a link of Markdown', 'Reviewed-by: [Ruth Alder](mailto:ruth@example.net)'],
    [
      'an address that Markdown made a link',
      'Reviewed-by: Ruth Alder <[ruth@example.net](mailto:ruth@example.net)>',
    ],
    ['escaped for Markdown', 'Reviewed-by: Ruth Alder \\<ruth@example.net\\>'],
    ['no brackets', 'Reviewed-by: Ruth Alder ruth@example.net'],
    ['no opening bracket', 'Reviewed-by: Ruth Alder ruth@example.net>'],
    ['no closing bracket', 'Reviewed-by: Ruth Alder <ruth@example.net'],
    ['round brackets', 'Reviewed-by: Ruth Alder (ruth@example.net)'],
    ['doubled brackets', 'Reviewed-by: Ruth Alder <<ruth@example.net>>'],
    ['brackets of HTML', 'Reviewed-by: Ruth Alder &lt;ruth@example.net&gt;'],
    ['full-width brackets', 'Reviewed-by: Ruth Alder ＜ruth@example.net＞'],
    ['full-width colon', 'Reviewed-by：Ruth Alder <ruth@example.net>'],
    ['no spaces', 'Reviewed-by:Ruth Alder<ruth@example.net>'],
    ['spaces that do not break', 'Reviewed-by:\u00a0Ruth\u00a0Alder <ruth@example.net>'],
    ['an invisible mark', '\ufeffReviewed-by: Ruth Alder <ruth@example.net>'],
    ['hyphens that do not break', 'Reviewed\u2011by: Ruth Alder <ruth@example.net>'],
    ['no hyphen', 'Reviewed by: Ruth Alder <ruth@example.net>'],
    ['lower case', 'reviewed-by: ruth alder <ruth@example.net>'],
    ['upper case', 'REVIEWED-BY: Ruth Alder <RUTH@EXAMPLE.NET>'],
    ['a bullet', '- Reviewed-by: Ruth Alder <ruth@example.net>'],
    ['a round bullet', '• Reviewed-by: Ruth Alder <ruth@example.net>'],
    ['a star', '* Reviewed-by: Ruth Alder <ruth@example.net>'],
    ['stars around the key', '*Reviewed-by:* Ruth Alder <ruth@example.net>'],
    ['bold', '**Reviewed-by**: Ruth Alder <ruth@example.net>'],
    ['all of it bold', '**Reviewed-by: Ruth Alder <ruth@example.net>**'],
    ['the name in stars', 'Reviewed-by: *Ruth Alder* <ruth@example.net>'],
    ['ticks', '`Reviewed-by: Ruth Alder <ruth@example.net>`'],
    ['ticks and a full stop', '`Reviewed-by: Ruth Alder <ruth@example.net>`.'],
    ['quotes', '"Reviewed-by: Ruth Alder <ruth@example.net>"'],
    ['a thumb', '👍 Reviewed-by: Ruth Alder <ruth@example.net>'],
    ['a full stop', 'Reviewed-by: Ruth Alder <ruth@example.net>.'],
    ['a comma', 'Reviewed-by: Ruth Alder <ruth@example.net>,'],
    ['an archive', 'Reviewed-by: Ruth Alder <ruth at example.net>'],
    ['against harvesters', 'Reviewed-by: Ruth Alder <ruth (at) example [dot] net>'],
    ['the address below', 'Reviewed-by: Ruth Alder of a Company with a Very Long Name\n<ruth@example.net>'],
    ['the address below, indented', 'Reviewed-by: Ruth Alder of a Company\n  <ruth@example.net>'],
    ['the bare address below', 'Reviewed-by: Ruth Alder of a Company\nruth@example.net'],
    [
      'the name goes on below',
      'Reviewed-by: Ruth Alder of a Company with a\nVery Long Name <ruth@example.net>',
    ],
    ['all of it below', 'Reviewed-by:\nRuth Alder <ruth@example.net>'],
    ['cut behind the bracket', 'Reviewed-by: Ruth Alder <\nruth@example.net>'],
    ['cut in the address', 'Reviewed-by: Ruth Alder <ruth@\nexample.net>'],
    ['an encoded word', 'Reviewed-by: =?UTF-8?q?R=C3=BCth?= Alder <ruth@example.net>'],
  ])('%s', (_, text) => {
    const trailers = trailersOf(text.split('\n'))
    expect(trailers).toMatchObject([{ key: 'Reviewed-by', person: { address: 'ruth@example.net' } }])
    expect(trailers[0]?.person?.name).toMatch(/^(?:Ruth|ruth|Rüth) [Aa]lder(?: of .{1,50})?$/)
    expect(trailers[0]?.note).toBeUndefined()
    expect(remarksOf(text, { sender: 'Ruth Alder' }).remarks).toEqual([])
  })
})

it.each([
  '- Acked-by: see above, from the last round',
  'Reviewed by: the three of us in the room',
  'I was reviewed by: Ruth Alder <ruth@example.net>',
  '- --- a/src/tarn.c',
  '* added Reviewed-by: Ruth Alder <ruth@example.net>',
  'Please add: Ruth Alder <ruth@example.net>',
])('%s gives nothing', line => {
  expect(trailersOf([line])).toEqual([])
})

it('keeps a note behind the address', () => {
  expect(trailersOf(['Tested-by: Ruth Alder <ruth@example.net> # on arm64'])).toMatchObject([
    { person: { address: 'ruth@example.net' }, note: 'on arm64' },
  ])
})

it('takes no line below that says something else', () => {
  expect(trailersOf(['Reviewed-by: Ruth Alder', 'Acked-by: Tom Berg <tom@example.org>'])).toMatchObject([
    { key: 'Reviewed-by', person: { name: 'Ruth Alder', address: '' } },
    { key: 'Acked-by', person: { address: 'tom@example.org' } },
  ])
})

describe('a trailer of the sender behind a word of praise', () => {
  const ruth = { name: 'Ruth Alder', address: 'ruth@example.net' }
  const given = (line: string) =>
    trailersOf([line], ruth).map(({ key, person }) => `${key} ${person?.address}`)

  it.each([
    'Looks good, ',
    'LGTM. ',
    'Looks good to me! ',
    'Nice cleanup, thanks! ',
    'Thanks for the fix, ',
    'This looks fine to me now - ',
    'Makes sense. Here is my ',
    'For the series: ',
    'LGTM (',
    'FWIW, feel free to add my ',
    'Sieht gut aus, danke. ',
    'Ça me va, merci. ',
    'Parece bien: ',
    '看起来不错，',
    'Выглядит хорошо, ',
  ])('%s', lead => {
    const end = lead.endsWith('(') ? ')' : ''
    expect(given(`${lead}Reviewed-by: Ruth Alder <ruth@example.net>${end}`)).toEqual([
      'Reviewed-by ruth@example.net',
    ])
  })

  it('speaks of all where the lead-in does', () => {
    const line = 'For the whole series: Acked-by: Ruth Alder <ruth@example.net>'
    expect(trailersOf([line], ruth)).toMatchObject([{ key: 'Acked-by', whole: true }])
  })

  it.each([
    ['of somebody else', 'Looks good, Reviewed-by: Tom Berg <tom@example.org>'],
    ['without an address', 'Looks good, Reviewed-by: Ruth Alder'],
    ['behind a condition', 'With the typo fixed, Reviewed-by: Ruth Alder <ruth@example.net>'],
    ['in a question', 'Did you drop my Reviewed-by: Ruth Alder <ruth@example.net>?'],
    ['not given', 'I cannot give a Reviewed-by: Ruth Alder <ruth@example.net> yet'],
    ['in a sentence', 'Please drop the line Reviewed-by: Ruth Alder <ruth@example.net>'],
  ])('is none %s', (_, line) => {
    expect(given(line)).toEqual([])
  })

  it('is no remark that waits for an answer', () => {
    const line = 'Looks good, Reviewed-by: Ruth Alder <ruth@example.net>'
    expect(remarksOf(`> one\n\n${line}\n`, { sender: 'Ruth Alder' }).remarks).toEqual([])
  })
})
