// What each mail of a topic did: the trailers it gave and the states it set, as short words for trees and threads.
import { html } from 'hono/html'
import type { TagName } from '../../base/state-words.ts'
import { lookOf } from '../../tracker/topic/look.ts'
import type { Change, Topic } from '../../tracker/topic/topic.ts'
import { checkLook } from './chip.ts'
import { type Html, visible } from './text.ts'

/** By Message-ID; mails that only talk are left out. */
export function effectsOf(topic: Topic): ReadonlyMap<string, Html> {
  const byMail = new Map<string, Map<string, Html>>()
  const add = (mail: string, tone: string, words: string) => {
    const own = byMail.get(mail) ?? new Map<string, Html>()
    byMail.set(mail, own.set(words, html`<span class="${tone} txt">${words}</span>`))
  }
  for (const { mail, key, counts } of topic.trailers) if (counts) add(mail, 'ok', `✓ ${visible(key)}`)
  for (const check of topic.checks) {
    const { sign, word, tone } = checkLook(check.state)
    add(check.mail, tone, `${sign} ${visible(check.context)} ${word}`)
  }
  for (const change of topic.history) {
    if (change.sent && !change.undone) add(change.mail, 'info', sentWords(change.sent))
    // The check stands above.
    if (change.what === 'check') continue
    // What stood so already is no news.
    if (change.undone || (!change.effect && change.reason === null)) continue
    if (change.effect && change.state) {
      const { sign, word, tone } = lookOf(change.state)
      // `2: accepted` speaks of one patch.
      const words =
        change.what === 'Patch-Status' && change.value !== change.state
          ? visible(change.value.replace(/^(\d{1,4}): /, 'patch $1 '))
          : word
      add(change.mail, tone, `${sign} ${words}`)
    } else add(change.mail, change.effect ? 'ok' : 'bad', changeWords(change))
  }
  return new Map([...byMail].map(([mail, effects]) => [mail, some([...effects.values()])]))
}

/** A mail with twenty trailers shows the first ones. */
const effectsShownMax = 3

const some = (effects: readonly Html[]): Html =>
  html`${effects.slice(0, effectsShownMax).map((effect, index) => html`${index > 0 ? ' ' : ''}${effect}`)}${
    effects.length > effectsShownMax
      ? html` <span class="soft">+${effects.length - effectsShownMax}</span>`
      : ''
  }`

const sentWords = ({ bug }: NonNullable<Change['sent']>) =>
  bug === undefined ? '→ another thread' : `→ bug #${bug}`

function changeWords({ what, value, effect }: Change): string {
  if (!effect)
    return what === 'not understood' ? '✕ a line is not understood' : `✕ ${visible(what)}: no effect`
  switch (what) {
    case 'reverted':
      return '↺ reverted'
    case 'superseded':
      return '✓ newer revision'
    case 'landed':
    case 'landed again':
    case 'applied':
      return `✓ ${what}`
    case 'Link-Revision':
      return '✓ revision linked'
    case 'Unlink-Revision':
      return '✓ revision unlinked'
    case 'CI':
      return `✓ CI: ${visible(value)}`
    case 'check':
    case 'note':
    case 'withdrawn':
    case 'review':
    case 'newer posting':
    case 'not understood':
      return `✓ ${visible(value || what)}`
    default:
      return `✓ ${visible(value || (what satisfies TagName))}`
  }
}
