// Triage: discussions with one sign of a bug. A guess never makes a bug of them; a person does, with one line by mail.
import { html } from 'hono/html'
import { frame } from '../part/frame.ts'
import { dayOf, type Html, nameOf, numberText, titleOf, visible } from '../part/text.ts'
import { paths, replyByMail } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import type { TopicRow } from '../read/topic-row.ts'
import type { TopicRun } from '../read/topic-rows.ts'

export interface TriageView {
  readonly list: ListRow
  readonly run: TopicRun
  readonly continued: boolean
}

export const triagePage = ({ list, run, continued }: TriageView): Html =>
  frame({
    title: 'Triage',
    list,
    here: 'bugs',
    crumbs: [
      { text: list.name, path: paths.list(list.name) },
      { text: 'Bugs', path: paths.bugs(list.name) },
      { text: 'Triage' },
    ],
    skipTo: 'candidates',
    main: html`<h1>Triage</h1>
<p class="meta"><span>Discussions that may be bugs. One line in an answer decides: <code>Type: bug</code> or <code>Type: discussion</code></span></p>
${
  run.rows.length === 0
    ? html`<p>${continued ? 'That was all.' : 'There is nothing to decide.'} <a href="${paths.bugs(list.name)}">Open bugs</a></p>`
    : html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Subject</th><th scope="col">Why</th><th scope="col" class="wide">Decide by mail</th><th scope="col" class="num slim">Mails</th><th scope="col" class="num thin">Last mail</th></tr></thead>
<tbody>${run.rows.map(row => candidateRow(list, row))}</tbody></table></div>`
}
${run.next === null ? '' : html`<nav class="near" aria-label="Pages"><span></span> <span></span> <a href="${paths.triage(list.name, run.next)}" rel="next">Older ones →</a></nav>`}`,
  })

function candidateRow(list: ListRow, row: TopicRow): Html {
  const decide = (body: string) =>
    replyByMail({ to: list.address, subject: visible(row.title), inReplyTo: row.id, body })
  return html`<tr><td class="full"><a class="s" href="${paths.mail(list.name, row.id)}">${titleOf(row.title)}</a><br><span class="soft">${nameOf(row.author)}</span></td><td class="full">${visible(row.candidate ?? '')}</td><td><a href="${decide('Type: bug')}">Bug</a> <a href="${decide('Type: discussion')}">No bug</a></td><td data-unit="${row.mails === 1 ? 'mail' : 'mails'}" class="num n">${numberText(row.mails)}</td><td class="num n">${dayOf(row.lastSaid)}</td></tr>
`
}
