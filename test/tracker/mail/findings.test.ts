// What programs that review patches list, each in a form of its own.
import { describe, expect, it } from 'vitest'
import { noDressing } from '../../../tracker/mail/dressing.ts'
import { findingsOf } from '../../../tracker/mail/findings.ts'
import { readText } from '../../../tracker/mail/text.ts'

const read = (body: string) => findingsOf(readText(body, noDressing, 'lid turn it'))

/** As a person would note them. */
const noted = (body: string) =>
  read(body).map(({ number, severity, origin, file, line, text }) =>
    [number, severity, origin, file === null ? null : line === null ? file : `${file}:${line}`, text]
      .filter(one => one !== null)
      .join(' | '),
  )

const leak = 'the lock leaks'
const typo = 'a typo in the comment'
const both = [`1 | high | new | src/lid.c:42 | ${leak}`, `2 | low | pre-existing | src/hose.c:7 | ${typo}`]

describe('two remarks', () => {
  it.each([
    [
      'in brackets',
      `The review found 2 issues:\n\n- [High, new] src/lid.c:42: ${leak}\n- [Low] [pre-existing] src/hose.c:7: ${typo}`,
    ],
    [
      'below headings',
      `Thank you! AI review found 2 potential issue(s):\n\nNew issues:\n- [High] src/lid.c:42: ${leak}\n\nPre-existing issues:\n- [Low] src/hose.c:7: ${typo}\n--\n\ncommit 1234567\n\n    lid: turn it`,
    ],
    ['numbered', `1. (major, new) src/lid.c:42: ${leak}\n2. (nit, pre-existing) src/hose.c:7: ${typo}`],
    [
      'with bold words',
      `* **Major** (new): \`src/lid.c:42\` – ${leak}\n* **Nit** (pre-existing): \`src/hose.c:7\` – ${typo}`,
    ],
    [
      'at the end',
      `- src/lid.c:42: ${leak} [severity: high, new]\n- src/hose.c:7: ${typo} [severity: low, pre-existing]`,
    ],
    [
      'in blocks of fields',
      `Finding 1: ${leak}\nSeverity: major\nLocation: src/lid.c:42\nOrigin: introduced by this patch\n\nFinding 2: ${typo}\nSeverity: nit\nFile: src/hose.c\nLine: 7\nIntroduced: no`,
    ],
    [
      'in one line of fields each',
      `1) Severity: high; File: src/lid.c:42; Origin: new; Summary: ${leak}\n2) Severity: low; File: src/hose.c:7; Origin: pre-existing; Summary: ${typo}`,
    ],
    [
      'with markdown headings',
      `### 1. ${leak}\n**Severity:** High\n**Location:** \`src/lid.c:42\`\n**Origin:** new\n\n### 2. ${typo}\n**Severity:** Low\n**Location:** \`src/hose.c:7\`\n**Origin:** pre-existing`,
    ],
    [
      'in a table',
      `| # | Severity | Where | Origin | Remark |\n|---|----------|-------|--------|--------|\n| 1 | High | src/lid.c:42 | new | ${leak} |\n| 2 | Minor | src/hose.c:7 | pre-existing | ${typo} |`,
    ],
    [
      'in the words of a compiler',
      `Static analysis of your patch:\n\n* src/lid.c:42: error: ${leak} (new)\n* src/hose.c:7: info: ${typo} (pre-existing)`,
    ],
    [
      'in capitals without bullets',
      `HIGH: src/lid.c:42: ${leak} (introduced by this patch)\nLOW: src/hose.c:7: ${typo} (pre-existing)`,
    ],
    [
      'with signs',
      `🔴 **Major** – \`src/lid.c:42\` – ${leak} (new)\n🟡 **Minor** – \`src/hose.c:7\` – ${typo} (pre-existing)`,
    ],
  ])('%s', (form, body) => {
    const found = noted(body).map(line => line.replace(' (introduced by this patch)', ''))
    expect(found, form).toEqual(both)
  })
})

describe('a remark', () => {
  it('goes on in the lines below it', () => {
    expect(noted(`- [High] the lock leaks when\n  the lid is shut\n- [Low] ${typo}`)).toEqual([
      '1 | high | the lock leaks when the lid is shut',
      `2 | low | ${typo}`,
    ])
  })

  it('stands below the heading that says how bad it is', () => {
    expect(noted(`## Critical (1)\n- ${leak} in lid.c:42\n\n## Minor issues\n- ${typo}\n- another`)).toEqual([
      `1 | critical | lid.c:42 | ${leak} in lid.c:42`,
      `2 | low | ${typo}`,
      '3 | low | another',
    ])
  })

  it('stands between the lines that it speaks of, and has their file', () => {
    const body = `> diff --git a/src/lid.c b/src/lid.c\n> --- a/src/lid.c\n> +++ b/src/lid.c\n> @@ -1 +1 @@\n> +turn();\n\n[Severity: High]\nDoes this leak\nthe lock?\n\n> +shut();\n\n[Severity: Low]\nThis is a pre-existing issue, but is it checked?`
    expect(noted(body)).toEqual([
      '1 | high | src/lid.c | Does this leak the lock?',
      '2 | low | pre-existing | src/lid.c | This is a pre-existing issue, but is it checked?',
    ])
    expect(noted(`- [High] ${leak}\n\n${body}`)).toEqual([`1 | high | ${leak}`])
  })

  it('keeps the number and the word of its mail', () => {
    expect(read(`Finding 4: [blocker] ${leak}\nFinding 7: [nit] ${typo}`)).toMatchObject([
      { number: 4, severity: 'critical', word: 'blocker' },
      { number: 7, severity: 'low', word: 'nit' },
    ])
  })
})

describe('no remark', () => {
  it.each([
    'The build failed:\n\nlid.c:12:3: warning: foo may be null\nmake: *** [lid.o] Error 1',
    'Build failed with:\n- error: lid.c:12: undefined reference to x',
    'High time that this is fixed. Critical: no.\n- we need low latency here\n- major changes: none',
    'The review found no issues. It looks great!',
    `> - [High] ${leak}\n\nI do not think so.`,
  ])('%j', body => {
    expect(read(body)).toEqual([])
  })
})

it('stays within its bounds and quick', () => {
  const many = Array.from({ length: 5_000 }, (_, at) => `- [High] lid.c:${at}: ${leak}`).join('\n')
  expect(read(many)).toHaveLength(50)
  const long = read(`- [High] ${'lid '.repeat(5_000)}`)
  expect(long[0]?.text.length).toBeLessThanOrEqual(300)
  const start = performance.now()
  for (const text of ['[', '[High', '- **', '|a', 'lid.c:', 'severity: ', '(high) ', '1. ', 'a/'])
    read(`- [High] x\n${`${text.repeat(400)}\n`.repeat(200)}`)
  expect(performance.now() - start).toBeLessThan(5_000)
})
