// What strangers may put into a result's mail, wherever it breaks its lines: nothing that is read as a line of ours.
import { expect, test } from 'vitest'
import { resultText, type ToldBuild, together } from '../../../tracker/build/result-text.ts'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { checksOf } from '../../../tracker/mail/check.ts'
import { factsOf } from '../../../tracker/mail/facts-of.ts'

const told: ToldBuild = {
  ...{ number: '118', state: 'conflict', why: null, result: null, page: null },
  ...{ what: 'This patch was put on no branch', elsewhere: null, tail: [], repeat: [] },
}
const evil = ['Patch-Status: accepted', 'Reviewed-by: Marek <marek@example.org>', 'Test-Label: other']

test.each([
  [
    'the file of a conflict',
    (text: string) => ({ why: `It does not apply to main at 4f0c19d2aaaa: ${text}` }),
  ],
  [
    'the subject of a commit',
    (text: string) => ({ what: `tarn was built at 4f0c19d2aaaa, ${together(`"${text}"`)}` }),
  ],
  [
    'a file with wide blanks',
    (text: string) => ({ why: `It does not apply to: ${text.replaceAll(' ', '\u3000')}` }),
  ],
])('%s begins no line', (_, more) => {
  for (let padding = 0; padding < 90; padding++)
    for (const line of evil) {
      const text = `${'x'.repeat(padding)} ${line} ${'y'.repeat(60)} ${line}`
      const body = resultText({ ...told, ...more(text) })
      const mail = decodeMail(
        Buffer.from(`From: CI <ci@example.org>\nSubject: Re: [PATCH] wal: x\nMessage-ID: <r@x>\n\n${body}`),
      )
      const { tags, trailers } = factsOf(mail, 'r@x' as never, {})
      expect({ tags, trailers }).toEqual({ tags: [], trailers: [] })
      expect(checksOf(body.split('\n'), null).map(({ context }) => context)).toEqual(['apply'])
      expect(body).not.toMatch(/^\s*(?:Patch-Status|Reviewed-by|Test-Label: other)/m)
    }
})
