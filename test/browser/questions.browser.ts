// Ten questions that a reader comes with: each is answered on the first screen of the topic's page, on a desk and on a phone, and
// leads to the mail that says so. The topics are drawn, not chosen.
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { connect } from '../../sql/connect.ts'
import { topicColumns, wholeTopic } from '../../sql/topic-row.ts'
import { samePerson } from '../../tracker/topic/person.ts'
import { isShown, reviewsOf, revisionChecks, weightyChecks } from '../../tracker/topic/reviews.ts'
import { headOf } from '../../tracker/topic/summary.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { paths } from '../../web/paths.ts'
import { makeSpeech } from '../habits/speech.ts'
import { isLong } from './form.ts'
import { inventedNames, seed } from './invented.ts'

const { url, database, browser: endpoint } = inject('site')
const screens = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]
const topicsDrawn = isLong ? 20 : 2

let browser: Browser
let drawn: { list: string; topic: Topic }[]
beforeAll(async () => {
  browser = await chromium.connect(endpoint)
  const db = connect(database, { max: 1 })
  const rows = await db
    .selectFrom('topic')
    .innerJoin('list', 'list.id', 'topic.list_id')
    .where('list.name', 'in', [...inventedNames, 'demo'])
    .select(topicColumns)
    .select('list.name as listName')
    .orderBy('topic.id')
    .execute()
  await db.destroy()
  drawn = draw(rows.map(row => ({ list: row.listName, topic: wholeTopic(row) })))
})
afterAll(() => browser.close())

/** Turn by turn one of each kind, by the seed. */
function draw(all: readonly { list: string; topic: Topic }[]) {
  const speech = makeSpeech(seed)
  const kinds = [...Map.groupBy(all, ({ topic }) => kindOf(topic)).values()].map(own =>
    speech.some(own, own.length),
  )
  const turns = Array.from({ length: topicsDrawn }, (_, at) => kinds.flatMap(own => own[at] ?? []))
  return turns.flat().slice(0, topicsDrawn)
}

/** A patchset by what is known of it, for each question needs some that can answer it. */
const kindOf = (topic: Topic): string =>
  topic.kind !== 'patchset'
    ? topic.kind
    : topic.checks.some(({ state }) => state === 'fail')
      ? 'failed'
      : topic.applied.length > 0
        ? 'applied'
        : topic.revisions.length > 1
          ? 'again'
          : topic.trailers.length > 0
            ? 'reviewed'
            : 'new'

interface Asked {
  readonly question: string
  /** The addresses of which one must be linked on the first screen. */
  readonly links?: readonly string[]
  readonly words?: RegExp
}

function questionsOf(list: string, topic: Topic): Asked[] {
  const mail = (id: string) => paths.mail(list, id)
  const newest = topic.revisions.at(-1)
  const head = newest && headOf(newest)
  const answers = topic.mails.filter(
    ({ role, automatic, author }) =>
      role === 'reply' &&
      !automatic &&
      !samePerson(author, topic.author) &&
      !topic.revisions.some(one => samePerson(author, one.author)),
  )
  const latest = answers.at(-1)
  const asked: Asked[] = [
    latest && topic.kind !== 'spam'
      ? {
          question: 'is it answered?',
          links:
            topic.kind === 'patchset' || topic.kind === 'bug'
              ? [mail(latest.id)]
              : topic.mails.map(({ id }) => mail(id)),
        }
      : { question: 'is it answered?', words: /None yet|Nobody has answered|answer|Spam/ },
  ]
  if (newest && head) {
    const version = newest.version
    asked.push({ question: 'is there a newer version?', words: new RegExp(`v${version}\\b`) })
    if (topic.revisions.length > 1 && !newest.pullRequest)
      asked.push({ question: 'what changed?', links: [`${mail(head)}v`] })
    const given = newest.patches.flatMap(patch => reviewsOf(topic, newest, patch)).filter(isShown)
    const [first] = given
    asked.push({
      question: 'who looked at the latest?',
      ...(first
        ? { links: given.map(one => mail(one.mail)) }
        : { words: new RegExp(`Looked at v${version}`) }),
    })
    const failed = weightyChecks(revisionChecks(topic, newest)).filter(({ state }) => state === 'fail')
    if (failed.length > 0)
      asked.push({ question: 'which tests failed?', links: failed.map(one => mail(one.mail)) })
    const applied = topic.applied.filter(({ passing }) => !passing)
    if (applied.length > 0)
      asked.push({ question: 'applied where?', links: applied.map(one => mail(one.mail)) })
    if (topic.standing.turn !== 'nobody') asked.push({ question: 'who is asked?', words: /Asked\s+\S/ })
    if (!newest.pullRequest) asked.push({ question: 'how do I get it?', links: ['#apply'] })
  }
  if (topic.kind === 'bug')
    asked.push({
      question: 'what does it wait for?',
      words: topic.standing.since === undefined ? /closed it|Fixed/ : /waits for|asked/,
    })
  if (!newest)
    asked.push({
      question: 'how do I get it?',
      links: [paths.thread(list, topic.id), paths.mbox(list, topic.id), paths.raw(list, topic.id)],
    })
  return [...asked, { question: 'how do I reply?', links: ['#reply'] }]
}

test.each(screens)(
  'at $width x $height the first screen answers, and leads to the mail',
  { timeout: 300_000 },
  async viewport => {
    const faults: string[] = []
    const tab = await browser.newPage({ viewport, bypassCSP: true })
    expect(new Set(drawn.map(({ topic }) => kindOf(topic))).size).toBeGreaterThan(isLong ? 6 : 1)
    expect(drawn).toHaveLength(topicsDrawn)
    for (const { list, topic } of drawn) {
      const newest = topic.revisions.at(-1)
      const path = paths.mail(list, (newest && headOf(newest)) ?? topic.id)
      await tab.goto(url + path)
      const { words, links } = await tab.evaluate<{ words: string; links: string[] }>(firstScreen)
      for (const { question, links: wanted, words: wantedWords } of questionsOf(list, topic)) {
        const link =
          wanted &&
          links.find(one => wanted.some(want => one === want || (want.endsWith('v') && one.startsWith(want))))
        if (wanted ? link === undefined : !wantedWords?.test(words))
          faults.push(
            `${path} (${kindOf(topic)}): ${question} ${wanted ? `none of ${wanted.slice(0, 3)}` : `no ${wantedWords} in ${words.slice(0, 500)}`}`,
          )
        if (link?.startsWith('/')) await opens(link, faults)
      }
      await replies(tab, path, topic, faults)
    }
    await tab.close()
    expect(faults).toEqual([])
  },
)

/** All texts and links whose box is whole within the window. */
const firstScreen = `(() => {
  const isIn = box => box.width > 0 && box.height > 0 && box.top >= 0 && box.bottom <= innerHeight && box.left >= 0 && box.right <= innerWidth
  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT)
  const words = []
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const range = document.createRange()
    range.selectNodeContents(node)
    if (isIn(range.getBoundingClientRect())) words.push(node.data)
  }
  const links = [...document.querySelectorAll('main a[href]')].filter(link => isIn(link.getBoundingClientRect())).map(link => link.getAttribute('href'))
  return { words: words.join(' ').replace(/\\s+/g, ' '), links }
})()`

async function opens(link: string, faults: string[]): Promise<void> {
  const response = await fetch(url + link)
  if (response.status !== 200) faults.push(`${link} answers ${response.status}`)
  await response.body?.cancel()
}

/** What the jump leads to is in sight then, and answers the mail of this page. */
async function replies(tab: Page, path: string, topic: Topic, faults: string[]): Promise<void> {
  const jump = tab.locator('.jumps a[href="#reply"]')
  if ((await jump.count()) !== 1) return
  await jump.click()
  const link = tab.locator('#reply a[href^="mailto:"]').first()
  const [box, href] = [await link.boundingBox(), (await link.getAttribute('href')) ?? '']
  const id = decodeURIComponent(path.split('/')[2] ?? '')
  const height = tab.viewportSize()?.height ?? 0
  if (!box || box.y < 0 || box.y + box.height > height)
    faults.push(`${path}: the reply link stands at ${box?.y}`)
  if (
    !href.includes(`In-Reply-To=${encodeURIComponent(`<${id}>`)}`) &&
    !topic.mails.some(mail => href.includes(encodeURIComponent(`<${mail.id}>`)))
  )
    faults.push(`${path}: the reply answers ${href.slice(0, 200)}`)
}
