// What reviewing programs found, beside the checks: counted, calm, each with its mail. Nobody has to act on it, and a line
// in an answer dismisses it.
import { html } from 'hono/html'
import { type Severity, severities } from '../../tracker/mail/severity.ts'
import type { Finding, Topic } from '../../tracker/topic/topic.ts'
import { paths, replyByMail } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import { countText, type Html, nameOf, visible } from './text.ts'

export function findingsSection(list: ListRow, topic: Topic, findings: readonly Finding[]): Html | string {
  if (findings.length === 0) return ''
  const sorted = findings.toSorted((a, b) => rank(a) - rank(b))
  const shown = sorted.slice(0, findingsShownMax)
  const more = sorted.length - shown.length
  return html`<section><h2>Findings</h2>
<p class="soft">${countWords(findings)}, by ${programs(findings)}</p>
<ul class="quiet">${shown.map(finding => findingItem(list, topic, finding))}${more > 0 ? html`<li class="soft">${countText(more, 'more finding')}</li>` : ''}</ul>
${findings.some(({ dismissed }) => !dismissed) ? html`<p class="soft">The author or a maintainer answers with <code>Finding: dismissed -- why</code> when one is none.</p>` : ''}</section>`
}

/** Beside a page; their mails have all of them. */
const findingsShownMax = 20

/** Open ones first, the worst of them first. */
const rank = ({ severity, dismissed }: Finding) =>
  severities.indexOf(severity) + (dismissed ? severities.length : 0)

/** "2 high, 1 low, 1 dismissed". */
function countWords(findings: readonly Finding[]): string {
  const count = (severity: Severity) =>
    findings.filter(one => one.severity === severity && !one.dismissed).length
  const dismissed = findings.filter(one => one.dismissed).length
  const open = severities
    .filter(severity => count(severity) > 0)
    .map(severity => `${count(severity)} ${severity}`)
  return [...open, ...(dismissed > 0 ? [`${dismissed} dismissed`] : [])].join(', ')
}

const programs = (findings: readonly Finding[]): Html => {
  const people = [...new Map(findings.map(({ who }) => [who.address || who.name, who])).values()]
  return html`${people.slice(0, 3).map((who, index) => html`${index > 0 ? ', ' : ''}${nameOf(who)}`)}${people.length > 3 ? ` and ${people.length - 3} more` : ''}`
}

function findingItem(list: ListRow, topic: Topic, finding: Finding): Html {
  const { mail, number, word, origin, dismissed, text } = finding
  const place = placeText(finding)
  return html`<li><a href="${paths.mail(list.name, mail)}">${visible(capital(word))}</a>${origin === null ? '' : html`, ${origin}`}${place === '' ? '' : html`, <code>${visible(place)}</code>`}<br><span class="soft">${visible(text)}</span>${
    dismissed
      ? html`<br><span class="soft">${nameOf(dismissed.who)} <a href="${paths.mail(list.name, dismissed.mail)}">dismissed it</a>${dismissed.reason === null ? '' : html`: ${visible(dismissed.reason)}`}</span>`
      : html`<br><a class="soft" href="${replyByMail({ to: list.address, subject: subjectOf(topic, mail), inReplyTo: mail, body: `Finding ${number}: dismissed -- ` })}">Dismiss by mail</a>`
  }</li>`
}

const placeText = ({ file, line }: Finding) => (file === null ? '' : line === null ? file : `${file}:${line}`)

const capital = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

const subjectOf = (topic: Topic, id: string) =>
  topic.mails.find(mail => mail.id === id)?.subject ?? topic.title
