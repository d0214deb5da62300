// All branches of a list's repositories that were built, with their last result.
import { html } from 'hono/html'
import { branchTable } from '../part/branch-table.ts'
import { buildCrumbs } from '../part/build-crumbs.ts'
import { frame } from '../part/frame.ts'
import { morePages } from '../part/more-pages.ts'
import type { Html } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { BuildLine } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface BranchesView {
  readonly list: ListRow
  readonly lines: readonly BuildLine[]
  /** Behind which the next page begins; null for the last. */
  readonly next: string | null
  readonly continued: boolean
}

export const branchesPage = ({ list, lines, next, continued }: BranchesView): Html =>
  frame({
    title: 'Branches',
    list,
    here: 'builds',
    crumbs: buildCrumbs(list, { text: 'branches' }),
    skipTo: 'branches',
    main: html`<h1>Branches</h1>
<p class="meta"><span>With their last result, by name</span></p>
${lines.length === 0 ? html`<p>${continued ? 'That was all.' : 'Nothing was built yet.'}</p>` : branchTable(list.name, lines)}
${morePages({
  first: continued ? paths.buildBranches(list.name) : null,
  next: next && paths.buildBranches(list.name, next),
  words: { first: 'From the first', next: 'More' },
})}`,
  })
