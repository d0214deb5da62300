// "Applied, thanks." A person who says so in an own line of an answer states a fact about the patch; a question
// ("has this been applied?"), a wish and a plan do not.

import { isPassing } from './applied/in-passing.ts'
import { isNotice, mayBeNotice } from './applied/notice.ts'
import { exceptionsOf, numbersIn, speaksOfAll, withoutExceptions } from './applied/patch-numbers.ts'
import { statementsOf } from './applied/statements.ts'
import { commitIn } from './applied/told-commit.ts'
import { branchIn, isOwnTree } from './applied/where.ts'
import type { AppliedFact } from './facts.ts'

/** Looks among own lines of an answer; null when nothing of the kind is said. */
export function appliedOf(
  subject: string,
  lines: readonly string[],
  tags: readonly string[] = [],
): AppliedFact | null {
  if (!lines.some(mayBeNotice)) return null
  const statements = statementsOf(withBranches(lines, tags)).map(withoutExceptions)
  const notice = statements.find(one => isNotice(one, subject))
  const found = notice ?? statements.find(isPassing)
  if (!found) return null
  // Below a signature's dashes stand the fingerprints of keys.
  const signature = lines.findIndex((below, index) => index > found.at && /^-- ?$/.test(below))
  const end = signature < 0 ? found.at + 200 : Math.min(signature, found.at + 200)
  const behind = lines.slice(found.at, end)
  const commit = commitIn(behind)
  const line = found.written.replaceAll(shaped, '').slice(0, 200)
  const except = exceptionsOf(statements, found)
  const numbers = numbersIn(found.text.slice(0, 200), behind).filter(one => !except.includes(one))
  const part =
    numbers.length > 0 ||
    except.length > 0 ||
    /^re: \(subset\)/i.test(subject) ||
    /\b(?:first|last|some|all but|except)\b/i.test(line)
  const branch = branchIn(found.text)
    ?.replace(shaped, '')
    .replace(/ branch$/, '')
    .replace(/[.,]{1,3}$/, '')
  return {
    commit,
    line,
    ...(branch ? { branch } : {}),
    ...(isOwnTree(found.text) ? { own: true as const } : {}),
    ...(notice ? {} : { passing: true as const }),
    ...(part ? { part: true as const } : {}),
    ...(!part && speaksOfAll.test(line) ? { all: true as const } : {}),
    ...(numbers.length > 0 ? { numbers } : except.length > 0 ? { except } : {}),
  }
}

/** A word of the subject's bracket names a branch as well: "[PATCH net] x", "added to net". It gets the shape of one. */
function withBranches(lines: readonly string[], tags: readonly string[]): readonly string[] {
  const words = tags.filter(tag => /^[\w.+-]{2,40}$/.test(tag))
  if (words.length === 0) return lines
  const pattern = new RegExp(
    `\\b(to|into|onto|in|on) (?:the )?(${words.map(escaped).join('|')})(?=$|[\\s.,;!)])`,
    'gi',
  )
  return lines.map(line => line.slice(0, 300).replace(pattern, `$1 $2${shaped}`))
}

const shaped = '-branchword'

const escaped = (word: string) => word.replace(/[.+]/g, '\\$&')
