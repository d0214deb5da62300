import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'smol-toml'
import { expect, test } from 'vitest'
import { settings } from '../../base/settings.ts'
import { commentedSettings, settingsTable } from '../../base/settings-text.ts'

const running = readFileSync(join(import.meta.dirname, '../../docs/running.md'), 'utf8')

test('docs/running.md has the table of the settings as they are', () => {
  const inDocs = running.slice(running.indexOf('| key |')).split('\n\n')[0]
  expect(inDocs, `docs/running.md needs this table:\n\n${settingsTable(settings)}\n\n`).toBe(
    settingsTable(settings),
  )
})

test('each setting has its own meaning', () => {
  const meanings = settingsTable(settings)
    .split('\n')
    .slice(2)
    .map(row => row.split(' | ')[1])
  expect(meanings.every(meaning => meaning)).toBe(true)
  expect(new Set(meanings).size).toBe(meanings.length)
})

test('the links of the table lead to a heading', () => {
  const anchors = [...running.matchAll(/^##+ (.*)$/gm)].map(
    match => `#${match[1]?.toLowerCase().replaceAll(' ', '-')}`,
  )
  const linked = [...settingsTable(settings).matchAll(/\]\((#.*?)\)/g)].map(match => match[1])
  expect(linked.length).toBeGreaterThan(3)
  expect(linked.filter(anchor => !anchors.includes(anchor ?? ''))).toEqual([])
})

test('what init writes is right as it stands, and with every comment that shows a setting taken away', () => {
  const text = commentedSettings()
  expect(settings.parse(parse(text)).lists.map(list => list.name)).toEqual(['demo'])
  const shown = text.replace(/^# (?=[a-z_]+ = |\[\[?[a-z.]+\]\]?$)/gm, '')
  const all = settings.parse(parse(shown))
  expect(all.lists[0]?.people).toMatchObject([{ address: 'ada@example.org', role: 'maintainer' }])
  const keys = [...settingsTable(settings).matchAll(/^\| `(?:.*\.)?([a-z_]+)` \|/gm)].map(match => match[1])
  for (const key of keys) expect(shown).toMatch(new RegExp(`^${key} = .`, 'm'))
})

test('init says everything once, in lines that fit a terminal', () => {
  const lines = commentedSettings().split('\n')
  expect(lines.filter(line => line.length > 120)).toEqual([])
  const sentences = lines.filter(line => /^# \S+ .*[a-z]{3} .*\.$/.test(line))
  expect(new Set(sentences).size).toBe(sentences.length)
})
