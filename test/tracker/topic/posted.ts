// Small postings for tests of chains: what stands in the subject, whose it is, when it came, and what it touches.

import { fold } from '../../../tracker/topic/fold.ts'
import { openRules, type Rules } from '../../../tracker/topic/rules.ts'
import type { Topic } from '../../../tracker/topic/topic.ts'
import { arrivalOf } from '../threads.ts'

export interface Posting {
  readonly subject: string
  readonly id: string
  /** Days from the first of January 2026; a posting is at noon of its day. */
  readonly day?: number
  readonly from?: string
  readonly answers?: string
  /** What its references name beyond that, the oldest first. */
  readonly beyond?: readonly string[]
  /** Path -> added lines; none for a cover or an answer. */
  readonly touches?: Readonly<Record<string, readonly string[]>>
  readonly body?: string
}

export function mailOf({
  subject,
  id,
  day = 0,
  from,
  answers,
  beyond = [],
  touches,
  body = '',
}: Posting): Buffer {
  const diff = Object.entries(touches ?? {}).map(([path, lines]) => diffOf(path, lines))
  return Buffer.from(
    [
      `From: ${from ?? 'Ada Example <ada@example.org>'}`,
      'To: pump@lists.example.org',
      `Subject: ${subject}`,
      `Date: ${new Date(Date.UTC(2026, 0, 1, 12) + Math.round(day * 86_400) * 1_000).toUTCString()}`,
      `Message-ID: <${id}>`,
      ...(answers
        ? [
            `In-Reply-To: <${answers}>`,
            `References: ${[...beyond, answers].map(one => `<${one}>`).join('\n ')}`,
          ]
        : []),
      '',
      body || 'Because.',
      ...(diff.length > 0 ? ['', 'Signed-off-by: Ada Example <ada@example.org>', '---', '', ...diff] : []),
      '',
    ].join('\n'),
  )
}

const diffOf = (path: string, lines: readonly string[]) =>
  [
    `diff --git a/${path} b/${path}`,
    `--- a/${path}`,
    `+++ b/${path}`,
    `@@ -1,2 +1,${2 + lines.length} @@`,
    ' one',
    ...lines.map(line => `+${line}`),
    ' two',
  ].join('\n')

export function topicsOf(postings: readonly Posting[], rules: Rules = openRules): Topic[] {
  const arrivals = postings.map(mailOf).map(arrivalOf)
  const { established } = fold(arrivals, rules, { established: new Set() })
  return [...fold(arrivals, rules, { established }).topics]
}

/** The ids of the mails of each topic, sorted. */
export const groupsOf = (postings: readonly Posting[], rules?: Rules): string[][] =>
  topicsOf(postings, rules)
    .map(topic => topic.mails.map(mail => mail.id as string).sort())
    .sort()
