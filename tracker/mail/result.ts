// What a test program that no table knows reports, in the forms that they share: a word in capitals in the subject, a
// field ("Result: PASS"), a table of steps, or a plain sentence ("All tests passed").
import type { CheckFact, Person } from './facts.ts'
import { firstUrl } from './links.ts'

export interface Reported {
  readonly sender: Person
  /** As decoded. */
  readonly subject: string
  /** How many it lists; then its words speak of these. */
  readonly findings?: number
  /** An address that its HTML holds behind other words. */
  readonly link?: () => string | null
}

/** Null where no result is plain. The worst of several steps counts. In a review "fails" speaks of the patch: only a table counts. */
export function resultOf(
  lines: readonly string[],
  { sender, subject, findings = 0, link }: Reported,
): CheckFact | null {
  const some = lines.slice(0, linesMax).map(line => line.slice(0, 300))
  const told = inSubject(subject) ?? inFields(some) ?? inTable(some) ?? inSentences(some)
  const found = told && (findings > 0 || isReview(some)) ? inTable(some) : told
  if (!found) return null
  return {
    context: nameOf(sender),
    state: found.state,
    description: found.line.trim().slice(0, 200),
    url: firstUrl(some) ?? link?.() ?? null,
  }
}

const linesMax = 200

/** By a program that reads code, not one that runs it. */
const isReview = (lines: readonly string[]) => lines.some(line => reviewWords.test(line.slice(0, 300)))
const reviewWords =
  /\b(?:AI|LLM|automat(?:ed|ic)|machine|model)\b.{0,20}\breview|\b(?:review|analysis)\b.{0,30}\b(?:AI|LLM|language model)\b|\b(?:review|analysis) (?:found|lists|has found) \d|\[severity\b|^\W{0,8}severity\s{0,2}[:=]/i

interface Found {
  readonly state: CheckFact['state']
  readonly line: string
}

/** The program's name: as it signs, else the part of its address before the host. */
const nameOf = ({ name, address }: Person) =>
  (name || (address.split('@')[0] ?? '')).trim().toLowerCase().replace(/\s+/g, '-').slice(0, 60) || 'robot'

const words: readonly (readonly [RegExp, CheckFact['state']])[] = [
  [
    /^(?:fail(?:ed|ure|ures|s|ing)?|error(?:ed|s)?|broken|red|unstable|not ok|✗|✘|❌|fehlgeschlagen|fehler|échec|échoué|fall[oó]|fallido|falhou|falha|fallit[oa]|mislukt|失敗|失败|ошибка)$/i,
    'fail',
  ],
  [/^(?:warn(?:ing|ings)?|⚠)$/i, 'warning'],
  [/^(?:pending|running|queued|in progress|started)$/i, 'pending'],
  [
    /^(?:pass(?:ed|es)?|success(?:ful(?:ly)?)?|succeeded|ok|okay|clean|fixed|green|✓|✔|✅|erfolgreich|bestanden|erfolg|succès|réussi|éxito|sucesso|successo|geslaagd|成功|успех|успешно)$/i,
    'success',
  ],
]

/** What a word of any program says; null when it is none of a result. */
export const stateOf = (word: string): CheckFact['state'] | null =>
  words.find(([pattern]) => pattern.test(word))?.[1] ?? null

/**
 * "FAILURE: series", "✓ build: success for x", "[CI] x - PASS": capitals or a sign, or a word with its colon. What follows
 * `[PATCH]` is the title of what was tested ("log: print ERROR as text"); there only its last word is the program's.
 */
function inSubject(subject: string): Found | null {
  const bare = subject.replace(/^(?:\s*(?:re|aw)\s*:\s*)+/i, '')
  const bracket = bare.search(/\[[^\]]{0,60}\b(?:PATCH|RFC)\b/i)
  const last = bare.match(/\s(?:-|--|–|—|:|\|)\s([A-Z]{2,10})\s*$/)?.[1]
  const title = bracket < 0 ? bare : `${bare.slice(0, bracket)}${last ? ` - ${last}` : ''}`
  const word =
    title.match(
      /(?:^|[\s[(|:-])(FAIL(?:ED|URE)?|PASS(?:ED)?|SUCCESS(?:FUL)?|ERROR|WARNING|UNSTABLE)(?=$|[\s\])|:,.!-])/,
    )?.[1] ??
    title.match(/^[✓✔✅✗✘❌⚠]/u)?.[0] ??
    title.match(/:\s(success|failure|warning|pending) for\s/)?.[1]
  const state = word ? stateOf(word) : null
  return state ? { state, line: title } : null
}

function inFields(lines: readonly string[]): Found | null {
  return worst(
    lines.flatMap(line => {
      if (!/[:=：]/.test(line)) return []
      const match = line.match(
        /^\s{0,8}[*_]{0,2}(?:(?:overall|build|test|ci|check|final|job|pipeline)[ -]){0,2}(?:result|status|state|verdict|outcome|ergebnis|résultat|resultado|risultato|resultaat|resultat|wynik|výsledek|результат|結果|结果|결과)s?[*_]{0,2}\s{0,3}[:=：]\s{0,5}[*_`]{0,2}((?:not |in )?[\p{L}✓✔✗✘]{1,14})([*_`]{0,2}\s{1,3}\p{L})?/iu,
      )
      if (!match || (match[2] && openWords.test(match[1] ?? ''))) return []
      return foundAs(match[1], line)
    }),
  )
}

/** Before another word they are the beginning of a sentence: "Status: fixed in next", "Result: clean your code first". */
const openWords = /^(?:ok|okay|clean|fixed|green|red|broken|running|started|queued|in progress)$/i

/** `Build      PASS   27 seconds`, `checkpatch | FAIL`, `[ OK ] unit`: two rows at least, or one below a heading. */
function inTable(lines: readonly string[]): Found | null {
  const rows = lines.flatMap(line => {
    if (!resultWord.test(line)) return []
    const word =
      line.match(
        /^\s{0,4}\|?\s?[\w./:+-][\w ./:+()-]{0,60}?(?:\s{2,}|\t|\s?\|\s?|\s?\.{3,}\s?)(PASS(?:ED)?|FAIL(?:ED|URE)?|OK|ERROR|WARN(?:ING)?|SUCCESS)\b/i,
      )?.[1] ??
      line.match(/^\s{0,4}\[\s{0,2}(PASS(?:ED)?|FAIL(?:ED)?|OK|ERROR|WARN(?:ING)?)\s{0,2}\]\s/i)?.[1]
    return foundAs(word, line)
  })
  return rows.length > 1 ? worst(rows) : null
}

const resultWord = /PASS|FAIL|OK|ERROR|WARN|SUCCESS/i

/** Each sentence that tells a result has one of these words. */
const outcome = /fail|broken|passed|succe|found|detected/i

function inSentences(lines: readonly string[]): Found | null {
  return worst(
    lines.flatMap((line): Found[] => {
      if (!outcome.test(line) || /\?/.test(line)) return []
      if (
        /\b(?:[1-9]\d{0,5} (?:tests? )?(?:failed|failures?)|(?:builds?|tests?|compilation|checks?|pipelines?|jobs?|steps?|runs?) (?:has |have )?(?:failed|is broken|are broken))\b/i.test(
          line,
        )
      )
        return [{ state: 'fail', line }]
      if (
        /\b(?:all (?:\w{1,20} )?(?:tests|checks|builds|jobs) (?:have )?(?:passed|succeeded)|(?:build|tests|pipeline|job) (?:has |have )?(?:passed|succeeded|was successful)|no (?:new )?(?:regressions|errors|issues|problems) (?:were )?(?:found|detected))\b/i.test(
          line,
        )
      )
        return [{ state: 'success', line }]
      return []
    }),
  )
}

function foundAs(word: string | undefined, line: string): Found[] {
  const state = word ? stateOf(word) : null
  return state ? [{ state, line }] : []
}

const order: readonly CheckFact['state'][] = ['fail', 'warning', 'pending', 'success']

const worst = (found: readonly Found[]): Found | null =>
  order.flatMap(state => found.find(one => one.state === state) ?? [])[0] ?? null
