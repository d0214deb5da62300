// Pictures of every kind of page: `npm run shots` fills a database with the demo archive, opens the pages in Chromium at the
// width of a desk and of a phone, light and dark, and of the narrowest phone, and writes shots/*.png; with the names of pages
// (`-- run list`) these alone. It fails when axe finds a fault of access, when a page scrolls sideways at 320 px, or when it
// says something on the browser's console.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium } from 'playwright-core'
import { accessFaults } from './browser/axe.ts'
import { openSite } from './browser/site.ts'

const folder = join(import.meta.dirname, '..', 'shots')
const views = [
  { name: '1280', width: 1280, height: 1600, dark: false },
  { name: '390', width: 390, height: 844, dark: false },
  { name: '1280-dark', width: 1280, height: 1600, dark: true },
  { name: '390-dark', width: 390, height: 844, dark: true },
] as const

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const site = await openSite()
  try {
    const pages = new Map(site.pages)
    const named = process.argv.slice(2)
    if (named.length > 0) for (const name of [...pages.keys()]) if (!named.includes(name)) pages.delete(name)
    const browser = await chromium.connect(site.chromium.wsEndpoint())
    const problems = await shoot(browser, site.url, pages)
    for (const problem of problems) console.error(problem)
    console.log(`${pages.size} pages in ${folder}`)
    process.exitCode = problems.length > 0 ? 1 : 0
  } finally {
    await site.close()
  }
}

async function shoot(browser: Browser, base: string, pages: ReadonlyMap<string, string>): Promise<string[]> {
  const problems: string[] = []
  for (const { name: view, width, height, dark } of views) {
    const colorScheme = dark ? 'dark' : 'light'
    // Our own policy forbids every script, axe's too.
    const tab = await browser.newPage({ viewport: { width, height }, colorScheme, bypassCSP: true })
    // A 404 page is asked for on purpose, and Chromium says so.
    tab.on('console', message => {
      if (!message.text().includes('404')) problems.push(`${tab.url()}: ${message.text()}`)
    })
    for (const [name, path] of pages) {
      await tab.goto(base + path)
      await tab.screenshot({ path: join(folder, `${name}-${view}.png`), fullPage: true })
      problems.push(...(await accessFaults(tab)).map(fault => `The page "${name}" at ${view}: ${fault}`))
    }
    await tab.close()
  }
  const narrow = await browser.newPage({ viewport: { width: 320, height: 640 } })
  for (const [name, path] of pages) {
    await narrow.goto(base + path)
    const width = await narrow.evaluate<number>('document.documentElement.scrollWidth')
    await narrow.screenshot({ path: join(folder, `${name}-320.png`), fullPage: true })
    if (width > 320) problems.push(`The page "${name}" is ${width} px wide at 320 px`)
  }
  return problems
}

await main()
