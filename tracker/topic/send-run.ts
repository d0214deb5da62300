// git numbers the Message-IDs of one run: 20260302091500.4711-3-ines@example.org, <hash>.1677000000.git.ines@example.org,
// 20260302-slug-v2-3-0123456789ab@example.org (b4). What is left without the number names the run.
import type { MessageId } from '../../base/ids.ts'

/** The run's name, or null for an id that no patch tool made. */
export function sendRun(id: MessageId): string | null {
  const text = id.slice(0, 300)
  const hashed = text.match(/^(?:cover|[0-9a-f]{30,64})\.(\d{9,11}\.git\..+)$/)
  if (hashed?.[1]) return hashed[1]
  const numbered = text.match(/^(\d{8,14}[.-].{0,200}?)-\d{1,4}-([^-@]{0,100}(?:-[^@]{0,100})?@.+)$/)
  return numbered ? `${numbered[1]}-${numbered[2]}` : null
}

/**
 * `hg email` numbers by the second: patchbomb.1772442000@host is the cover that it asks for, and its patches are
 * <20 hex digits>.1772442001@host and on.
 */
export function isIntroOf(cover: MessageId, patch: MessageId): boolean {
  const intro = cover.match(/^patchbomb\.(\d{1,12})@(.{1,200})$/)
  const posted = patch.match(/^[0-9a-f]{20}\.(\d{1,12})@(.{1,200})$/)
  if (!intro || !posted || intro[2] !== posted[2]) return false
  const later = Number(posted[1]) - Number(intro[1])
  return later > 0 && later <= seriesPatchesMax
}

/** More patches than anybody sends at once. */
const seriesPatchesMax = 1_000
