// An Atom feed of mails (RFC 4287, threading by RFC 4685), with the ids that public-inbox gives: whoever followed a list
// there sees no mail twice.
import { hash } from 'node:crypto'
import { html } from 'hono/html'
import { limits } from '../../base/limits.ts'
import type { DecodedMail } from '../../tracker/decode/mail.ts'
import type { Person } from '../../tracker/mail/facts.ts'
import { type Html, nameText, titleText, visible } from '../part/text.ts'

export interface Feed {
  /** Names it for ever. */
  readonly id: string
  readonly title: string
  /** Absolute. */
  readonly page: string
  readonly self: string
  /** Newest first. */
  readonly entries: readonly FeedEntry[]
}

export interface FeedEntry {
  readonly id: string
  /** Absolute. */
  readonly address: string
  readonly answers: { readonly id: string; readonly address: string } | null
  readonly subject: string
  readonly sender: Person
  /** Milliseconds. */
  readonly said: number
  readonly mail: DecodedMail | undefined
}

/** Without an entry that has one the feed itself must have an author (RFC 4287 4.1.1). */
export const atomFeed = ({ id, title, page, self, entries }: Feed): Html =>
  html`<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:thr="http://purl.org/syndication/thread/1.0"><title>${titleText(title)}</title><link rel="alternate" type="text/html" href="${page}"/><link rel="self" href="${self}"/><id>${id}</id><updated>${timeOf(Math.max(0, ...entries.map(entry => entry.said)))}</updated>${entries.length === 0 ? html`<author><name>${titleText(title)}</name></author>` : ''}
${entries.map(entryOf)}</feed>
`

const entryOf = ({ id, address, answers, subject, sender, said, mail }: FeedEntry): Html =>
  html`<entry><author><name>${nameText(sender)}</name>${/^[^@]+@[^@]+$/.test(sender.address) ? html`<email>${visible(sender.address)}</email>` : ''}</author><title>${titleText(subject)}</title><updated>${timeOf(said)}</updated><link href="${address}"/><id>${uuidOf(id)}</id>${
    answers ? html`<thr:in-reply-to ref="${uuidOf(answers.id)}" href="${answers.address}"/>` : ''
  }<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><pre style="white-space:pre-wrap">${visible((mail?.body ?? '').slice(0, limits.threadTextCharactersMax))}</pre></div></content></entry>
`

/** Of any text the name that public-inbox makes of it. */
export function uuidOf(text: string): string {
  const digits = hash('sha1', text)
  const parts = [
    digits.slice(0, 8),
    digits.slice(8, 12),
    digits.slice(12, 16),
    digits.slice(16, 20),
    digits.slice(20, 32),
  ]
  return `urn:uuid:${parts.join('-')}`
}

const timeOf = (ms: number) => new Date(ms).toISOString().replace(/\.\d+/, '')
