// `Release: <Message-ID>`: the line by which a maintainer lets a mail pass that waits on a moderated list.
import { type MessageId, messageId } from '../../base/ids.ts'
import { limits } from '../../base/limits.ts'

/** The ids among own lines, in order. */
export function releasesOf(lines: readonly string[]): MessageId[] {
  const ids = lines.flatMap(line => line.slice(0, 1_100).match(shape)?.[1] ?? [])
  return [...new Set(ids)].slice(0, limits.releasesMax).map(messageId)
}

const shape = /^Release:[ \t]{1,20}<?([^\s<>]{1,1000})>?[ \t]{0,20}$/i
