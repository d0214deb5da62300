// The trailers that people gave to a patch after it was sent, for its commit. One given on an earlier revision holds while
// the patch is the same (equal patch-id), one below the cover for all patches, as in b4.
import { elderOf } from './compare.ts'
import type { Revision, Topic, TopicPatch, Trailer } from './topic.ts'

/** Lines as git has them, in the order in which they were given. What only names somebody else, and what rejects it, is left out. */
export function givenSince(
  topic: Pick<Topic, 'revisions' | 'trailers'>,
  revision: Revision,
  patch: TopicPatch,
): string[] {
  const until = topic.revisions.indexOf(revision) + 1
  const given = topic.revisions.slice(0, until).flatMap(from => {
    const was = from === revision || from.patches.includes(patch) ? patch : elderOf(from, patch)
    if (was === null || (was !== patch && (was.patchId === null || was.patchId !== patch.patchId))) return []
    return topic.trailers.filter(trailer => speaksOf(trailer, from, was))
  })
  const lines = given
    .filter(({ counts, key }) => counts && !/^na(?:c?ked|k)-by$/i.test(key))
    .toSorted((a, b) => a.said - b.said)
    .map(({ key, who }) => `${key}: ${who.name === '' ? '' : `${who.name} `}<${who.address}>`)
  return [...new Set(lines)]
}

const speaksOf = ({ on, whole }: Trailer, from: Revision, patch: TopicPatch): boolean =>
  on === patch.id || on === from.cover || (whole === true && from.patches.some(({ id }) => id === on))
