// A long table of builds by what they have in common: all in one state, of one branch, or of one patchset.
import { html } from 'hono/html'
import { buildCrumbs } from '../part/build-crumbs.ts'
import { type BuildTableOptions, buildTable } from '../part/build-look.ts'
import { frame } from '../part/frame.ts'
import { type MorePages, morePages } from '../part/more-pages.ts'
import type { Html } from '../part/text.ts'
import type { BuildLine } from '../read/builds.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface BuildsOfView {
  /** In plain words, for the tab and the way here. */
  readonly title: string
  readonly heading: Html
  /** Below the heading. */
  readonly meta: Html
  readonly list: ListRow | undefined
  readonly lines: readonly BuildLine[]
  readonly table: BuildTableOptions
  readonly pages: MorePages
}

export const buildsOfPage = ({ title, heading, meta, list, lines, table, pages }: BuildsOfView): Html =>
  frame({
    title,
    ...(list ? { list } : {}),
    here: 'builds',
    crumbs: buildCrumbs(list, { text: title }),
    skipTo: 'builds',
    main: html`<h1>${heading}</h1>
<p class="meta">${meta}</p>
${lines.length === 0 ? html`<p>${pages.first === null ? 'Nothing was built.' : 'That was all.'}</p>` : buildTable(lines, table)}
${morePages(pages)}`,
  })
