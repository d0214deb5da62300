// What [[lists]] of threadwork.toml can say: each setting of a list with its shape, its default, its meaning and what depends
// on it. A new setting is an entry here and the place that uses it: the list's row holds the settings as one value.
import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'
import { isRepository } from './repository.ts'
import { type About, about, address, domains, line, text, within, yesNo } from './setting.ts'
import { bugStatuses, patchStates, plannedTags } from './state-words.ts'
import { webhookEvents } from './webhook-events.ts'

// A list's pages are at `/NAME/`, and these addresses are taken.
export const listNameAllowed =
  '1 to 64 lower-case letters, digits, ".", "_" and "-", a letter or digit first; but not healthz, readyz, metrics, builds or api'
export const listNamePattern = /^(?!(?:healthz|readyz|metrics|builds|api)$)[a-z0-9][a-z0-9._-]{0,63}$/

const lowerAddress = () => address().transform(value => value.toLowerCase())

const person = z.strictObject({
  address: lowerAddress().register(about, { is: 'where the person writes from', example: 'ada@example.org' }),
  name: line.default('').register(about, { is: 'the name that pages show', example: 'Ada Example' }),
  role: z
    .enum(['maintainer', 'reviewer', 'robot'], { error: '"maintainer", "reviewer" or "robot"' })
    .register(about, {
      is: 'one of maintainer, reviewer, robot',
      more: 'see [mail.md](mail.md)',
      example: 'maintainer',
    }),
  paths: z
    .array(line, { error: 'a list of file patterns such as ["net/*"]' })
    .default([])
    .register(about, {
      is: 'files that the role holds for; they also say whose task a patch is',
      without: 'everywhere',
      example: ['net/*'],
    }),
  aliases: z
    .array(lowerAddress(), { error: 'a list of mail addresses such as ["ada@example.com"]' })
    .default([])
    .register(about, { is: 'further addresses of the person', example: ['ada@example.com'] }),
})

const repositoryAllowed =
  'the path of a git repository, or its address by https, ssh or git such as "https://git.example.org/tarn.git"'
const branchesAllowed = 'a list of up to 50 branches such as ["main", "release/*"]'
/** What git-check-ref-format(1) lets a branch be called, and `*`. */
const branch = text(branchesAllowed, /^[^\s~^:?[\\-][^\s~^:?[\\]{0,200}$/)
const gradeOf = z.enum(['A', 'B', 'C'], { error: '"A", "B" or "C"' })
/** What `needs` can name. */
const needsWords = [...patchStates, ...bugStatuses, ...plannedTags]
const needs = z
  .strictObject(Object.fromEntries(needsWords.map(word => [word, gradeOf.optional()])))
  .transform(given => given as Readonly<Record<string, 'A' | 'B' | 'C'>>)

const chosen = (is: string) => yesNo.default(false).register(about, { is, more: 'see [mail.md](mail.md)' })
const answers = z.strictObject({
  bugs: chosen('the number of a new bug is sent to its reporter'),
  states: chosen("a patchset's new state is sent to its author"),
  digest: chosen('daily: what is delegated is sent to whom it is delegated'),
  waiting: chosen('weekly: what waits for whom is sent to the maintainers'),
})

const webhookUrl =
  'an address by http or https such as "https://ci.example.org/hooks/tarn", without a password'
const isWebhookUrl = (given: string): boolean => {
  const url = URL.parse(given)
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === ''
}
const webhook = z.strictObject({
  url: text(webhookUrl, /^\S{1,2000}$/)
    .refine(isWebhookUrl, { error: webhookUrl })
    .register(about, {
      is: 'where events are sent',
      more: 'see [api.md](api.md#webhooks)',
      example: 'https://ci.example.org/hooks/demo',
    }),
  secret_file: text('the path of a file', /^[^\0\n]{1,1000}$/).register(about, {
    is: 'a file with the secret that they are signed with, whsec_ and base64, relative to the file',
    example: '/etc/threadwork/webhook-secret',
  }),
  events: z
    .array(z.enum(webhookEvents, { error: `some of ${webhookEvents.join(', ')}` }), {
      error: `a list of some of ${webhookEvents.join(', ')}`,
    })
    .default([
      ...(['series-created', 'series-completed', 'patch-state-changed'] as const),
      ...(['check-created', 'bug-created', 'bug-status-changed'] as const),
    ])
    .register(about, { is: 'which events', example: ['series-completed', 'patch-state-changed'] }),
})

const posted = (is: string) =>
  yesNo
    .default(false)
    .register(about, { is: `${is} also stands in the thread`, more: 'see [api.md](api.md)' })
const post = z.strictObject({
  checks: posted('a check that a program posts'),
  states: posted('a state that somebody sets'),
  notes: posted('what somebody notes'),
})

const toldTo = (is: string, usual: 'thread' | 'author' | 'silent') =>
  z
    .enum(['thread', 'author', 'silent'], { error: '"thread", "author" or "silent"' })
    .default(usual)
    .register(about, { is: `${is}: "thread" for an answer to the list, "author", or "silent"` })
const ci = z.strictObject({
  success: toldTo('who is told that a patchset was built', 'silent'),
  warning: toldTo('who is told that it was built with warnings', 'silent'),
  failure: toldTo('who is told that it fails, or ran too long', 'author'),
  conflict: toldTo('who is told that it applies to no branch', 'silent'),
  embargo: within('a number of hours', 0, 720).default(0).register(about, {
    is: 'hours from the posting before which nothing is told by mail: a list is no place to have things built',
  }),
})

export const listSettings = z.strictObject({
  name: text(listNameAllowed, listNamePattern).register(about, {
    is: 'the name in URLs and on the command line: lower-case letters, digits, ".", "_" and "-"',
    example: 'demo',
    set: true,
    changes: ['pages'],
  }),
  address: address().register(about, {
    is: 'where people post to',
    example: 'demo@localhost',
    set: true,
    changes: ['pages', 'mails'],
  }),
  list_id: text("what stands between < and > in the list's List-Id header", /^[^\s<>]{1,255}$/)
    .nullable()
    .default(null)
    .register(about, {
      is: "what stands between < and > in the list's List-Id header; by it a mail finds its list",
      example: 'demo.lists.example.org',
      changes: ['mails'],
    }),
  description: line.default('').register(about, {
    is: 'what pages show with the list',
    example: 'Patches and bugs of the demo project',
    set: true,
    changes: ['pages'],
  }),
  project: text(listNameAllowed, listNamePattern).nullable().default(null).register(about, {
    is: "the project that patchwork's clients find its patches in; several lists may name one",
    without: "a project of the list's name",
    more: 'see [api.md](api.md)',
    example: 'demo',
  }),
  prefix: text(
    'the word in brackets that the list puts into subjects, without the brackets',
    /^[^[\]\n]{1,64}$/,
  )
    .nullable()
    .default(null)
    .register(about, {
      is: 'the word in brackets that the list puts into subjects, without the brackets: no tag of a patch',
      more: 'see [List dressing](#list-dressing)',
      example: 'demo',
      changes: ['mails'],
    }),
  subscribed: address().nullable().default(null).register(about, {
    is: 'where a list that another server runs delivers to us: the address we are subscribed with, whose mail is taken, too',
    example: 'demo@tracker.example.org',
  }),
  repository: text(repositoryAllowed, /^[^\s-]\S{0,1000}$/)
    .refine(isRepository, { error: repositoryAllowed })
    .nullable()
    .default(null)
    .register(about, {
      is: 'the git repository that the patches are for: a commit in it accepts its patch, and its .mailmap says which addresses are one person. A directory, relative to the file, is read in place; an address (https, ssh, git) is fetched',
      more: 'see [Following git](#following-git)',
      example: '/srv/git/demo.git',
    }),
  branches: z
    .array(branch, { error: branchesAllowed })
    .max(50, { error: branchesAllowed })
    .default([])
    .register(about, {
      is: 'the branches that are followed; "*" stands for any characters but a slash',
      without: 'the one that HEAD stands on',
      example: ['main', 'release/*'],
    }),
  maintainers: text(
    'the path of a file in the repository such as "MAINTAINERS"',
    /^[^\0\n:/-][^\0\n]{0,500}$/,
  )
    .nullable()
    .default(null)
    .register(about, {
      is: "a file of the repository in the form of Linux' MAINTAINERS, whose people get a role for their files",
      example: 'MAINTAINERS',
    }),
  commit_url: text(
    'a URL with %s for the commit such as "https://git.example.org/tarn/commit/%s"',
    /^https?:\/\/[^\s"<>]{0,500}%s[^\s"<>]{0,200}$/,
  )
    .nullable()
    .default(null)
    .register(about, {
      is: 'where a commit is shown, with %s for its id; without it the pages name commits and link to none',
      example: 'https://git.example.org/demo/commit/%s',
      changes: ['pages'],
    }),
  trust: z
    .enum(['verified', 'from'], { error: '"verified" or "from"' })
    .default('verified')
    .register(about, {
      is: 'with "verified" what belongs to a role needs a sender who is confirmed by DKIM, a signature or an answer to a question; with "from" whoever stands in From is believed. The list\'s page shows it',
      changes: ['topics'],
    }),
  history: yesNo
    .default(true)
    .register(about, { is: 'imported mail is believed as its From says', changes: ['topics'] }),
  trusted_archives: z
    .array(text('a path', /^[^\0\n]{1,1000}$/), { error: 'a list of paths such as ["/srv/inbox/tarn"]' })
    .default([])
    .register(about, {
      is: 'archives whose mail is believed as history whenever it is from, relative to the file; of others what is from before the first mail here',
      more: 'see [Archives](#archives)',
      example: ['/srv/inbox/demo'],
    }),
  needs: needs.prefault({}).register(about, {
    is: 'the grade (A, B or C) that a state or a line needs, where it differs from the usual one',
    more: 'see [mail.md](mail.md)',
    example: { accepted: 'A', 'under-review': 'C' },
    changes: ['topics'],
  }),
  trusted_servers: domains().register(about, {
    is: 'domains of list servers that are believed so on this list, beside those of [auth]',
    example: ['lists.example.net'],
  }),
  approvers: z
    .array(lowerAddress(), { error: 'a list of mail addresses such as ["ruth@example.net"]' })
    .default([])
    .register(about, {
      is: 'people whose `CI: test` lets a patchset be built, beside its maintainers',
      more: 'see [ci.md](ci.md#mailed-patchsets)',
      example: ['ruth@example.net'],
      changes: ['topics'],
    }),
  moderate: z
    .enum(['no', 'first'], { error: '"no", or "first" to hold the mails of people who never posted' })
    .default('no')
    .register(about, {
      is: '"first" holds the mails of people who never posted, until a maintainer releases them',
      more: 'see [Newcomers](#newcomers)',
    }),
  git: yesNo.default(true).register(about, {
    is: 'the mails of the list can be cloned with git; they lie a second time in the data directory for that',
    more: 'see [The log as git](#the-log-as-git)',
    changes: ['pages'],
  }),
  addresses: z
    .enum(['shown', 'masked'], { error: '"shown" or "masked"' })
    .default('shown')
    .register(about, {
      is: '"masked" leaves out what stands behind the @ of addresses on pages and in feeds',
      more: 'see [Addresses](#addresses)',
      changes: ['pages'],
    }),
  web_submission: yesNo.default(false).register(about, {
    is: 'patches are taken over HTTP as well, from `b4 send`: of people whose address and key were confirmed',
    more: 'see [Patches over HTTP](#patches-over-http)',
    changes: ['pages'],
  }),
  answers: answers
    .prefault({})
    .register(about, { is: 'what is sent besides errors; nothing unless it is chosen' }),
  ci: ci.prefault({}).register(about, {
    is: 'who is told by mail how a patchset was built',
    more: 'see [ci.md](ci.md#results)',
  }),
  post: post.prefault({}).register(about, {
    is: 'what of that which is written through the API is also sent to the list; nothing unless it is chosen',
    more: 'see [api.md](api.md)',
  }),
  webhooks: z
    .array(webhook, { error: 'tables [[lists.webhooks]] with url and secret_file' })
    .default([])
    .register(about, { is: 'programs elsewhere that hear what happens on the list, one table each' }),
  people: z
    .array(person, { error: 'tables [[lists.people]] with address and role' })
    .default([])
    .register(about, { is: 'people with a role on the list, one table each', changes: ['topics'] }),
})

type Camel<Key extends string> = Key extends `${infer Head}_${infer Rest}`
  ? `${Head}${Capitalize<Camel<Rest>>}`
  : Key
type Frozen<Value> = Value extends readonly (infer Element)[]
  ? readonly Frozen<Element>[]
  : Value extends object
    ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
    : Value
type ReadList = z.output<typeof listSettings>
type ReadWebhook = ReadList['webhooks'][number]
export type ListConfig = {
  readonly [Key in Exclude<keyof ReadList, 'webhooks'> as Camel<Key>]: Frozen<ReadList[Key]>
} & {
  readonly webhooks: readonly {
    readonly [Key in keyof ReadWebhook as Camel<Key>]: Frozen<ReadWebhook[Key]>
  }[]
}
type Person = ListConfig['people'][number]

/** A list with little to say. */
export type GivenList = Pick<ListConfig, 'name' | 'address'> &
  Partial<Omit<ListConfig, 'people' | 'answers' | 'ci' | 'post'>> & {
    readonly post?: Partial<ListConfig['post']> | undefined
    readonly answers?: Partial<ListConfig['answers']> | undefined
    readonly ci?: Partial<ListConfig['ci']> | undefined
    readonly people?: readonly (Pick<Person, 'address' | 'role'> & Partial<Person>)[]
  }

/** As the file says it, with the keys that the code uses: `list_id` is `listId`. */
export const toListConfig = (read: ReadList): ListConfig =>
  withCamels({ ...read, webhooks: read.webhooks.map(withCamels) }) as ListConfig

const withCamels = (table: object): unknown =>
  Object.fromEntries(Object.entries(table).map(([key, value]) => [camel(key), value]))

/** With the defaults for what is not given. */
export const completeList = ({
  people = [],
  answers: some,
  ci: told,
  post: shown,
  ...given
}: GivenList): ListConfig => ({
  ...defaults,
  ...given,
  post: { ...defaults.post, ...shown },
  answers: { ...defaults.answers, ...some },
  ci: { ...defaults.ci, ...told },
  people: people.map(one => ({ name: '', paths: [], aliases: [], ...one })),
})

type Change = NonNullable<About['changes']>[number]

/** The settings that this depends on, in the file's order, by their keys in the code. */
export const keysThatChange = (what: Change): (keyof ListConfig)[] =>
  Object.entries(listSettings.shape)
    .filter(([, shape]) => about.get(shape)?.changes?.includes(what))
    .map(([key]) => camel(key) as keyof ListConfig)

/** Whether one list differs from the other in a setting that this depends on. */
export const differIn = (what: Change, one: ListConfig, other: ListConfig): boolean =>
  keysThatChange(what).some(key => !isDeepStrictEqual(one[key], other[key]))

/** Of the pages of a list, as far as its settings make them: another text for others. */
export const pagesVersion = (list: ListConfig): string => JSON.stringify(pageKeys.map(key => list[key]))

const camel = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())

const pageKeys = keysThatChange('pages')
const defaults = toListConfig(listSettings.parse({ name: 'a', address: 'a@localhost' }))
