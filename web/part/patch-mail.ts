// A patch mail in its parts: commit message, the notes below `---` that git drops, and the diff, each with the comments
// on it.
import { html } from 'hono/html'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import { type PatchText, patchTextOf, readPatch } from '../../tracker/mail/patch-text.ts'
import { isCounted, type Review } from '../../tracker/topic/reviews.ts'
import type { Revision, Topic, TopicPatch } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { PatchComments } from '../read/reviews.ts'
import { commentCount, diffNotes, goneSection, wholeNotes } from './comments.ts'
import { diffOf } from './diff.ts'
import { mailProblems } from './mail-problems.ts'
import { type MailTextOptions, plainText } from './mail-text.ts'
import { dayOf, type Html, nameOf, visible } from './text.ts'
import { textOptions } from './text-options.ts'

export interface PatchMail {
  readonly list: ListRow
  readonly topic: Topic
  readonly revision: Revision
  readonly patch: TopicPatch
  readonly mail: DecodedMail
  readonly reviews: readonly Review[]
  readonly comments: PatchComments
}

/** The commit message with what others said about it below, then the diff. */
export function patchMailSections(shown: PatchMail): Html {
  const { list, topic, patch, mail, revision } = shown
  const text: PatchText = shown.comments.review?.text ?? readPatch(patchTextOf(mail))
  const threads = [...(shown.comments.review?.threads ?? []), ...shown.comments.carried]
  const options = textOptions(list, topic, patch.id)
  const raw = paths.raw(list.name, patch.id)
  const at = { list, topic }
  const whole = wholeNotes(at, threads, revision.version)
  const counted = commentCount(threads)
  return html`<section aria-labelledby="h-message">
<div class="hd"><h2 id="h-message">Commit message</h2><a href="${raw}">Raw mail</a></div>
${mailProblems(list.name, topic, patch.id, mail)}
<div class="card"><div class="mail">${messageOf(text, options)}</div>
${notes(text.notes, options)}
${reviewTable(list, shown.reviews)}</div></section>
${whole.length === 0 ? '' : html`<section aria-labelledby="h-whole"><div class="hd"><h2 id="h-whole">On the message and the whole patch</h2></div><div class="card">${whole}</div></section>`}
<section aria-labelledby="h-diff">
<div class="hd"><h2 id="h-diff">Diff${counted ? html` <span class="soft">${counted}</span>` : ''}</h2></div>
${text.files.length > 0 ? diffOf(text.files, raw, diffNotes(at, threads, revision.version)) : html`<p>This mail holds no diff that can be read. <a href="${raw}">Raw mail</a></p>`}
${text.after.some(saysSomething) ? html`<div class="card"><div class="mail">${plainText(text.after, options)}</div></div>` : ''}
${goneSection(list, shown.comments.gone)}
</section>`
}

/** A patch may have no more than its subject. */
const messageOf = ({ message }: PatchText, options: MailTextOptions): Html =>
  message.some(line => line.trim() !== '')
    ? plainText(message, options)
    : html`<p class="soft">None but the subject.</p>`

/** Not what git format-patch itself writes below a diff: signature, version, and the base shown among the facts. */
const saysSomething = (line: string) =>
  !/^(?:\s*|-- |\d+\.\d[\w.-]*|(?:base-commit|change-id|prerequisite-[a-z-]+): .*)$/.test(line)

const notes = (lines: readonly string[], options: MailTextOptions): Html | string =>
  lines.some(line => line.trim() !== '')
    ? html`<details><summary>Notes and diffstat, not part of the commit</summary><div class="mail">${plainText(lines, options)}</div></details>`
    : ''

const reviewTable = (list: ListRow, reviews: readonly Review[]): Html | string =>
  reviews.length === 0
    ? ''
    : html`<table class="flat"><thead><tr><th scope="col">Trailer</th><th scope="col">By</th><th scope="col">On</th><th scope="col">Counts</th></tr></thead>
<tbody>${reviews.map(review => reviewRow(list, review))}</tbody></table>`

function reviewRow(list: ListRow, { letter, key, who, mail, said, from, counts }: Review): Html {
  const cell = isCounted({ counts })
    ? `tr${from === null ? ' new' : ''}${letter === 'N' ? ' c' : ''}`
    : `tr ${counts === 'message' ? 'kept' : 'off'}`
  return html`<tr${isCounted({ counts }) ? '' : html` class="soft"`}><td><b class="${cell}" aria-hidden="true">${letter}</b> ${visible(key)}</td><td>${nameOf(who)}</td><td><a href="${paths.mail(list.name, mail)}">${from === null ? '' : `v${from}, `}${dayOf(said)}</a></td><td>${countsWords[counts]}</td></tr>`
}

const countsWords: Record<Review['counts'], string> = {
  yes: 'yes',
  carried: 'yes, carried: its author kept it in the commit message',
  message: 'no, it stands in the commit message only',
  'code changed': 'no, the code changed since',
  'not the sender': 'no, somebody else wrote this line',
  own: 'no, given by the author',
}
