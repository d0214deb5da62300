import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { importPaths } from '../../ingest/import.ts'
import { type Archive, makeArchive } from './archive.ts'

const pages = new Map<string, string>()
const statuses = new Map<string, number>()
let archive: Archive

const plain = (text: string) =>
  text.replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('&amp;', '&')
const linksOf = (html: string) =>
  [...html.matchAll(/ (?:href|action)="([^"]*)"/g)].map(match => plain(match[1] ?? ''))

beforeAll(async () => {
  archive = await makeArchive()
  const report = await importPaths({
    db: archive.db,
    list: archive.list,
    paths: [join(import.meta.dirname, '../../ingest/demo.mbox')],
    signal: new AbortController().signal,
    progress: { show: () => {}, say: () => {}, finish: () => {} },
  })
  expect(report.problems).toEqual([])
  const waiting = ['/']
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (statuses.has(path)) continue
    const response = await archive.app.request(path)
    statuses.set(path, response.status)
    const elsewhere = response.headers.get('Location')
    if (elsewhere?.startsWith('/')) waiting.push(elsewhere)
    if (elsewhere !== null || !response.headers.get('Content-Type')?.startsWith('text/html')) continue
    const html = await response.text()
    pages.set(path, html)
    waiting.push(
      ...linksOf(html)
        .filter(link => link.startsWith('/'))
        .map(link => link.split('#')[0] ?? ''),
    )
  }
})

test('every link of the demo archive leads to something', () => {
  expect(pages.size).toBeGreaterThan(60)
  const dead = [...statuses].filter(([, status]) => ![200, 301, 302].includes(status))
  expect(dead).toEqual([])
})

test('every link into a page meets its target', () => {
  for (const [path, html] of pages) {
    for (const link of linksOf(html).filter(href => href.includes('#') && /^[#/]/.test(href))) {
      const [page = '', anchor] = link.split('#')
      expect(pages.get(page || path), `${path} -> ${link}`).toContain(`id="${anchor}"`)
    }
  }
})

test('links lead here, to a mail or to the web', () => {
  for (const [path, html] of pages)
    for (const link of linksOf(html)) expect(link, path).toMatch(/^(?:[/#]|mailto:|https?:\/\/)/)
})

test('pages have no script, no inline style, no image, one heading and no id twice', () => {
  for (const [path, html] of pages) {
    expect(html, path).not.toMatch(/<script|<img|<iframe|<style|javascript:/i)
    expect(html.replace(/>[^<]*</g, '><'), path).not.toMatch(/ style=| on[a-z]+=/)
    expect(html.match(/<h1>/g), path).toHaveLength(1)
    const ids = [...html.matchAll(/ id="([^"]*)"/g)].map(match => match[1])
    expect(new Set(ids).size, path).toBe(ids.length)
  }
})

test('tags are closed in the order they were opened', () => {
  const empty = new Set(['meta', 'link', 'br', 'input', '!doctype'])
  for (const [path, html] of pages) {
    const open: string[] = []
    for (const [, slash, name = ''] of html.matchAll(/<(\/?)([a-z!][a-z0-9]*)[^>]*>/gi)) {
      if (empty.has(name)) continue
      if (slash) expect(open.pop(), `${path}: </${name}>`).toBe(name)
      else open.push(name)
    }
    expect(open, path).toEqual([])
  }
})

test('pages are small', () => {
  for (const [path, html] of pages)
    expect(Buffer.byteLength(html), path).toBeLessThan(path.includes('/T/') ? 60_000 : 30_000)
})
