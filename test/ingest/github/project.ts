// An invented repository with everything that happens to issues, in the shapes of GitHub's REST API. The same numbers give the same objects.

export interface Json {
  readonly [name: string]: unknown
}

export interface Invented {
  readonly id: number
  full_name: string
  readonly issues: Record<string, unknown>[]
  readonly comments: Record<string, unknown>[]
  /** Oldest first. */
  readonly events: Record<string, unknown>[]
}

export const begin = Date.UTC(2019, 0, 7, 8)
const hour = 3_600_000
export const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z')

const people = ['ada', 'bo-lund', 'mira', 'odd', 'sana', 'kenji', 'ruth', 'weld-bot[bot]'].map(
  (login, at) => ({
    ...{ login, id: 1_000 + at, type: login.endsWith('[bot]') ? 'Bot' : 'User', site_admin: false },
    html_url: `https://github.com/${login}`,
  }),
)
/** Every eleventh account is gone. */
export const personOf = (at: number) => (at % 11 === 10 ? null : (people[at % people.length] ?? null))

const labels = ['bug', 'enhancement', 'good first issue', 'area/pump', '🐛', 'needs: triage']
export const labelOf = (at: number) => ({
  ...{ id: at % labels.length, name: labels[at % labels.length] ?? '', color: 'ff0000', default: false },
  description: null,
})
const milestones = ['1.0', 'Next -- maybe', 'none']
const reactions = (at: number) => ({
  total_count: at % 3,
  '+1': at % 3,
  '-1': 0,
  heart: 0,
  url: 'https://api.github.com/x',
})

/** What a person may write to become more than he is. */
export const hostile = [
  'Bug-Status: wontfix\nLabels: +owned\nType: spam\n',
  'Change-Id: I0123456789abcdef0123456789abcdef01234567\nchange-id: 20190107-tarn-0123456789ab\n',
  'Reviewed-by: Mira Holt <mira@example.org>\nTested-by: Mira Holt <mira@example.org>\n',
  'Answers: <1.example.tarn@github.invalid>\n#syz fix: x\npw-bot: reject\n!resolve fixed\n/close\n',
  'Control: severity 1 grave\n\nApplied, thanks.\n',
  'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n',
  '.\r\n.\r\n\r\nFrom mira@example.org\r\nSubject: other\r\n',
  'Test-Label: ci\nTest-Status: SUCCESS\nhttps://ci.example.org/\n_ok_\n',
  '\0\u0007\u2028Bug-Status: fixed\u2029Undo: <1.example.tarn@github.invalid>\n',
]
const hostileTitles = [
  '[PATCH 1/2] x',
  '[GIT PULL] x',
  'x\r\nBcc: mira@example.org\r\n\r\nBug-Status: fixed',
  'Re: Out of office',
  '[Bug 12] New: x',
  '',
]

export function inventRepository(count: number, commentsEach = 4): Invented {
  const invented: Invented = { id: 4711, full_name: 'example/tarn', issues: [], comments: [], events: [] }
  for (let n = 1; n <= count; n++) addIssue(invented, n, commentsEach)
  invented.issues.sort(byChange)
  invented.comments.sort(byChange)
  invented.events.sort((a, b) => Number(a.id) - Number(b.id))
  return invented
}

export const byChange = (a: Json, b: Json) =>
  String(a.updated_at) < String(b.updated_at)
    ? -1
    : a.updated_at === b.updated_at
      ? Number(a.id) - Number(b.id)
      : 1

function addIssue(invented: Invented, n: number, commentsEach: number): void {
  const { full_name } = invented
  // Ten in the same second, as a script makes them.
  const at = begin + Math.floor(n / 10) * 24 * hour
  const api = `https://api.github.com/repos/${full_name}`
  const address = `https://github.com/${full_name}/issues/${n}`
  const closed = n % 3 === 0
  // A commit closes what is done.
  const reasons = n % 9 === 0 ? ['completed'] : ['completed', 'not_planned', 'duplicate', null]
  const reason = closed ? (reasons[n % reasons.length] ?? null) : n % 7 === 0 ? 'reopened' : null
  const issue = {
    ...{ id: 50_000 + n, node_id: `I_${n}`, number: n, url: `${api}/issues/${n}`, html_url: address },
    repository_url: api,
    title:
      n % 13 === 5
        ? (hostileTitles[Math.floor(n / 13) % hostileTitles.length] ?? '')
        : `the pump of part ${n} stops`,
    body: n % 9 === 4 ? (hostile[Math.floor(n / 9) % hostile.length] ?? '') : n % 17 === 3 ? null : bodyOf(n),
    user: personOf(n),
    labels: n % 2 === 0 ? [labelOf(n), labelOf(n + 1)] : [],
    assignees: n % 5 === 0 ? [personOf(n + 1), personOf(n + 2)].filter(Boolean) : [],
    milestone: n % 4 === 0 ? { title: milestones[n % 3], number: 1, state: 'open', due_on: null } : null,
    ...{
      state: closed ? 'closed' : 'open',
      state_reason: reason,
      locked: n % 19 === 0,
      comments: commentsEach,
    },
    ...{ created_at: iso(at), updated_at: iso(at + 9 * hour), closed_at: closed ? iso(at + 8 * hour) : null },
    ...{
      closed_by: null,
      author_association: 'NONE',
      reactions: reactions(n),
      performed_via_github_app: null,
    },
    type: n % 21 === 1 ? { id: 1, name: 'Task' } : null,
    ...(n % 10 === 7
      ? { pull_request: { url: `${api}/pulls/${n}` }, html_url: `https://github.com/${full_name}/pull/${n}` }
      : {}),
  }
  invented.issues.push(issue)
  for (let c = 0; c < commentsEach; c++)
    invented.comments.push(commentOn(issue, n * 100 + c, at + (c + 1) * hour))
  // Of every sixth the events are lost, as of what was moved from elsewhere.
  if (n % 6 !== 0) addEvents(invented, issue, at)
}

function bodyOf(n: number): string {
  return `It stops when part ${n} is wet, as in #${Math.max(1, n - 1)} and example/other#3.\r\n\r\n\`\`\`\nsee #1\n\`\`\`\n\n![picture](https://github.com/user-attachments/assets/${n}.png)\n`
}

type Issue = Readonly<Record<string, unknown>> & {
  readonly number: number
  readonly html_url: string
  readonly url: string
}

export function commentOn(issue: Issue, id: number, at: number, body?: string) {
  const edited = id % 8 === 3
  return {
    ...{ id, node_id: `IC_${id}`, url: `https://api.github.com/repos/example/tarn/issues/comments/${id}` },
    ...{ html_url: `${issue.html_url}#issuecomment-${id}`, issue_url: issue.url, user: personOf(id) },
    body:
      body ??
      (id % 12 === 5
        ? (hostile[Math.floor(id / 12) % hostile.length] ?? '')
        : `Seen ${id}, and it is #${issue.number} again.\n`),
    ...{ created_at: iso(at), updated_at: iso(edited ? at + hour : at), author_association: 'MEMBER' },
    ...{ reactions: reactions(id), performed_via_github_app: null },
    ...(id % 15 === 2 ? { minimized: { reason: 'off-topic' } } : {}),
  }
}

function addEvents({ events }: Invented, issue: Issue & Json, at: number): void {
  const event = (name: string, hours: number, more: Json = {}) => {
    const id = 900_000 + events.length + 1
    const url = `https://api.github.com/repos/example/tarn/issues/events/${id}`
    events.push({
      ...{ id, node_id: `E_${id}`, url, actor: personOf(id), event: name, commit_id: null, commit_url: null },
      ...{ created_at: iso(at + hours * hour), issue, ...more },
    })
  }
  event('subscribed', 0)
  for (const label of issue.labels as ReturnType<typeof labelOf>[]) event('labeled', 1, { label })
  if (Array.isArray(issue.labels) && issue.labels.length > 0) {
    event('labeled', 2, { label: { name: 'stale' } })
    event('unlabeled', 3, { label: { name: 'stale' } })
  }
  if (issue.milestone) event('milestoned', 2, { milestone: issue.milestone })
  for (const assignee of issue.assignees as unknown[]) event('assigned', 3, { assignee })
  if (issue.number % 14 === 1)
    event('renamed', 4, { rename: { from: 'it stops', to: `#${issue.number - 1} stops, too` } })
  if (issue.state_reason === 'reopened') {
    event('closed', 4, { state_reason: 'completed' })
    event('reopened', 5)
  }
  if (issue.state === 'closed')
    event('closed', 8, {
      state_reason: issue.state_reason,
      commit_id: issue.number % 9 === 0 ? `${issue.number}`.padStart(40, 'a') : null,
    })
}
