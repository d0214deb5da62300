// Every kind of page as people with other senses, other windows and no mouse have it.
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { accessFaults } from './axe.ts'
import { isLong, someOf } from './form.ts'

const { url, browser: endpoint, pages } = inject('site')
const widths = [1280, 390, 320]
/** The short form looks at each type of page once, at another width than at the page before it. */
const looked = isLong ? pages : [...new Map(pages.map(page => [page[0].replace(/-.*/, ''), page])).values()]

let browser: Browser
beforeAll(async () => {
  browser = await chromium.connect(endpoint)
})
afterAll(() => browser.close())

/** With our policy off, which forbids every script, axe's too. */
const openTab = (width: number): Promise<Page> =>
  browser.newPage({ viewport: { width, height: 800 }, bypassCSP: true })

test.concurrent.each(['light', 'dark'] as const)(
  'axe finds nothing, %s, at any width, and no page scrolls sideways',
  { timeout: 600_000 },
  async colorScheme => {
    const faults: string[] = []
    const tab = await openTab(1280)
    await tab.emulateMedia({ colorScheme })
    for (const [at, [name, path]] of looked.entries()) {
      if (!isLong && (at % 2 === 0) !== (colorScheme === 'light')) continue
      await tab.goto(url + path)
      for (const width of isLong ? widths : [widths[Math.floor(at / 2) % 3] ?? 320]) {
        await tab.setViewportSize({ width, height: 800 })
        faults.push(...(await accessFaults(tab)).map(fault => `${name} at ${width}: ${fault}`))
        const wide = await tab.evaluate<number>('document.documentElement.scrollWidth')
        if (wide > width) faults.push(`${name} is ${wide} px wide at ${width}`)
      }
    }
    await tab.close()
    expect(faults).toEqual([])
  },
)

describe('with the keyboard alone', () => {
  test.each([1280, 390])(
    'Tab reaches all that one acts with, in order, and shows where it is, at %i',
    { timeout: 600_000 },
    async width => {
      const faults: string[] = []
      const tab = await openTab(width)
      for (const [name, path] of someOf(pages, 2)) {
        await tab.goto(url + path)
        faults.push(...(await walk(tab)).map(fault => `${name}: ${fault}`))
      }
      await tab.close()
      expect(faults).toEqual([])
    },
  )

  test('the first stop is a link that skips to the content', async () => {
    const tab = await openTab(1280)
    await tab.goto(url + (new Map(pages).get('series') ?? ''))
    await tab.keyboard.press('Tab')
    expect(await tab.evaluate('document.activeElement.textContent')).toMatch(/^Skip to the /)
    await tab.keyboard.press('Enter')
    await tab.keyboard.press('Tab')
    expect(await tab.evaluate("document.activeElement.closest('main') !== null")).toBe(true)
    await tab.close()
  })
})

/** From stop to stop as the browser goes, what is folded opened on the way. */
async function walk(tab: Page): Promise<string[]> {
  const faults: string[] = []
  await tab.evaluate(prepare)
  for (let stops = 0; stops < stopsMax; stops++) {
    await tab.keyboard.press('Tab')
    const stop = await tab.evaluate<{ end: boolean; fault: string | null; folded: boolean }>('stop()')
    if (stop.end) break
    if (stop.fault) faults.push(stop.fault)
    if (stop.folded) await tab.keyboard.press('Enter')
  }
  const missed = await tab.evaluate<string[]>('missed()')
  return [...faults, ...missed.slice(0, 5).map(one => `Tab never reaches ${one}`)]
}

const stopsMax = 1_500

const prepare = `
const reached = new Set()
const words = element => (element.outerHTML.slice(0, 120))
globalThis.stop = () => {
  const element = document.activeElement
  if (element === null || element === document.body || reached.has(element)) return { end: true }
  reached.add(element)
  const style = getComputedStyle(element)
  const box = element.getBoundingClientRect()
  const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1
  const seen = box.width > 0 && box.height > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth
  const fault = !ring ? 'no ring around ' + words(element) : !seen ? 'out of sight: ' + words(element) : null
  return { end: false, fault, folded: element.localName === 'summary' && !element.parentElement.open }
}
globalThis.missed = () =>
  [...document.querySelectorAll('a[href], button, input, select, textarea, summary')]
    .filter(element => !reached.has(element) && element.checkVisibility({ visibilityProperty: true }))
    .map(words)
void 0`
