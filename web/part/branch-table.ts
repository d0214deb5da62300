// Branches with their last result, each with its builds and its badge.
import { html } from 'hono/html'
import { paths } from '../paths.ts'
import type { BuildLine } from '../read/builds.ts'
import { branchText, buildChip, shortCommit } from './build-look.ts'
import { type Html, shortMinuteOf, visible } from './text.ts'

export const branchTable = (
  list: string,
  lines: readonly BuildLine[],
): Html => html`<div class="card rows"><table class="flat"><thead><tr><th scope="col">Branch</th><th scope="col" class="wide">Last result</th><th scope="col" class="num slim">Build</th><th scope="col" class="thin">Commit</th><th scope="col" class="wide">Ended, UTC</th><th scope="col" class="slim">Badge</th></tr></thead>
<tbody>${lines.map(
  line =>
    html`<tr><th scope="row" class="sub"><a class="s" href="${paths.buildsOfBranch(line.repository, line.ref)}"><bdi>${branchText(line.ref)}</bdi></a> <span class="soft">in <bdi>${visible(line.repository)}</bdi></span></th><td>${buildChip(line.state)}</td><td class="num n" data-w="Build"><a href="${paths.build(line.number)}">${line.number}</a></td><td>${shortCommit(line.commit)}</td><td class="soft">${line.endedAt ? shortMinuteOf(line.endedAt.getTime()) : ''}</td><td><a href="${paths.badge(list, line.ref.replace(/^refs\/heads\//, ''))}">SVG</a></td></tr>
`,
)}</tbody></table></div>`
