// Search: how many mails hold the words, each with the line that matched; or, when nothing was found, what to try.
import { html } from 'hono/html'
import type { ListId } from '../../base/ids.ts'
import { frame } from '../part/frame.ts'
import { cappedText, dayOf, type Html, nameOf, titleText, visible } from '../part/text.ts'
import { listedTable } from '../part/topic-table.ts'
import { paths } from '../paths.ts'
import type { FoundTopics } from '../read/found-topics.ts'
import type { Hit, Hits } from '../read/hits.ts'
import type { ListRow } from '../read/located-mail.ts'
import { findMark, type Mark, type MarkPlace, searchedText } from '../read/mark.ts'
import type { Place } from '../read/place.ts'
import { searchPrefixes } from './search-help.ts'

export interface SearchView {
  /** A list, or all of them. */
  readonly place: Place
  readonly query: string
  /** What shows in the hits why they were found. */
  readonly marks: readonly Mark[]
  /** Null when there is nothing to look for. */
  readonly found: Hits | null
  /** In place of mails, for a query that asks for topics. */
  readonly topics: FoundTopics | null
  /** The query as it may have been meant. */
  readonly spelled: string | null
  /** From 1. */
  readonly page: number
  readonly pageRows: number
  readonly countMax: number
  /** A sentence when the query could not be used as it was written. */
  readonly trouble: string | null
}

export const searchPage = (view: SearchView): Html => {
  const { place, query, found, topics, spelled, trouble } = view
  const list = onlyList(place)
  return frame({
    title: query ? `Search: ${query}` : 'Search',
    ...(list ? { list } : { all: true }),
    query,
    crumbs: [homeOf(place), { text: 'Search' }],
    skipTo: 'results',
    main: html`<h1>${heading(view)}</h1>
${trouble === null ? '' : html`<div class="stand tone-warn"><span class="chip warn"><span aria-hidden="true">?</span> ${found === null && topics === null ? 'Not understood' : 'Read otherwise'}</span><div><p>${visible(trouble)}</p></div></div>`}
${spelled === null ? '' : html`<p>Did you mean <a href="${paths.search(place.name, spelled)}"><bdi>${visible(spelled)}</bdi></a>?</p>`}
<div class="cols"><div>
${topics && topics.rows.length > 0 ? topicResults(view, topics) : found && found.hits.length > 0 ? results(view, found) : advice(view)}
</div>
${help(place)}</div>`,
  })
}

const onlyList = ({ lists }: Place): ListRow | undefined => (lists.length === 1 ? lists[0] : undefined)

const homeOf = (place: Place): { text: string; path: string } =>
  onlyList(place)
    ? { text: place.name, path: paths.list(place.name) }
    : { text: place.description, path: paths.lists() }

function heading({ place, query, found, topics, countMax }: SearchView): Html {
  if (query === '') return html`Search the mails of ${onlyList(place) ? 'this list' : 'all lists'}`
  if (topics !== null)
    return topics.count === 0
      ? html`Nothing is “<bdi>${visible(query)}</bdi>”`
      : html`${capital(cappedText(topics.count, countMax, 'topic'))} ${topics.count === 1 ? 'is' : 'are'} “<bdi>${visible(query)}</bdi>”`
  if (found === null) return html`No search was made for “<bdi>${visible(query)}</bdi>”`
  if (found.count === 0)
    return found.cut
      ? html`None of the newest mails holds “<bdi>${visible(query)}</bdi>”`
      : html`No mail holds “<bdi>${visible(query)}</bdi>”`
  const count = `${found.cut ? 'at least ' : ''}${cappedText(found.count, countMax, 'mail')}`
  return html`${capital(count)} ${found.count === 1 ? 'holds' : 'hold'} “<bdi>${visible(query)}</bdi>”`
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

const topicResults = (view: SearchView, { rows, count }: FoundTopics): Html => {
  const { place } = view
  const listed = rows.map(row => ({ list: nameOfList(place, row), row }))
  return html`<section aria-labelledby="h-hits">
<div class="hd"><h2 id="h-hits">Last mail first</h2></div>
${listedTable(listed, { lists: onlyList(place) === undefined })}
${pager(view, count)}</section>`
}

const results = (view: SearchView, found: Hits): Html => html`<section aria-labelledby="h-hits">
<div class="hd"><h2 id="h-hits">Newest first</h2></div>
${found.hits.map(hit => hitCard(view, hit))}
${found.cut ? html`<p class="soft">To find older ones, add a word of their subject or a time: they would have to be read one by one.</p>` : ''}
${pager(view, found.count)}</section>`

const hitCard = ({ place, marks }: SearchView, hit: Hit): Html =>
  html`<article class="card hit"><h3><a href="${paths.mail(nameOfList(place, hit), hit.id)}"><bdi>${marked(titleText(hit.subject), marks)}</bdi></a></h3>
<p class="by"><span>${nameOf(hit.sender)}, ${dayOf(hit.said)}${onlyList(place) ? '' : html`, on <bdi>${visible(nameOfList(place, hit))}</bdi>`}</span></p>
${hit.matched.length === 0 ? (hit.gist ? html`<p class="gist soft">${marked(visible(hit.gist), marks)}</p>` : '') : html`<pre class="diff" tabindex="0">${hit.matched.map(line => html`<span>${marked(visible(line), marks)}</span>`)}</pre>`}</article>
`

const nameOfList = ({ lists, name }: Place, { list }: { readonly list: ListId }): string =>
  lists.find(({ id }) => id === list)?.name ?? name

/** The words of the query inside a line. */
function marked(text: string, marks: readonly Mark[]): (string | Html)[] {
  const lower = searchedText(text)
  const parts: (string | Html)[] = []
  let done = 0
  for (let at = nextMark(lower, marks, 0); at !== null; at = nextMark(lower, marks, done)) {
    parts.push(text.slice(done, at.start), html`<mark>${text.slice(at.start, at.end)}</mark>`)
    done = at.end
  }
  return [...parts, text.slice(done)]
}

/** Of two at one place the longer one. */
function nextMark(lower: string, marks: readonly Mark[], from: number): MarkPlace | null {
  const places = marks.flatMap(mark => findMark(lower, mark, from) ?? [])
  const [first] = places.toSorted((a, b) => a.start - b.start || b.end - a.end)
  return first ?? null
}

function pager({ place, query, page, pageRows }: SearchView, count: number): Html | string {
  const hasNext = count > page * pageRows
  if (page === 1 && !hasNext) return ''
  return html`<nav class="near" aria-label="Pages">${page > 1 ? html`<a href="${paths.search(place.name, query, page - 1)}" rel="prev">← Newer hits</a>` : html`<span></span>`} <b>Page ${page}</b> ${hasNext ? html`<a href="${paths.search(place.name, query, page + 1)}" rel="next">Older hits →</a>` : html`<span></span>`}</nav>`
}

const examples: readonly (readonly [string, string])[] = [
  ['power cut', 'mails with both words'],
  ['"power cut"', 'the words next to each other'],
  ['leak -test', 'mails without a word'],
  ['overflow or underflow', 'either word'],
  ['"leaks"', 'the word as it is written'],
  ['lea*', 'words that begin so'],
  ['Makefile', 'mails that touch the file, or speak of it'],
  ['is:open is:patch has:failed', 'open patchsets with a check that failed'],
  ['is:bug is:unanswered', 'bugs that nobody answered yet'],
  ['wal is:closed', 'mails with a word, in what is done'],
]

/** For an empty box and for a search that found nothing. */
const advice = ({ place, found, topics, page }: SearchView): Html => html`<section aria-labelledby="h-try">
<h2 id="h-try">${(found ?? topics)?.count && page > 1 ? 'There are no more hits' : 'What can be looked for'}</h2>
<p>Whole words in subjects, authors, texts and names of touched files. An English word is found in all its forms: <code>leak</code> finds “leaks”, too, but not in quotes, and not with a capital letter. Quoted lines are left out, so a word is found where it was said.</p>
<div class="card"><table class="flat"><thead><tr><th scope="col">Search</th><th scope="col">Finds</th></tr></thead>
<tbody>${examples.map(
  ([query, finds]) =>
    html`<tr><th scope="row" class="sub"><a href="${paths.search(place.name, query)}"><code>${query}</code></a></th><td>${finds}</td></tr>`,
)}</tbody></table></div>
<p>A prefix says where to look, and holds for the word, the quotes or the brackets behind it. <code>AND</code>, <code>OR</code>, <code>NOT</code> and brackets put parts together.</p>
<div class="card"><table class="flat"><thead><tr><th scope="col">Prefix</th><th scope="col">Finds</th></tr></thead>
<tbody>${searchPrefixes.map(([prefix, finds]) => html`<tr><th scope="row" class="sub"><code>${prefix}</code></th><td>${finds}</td></tr>`)}</tbody></table></div>
<p>A Message-ID, a commit, <code>#12</code>, a whole title or a person's name leads straight there; in quotes it is searched.${onlyList(place) ? html` Everything, newest first, is in the <a href="${paths.topics(place.name, 'all')}">archive</a>.` : ''}</p></section>`

const help = (place: Place): Html => html`<aside class="side" aria-label="Search help">
<section><h2>Put together</h2><p class="soft">A space means and, <code>or</code> means or, <code>-</code> means not, quotes keep words together. <code>s:</code> looks in subjects, <code>f:</code> at authors, <code>dfn:</code> at changed files, <code>d:</code> at days, <code>is:</code>, <code>state:</code> and <code>label:</code> at what became of it; <a href="${paths.search(place.name, '')}">all prefixes</a>.</p></section>
<section><h2>Elsewhere</h2><ul class="quiet">${elsewhere(place)}</ul></section></aside>`

const elsewhere = (place: Place): Html =>
  onlyList(place)
    ? html`<li><a href="${paths.list(place.name)}">Open patches</a></li><li><a href="${paths.bugs(place.name)}">Open bugs</a></li><li><a href="${paths.topics(place.name, 'all')}">Archive</a></li>`
    : html`<li><a href="${paths.lists()}">All lists</a></li>`
