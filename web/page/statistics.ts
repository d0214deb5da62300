// How a list is doing: one sentence, then charts, each with its table; beside them who reviews.
import { html } from 'hono/html'
import { chart } from '../part/chart.ts'
import { frame } from '../part/frame.ts'
import { personLink } from '../part/person-link.ts'
import { countText, dayOf, daysOf, type Html, numberText, shortDayOf } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { ListRow } from '../read/located-mail.ts'
import {
  answerHours,
  type FirstAnswers,
  type Reviewer,
  reviewedTopicsMax,
  type Statistics,
  waitDays,
  weekMs,
} from '../read/statistics.ts'

export interface StatisticsView {
  readonly list: ListRow
  /** Null for a list without a mail. */
  readonly statistics: Statistics | null
}

export const statisticsPage = ({ list, statistics }: StatisticsView): Html =>
  frame({
    title: 'statistics',
    list,
    here: 'statistics',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'Statistics' }],
    skipTo: 'numbers',
    main: html`<h1>How the list is doing</h1>
${statistics === null ? html`<p>There is no mail yet to count. <a href="${paths.takePart(list.name)}">How to take part</a></p>` : numbers(list, statistics)}`,
  })

function numbers(list: ListRow, statistics: Statistics): Html {
  const { weeks, firstAnswers, reviewers } = statistics
  const first = weeks[0] ?? 0
  const end = (weeks.at(-1) ?? 0) + weekMs - 1
  return html`<p class="meta"><span>${weeks.length} weeks, ${daysOf(first, end)}</span> <span>counted from mails alone</span></p>
<div class="stand tone-info"><span class="chip info">${answeredIn(firstAnswers)}</span><div><p>${answerSentence(firstAnswers)} ${unreviewedSentence(list, statistics.unreviewed)}</p></div></div>
${weekSection(statistics)}
${answerSection(firstAnswers)}
${bugSection(list, statistics)}
${unreviewedSection(list, statistics.unreviewed)}
${reviewerSection(list, reviewers)}`
}

const weekColumns = ({ weeks }: Statistics) => weeks.map(shortDayOf)

const section = (id: string, words: string, beside: Html | string, body: Html, key: string): Html =>
  html`<section aria-labelledby="${id}"><div class="hd"><h2 id="${id}">${words}</h2>${beside}</div>
${body}<p class="soft">${key}</p></section>`

const weekSection = (statistics: Statistics): Html =>
  section(
    'h-weeks',
    'Patches and answers a week',
    '',
    chart({
      name: 'Patches and answers a week',
      steps: 'Week of',
      columns: weekColumns(statistics),
      late: true,
      rows: [
        { words: 'Patches', counts: statistics.patches, bar: 'a' },
        { words: 'Answers', counts: statistics.answers, bar: 'b' },
      ],
    }),
    'Every patch of every revision counts, and every answer below one, of people and programs.',
  )

const answerSection = ({ within, none }: FirstAnswers): Html =>
  section(
    'h-answers',
    'Time to the first answer',
    '',
    chart({
      name: 'Time to the first answer',
      steps: 'Within',
      columns: [...answerHours.map(hoursText), 'longer', 'none yet'],
      rows: [{ words: 'Patchsets', counts: [...within, none], bar: 'a' }],
    }),
    'Of the patchsets that were begun in these weeks. Any person but the author; programs do not count.',
  )

const bugSection = (list: ListRow, statistics: Statistics): Html =>
  section(
    'h-bugs',
    'Open bugs',
    html`<a href="${paths.bugs(list.name)}">Open now: ${numberText(statistics.bugsOpen.at(-1) ?? 0)}</a>`,
    chart({
      name: 'Open bugs',
      steps: 'Week of',
      columns: weekColumns(statistics),
      late: true,
      rows: [
        { words: 'Open at end', counts: statistics.bugsOpen, bar: 'a' },
        { words: 'Opened', counts: statistics.bugsOpened },
        { words: 'Closed', counts: statistics.bugsClosed },
      ],
    }),
    'A bug is closed by a mail or a commit; one that was opened again counts as open all the time.',
  )

const unreviewedSection = (list: ListRow, unreviewed: readonly number[]): Html =>
  section(
    'h-unreviewed',
    'Not reviewed',
    html`<a href="${paths.topics(list.name, 'review')}">What needs review</a>`,
    chart({
      name: 'Not reviewed',
      steps: 'Waits for',
      columns: [...waitDays.map(days => `up to ${days} days`), 'longer'],
      late: true,
      rows: [{ words: 'Patchsets', counts: unreviewed, bar: 'a' }],
    }),
    'Open patchsets that wait for review and of which nobody has reviewed a patch, by the days since they began to wait.',
  )

const reviewerSection = (list: ListRow, reviewers: readonly Reviewer[]): Html =>
  html`<section aria-labelledby="h-reviewers"><div class="hd"><h2 id="h-reviewers">Who reviews</h2><p class="soft">Thank you</p></div>
${
  reviewers.length === 0
    ? html`<p class="soft">Nobody gave a trailer in these weeks.</p>`
    : html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Person</th><th scope="col" class="num thin">Reviewed-by</th><th scope="col" class="num thin">Acked-by</th><th scope="col" class="num thin">Tested-by</th><th scope="col" class="num thin">The last</th></tr></thead>
<tbody>${reviewers.map(
        ({ who, reviews, acks, tests, mail, said }) =>
          html`<tr><th scope="row" class="sub">${personLink(list.name, who)}</th><td class="num n" data-w="Reviewed-by">${reviews}</td><td class="num n" data-w="Acked-by">${acks}</td><td class="num n" data-w="Tested-by">${tests}</td><td class="num n"><a href="${paths.mail(list.name, mail)}">${dayOf(said)}</a></td></tr>
`,
      )}</tbody></table></div>`
}<p class="soft">Trailers that count, on the ${numberText(reviewedTopicsMax)} patchsets with the newest mails.</p></section>`

const hoursText = (hours: number) => (hours < 24 ? `${hours} h` : countText(hours / 24, 'day'))

const answeredIn = ({ median }: FirstAnswers) =>
  median === null ? 'No answers' : `Answered in ${spanText(median)}`

/** `10 hours`, `3 days`. */
function spanText(hours: number): string {
  const whole = Math.max(1, Math.round(hours))
  return whole < 48 ? countText(whole, 'hour') : countText(Math.round(hours / 24), 'day')
}

function answerSentence({ within, none, median }: FirstAnswers): string {
  const answered = within.reduce((sum, count) => sum + count, 0)
  if (answered + none === 0) return 'No patchset was begun in these weeks.'
  if (median === null)
    return `${countText(none, 'patchset')} was begun in these weeks, and none has an answer.`
  return `Of ${countText(answered + none, 'patchset')} ${numberText(answered)} got an answer, half of them within ${spanText(median)}.`
}

function unreviewedSentence(list: ListRow, unreviewed: readonly number[]): Html | string {
  const all = unreviewed.reduce((sum, count) => sum + count, 0)
  if (all === 0) return 'Nothing waits for a first review.'
  const week = unreviewed.slice(waitDays.indexOf(7) + 1).reduce((sum, count) => sum + count, 0)
  return html`<a href="${paths.topics(list.name, 'review')}">${countText(all, 'patchset')}</a> ${all === 1 ? 'waits' : 'wait'} for a first review, ${numberText(week)} of them for more than a week.`
}
