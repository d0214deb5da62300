// The subject of a patch whose title a stranger wrote: whatever stands in it, the mail is the patch of the place that it has.
import { parseSubject } from '../../tracker/mail/subject.ts'
import { subjectText } from './mail.ts'

export interface Numbers {
  readonly version: number
  /** 0 is the cover letter. */
  readonly number: number
  readonly total: number
}

export function patchSubject(numbers: Numbers, title: string): string {
  const { version, number, total } = numbers
  const text = subjectText(title)
  const marked = version > 1 ? ` v${version}` : ''
  const place = `${String(number).padStart(String(total).length, '0')}/${total}`
  const plain = text.replace(/[[\]]/g, bracket => (bracket === '[' ? '(' : ')')).replace(/:/g, ' -')
  const tries = [
    `[PATCH${marked} ${place}] ${text}`,
    // A title that ends in "v2" says nothing where the bracket does.
    `[PATCH v${version} ${place}] ${text}`,
    `[PATCH v${version} ${place}] ${plain}`,
  ]
  return (
    tries.find(subject => isRead(subject, numbers)) ?? `[PATCH v${version} ${place}] (a title that is none)`
  )
}

function isRead(subject: string, { version, number, total }: Numbers): boolean {
  const read = parseSubject(subject, () => false, true)
  return (
    read.patch &&
    (read.version ?? 1) === version &&
    read.number === number &&
    read.total === total &&
    !(read.reply || read.pull || read.resend)
  )
}
