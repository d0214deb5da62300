// Ten questions that a reader comes with: each is answered on the first screen of the topic's page, on a desk and on a phone, and
// leads to the mail that says so. The topics are drawn, not chosen, and what is true of them is known from how they were written.
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { paths } from '../../web/paths.ts'
import { makeSpeech } from '../habits/speech.ts'
import type { TruthTopic } from '../habits/truth.ts'
import { type Asked, type Drawn, questionsOf } from './asked.ts'
import { isLong } from './form.ts'
import { inventedLists, seeds } from './invented.ts'

const { url, browser: endpoint } = inject('site')
const screens = [
  { width: 1280, height: 800 },
  { width: 390, height: 844 },
]
const topicsDrawn = isLong ? 20 : 2

let browser: Browser
beforeAll(async () => {
  browser = await chromium.connect(endpoint)
})
afterAll(() => browser.close())

/** Turn by turn one of each kind, by the seed; not what may be taken for something else. */
function draw(seed: number): Drawn[] {
  const speech = makeSpeech(seed)
  const all = [...inventedLists(seed)].flatMap(([list, invented]) =>
    invented.truth.topics
      .filter(({ sure, unsure_mails = [] }) => sure && unsure_mails.length === 0)
      .map(topic => ({ list, topic, invented })),
  )
  const kinds = [...Map.groupBy(all, kindOf).values()].map(own => speech.some(own, own.length))
  const turns = Array.from({ length: topicsDrawn }, (_, at) => kinds.flatMap(own => own[at] ?? []))
  return turns.flat().slice(0, topicsDrawn)
}

/** A patchset by what is known of it, for each question needs some that can answer it. */
function kindOf(drawn: Drawn): string {
  const { topic } = drawn
  if (topic.kind !== 'patchset') return topic.kind
  const asked = new Set(questionsOf(drawn).map(({ question }) => question))
  if (topic.revisions?.at(-1)?.pull_request) return 'pull'
  if (asked.has('which tests failed?')) return 'failed'
  if (asked.has('applied where?')) return 'applied'
  return asked.has('what changed?') ? 'again' : 'new'
}

test.each(seeds.flatMap(seed => screens.map(viewport => ({ seed, ...viewport }))))(
  'at $width x $height the first screen answers, and leads to the mail, seed $seed',
  { timeout: 300_000 },
  async ({ seed, width, height }) => {
    const faults: string[] = []
    const tab = await browser.newPage({ viewport: { width, height }, bypassCSP: true })
    const drawn = draw(seed)
    expect(drawn).toHaveLength(topicsDrawn)
    expect(new Set(drawn.map(kindOf)).size).toBeGreaterThan(isLong ? 5 : 1)
    for (const one of drawn)
      for (const [on, questions] of Map.groupBy(questionsOf(one), asked => asked.on))
        await ask(tab, one, { on, questions }, faults)
    await tab.close()
    expect(faults).toEqual([])
  },
)

async function ask(
  tab: Page,
  drawn: Drawn,
  { on, questions }: { on: string; questions: readonly Asked[] },
  faults: string[],
): Promise<void> {
  const path = paths.mail(drawn.list, on)
  await tab.goto(url + path)
  const seen = await tab.evaluate<{ words: string; links: string[] }>(firstScreen)
  for (const asked of questions) {
    const wanted = asked.mails?.map(id => paths.mail(drawn.list, id))
    const link = seen.links.find(one => wanted?.includes(one) || asked.link?.test(one))
    const wantsLink = wanted !== undefined || asked.link !== undefined
    if ((wantsLink && link === undefined) || (asked.words && !asked.words.test(seen.words)))
      faults.push(
        `${path} (${kindOf(drawn)}): ${asked.question} ${wanted?.slice(0, 3) ?? asked.link ?? asked.words} not in ${seen.words.slice(0, 600)}`,
      )
    if (link?.startsWith('/')) await opens(link, faults)
  }
  await replies(tab, path, drawn.topic, faults)
}

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
async function replies(tab: Page, path: string, topic: TruthTopic, faults: string[]): Promise<void> {
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
    !topic.mails.some(mail => href.includes(encodeURIComponent(`<${mail}>`)))
  )
    faults.push(`${path}: the reply answers ${href.slice(0, 200)}`)
}
