// How bad a finding is, in four levels. Every reviewing program has its own words for them: those of a code review
// (blocker, major, minor, nit), of a compiler (error, warning, info), of a security scanner (critical to low).
export const severities = ['critical', 'high', 'medium', 'low'] as const
export type Severity = (typeof severities)[number]

export interface SeverityWord {
  readonly severity: Severity
  /** As the mail has it, in lower case. */
  readonly word: string
  /** A compiler's or a log's word: it stands before much that is no finding. */
  readonly weak: boolean
}

const levels: Readonly<Record<Severity, { readonly strong: string; readonly weak: string }>> = {
  critical: { strong: 'critical blocker blocking severe', weak: 'fatal' },
  high: { strong: 'high major', weak: 'error important serious' },
  medium: { strong: 'medium moderate', weak: 'warning warn normal' },
  low: {
    strong: 'low minor nit nitpick trivial cosmetic',
    weak: 'info informational suggestion style hint',
  },
}

const words = new Map<string, SeverityWord>(
  severities.flatMap(severity =>
    (['strong', 'weak'] as const).flatMap(kind =>
      levels[severity][kind]
        .split(' ')
        .map(word => [word, { severity, word, weak: kind === 'weak' }] as const),
    ),
  ),
)

/** `High`, `nits`; null for any other word. */
export function severityOf(written: string): SeverityWord | null {
  const word = written.toLowerCase()
  return words.get(word) ?? words.get(word.replace(/s$/, '')) ?? null
}

const anyWord = new RegExp(`\\b(?:${[...words.keys()].join('|')})s?\\b`, 'i')

/** Cheap: may this line name a severity? */
export const namesSeverity = (line: string): boolean => anyWord.test(line)
