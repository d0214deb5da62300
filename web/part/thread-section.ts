// The thread as a section of another page: a tree whose lines lead to the mails' own pages.

import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import type { Topic } from '../../tracker/topic/topic.ts'
import { paths } from '../paths.ts'
import { effectsOf } from './effects.ts'
import { keepSince, type NewSince } from './news.ts'
import { countText, type Html } from './text.ts'
import { treeOf } from './tree.ts'

export const threadSection = (
  list: string,
  topic: Topic,
  here: string,
  since: NewSince | undefined,
): Html => html`<section aria-labelledby="h-thread">
<div class="hd"><h2 id="h-thread">Thread <span class="soft">${countText(topic.mails.length, 'mail')}</span></h2><a href="${keepSince(paths.thread(list, here), since)}">Read in one page</a></div>
${treeOf(topic, { pathOf: mail => keepSince(paths.mail(list, mail.id), since), here, effects: effectsOf(topic), since }, limits.treeLinesBesideMax)}
${topic.mails.length > limits.treeLinesBesideMax ? html`<p class="soft">These are ${limits.treeLinesBesideMax} lines of it. <a href="${paths.thread(list, here)}">All ${countText(topic.mails.length, 'mail')}</a></p>` : ''}
</section>`
