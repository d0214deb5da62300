// The text of an answer: what is said, and beside it what is answered, as the client of the sender puts it there.
import { type Language, languages } from './languages.ts'
import type { Letter } from './letter.ts'
import { firstNameOf, type Person } from './person.ts'
import type { Speech } from './speech.ts'

export function answerText(
  speech: Speech,
  by: Person,
  to: Letter,
  said: readonly string[],
  list: string,
): { readonly text: string; readonly own: string | null } {
  const language: Language = languages[by.language]
  const words = { first: firstNameOf(to.from) }
  if (!by.top) return { text: inlineText(speech, by, to, said, language), own: null }
  const hello = speech.odds(60) ? `${speech.say(speech.any(language.hello), words)}\n\n` : ''
  const bye = speech.odds(70) ? `\n\n${speech.any(language.bye)}\n${firstNameOf(by)}` : ''
  const own = `${hello}${said.join('\n\n')}${bye}`
  return { text: `${own}\n\n${originalBelow(speech, by, to, language, list)}\n`, own }
}

/** Remarks below quoted lines. Nobody breaks off inside the original below an answer, or behind "... wrote:". */
function inlineText(
  speech: Speech,
  by: Person,
  to: Letter,
  said: readonly string[],
  language: Language,
): string {
  const lines = (to.own ?? to.text).trimEnd().split('\n').slice(0, 120)
  const attribution = quoteLine(speech, by, to, language)
  const whole = speech.odds(40)
  let from = 0
  const blocks = said.map((remark, index) => {
    let until = Math.min(lines.length, from + speech.between(3, 14))
    while (until < lines.length && /[:：]$/.test(lines[until - 1] ?? '')) until++
    const last = whole && index === said.length - 1
    const quote = last ? to.text.trimEnd().split('\n').slice(from) : lines.slice(from, until)
    from = until
    return `${quote.map(quoted).join('\n')}\n\n${remark}`
  })
  const signature = speech.odds(25)
    ? `\n\n-- \n${firstNameOf(by)}`
    : speech.odds(30)
      ? `\n\n${speech.any(language.bye)}\n${firstNameOf(by)}`
      : ''
  return `${attribution}\n${blocks.join('\n\n')}${signature}\n`
}

const quoted = (line: string) => (line === '' ? '>' : line.startsWith('>') ? `>${line}` : `> ${line}`)

function quoteLine(speech: Speech, by: Person, to: Letter, { quotes }: Language): string {
  const form = { gmail: 0, webmail: 0, k9: 2, apple: 2 }[by.client as string] ?? 1
  return speech.say(quotes[form] ?? quotes[0], valuesOf(by, to))
}

function valuesOf(by: Person, to: Letter) {
  const { locale } = languages[by.language]
  const date = new Date(to.at)
  const form =
    by.client === 'thunderbird' || by.client === 'mutt'
      ? 'short'
      : by.client === 'outlook'
        ? 'full'
        : 'medium'
  return {
    name: to.from.name,
    address: to.from.address,
    date: new Intl.DateTimeFormat(locale, { dateStyle: form, timeZone: 'UTC' }).format(date),
    time: new Intl.DateTimeFormat(locale, { timeStyle: 'short', timeZone: 'UTC' }).format(date),
  }
}

function originalBelow(speech: Speech, by: Person, to: Letter, language: Language, list: string): string {
  const quote = to.text.trimEnd().split('\n').map(quoted).join('\n')
  switch (by.client) {
    case 'outlook':
      return `${headerBlock(speech, by, to, language, list)}\n\n${to.text.trimEnd()}`
    case 'lotus':
      return `${lotusBlock(speech, by, to, language, list)}\n\n${to.text.trimEnd()}`
    case 'k9':
      return speech.odds(40)
        ? `-------- ${speech.pick(['Original Message', language.rule.replace(/^-+|-+$/g, '')])} --------\n${fieldsOf(by, to, language, list).join('\n')}\n\n${quote}`
        : `${quoteLine(speech, by, to, language)}\n${quote}`
    default:
      return `${quoteLine(speech, by, to, language)}\n${speech.odds(50) ? '\n' : ''}${quote}`
  }
}

function headerBlock(speech: Speech, by: Person, to: Letter, language: Language, list: string): string {
  const rule = by.pid % 4 === 0 ? `${language.rule}\n` : by.pid % 4 === 1 ? `${'_'.repeat(32)}\n` : ''
  const lines = fieldsOf(by, to, language, list)
  const dressed = by.pid % 7 === 0 ? lines.map(line => line.replace(/^([^:]+?)( ?): /, '*$1*$2: ')) : lines
  return `${speech.odds(20) ? '\n' : ''}${rule}${dressed.map(line => line + (by.pid % 3 === 0 ? ' ' : '')).join('\n')}`
}

/** The address is there, in brackets of one kind or another, or not. */
function fieldsOf(by: Person, to: Letter, { labels, colon }: Language, list: string): string[] {
  const { date, time } = valuesOf(by, to)
  const shown = [` <${to.from.address}>`, ` [mailto:${to.from.address}]`, '', ` <${to.from.address}>`, ''][
    by.pid % 5
  ]
  const [from, sent, receiver, copy, subject] = labels
  const fields: [string, string][] = [
    [from, `${to.from.name}${shown}`],
    [sent, `${date} ${time}`],
    [receiver, list],
    ...(by.pid % 2 === 0 ? [[copy, by.name] as [string, string]] : []),
    [subject, to.subject],
  ]
  return fields.map(([label, value]) => `${label}${colon}${value}`)
}

function lotusBlock(speech: Speech, by: Person, to: Letter, language: Language, list: string): string {
  const { date, time } = valuesOf(by, to)
  const [from, , receiver, copy, subject] = language.labels
  const dated = speech.pick(['Date', language.labels[1]])
  return [
    `${from}:\t${to.from.name}${by.pid % 2 === 0 ? ` <${to.from.address}>` : ''}`,
    `${receiver}:\t${list}`,
    `${copy}:\t`,
    `${dated}:\t${date} ${time}`,
    `${subject}:\t${to.subject}`,
  ].join('\n')
}

/** The subject of an answer by this person. */
export function answerSubject(speech: Speech, by: Person, subject: string): string {
  const bare = subject.replace(
    /^(?:re|aw|sv|vs|odp|antw|res|ynt|回复|答复|返信|회신|r|rif|réf|betr|vá|ha)(?:\s?[:：]\s?)/iu,
    '',
  )
  if (by.client !== 'outlook' && by.client !== 'lotus' && by.client !== 'webmail') return `Re: ${bare}`
  const word = speech.pick<string>(languages[by.language].reply)
  const colon =
    by.language === 'zh' && speech.odds(50) ? '：' : by.language === 'fr' && speech.odds(30) ? ' : ' : ': '
  return `${word}${colon}${bare}`
}
