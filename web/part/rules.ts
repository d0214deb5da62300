// Who may change states on a list, and how sure it wants to be of a sender.
import { html } from 'hono/html'
import type { ListFacts } from '../read/list-facts.ts'
import { countText, type Html, nameOf } from './text.ts'

/** Who is believed: a reader must know what a state on these pages is worth. */
export function rulesSection({ people, file, trust, history, needs }: ListFacts): Html {
  // A MAINTAINERS file names a person for each of his areas.
  const maintainers = [
    ...new Map(
      people.flatMap(({ role, person }) => (role === 'maintainer' ? [[person.address, person]] : [])),
    ).values(),
  ]
  if (maintainers.length === 0)
    return html`<section><h2>Who may change states</h2><p class="soft">${
      file === 'unread'
        ? 'Nobody yet: the file with the maintainers was not read so far.'
        : file === 'read' || people.length > 0
          ? 'Nobody: the people of this list are named, and none of them is a maintainer.'
          : 'Everybody: no people are named for this list, so every sender is believed.'
    }</p></section>`
  const shown = maintainers.slice(0, maintainersShownMax)
  const more = maintainers.length - shown.length
  const others = Object.entries(needs).map(([word, grade]) => `${word} ${grade}`)
  return html`<section><h2>Who may change states</h2>
<p>${shown.map((person, index) => html`${index > 0 ? ', ' : ''}${nameOf(person)}`)}${more > 0 ? ` and ${countText(more, 'more maintainer')}` : ''}</p>
<p class="soft">${
    trust === 'from'
      ? 'Whoever stands in From is believed.'
      : 'A maintainer must be confirmed by a signature, DKIM or an answer to a question; From alone changes nothing final.'
  }${history ? ' Imported mail is believed as it was sent.' : ' Imported mail is not believed.'}${
    others.length > 0 ? ` Own grades: ${others.join(', ')}.` : ''
  }</p></section>`
}
const maintainersShownMax = 6
