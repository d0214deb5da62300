// Names that are made of GitHub's: Message-IDs, which are the same in every import, and addresses, to which no mail can ever go
// (RFC 2606: nothing below `.invalid` exists). People keep one address in all repositories of a server.
import { type MessageId, messageId } from '../../base/ids.ts'

export interface Names {
  /** Of an issue or a pull request. */
  readonly root: (number: number) => MessageId
  readonly comment: (id: number) => MessageId
  /** The cover letter of a later push. */
  readonly push: (number: number, head: string) => MessageId
  readonly commit: (number: number, head: string, commit: string) => MessageId
  readonly review: (id: number) => MessageId
  readonly remark: (id: number) => MessageId
  readonly verdict: (id: number) => MessageId
  readonly link: (of: MessageId) => MessageId
  readonly closes: (number: number) => MessageId
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
    push: (number, head) => named(`push-${number}-${short(head)}`),
    commit: (number, head, commit) => named(`commit-${short(commit)}.${number}-${short(head)}`),
    review: id => named(`review-${id}`),
    remark: id => named(`remark-${id}`),
    verdict: id => named(`verdict-${String(id).padStart(16, '0')}`),
    link: of => messageId(`link-${of}`),
    closes: number => named(`closes-${number}`),
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

export const short = (commit: string): string => commit.slice(0, 16)
