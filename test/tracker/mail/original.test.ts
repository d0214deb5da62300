// Where an unquoted original begins, in the dress of many clients: nothing below it is the sender's word.
import { describe, expect, it, test } from 'vitest'
import { readText } from '../../../tracker/mail/text.ts'

const original = ['It had no name.', '', 'Patch-Status: rejected', 'Reviewed-by: Lea Quist <lea@example.org>']
const title = 'tarn name the tenth line'
const said = (head: readonly string[], answering: string | null = title) =>
  readText(['Fine by me.', '', ...head, '', ...original].join('\n'), undefined, answering)
    .own.map(({ line }) => line)
    .filter(line => line.trim() !== '')

const blocks: Record<string, readonly string[]> = {
  'Outlook, English': [
    'From: Ines Orsted <ines@example.org>',
    'Sent: Monday, March 2, 2026 9:00 AM',
    'To: tarn@lists.example.org',
    'Subject: [PATCH] tarn: name the tenth line',
  ],
  'Outlook, no address, a rule': [
    '________________________________',
    'From: Ines Orsted',
    'Sent: Monday, March 2, 2026 9:00 AM',
    'To: Tarn developers',
    'Cc: Ruth Alder',
    'Subject: Re: [PATCH] tarn: name the tenth line',
  ],
  'Outlook, bold, German': [
    '*Von:* Ines Orsted <ines@example.org>',
    '*Gesendet:* Montag, 2. März 2026 09:00',
    '*An:* tarn@lists.example.org',
    '*Betreff:* [PATCH] tarn: name the tenth line',
  ],
  'GMX, German, the date first': [
    'Gesendet: Montag, 2. März 2026 um 09:00',
    'Von: "Ines Orsted" <ines@example.org>',
    'An: tarn@lists.example.org',
    'Betreff: [PATCH] tarn: name the tenth line',
  ],
  'Outlook, French': [
    'De : Ines Orsted <ines@example.org>',
    'Envoyé : lundi 2 mars 2026 09:00',
    'À : tarn@lists.example.org',
    'Objet : [PATCH] tarn: name the tenth line',
  ],
  Spanish: ['De: Ines Orsted', 'Enviado: lunes, 2 de marzo de 2026 9:00', 'Para: tarn', 'Asunto: x'],
  Italian: ['Da: Ines Orsted', 'Inviato: lunedì 2 marzo 2026 09:00', 'A: tarn', 'Oggetto: x'],
  Portuguese: ['De: Ines', 'Enviado: segunda-feira, 2 de março de 2026', 'Para: tarn', 'Assunto: x'],
  Dutch: ['Van: Ines Orsted', 'Verzonden: maandag 2 maart 2026 09:00', 'Aan: tarn', 'Onderwerp: x'],
  Swedish: ['Från: Ines Orsted', 'Skickat: den 2 mars 2026 09:00', 'Till: tarn', 'Ämne: x'],
  Danish: ['Fra: Ines Orsted', 'Sendt: 2. marts 2026 09:00', 'Til: tarn', 'Emne: x'],
  Finnish: ['Lähettäjä: Ines', 'Lähetetty: maanantai 2. maaliskuuta 2026', 'Vastaanottaja: tarn', 'Aihe: x'],
  Polish: ['Od: Ines Orsted', 'Wysłano: poniedziałek, 2 marca 2026 09:00', 'Do: tarn', 'Temat: x'],
  Czech: ['Od: Ines Orsted', 'Odesláno: pondělí 2. března 2026 9:00', 'Komu: tarn', 'Předmět: x'],
  Hungarian: ['Feladó: Ines', 'Elküldve: 2026. március 2., hétfő 9:00', 'Címzett: tarn', 'Tárgy: x'],
  Turkish: ['Kimden: Ines', 'Gönderildi: 2 Mart 2026 Pazartesi 09:00', 'Kime: tarn', 'Konu: x'],
  Russian: ['От: Инес <ines@example.org>', 'Отправлено: 2 марта 2026 г. 9:00', 'Кому: tarn', 'Тема: x'],
  Japanese: ['差出人: Ines', '送信日時: 2026年3月2日 9:00', '宛先: tarn', '件名: x'],
  'Chinese, full width': ['发件人：Ines', '发送时间：2026年3月2日 9:00', '收件人：tarn', '主题：x'],
  Korean: ['보낸 사람: Ines', '보낸 날짜: 2026년 3월 2일 월요일 9:00', '받는 사람: tarn', '제목: x'],
  'an attribution, Turkish, the name first': [
    'Ines Orsted <ines.orsted@lists.example.org>, 2 Mar 2026 Pzt, 09:00 tarihinde şunu yazdı:',
  ],
  'an attribution, Hungarian, the name first': [
    'Ines Orsted <ines.orsted@example.org> ezt írta (időpont: 2026. márc. 2., H, 9:00):',
  ],
  'an attribution, Chinese, the name first': [
    'Ines Orsted <ines.orsted@example.org> 于2026年3月2日周一 09:00写道：',
  ],
  'a language that no table knows': [
    'Nuo: Ines Orsted <ines@example.org>',
    'Išsiųsta: 2026 m. kovo 2 d. 09:00',
    'Kam: tarn@lists.example.org',
    'Tema: Re: [PATCH] tarn: name the tenth line',
  ],
  Notes: [
    'From:\tInes Orsted <ines@example.org>',
    'To:\ttarn@lists.example.org,',
    '\truth@example.net',
    'Date:\t02/03/2026 09:00',
    'Subject:\t[PATCH] tarn: name the tenth line',
  ],
  'Notes, labels alone': [
    'Ines Orsted <ines@example.org>',
    '02/03/2026 09:00',
    '',
    'To',
    'tarn@lists.example.org',
    'cc',
    '',
    'Subject',
    '[PATCH] tarn: name the tenth line',
  ],
  'a rule': ['-----Original Message-----'],
  'a rule, German': ['-------- Ursprüngliche Nachricht --------'],
  'a rule, Russian': ['-------- Исходное сообщение --------'],
  'a rule, Chinese': ['------------------ 原始邮件 ------------------'],
  'a rule with a name': ['----- Forwarded by Ines Orsted/Tarn on 02/03/2026 09:00 -----'],
  'Apple, forwarded': ['Anfang der weitergeleiteten Nachricht:'],
  'an attribution whose quote lost its marks': [
    'On Mon, Mar 2, 2026 at 9:00 AM Ines Orsted <ines@example.org> wrote:',
  ],
}

describe('below', () => {
  it.each(Object.entries(blocks))('%s nothing is said by the sender', (name, head) => {
    expect(said(head)).toEqual(
      name === 'Notes, labels alone'
        ? ['Fine by me.', 'Ines Orsted <ines@example.org>', '02/03/2026 09:00']
        : ['Fine by me.'],
    )
  })
})

test('a patch in the form of git below an answer is what its sender gives', () => {
  const head = [
    'From: Ines Orsted <ines@example.org>',
    'Date: Mon, 2 Mar 2026 09:00:00 +0100',
    'Subject: [PATCH] x',
  ]
  expect(said(head)).toContain('Patch-Status: rejected')
})

test('lines that only look like fields are the sender’s', () => {
  expect(said(['Package: tarn', 'Version: 1.2', 'Severity: high'])).toContain('Patch-Status: rejected')
  expect(said(['To: be honest', 'From: my side it is fine'])).toContain('Patch-Status: rejected')
})

test('what a mail that answers nothing cites stays a part of it', () => {
  const head = ['On Mon, Mar 2, 2026 at 9:00 AM Ines Orsted <ines@example.org> wrote:']
  expect(said(head, null)).toContain('Patch-Status: rejected')
})

test('a diff below the original is no fix that the answer offers', () => {
  const diff = 'diff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b\n'
  expect(readText(`Fine.\n\n-----Original Message-----\n${diff}`, undefined, title).diff).toBe('')
  expect(readText(`Try this.\n\n${diff}`, undefined, title).diff).not.toBe('')
})

test('hostile text stays quick', () => {
  const began = performance.now()
  for (const line of [
    'From: ',
    'a:',
    '10:00 2026 x@y.z wrote:',
    '-'.repeat(300),
    `${' '.repeat(300)}:`,
    '*'.repeat(900),
  ])
    readText(`${line}\n`.repeat(20_000), undefined, title)
  expect(performance.now() - began).toBeLessThan(3_000)
})
