// docs/mail.md against the parser: every line that it shows is read as it says, and it shows every word that is read.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { bugStatuses, patchStates, tagNames } from '../../../base/state-words.ts'
import type { MailFacts, TagFact } from '../../../tracker/mail/facts.ts'
import { fields } from '../../../tracker/mail/tag/debbugs.ts'
import { controlVerbs } from '../../../tracker/mail/tag/debbugs-control.ts'
import { quickActions } from '../../../tracker/mail/tag/gitlab.ts'
import { regzbotVerbs } from '../../../tracker/mail/tag/regzbot.ts'
import { resolutions } from '../../../tracker/mail/tag/sourcehut.ts'
import { bugWords, patchWords } from '../../../tracker/mail/tag/state-words.ts'
import { syzVerbs } from '../../../tracker/mail/tag/syzbot.ts'
import { valueText } from '../../../tracker/mail/tag/value.ts'
import { recordedVerbs } from '../../../tracker/mail/tag/verbs.ts'
import { factsIn } from '../../commands/commands.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/mail.md'), 'utf8')

interface Row {
  readonly said: string
  readonly meant: readonly string[]
}

describe('each line of the tables', () => {
  it.each(rowsOf('read as'))('$said', ({ said, meant }) => {
    expect(shown(read(said).tags)).toEqual(meant)
  })

  it.each(rowsOf('read as').filter(({ said }) => said.startsWith('Control: ')))(
    'in a mail to control@ as well: $said',
    ({ said, meant }) => {
      const facts = mail({ To: 'control@lists.example.org' }, `${said.replace('Control: ', '')}\nthanks\n`)
      expect(shown(facts.tags)).toEqual(meant)
    },
  )

  it.each(rowsOf('read as', 'field at the top'))('at the top of a report: $said', ({ said, meant }) => {
    const facts = mail({ Subject: 'tarn hangs' }, `Package: wal-tools\n${said}\n\nIt hangs.\n`)
    expect(shown(facts.tags.filter(tag => tag.line === said))).toEqual(meant)
  })

  it.each(rowsOf('nearest'))('nearly right: $said', ({ said, meant }) => {
    const facts = mail({}, `${said}\n`)
    expect(facts.misses.map(miss => miss.nearest)).toEqual(meant)
  })

  it('means what its canonical form means', () => {
    const rows = [...rowsOf('read as'), ...rowsOf('read as', 'field at the top')]
    const lines = new Set(rows.flatMap(({ meant }) => meant).filter(line => line !== recorded))
    expect(lines.size).toBeGreaterThan(40)
    for (const line of lines) expect([line, shown(mail({}, `${line}\n`).tags)]).toEqual([line, [line]])
  })
})

describe('the lines elsewhere on the page', () => {
  const canonical = new RegExp(`^(?:${tagNames.join('|')}): \\S`)
  const spans = [...page.matchAll(/`([^`\n]+)`/g)].map(match => match[1] ?? '')
  const nearly = rowsOf('nearest').map(({ said }) => said)
  const lines = spans.filter(span => canonical.test(span) && !nearly.includes(span))

  it.each([...new Set(lines)])('%s is a tag', line => {
    const facts = mail({}, `${line}\n`)
    expect(facts.tags.length).toBeGreaterThan(0)
    expect(facts.misses).toEqual([])
  })

  it.each(spans.filter(span => /^[A-Z][a-z]+-by: \S/.test(span)))('%s is a trailer', line => {
    expect(mail({}, `${line}\n`).trailers).toHaveLength(1)
  })

  it.each(spans.filter(span => /^(?:\[[A-Z]+\]|BUG:)$/.test(span) && span !== '[RFC]'))(
    '%s makes a bug',
    span => {
      expect(mail({ Subject: `${span} tarn hangs` }, 'Words.\n').bugSign).not.toBeNull()
    },
  )

  it.each(spans.filter(span => /^(?:bugs\+LIST|LIST\+bug)@/.test(span)))('mail to %s is a bug', span => {
    const to = span.replace('LIST', 'tarn').replace('...', 'lists.example.org')
    expect(mail({ To: to, Subject: 'tarn hangs' }, 'Words.\n').bugSign).not.toBeNull()
  })

  it.each(rowsOf('count'))('as words, $said: $meant', ({ said, meant }) => {
    expect(mail({}, `${said}\n`).applied === null).toBe(meant[0] === 'no')
  })

  it.each([...page.matchAll(/^```\n([\s\S]*?)^```/gm)].map(match => match[1] ?? ''))('%s', block => {
    const facts = mail({}, block)
    const lines = block.split('\n').filter(line => line !== '')
    const releases = facts.releases?.length ?? 0
    expect(facts.checks.length === 1 || facts.tags.length + releases === lines.length).toBe(true)
    expect(facts.misses).toEqual([])
  })
})

describe('the page knows', () => {
  const rows = [...rowsOf('read as'), ...rowsOf('read as', 'field at the top')]
  const said = rows.map(row => row.said.toLowerCase())
  const shows = (start: string) => said.some(line => line === start || line.startsWith(`${start} `))

  it.each([
    ['state of a patch', patchStates.map(state => `| \`${state}\` |`)],
    ['status of a bug', bugStatuses.map(status => `\`${status}\``)],
    ['tag', tagNames.map(tag => `${tag}: `)],
  ])('every %s', (_, words) => {
    expect(words.filter(word => !page.includes(word))).toEqual([])
  })

  it.each<[string, Iterable<string>, (word: string) => boolean]>([
    ['word of pw-bot', patchWords.keys(), word => shows(`pw-bot: ${word}`)],
    [
      'word for a status',
      [...bugWords.keys()].filter(word => !(bugStatuses as readonly string[]).includes(word)),
      word => shows(`bug-status: ${word}`) || shows(`bug-status: ${word.replaceAll('-', ' ')}`),
    ],
    ['#syz', syzVerbs.keys(), word => shows(`#syz ${word}`) || shows(`#syz ${word}:`)],
    ['#regzbot', regzbotVerbs.keys(), word => shows(`#regzbot ${word}`) || shows(`#regzbot ${word}:`)],
    ['Control:', controlVerbs.keys(), word => shows(`control: ${word}`)],
    ['!resolve', resolutions.keys(), word => shows(`!resolve ${word}`)],
    ['quick action', quickActions, word => shows(`/${word}`)],
    ['bug:', recordedVerbs, word => shows(`bug: ${word}`)],
    ['field of a report', fields.keys(), word => shows(`${word}:`)],
  ])('every word: %s', (_, words, isShown) => {
    expect([...words].filter(word => !isShown(word))).toEqual([])
  })
})

const recorded = 'recorded, no effect'

/** The rows of the tables with these heads, one for each line in their left column. */
function rowsOf(right: string, left?: string): Row[] {
  const tables = page.split(/\n\n/).filter(block => {
    const [first = '', second = ''] = (block.split('\n')[0] ?? '').split('|').slice(1, 3)
    return (
      second.trim() === right &&
      (left === undefined ? first.trim() !== 'field at the top' : first.trim() === left)
    )
  })
  const rows = tables.flatMap(table => table.split('\n').slice(2)).filter(row => row.startsWith('|'))
  return rows.flatMap(row => {
    const [said = '', meant = ''] = row.split('|').slice(1, 3)
    const lines = spansOf(meant)
    return spansOf(said).map(line => ({ said: line, meant: lines.length > 0 ? lines : [meant.trim()] }))
  })
}

function spansOf(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(match => match[1] ?? '')
}

/** The line where it belongs: in the header of a patch or an answer, in To, or in the text. */
function read(said: string): MailFacts {
  const [name = '', value = ''] = said.split(/: (.*)/s)
  if (name === 'X-Patchwork-Action-Required') return mail({ [name]: value }, 'Words.\n')
  if (name.startsWith('X-')) return mail({ Subject: '[PATCH 0/2] wal', [name]: value }, 'Words.\n')
  return name === 'To' ? mail({ To: value }, 'Words.\n') : mail({}, `Words.\n\n${said}\n\nMore words.\n`)
}

function mail(headers: Record<string, string>, body: string): MailFacts {
  const all = {
    From: 'Ines Oduya <ines@example.org>',
    To: 'tarn@lists.example.org',
    Subject: 'Re: [PATCH v2 1/2] wal: fix the lock',
    'List-Post': '<mailto:tarn@lists.example.org>',
    'Message-ID': '<m1@example.org>',
    ...headers,
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\n`)
  return factsIn(Buffer.from(`${head.join('')}\n${body}`))
}

/** As the right column writes it. */
function shown(tags: readonly TagFact[]): string[] {
  return tags.map(tag => {
    if (tag.tag === 'Recorded') return recorded
    const narrowed =
      tag.number === undefined ? (tag.bug === undefined ? '' : `#${tag.bug} `) : `${tag.number}/5 `
    return `${tag.tag}: ${narrowed}${valueText(tag)}${tag.reason === undefined ? '' : ` -- ${tag.reason}`}`
  })
}
