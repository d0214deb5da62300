// The builds of a list: its branches with their last result, the nights that can be fetched, and all of them, newest first.
import { html } from 'hono/html'
import { branchTable } from '../part/branch-table.ts'
import { buildChip, buildTable, nightlyText, shortCommit } from '../part/build-look.ts'
import { frame } from '../part/frame.ts'
import { morePages } from '../part/more-pages.ts'
import { countText, type Html, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { BuildLine } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface BuildsView {
  readonly list: ListRow
  readonly now: Date
  /** The first of them with their last result, and how many there are. */
  readonly branches: { readonly lines: readonly BuildLine[]; readonly count: number }
  readonly nights: readonly Night[]
  readonly lines: readonly BuildLine[]
  /** Where the next page begins; null for the last. */
  readonly next: string | null
  readonly continued: boolean
}

/** A ref that is still there. */
export interface Night {
  readonly ref: string
  readonly commit: string
  /** Undefined where it came to the commit of a night whose build is not known any more. */
  readonly build: BuildLine | undefined
}

export const buildsPage = (view: BuildsView): Html => {
  const { list, now, branches, nights, lines, next, continued } = view
  return frame({
    title: 'Builds',
    list,
    here: 'builds',
    crumbs: [{ text: list.name, path: paths.list(list.name) }, { text: 'Builds' }],
    skipTo: 'builds',
    main: html`<h1>Builds</h1>
<p class="meta"><span>Newest first</span> <a href="${paths.queue()}">The queue and its runners</a></p>
${branches.count === 0 || continued ? '' : branchSection(list, branches)}
${nights.length === 0 || continued ? '' : nightSection(nights)}
${
  lines.length === 0
    ? html`<p>${continued ? 'That was all.' : 'Nothing was built yet.'}</p>`
    : html`<section aria-labelledby="h-all"><div class="hd"><h2 id="h-all">All</h2></div>${buildTable(lines, { now })}</section>`
}
${morePages({ first: continued ? paths.builds(list.name) : null, next: next && paths.builds(list.name, next) })}`,
  })
}

const branchSection = (
  list: ListRow,
  { lines, count }: BuildsView['branches'],
): Html => html`<section aria-labelledby="h-branches">
<div class="hd"><h2 id="h-branches">Branches</h2>${count > lines.length ? html`<a href="${paths.buildBranches(list.name)}">All ${countText(count, 'branch', 'branches')}</a>` : html`<p class="soft">With their last result</p>`}</div>
${branchTable(list.name, lines)}</section>`

const nightSection = (nights: readonly Night[]): Html => html`<section aria-labelledby="h-nights">
<div class="hd"><h2 id="h-nights">Nights</h2><p class="soft">All that was let in and applies together, to be fetched from <code>/-/git/ci.git</code></p></div>
<div class="card rows"><table class="flat"><thead><tr><th scope="col">Night</th><th scope="col" class="wide">Result</th><th scope="col" class="num slim">Build</th><th scope="col" class="thin">Commit</th></tr></thead>
<tbody>${nights.map(
  ({ ref, commit, build }) =>
    html`<tr><th scope="row" class="sub">${nightlyText({ ref })}<br><code class="soft">${visible(ref)}</code></th><td>${build ? buildChip(build.state) : ''}</td><td class="num n" data-w="Build">${build ? html`<a href="${paths.build(build.number)}">${build.number}</a>` : ''}</td><td>${shortCommit(commit)}</td></tr>
`,
)}</tbody></table></div></section>`
