// The pages in browsers of text, and what comes back for an address or a query that nobody has.
import { spawnSync } from 'node:child_process'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { someOf } from './form.ts'

const { url, browser: endpoint, pages } = inject('site')

let browser: Browser
let narrow: Page
beforeAll(async () => {
  browser = await chromium.connect(endpoint)
  narrow = await browser.newPage({ viewport: { width: 320, height: 640 } })
})
afterAll(() => browser.close())

const readers = {
  // It ends with 1 for a page that is not there, and shows it.
  lynx: (address: string) =>
    spawnSync('lynx', ['-cfg=/dev/null', '-dump', '-nolist', '-width=80', '-display_charset=utf-8', address])
      .stdout,
  w3m: (address: string) =>
    spawnSync('w3m', ['-dump', '-cols', '80', '-O', 'UTF-8', '-config', '/dev/null', address]).stdout,
} as const

const squeezed = (text: string) => text.replace(/[\s\u00a0]+/g, ' ').trim()

test.each(Object.entries(readers))(
  '%s reads every kind of page, the heading and where it stands first',
  { timeout: 300_000 },
  async (_, read) => {
    const tab = await browser.newPage()
    const faults: string[] = []
    for (const [name, path] of someOf(pages, 5)) {
      await tab.goto(url + path)
      const text = squeezed(read(url + path).toString())
      const heading = squeezed(await tab.locator('h1').innerText())
      const standing = await tab
        .locator('.stand > div > p')
        .first()
        .innerText({ timeout: 1 })
        .catch(() => '')
      const at = text.indexOf(heading)
      if (at < 0 || at > 1_500) faults.push(`${name}: the heading "${heading}" stands at ${at}`)
      const behind = text.indexOf(squeezed(standing), at)
      if (behind < 0 || behind > at + 1_000) faults.push(`${name}: "${standing}" stands at ${behind}`)
      // What a stylesheet keeps apart must have a blank between it in the text, too.
      const glued = (await tab.evaluate<string[]>(neighbours))
        .map(squeezed)
        .filter(both => text.includes(both))
      faults.push(...glued.slice(0, 5).map(both => `${name}: words run into each other: ${both}`))
    }
    await tab.close()
    expect(faults).toEqual([])
  },
)

/** Texts of two elements that a reader sees apart, without anything between them in the page. */
const neighbours = `[...document.querySelectorAll('main a, main span, main b, main time, main code, main bdi')].flatMap(element => {
  const next = element.nextSibling
  if (!(next instanceof Element) || next.matches('br, ul, ol, p, div, table, details') || element.closest('pre, .vh, svg')) return []
  const [a, b] = [element.getBoundingClientRect(), next.getBoundingClientRect()]
  const apart = b.left - a.right > 3 || b.top - a.bottom > -3
  const [last, first] = [element.textContent.slice(-12), next.textContent.slice(0, 12)]
  return a.width > 1 && b.width > 1 && apart && /\\S$/.test(last) && /^\\S/.test(first) ? [last + first] : []
})`

test.each([
  ['/nothing/', 404],
  ['/demo/nobody@example.org/', 404],
  ['/demo/nobody@example.org/T/', 404],
  ['/demo/milestone/none/', 200],
  ['/builds/999999', 404],
  ['/demo/%E0%A4%A/', 404],
  [`/demo/${'x'.repeat(2_000)}/`, 404],
  ['/demo/?q=%22', 200],
  ['/demo/?q=AND+OR+NOT+(((', 200],
  ['/demo/?q=s%3A', 200],
  ['/demo/?q=d%3Alast.week..', 200],
  ['/demo/?q=nothing%3Asuch', 200],
  [`/demo/?q=${'a*+'.repeat(400)}`, 200],
  ['/demo/?q=wal&page=-1', 200],
  ['/demo/?q=wal&page=999999999999999999999', 200],
  ['/demo/?state=all&before=x', 200],
  ['/demo/%00/', 404],
])('%s is answered in words, with a way on', async (path, status) => {
  const response = await fetch(url + path)
  const html = await response.text()
  expect(
    [200, 404].includes(response.status) ? response.status : `${response.status} ${html.slice(0, 200)}`,
  ).toBe(status)
  await narrow.goto(url + path)
  expect(await narrow.locator('h1').count()).toBe(1)
  expect(await narrow.locator('main a[href], header a[href]').count()).toBeGreaterThan(0)
  expect(await narrow.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320)
})
