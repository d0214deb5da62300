// What a mail can try in a reader's browser: every page of a list that is full of it, with our policy and without.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { safeHeaders } from '../../web/answer.ts'
import { isLong, someOf } from './form.ts'
import { elsewhere, vectors } from './vectors.ts'

const { url, browser: endpoint } = inject('site')
const odd = encodeURIComponent(vectors.slice(0, 6).join(' '))

let browser: Browser
beforeAll(async () => {
  browser = await chromium.connect(endpoint)
})
afterAll(() => browser.close())

interface Seen {
  readonly scripts: string[]
  readonly requests: string[]
  readonly said: string[]
}

/** A window that notes every script that runs, every request that leaves for somewhere else, and what the console says. */
async function watched(base: string, bypassCSP: boolean): Promise<{ context: BrowserContext; seen: Seen }> {
  const context = await browser.newContext({ bypassCSP, acceptDownloads: true })
  const seen: Seen = { scripts: [], requests: [], said: [] }
  // A dialog would have to be closed, and some vectors open one after the other.
  await context.addInitScript("globalThis.alert = () => console.log('the alert ran')")
  context.on('request', request => {
    if (!request.url().startsWith(base)) seen.requests.push(request.url())
  })
  context.on('console', message => {
    if (message.text() === 'the alert ran') seen.scripts.push(message.page()?.url() ?? '')
    else if (!/ 40[04] | 503 /.test(message.text()))
      seen.said.push(`${message.page()?.url()}: ${message.text()}`)
  })
  return { context, seen }
}

test('the vectors run and ask elsewhere where nothing is escaped, and our policy alone lets no script run', async () => {
  const tried = someOf([...vectors.keys()], 10)
  const pageOf = (vector: string) =>
    `<!doctype html><title>${vector}</title><p>${vector}</p><pre>${vector}</pre><input value="${vector}"><input value='${vector}'><textarea>${vector}</textarea>`
  const server = createServer((request, response) => {
    const at = Number(request.url?.match(/^\/(\d+)/)?.[1] ?? -1)
    response.writeHead(200, {
      'Content-Type': 'text/html; charset=utf-8',
      ...(request.url?.endsWith('safe')
        ? { 'Content-Security-Policy': safeHeaders['Content-Security-Policy'] }
        : {}),
    })
    response.end(pageOf(vectors[at] ?? ''))
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const visit = async (ending: string) => {
    const { context, seen } = await watched(base, false)
    const tab = await context.newPage()
    const worked = new Set<number>()
    for (const at of tried) {
      const before = seen.scripts.length + seen.requests.length
      await tab.goto(`${base}/${at}${ending}`).catch(() => {})
      if (seen.scripts.length + seen.requests.length > before) worked.add(at)
    }
    await context.close()
    return { worked, seen }
  }
  const [open, closed] = await Promise.all([visit(''), visit('safe')])
  expect(open.worked.size).toBeGreaterThan(tried.length / 3)
  expect(open.seen.requests.some(one => one.includes(elsewhere))).toBe(true)
  expect(closed.seen.scripts).toEqual([])
  server.close()
})

/** Every address that the hostile list leads to, by what it answers with. */
let addresses: Map<string, string>

async function crawl(): Promise<Map<string, string>> {
  const found = new Map<string, string>()
  const shapes = new Map<string, number>()
  const waiting = [
    ...['/', '/hostile/', '/hostile/?state=all', '/hostile/bugs/', '/hostile/waits/', '/hostile/triage/'],
    ...['/hostile/applied/', '/hostile/statistics/', '/hostile/take-part/', '/hostile/about/'],
    ...['/hostile/?q=is:open', '/hostile/?q=NOT+is:task+is:patch', `/hostile/?since=${odd}`],
    ...[
      `/hostile/bugs/?label=${odd}&severity=${odd}`,
      `/hostile/?q=delegate:${odd}`,
      `/hostile/?q=is:${odd}`,
    ],
    ...['/hostile/new.atom', '/hostile/builds/', '/hostile/milestones/', '/hostile/badge.svg', '/builds/'],
    ...[`/hostile/?q=${odd}`, `/hostile/?q=${odd}&x=A`, '/hostile/?q=alert', `/hostile/?state=${odd}`],
    ...[`/${odd}/`, `/hostile/${odd}/`, `/hostile/people/${odd}/`, `/hostile/milestone/${odd}/`],
    ...[
      `/hostile/builds/?patchset=${odd}`,
      `/builds/?repository=${odd}&branch=${odd}`,
      `/hostile/?q=s:${odd}`,
    ],
    ...[`/all/?q=${odd}`, `/builds/?state=${odd}`, `/hostile/_/text/help/?${odd}`, `/api/${odd}/`],
  ]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (found.has(path) || isKnownShape(shapes, path)) continue
    const response = await fetch(url + path, { redirect: 'manual' })
    const type = response.headers.get('Content-Type') ?? ''
    found.set(path, `${response.status} ${type} ${response.headers.get('Content-Disposition') ?? ''}`)
    if (!type.startsWith('text/html')) {
      await response.body?.cancel()
      continue
    }
    const html = await response.text()
    for (const [, link = ''] of html.matchAll(/ (?:href|action)="(\/[^"]*)/g)) {
      const plain = link.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&')
      // Another list has a test of its own, and a log that grows never ends.
      if (!/^\/demo\/|\/tail$/.test(plain)) waiting.push(plain.replace(/#.*/, ''))
    }
  }
  return found
}

/** The short form takes two addresses of each kind. */
function isKnownShape(shapes: Map<string, number>, path: string): boolean {
  if (isLong) return false
  const shape = path
    .replace(/^\/hostile\/([a-z]+\d)[^/]*@[^/]*/, '/hostile/$1')
    .replace(/\d+(?:\.\d+)*-[^/]+$/, 'file')
    .replace(/(\/builds\/)\d+/, '$1N')
    .replace(/=[^&]*/g, '=')
  const times = (shapes.get(shape) ?? 0) + 1
  shapes.set(shape, times)
  return times > 2
}

beforeAll(async () => {
  addresses = await crawl()
}, 300_000)

test('the pages show the vectors, as text', async () => {
  const answers = [...addresses.values()]
  expect(answers.filter(one => one.startsWith('200 text/html')).length).toBeGreaterThan(isLong ? 100 : 40)
  expect(answers.filter(one => one.startsWith('500'))).toEqual([])
  const { context } = await watched(url, false)
  const tab = await context.newPage()
  const shown = new Set<string>()
  const telling = [...addresses.keys()].filter(one => /\/(?:bug|v1)\d[^/]*\/$|T\/$/.test(one))
  for (const path of telling.slice(0, isLong ? 30 : 4)) {
    await tab.goto(url + path)
    const text = (await tab.locator('body').textContent()) ?? ''
    for (const vector of vectors) if (text.includes(vector)) shown.add(vector)
  }
  expect(shown.size).toBeGreaterThan(vectors.length * 0.8)
  await context.close()
})

test('a file that is attached is saved, and never shown', async () => {
  const files = [...addresses].filter(([path]) => /\/\d+(?:\.\d+)*-[^/]+$/.test(path))
  expect(files.length).toBeGreaterThan(isLong ? 20 : 0)
  for (const [path] of files) {
    const { headers } = await fetch(url + path, { method: 'HEAD' })
    expect(headers.get('Content-Type'), path).toBe('application/octet-stream')
    expect(headers.get('Content-Disposition'), path).toMatch(/^attachment/)
    expect(headers.get('X-Content-Type-Options'), path).toBe('nosniff')
  }
})

test.each([
  ['with our policy', false],
  ['without it', true],
])('no script runs and no request leaves, %s', { timeout: 600_000 }, async (_, bypass) => {
  const { context, seen } = await watched(url, bypass)
  const shown = [...addresses].filter(
    ([, answer]) =>
      /^[245]\d\d (?:text|image\/svg|application\/(?:atom|xml))/.test(answer) && !/attachment/.test(answer),
  )
  expect(shown.length).toBeGreaterThan(isLong ? 150 : 60)
  // What the policy must stop is what stands there without it.
  const visited = someOf(shown, bypass ? 24 : 8)
  const faults: string[] = []
  await Promise.all(
    [0, 1].map(async half => {
      const tab = await context.newPage()
      for (const [path] of visited.filter((_, at) => at % 2 === half)) {
        await tab.goto(url + path, { waitUntil: 'load' })
        if (!tab.url().startsWith(url)) faults.push(`${path} led to ${tab.url()}`)
        faults.push(...(await tab.evaluate<string[]>(livingParts)).map(fault => `${path}: ${fault}`))
      }
    }),
  )
  expect(faults).toEqual([])
  expect(seen).toEqual({ scripts: [], requests: [], said: [] })
  await context.close()
})

/** What could run or ask for something, had it got into the page; a plain text is dressed by Chromium itself. */
const livingParts = `(!/html|svg/.test(document.contentType) ? [] : [...document.querySelectorAll('*')]).flatMap(element => [
  ...(/^(?:script|style|iframe|object|embed|img|image|use|base|video|audio|source|template|math)$/i.test(element.localName) ? [element.outerHTML] : []),
  ...(element.localName === 'link' && !element.href.startsWith(location.origin) ? [element.outerHTML] : []),
  ...[...element.attributes].filter(({ name, value }) =>
    /^on|^style$|^srcdoc$|^autofocus$/i.test(name) ||
    (/^(?:href|action|src|formaction|xlink:href)$/i.test(name) && !/^(?:https?:|mailto:|[/#?]|$)/i.test(value)) ||
    (/^(?:href|action)$/i.test(name) && value.startsWith('//'))
  ).map(({ name, value }) => element.localName + ' ' + name + '=' + value),
])`
