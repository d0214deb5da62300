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
