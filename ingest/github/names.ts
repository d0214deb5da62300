// Names that are made of GitHub's: Message-IDs, which are the same in every import, and addresses, to which no mail can ever go
// (RFC 2606: nothing below `.invalid` exists). People keep one address in all repositories of a server.
import { type MessageId, messageId } from '../../base/ids.ts'

export interface Names {
  /** Of an issue or a pull request. */
  readonly root: (number: number) => MessageId
  readonly comment: (id: number) => MessageId
  readonly edit: (of: MessageId, hash: string) => MessageId
  /** Greater for later ones, which orders what was said within one second. */
  readonly event: (id: number) => MessageId
  readonly standing: (number: number, hash: string) => MessageId
  readonly person: (login: string | null) => { readonly name: string; readonly address: string }
}

/** `repository`: OWNER/REPO, which GitHub has in any case. */
export function namesOf(host: string, repository: string): Names {
  const domain = host === 'github.com' ? 'github.invalid' : `${host}.github.invalid`
  const place = `${repository.toLowerCase().replace('/', '.')}@${domain}`
  const named = (word: string) => messageId(`${word}.${place}`)
  return {
    root: number => named(String(number)),
    comment: id => named(`comment-${id}`),
    edit: (of, hash) => messageId(`edit-${hash}.${of}`),
    event: id => named(`event-${String(id).padStart(16, '0')}`),
    standing: (number, hash) => named(`state-${String(number).padStart(10, '0')}-${hash}`),
    person: login => {
      // An account that is gone; GitHub shows this one for it.
      const name = login ?? 'ghost'
      const word = name
        .toLowerCase()
        .replace(/[^a-z0-9_-]+/g, '-')
        .replace(/^-+|-+$/g, '')
      return { name, address: `${word || 'nobody'}@${domain}` }
    },
  }
}
