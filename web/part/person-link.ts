// A name that leads to what waits for its person on the list.
import { html } from 'hono/html'
import type { Person } from '../../tracker/mail/facts.ts'
import { paths } from '../paths.ts'
import { type Html, nameOf } from './text.ts'

/** Without an address it is a name. */
export const personLink = (list: string, person: Person): Html =>
  person.address.includes('@')
    ? html`<a href="${paths.person(list, person.address)}">${nameOf(person)}</a>`
    : nameOf(person)
