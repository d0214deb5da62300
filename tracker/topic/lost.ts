// An answer that lost its thread (mail/lost-answer.ts) heads a topic of its own. Its lines speak of what it answers, which
// nobody knows, so they change nothing; and it is no spam for answering nothing.
import { isLostAnswer } from '../mail/lost-answer.ts'
import type { Node } from './tree.ts'

export const isLost = ({ parent, ghost, facts }: Node): boolean =>
  parent === null && ghost === null && isLostAnswer(facts)

/** Does it speak as people on a list do: by a line, a trailer, or below the title of a patch? */
export const answersSomething = (node: Node): boolean => {
  const { tags, trailers, subject } = node.facts
  const posted = subject.patch || subject.version !== null || subject.number !== null
  return isLost(node) && (tags.length > 0 || trailers.length > 0 || posted)
}

export const lostReason = 'the mail does not say what it answers: it came without In-Reply-To and References'
