// `?since=2026-03-01`: what is new since then has a mark, on lists and in threads. A reader keeps the address as a bookmark, and
// nobody an account.
import { html } from 'hono/html'
import type { Topic } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { countText, dayOf, type Html, minuteOf, nameOf, visible } from './text.ts'

export interface NewSince {
  readonly typed: string
  /** Milliseconds; null for what is no time. */
  readonly at: number | null
}

/** A day, or a minute of it, both UTC's; undefined when nothing is asked. */
export function newSince(asked: string | undefined): NewSince | undefined {
  if (asked === undefined) return undefined
  const typed = asked.slice(0, charactersMax)
  const [, day, minute = '00:00'] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)Z?)?$/.exec(typed) ?? []
  const at = Date.parse(`${day}T${minute}:00Z`)
  // The 31st of April is none.
  const known = day !== undefined && Number.isFinite(at) && new Date(at).toISOString().startsWith(day)
  return { typed, at: known ? at : null }
}

const charactersMax = 40

/** `said`: milliseconds. */
export const newMark = (since: NewSince | undefined, said: number, words = 'New'): Html | string =>
  isNew(since, said) ? html` <span class="chip info">${words}</span>` : ''

const isNew = (since: NewSince | undefined, said: number): boolean => since?.at != null && said >= since.at

/** Of a topic in a list. */
export const newTopicMark = (
  since: NewSince | undefined,
  { said, lastSaid }: { readonly said: number; readonly lastSaid: number },
): Html | string => newMark(since, lastSaid, isNew(since, said) ? 'New' : 'New mails')

/** The address with the question, so that marks go with the reader. */
export function keepSince(path: string, since: NewSince | undefined): string {
  if (since?.at == null) return path
  const [bare = '', anchor] = path.split('#', 2)
  const joined = `${bare}${bare.includes('?') ? '&' : '?'}${new URLSearchParams({ since: since.typed })}`
  return anchor === undefined ? joined : `${joined}#${anchor}`
}

/** What the marks mean; on a page without them nothing. */
export const sinceLine = (since: NewSince | undefined): Html | string => {
  if (since === undefined) return ''
  if (since.at === null) return unknown(since)
  return html`<p class="meta"><span>Marked <span class="chip info">New</span>: what was said since ${minuteOf(since.at)}</span></p>`
}

const unknown = ({ typed }: NewSince): Html =>
  html`<p class="meta"><span>Cannot mark what is new since “<bdi>${visible(typed)}</bdi>”: <code>since=</code> takes a day as 2026-03-01, or a minute as 2026-03-01T09:30, in UTC.</span></p>`

/** How much of a topic is new, and where that begins. */
export function topicNews(list: string, topic: Topic, since: NewSince | undefined): Html | string {
  if (since === undefined) return ''
  if (since.at === null) return unknown(since)
  const fresh = topic.mails.filter(({ said }) => isNew(since, said))
  const [first] = fresh
  if (first === undefined)
    return html`<p class="meta"><span>Nothing is new here since ${dayOf(since.at)}</span></p>`
  return html`<p class="meta"><span><span class="chip info">New</span> ${countText(fresh.length, 'mail')} since ${dayOf(since.at)}, the first <a href="${keepSince(paths.mail(list, first.id), since)}">by ${nameOf(first.author)}</a></span></p>`
}
