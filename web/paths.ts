// Every URL of the pages is made here. The archive's part is public-inbox's contract, so that b4, lei and years of
// links keep working: a list is `/LIST/`, a mail `/LIST/MESSAGE-ID/`.
import { limits } from '../base/limits.ts'

/** public-inbox's name for an index over several lists; one that is called so comes first. */
export const allLists = 'all'

/** Percent-encodes a Message-ID as public-inbox does: all that a path segment may hold stays readable, `/` does not. */
const encodeId = (id: string) =>
  encodeURIComponent(id.toWellFormed()).replace(/%(24|26|2B|2C|3A|3B|3D|40)/g, encoded =>
    decodeURIComponent(encoded),
  )

export interface BugsAsked {
  readonly state?: string | undefined
  readonly label?: string | undefined
  readonly severity?: string | undefined
  readonly order?: string | undefined
  /** From 1. */
  readonly page?: number | undefined
}

const query = (values: Record<string, string | number | undefined>) => {
  const given = Object.entries(values).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, String(value)] as [string, string]],
  )
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`
}

const list = (name: string) => `/${encodeId(name)}/`
const mail = (name: string, id: string) => `${list(name)}${encodeId(id)}/`

export const paths = {
  lists: () => '/',
  list,
  /** Topics in one state, or `all` or `closed`; `before` continues a page. */
  topics: (name: string, state: string, before?: string) => list(name) + query({ state, before }),
  bugs: (name: string, asked: BugsAsked = {}) => `${list(name)}bugs/${query({ ...asked })}`,
  /** Whose turn it is, the longest wait first; `after` continues a page. */
  waits: (name: string, after?: string) => `${list(name)}waits/${query({ after })}`,
  /** What waits for somebody, and what he waits for. */
  person: (name: string, address: string) => `${list(name)}people/${encodeId(address)}/`,
  /** What landed lately. */
  applied: (name: string) => `${list(name)}applied/`,
  statistics: (name: string) => `${list(name)}statistics/`,
  takePart: (name: string) => `${list(name)}take-part/`,
  about: (name: string) => `${list(name)}about/`,
  milestones: (name: string) => `${list(name)}milestones/`,
  milestone: (name: string, milestone: string) => `${list(name)}milestone/${encodeId(milestone)}/`,
  /** What may be a bug. */
  triage: (name: string, before?: string) => `${list(name)}triage/${query({ before })}`,
  search: (name: string, q: string, page?: number) => list(name) + query({ q, page }),
  /** Whatever page that mail has: patchset, patch, bug or message. */
  mail,
  /** Leads to whatever list has the mail. */
  mailAnywhere: (id: string) => `/${encodeId(id)}/`,
  /** `help`, `mirror` ... */
  text: (name: string, key: string) => `${list(name)}_/text/${key}/`,
  raw: (name: string, id: string) => `${mail(name, id)}raw`,
  /** One of several texts under an id, by the SHA-256 of its bytes. */
  copy: (name: string, id: string, hash: string) => `${mail(name, id)}raw?text=${hash}`,
  /** One part of the mail: `part` is its number in the tree, `file` a name of letters, digits, dots and dashes. */
  attachment: (name: string, id: string, part: string, file: string) => `${mail(name, id)}${part}-${file}`,
  thread: (name: string, id: string, page?: number) => `${mail(name, id)}T/${query({ page })}`,
  /** What changed between two revisions of the patchset that holds the mail; names as `v1`. */
  compare: (name: string, id: string, was: string, now: string) => `${mail(name, id)}${was}..${now}`,
  /** b4's name for it. */
  submission: () => '/_b4_submit',
  /** Of all lists: what is queued, what waits, who builds. */
  queue: () => '/builds/',
  /** All in one state, behind the build of a number: of what ended those before it. */
  buildsIn: (state: string, behind?: string) => `/builds/${query({ state, behind })}`,
  /** What was pushed to a branch; `before` continues a page. */
  buildsOfBranch: (repository: string, ref: string, before?: string) =>
    `/builds/${query({ repository, branch: ref.replace(/^refs\/heads\//, ''), before })}`,
  /** All branches with their last result, behind that of a build. */
  buildBranches: (name: string, behind?: string) =>
    `${list(name)}builds/${query({ branches: 'all', behind })}`,
  /** Of the patchset of a mail. */
  buildsOfPatchset: (name: string, id: string, before?: string) =>
    `${list(name)}builds/${query({ patchset: id, before })}`,
  build: (number: string) => `/builds/${number}`,
  /** A page of the log of one step; `from` is its first line. */
  buildLog: (number: string, step: string, at: { attempt?: number; from?: number } = {}) =>
    `/builds/${number}/log/${encodeURIComponent(step)}${query(at)}`,
  /** All steps one after another; `from` counts through them. */
  wholeLog: (number: string, at: { attempt?: number; from?: number } = {}) =>
    `/builds/${number}/log${query(at)}`,
  wholeLogRaw: (number: string, attempt?: number) => `/builds/${number}/log.txt${query({ attempt })}`,
  buildLogRaw: (number: string, step: string, attempt?: number) =>
    `/builds/${number}/log/${encodeURIComponent(step)}/raw${query({ attempt })}`,
  /** Stays open, and grows. */
  buildTail: (number: string) => `/builds/${number}/tail`,
  artefacts: (number: string, attempt: number) => `/builds/${number}/artefacts.tar${query({ attempt })}`,
  builds: (name: string, before?: string) => `${list(name)}builds/${query({ before })}`,
  badge: (name: string, branch?: string) => `${list(name)}badge.svg${query({ branch })}`,
  /** A file by the name of its bytes; what the address ends in is for people. */
  blob: (name: string, id: string) => `${list(name)}${id}/s/`,
  blobRaw: (name: string, id: string, path: string) =>
    `${list(name)}${id}/s/${path
      .slice(path.lastIndexOf('/') + 1)
      .replace(/[^\w.+-]/g, '_')
      .slice(0, 100)}`,
  /** How the texts differ that came with one id. */
  texts: (name: string, id: string) => `${mail(name, id)}d/`,
  /** One revision, for git am. */
  am: (name: string, id: string) => `${mail(name, id)}am.mbox`,
  mbox: (name: string, id: string) => `${mail(name, id)}t.mbox.gz`,
}

/**
 * A `mailto:` that answers a mail: To, Subject, In-Reply-To and a body are filled in (RFC 6068; the angle brackets
 * of the Message-ID are percent-encoded). Without a Message-ID the address says what it answers.
 */
export function replyByMail(answer: {
  to: string
  cc?: string
  subject: string
  inReplyTo?: string
  body?: string
}): string {
  const shown = answer.subject.slice(0, limits.subjectCharactersMax)
  const subject = /^re:/i.test(shown) ? shown : `Re: ${shown}`
  const fields: [string, string | undefined][] = [
    ['In-Reply-To', answer.inReplyTo && `<${answer.inReplyTo}>`],
    ['Cc', answer.cc],
    ['Subject', subject],
    ['body', answer.body],
  ]
  const written = fields.flatMap(([name, value]) =>
    value ? [`${name}=${encodeURIComponent(value.toWellFormed())}`] : [],
  )
  return `mailto:${encodeURIComponent(answer.to.toWellFormed()).replace('%40', '@')}?${written.join('&')}`
}
