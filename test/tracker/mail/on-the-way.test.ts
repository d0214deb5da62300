// What lists and gateways do to a mail on its way: a rewritten From, a footer in any language, a banner of the company.
// The author stays the author, the copy stays the same mail, and nobody said the banner.
import { describe, expect, it } from 'vitest'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { messageIdOf } from '../../../tracker/decode/message-id.ts'
import { factsOf } from '../../../tracker/mail/facts-of.ts'
import { remarksOf } from '../../../tracker/mail/remarks.ts'
import { openRules } from '../../../tracker/topic/rules.ts'
import { unitsOf } from '../../../tracker/topic/unit.ts'
import { arrivalOf } from '../threads.ts'

const body = `It had no name.

Signed-off-by: Ines Orsted <ines@example.org>
---
diff --git a/src/tarn.c b/src/tarn.c
--- a/src/tarn.c
+++ b/src/tarn.c
@@ -7,3 +7,3 @@
 line 7
-line 8
+line eight
 line 9
-- 
2.39.5
`
const list = 'List-Id: <tarn.lists.example.org>\nList-Post: <mailto:tarn@lists.example.org>\n'

const mailOf = (from: string, more = '', text = body, subject = '[PATCH] tarn: name it') =>
  Buffer.from(
    `From: ${from}\nTo: tarn@lists.example.org\nSubject: ${subject}\nDate: Mon, 02 Mar 2026 09:00:00 +0100\nMessage-ID: <ba1@example.org>\n${more}Content-Type: text/plain; charset=utf-8\n\n${text}`,
  )
const factsIn = (raw: Buffer) => factsOf(decodeMail(raw), messageIdOf(raw), {})

describe('a From that the list rewrote is still of its author', () => {
  const reply = 'Reply-To: Ines Orsted <ines@example.org>\n'
  it.each([
    ['Mailman 2', 'Ines Orsted via Tarn <tarn@lists.example.org>', reply],
    ['Mailman 3', '"Ines Orsted via Tarn" <tarn@lists.example.org>', 'Cc: Ines Orsted <ines@example.org>\n'],
    [
      'Google Groups',
      "'Ines Orsted' via tarn <tarn@lists.example.org>",
      'X-Original-Sender: ines@example.org\n',
    ],
    [
      'Google Groups, older',
      "'Ines Orsted' via tarn <tarn@lists.example.org>",
      'X-Original-From: Ines Orsted <ines@example.org>\n',
    ],
    ['Sympa', '"Ines Orsted (via tarn Mailing List)" <tarn@lists.example.org>', reply],
    [
      'Sympa with the address',
      '"Ines Orsted (ines@example.org via tarn Mailing List)" <tarn@lists.example.org>',
      '',
    ],
    ['Sympa on behalf', '"tarn Mailing List on behalf of Ines Orsted" <tarn@lists.example.org>', reply],
    [
      'Sympa on behalf of an address',
      '"tarn Mailing List on behalf of ines@example.org" <tarn@lists.example.org>',
      '',
    ],
    ['Sympa, the name alone', 'Ines Orsted <tarn@lists.example.org>', reply],
    ['an address for a name', '"ines@example.org via Tarn" <tarn@lists.example.org>', ''],
    ['groups.io', 'Ines Orsted via groups.example <ines=example.org@groups.example.net>', ''],
    ['the IETF', 'Ines Orsted <ines=40example.org@dmarc.example.net>', ''],
  ])('%s', (_, from, more) => {
    const direct = mailOf('Ines Orsted <ines@example.org>')
    const dressed = mailOf(from, list + more)
    expect(factsIn(dressed).sender.address).toBe('ines@example.org')
    for (const copies of [
      [direct, dressed],
      [dressed, direct],
    ]) {
      const units = unitsOf(copies.map(arrivalOf), openRules)
      expect(units).toMatchObject([
        { imposters: 0, facts: { author: { name: 'Ines Orsted', address: 'ines@example.org' } } },
      ])
    }
  })

  it('but an assistant who writes on behalf of somebody is herself', () => {
    const { sender } = factsIn(mailOf('Ada on behalf of Ines Orsted <ada@example.org>'))
    expect(sender.address).toBe('ada@example.org')
  })
})

describe('a footer of the list makes no other mail', () => {
  it.each([
    [
      'Sympa in French',
      '-- \nPour se désinscrire: mailto:sympa@lists.example.org?subject=unsubscribe%20tarn\n',
    ],
    ['in German', '-- \nZum Abmelden: https://lists.example.org/tarn\n'],
    [
      'in German, with a name',
      '____________________\nMailingliste Tarn\nAbmelden unter https://lists.example.org/tarn\n',
    ],
    ['in Spanish', '---\nPara darse de baja escriba a tarn-leave@lists.example.org\n'],
    ['in Portuguese', '-- \nPara cancelar a inscrição: tarn-leave@lists.example.org\n'],
    ['in Italian', '-- \nPer cancellarsi dalla lista: https://lists.example.org/tarn\n'],
    ['in Dutch', '-- \nAfmelden: https://lists.example.org/tarn\n'],
    ['in Polish', '-- \nAby się wypisać: https://lists.example.org/tarn\n'],
    ['in Russian', '-- \nЧтобы отписаться: https://lists.example.org/tarn\n'],
    ['in Japanese', '-- \n退会: https://lists.example.org/tarn\n'],
    [
      'Google Groups',
      '-- \nYou received this message because you are subscribed to the group "tarn".\nTo view this, visit https://groups.example.net/d/msgid/tarn/1.\n',
    ],
  ])('%s', (_, footer) => {
    const copies = [
      mailOf('Ines Orsted <ines@example.org>'),
      mailOf('Ines Orsted <ines@example.org>', list, `${body}\n${footer}`),
    ]
    expect(unitsOf(copies.map(arrivalOf), openRules)).toMatchObject([{ imposters: 0 }])
  })

  it("but a signature is the sender's", () => {
    const signed = mailOf(
      'Ines Orsted <ines@example.org>',
      '',
      'Fine.\n\n-- \nInes Orsted\nhttps://example.org\n',
    )
    expect(
      unitsOf([mailOf('Ines Orsted <ines@example.org>', '', 'Fine.\n'), signed].map(arrivalOf), openRules),
    ).toMatchObject([{ imposters: 1 }])
  })
})

describe("the banner of a mail gateway is nobody's word", () => {
  const banners: [string, string][] = [
    [
      'Outlook',
      'CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you recognize the sender and know the content is safe.\n',
    ],
    [
      'wrapped',
      'CAUTION: This email originated from outside of the organization. Do not\nclick links or open attachments unless you recognize the sender and know\nthe content is safe.\n',
    ],
    ['in stars', '*CAUTION: External Email*\n'],
    ['in brackets', '[EXTERNAL EMAIL] DO NOT CLICK links or attachments unless you recognize the sender.\n'],
    [
      'between rules',
      '------------------------------\nWARNING: This message came from outside our company.\nPlease verify the sender.\n------------------------------\n',
    ],
    [
      'without a word before it',
      'This email originated from outside of Example Inc. Be careful with links.\n',
    ],
    [
      'of a network',
      'Attention: This message was sent from outside the company network. Please do not click links unless you trust the sender.\n',
    ],
    [
      'in German',
      'VORSICHT: Diese E-Mail stammt von außerhalb der Organisation. Klicken Sie auf keine Links und öffnen Sie keine Anhänge.\n',
    ],
    ['in German, short', 'Externe E-Mail: Bitte Vorsicht bei Links und Anhängen.\n'],
    [
      'in French',
      "ATTENTION : Cet e-mail provient de l'extérieur de l'entreprise. Ne cliquez pas sur les liens.\n",
    ],
    [
      'in Spanish',
      'ATENCIÓN: Este correo es externo. No abra enlaces ni adjuntos de un remitente desconocido.\n',
    ],
    ['in Chinese', '注意：此邮件来自组织外部，请勿点击链接或打开附件。\n'],
  ]

  it.each(banners)('%s', (_, banner) => {
    const bare = factsIn(
      mailOf('Ruth Alder <ruth@example.net>', '', 'Why eight?\n', 'Re: [PATCH] tarn: name it'),
    )
    for (const text of [
      `${banner}\nWhy eight?\n`,
      `\n${banner}\n\nWhy eight?\n`,
      `Why eight?\n\n${banner}`,
    ]) {
      const facts = factsIn(mailOf('Ruth Alder <ruth@example.net>', '', text, 'Re: [PATCH] tarn: name it'))
      expect(facts.gist).toBe('Why eight?')
      expect(facts.textHash).toBe(bare.textHash)
      expect(remarksOf(text, { sender: 'Ruth Alder' }).remarks.map(({ lines }) => lines)).toEqual([
        ['Why eight?'],
      ])
    }
  })

  it('leaves the commit message of a patch alone', () => {
    const facts = factsIn(mailOf('Ines Orsted <ines@example.org>', '', `${banners[0]?.[1]}\n${body}`))
    expect(facts.posting).toBe('patch')
    expect(facts.gist).toMatch(/^It had no name\./)
    expect(facts.textHash).toBe(factsIn(mailOf('Ines Orsted <ines@example.org>')).textHash)
  })

  it.each([
    'Warning: the parser reads outside of the buffer.\n',
    'External modules break with this.\n',
    'Attention, this changes the format for external readers of the log.\n',
    'Note that the attachment is outside of this series.\n',
  ])('%j is said', text => {
    expect(remarksOf(text, { sender: 'Ruth Alder' }).remarks).toHaveLength(1)
  })
})
