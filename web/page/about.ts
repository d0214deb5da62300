// What a list is, where its facts come from, who may change them, and how to take all of it away.
import { html } from 'hono/html'
import { frame } from '../part/frame.ts'
import { rulesSection } from '../part/rules.ts'
import { type Html, titleOf, visible } from '../part/text.ts'
import { paths } from '../paths.ts'
import type { ListFacts } from '../read/list-facts.ts'
import type { ListRow } from '../read/located-mail.ts'

export interface AboutView {
  readonly list: ListRow
  readonly facts: ListFacts
}

export const aboutPage = ({ list, facts }: AboutView): Html => {
  const { name, description, address, listId, git } = list
  return frame({
    title: 'about',
    list,
    crumbs: [{ text: name, path: paths.list(name) }, { text: 'About' }],
    skipTo: 'text',
    main: html`<h1>About ${titleOf(name)}</h1>
<p class="meta">${description ? html`<span>${visible(description)}</span> ` : ''}<a href="mailto:${address}">${visible(address)}</a>${listId ? html` <span>List-Id <code>${visible(listId)}</code></span>` : ''}</p>
<section><h2>Where this comes from</h2>
<p>These pages are made of the mails to this list. A mail is kept as it came. Who posted which version, who reviewed what, which bug is open: each such fact was read from a mail, leads to it, and can be made again from all of them. Nobody edits anything here; an answer by mail changes it.</p>
<p>A sender is believed as far as a signature, the domain that sent the mail, or an answer to a question backs what stands in From; each mail's page says how far that is.</p></section>
${rulesSection(facts)}
<section><h2>Take it with you</h2>
<ul class="quiet"><li><a href="${paths.list(name)}all.mbox.gz">All mails as one mailbox</a></li>
${git ? html`<li><a href="${paths.text(name, 'mirror')}">The log as git, which public-inbox reads</a></li>` : ''}
<li><a href="/api/docs/">The API: patchwork's, and our own</a></li>
<li><a href="${paths.text(name, 'help')}">Addresses and the language of the search</a></li>
<li><a href="${paths.takePart(name)}">How to take part</a></li>
<li><a href="${paths.statistics(name)}">How the list is doing</a></li></ul></section>
<p class="soft">Made with Threadwork, free software under the Apache License 2.0.</p>`,
  })
}
