import { expect, test } from 'vitest'
import { footerStart } from '../../../tracker/mail/footer.ts'

const text = ['It works here.', '', '-- ', 'Ada Example', 'https://example.org/~ada']
const kept = (footer: string) => {
  const lines = [...text, ...footer.split('\n')]
  return lines.slice(0, footerStart(lines)).join('\n').trimEnd()
}

test.each([
  [
    'Mailman 2',
    '\n_______________________________________________\ntarn mailing list\ntarn@lists.example.net\nhttps://lists.example.net/mailman/listinfo/tarn\n',
  ],
  [
    'Mailman 3',
    '\n_______________________________________________\ntarn mailing list -- tarn@lists.example.net\nTo unsubscribe send an email to tarn-leave@lists.example.net\n',
  ],
  [
    'Mailman with a page alone',
    '_______________________________________________\nTarn developers\nhttps://lists.example.net/mailman/listinfo/tarn\n',
  ],
  ['mlmmj', '\n-- \nMailing list info: https://lists.example.net/listinfo/tarn\n'],
  [
    'Google Groups',
    '\n-- \nYou received this message because you are subscribed to the Google Groups "tarn" group.\nTo unsubscribe from this group and stop receiving emails from it, send an email to tarn+unsubscribe@googlegroups.com.\nTo view this discussion visit https://groups.google.com/d/msgid/tarn/1.\n',
  ],
  [
    'majordomo',
    '--\nTo unsubscribe from this list: send the line "unsubscribe tarn" in\nthe body of a message to majordomo@lists.example.net\n',
  ],
  [
    'Groups.io',
    '\n\n-=-=-=-=-=-=-=-=-=-=-=-\nGroups.io Links: You receive all messages sent to this group.\nView/Reply Online (#412): https://lists.example.net/g/tarn/message/412\n-=-=-=-=-=-=-=-=-=-=-=-\n\n\n',
  ],
  ['Sympa', '\n---\nTo unsubscribe: https://lists.example.net/sympa/auto_signoff/tarn\n'],
  [
    'two lists, one behind the other',
    '\n-- \nMailing list info: https://lists.example.net/listinfo/tarn\n\n_______________________________________________\nmere mailing list\nmere@lists.example.net\n',
  ],
  [
    'a footer above twenty blank lines',
    `\n-- \nMailing list info: https://lists.example.net/listinfo/tarn${'\n'.repeat(20)}`,
  ],
])('%s: the footer is cut and the signature stays', (_, footer) => {
  expect(kept(footer)).toBe(text.join('\n'))
})

test.each([
  ['a second signature', '\n-- \nAda Example\nada@example.org\n'],
  ['a rule and a name', '________________________________\nAda Example\nada@example.org\n'],
  [
    'a footer with other text below it',
    '\n-- \nMailing list info: https://lists.example.net/listinfo/tarn\n\nThis mail is confidential.\n',
  ],
  [
    'the end of a patch',
    '@@ -1,2 +1,2 @@\n-To unsubscribe, ask\n--- \n+To unsubscribe, write\n-- \n2.47.1\n',
  ],
  ['a quoted footer', '> -- \n> Mailing list info: https://lists.example.net/listinfo/tarn\n'],
  ['a rule of dashes', '---\nhttps://example.org\n'],
])('%s: nothing is cut', (_, end) => {
  expect(kept(end)).toBe([...text, ...end.split('\n')].join('\n').trimEnd())
})
