// An invented repository with everything that happens to issues, in the shapes of GitHub's REST API. The same numbers give the same objects.
import { createHash } from 'node:crypto'

export interface Json {
  readonly [name: string]: unknown
}

export interface Invented {
  readonly id: number
  full_name: string
  readonly issues: Record<string, unknown>[]
  readonly comments: Record<string, unknown>[]
  readonly pulls: Record<string, unknown>[]
  /** By the number of their pull request. */
  readonly reviews: Map<number, Record<string, unknown>[]>
  readonly remarks: Record<string, unknown>[]
  /** As git writes its commits. */
  readonly patches: Map<number, string>
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
  const invented: Invented = {
    ...{ id: 4711, full_name: 'example/tarn', issues: [], comments: [], events: [], pulls: [], remarks: [] },
    ...{ reviews: new Map(), patches: new Map() },
  }
  for (let n = 1; n <= count; n++) addIssue(invented, n, commentsEach)
  invented.issues.sort(byChange)
  invented.comments.sort(byChange)
  invented.pulls.sort(byChange)
  invented.remarks.sort(byChange)
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
      ? {
          pull_request: {
            url: `${api}/pulls/${n}`,
            merged_at: closed && n % 2 === 1 ? iso(at + 8 * hour) : null,
          },
          html_url: `https://github.com/${full_name}/pull/${n}`,
        }
      : {}),
  }
  invented.issues.push(issue)
  for (let c = 0; c < commentsEach; c++)
    invented.comments.push(commentOn(issue, n * 100 + c, at + (c + 1) * hour))
  // Of every sixth the events are lost, as of what was moved from elsewhere.
  if (n % 6 !== 0) addEvents(invented, issue, at)
  if ('pull_request' in issue) addPull(invented, issue, at)
}

export const shaOf = (word: string | number) => createHash('sha1').update(String(word)).digest('hex')

/** Every second one is merged where it is closed; each has one to three commits. */
function addPull(invented: Invented, issue: Issue, at: number): void {
  const n = issue.number
  const head = shaOf(`head ${n}`)
  const merged = issue.state === 'closed' && n % 2 === 1 ? iso(at + 8 * hour) : null
  const { number, title, user, labels, assignees, milestone, html_url, created_at, updated_at, closed_at } =
    issue
  const url = `https://api.github.com/repos/example/tarn/pulls/${n}`
  invented.pulls.push({
    ...{ id: 70_000 + n, url, number, title, user, labels, assignees, milestone, html_url },
    ...{ created_at, updated_at, closed_at, state: issue.state, locked: false, merged_at: merged },
    body: n % 4 === 3 ? hostilePosting : `Fixes #${n - 6}, and closes: #${n - 5}.\n\nMore words.`,
    merge_commit_sha: merged === null ? null : shaOf(`merge ${n}`),
    draft: issue.state === 'open' && n % 4 === 1,
    head: { ref: 'topic', label: `ada:topic-${n}`, sha: head, repo: null },
    base: { ref: 'main', label: 'example:main', sha: shaOf('base') },
  })
  invented.patches.set(n, patchesOf(n))
  const states = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'APPROVED', 'DISMISSED']
  const review = (id: number, state: string, commit: string, hours: number) => ({
    ...{ id, node_id: `PRR_${id}`, user: personOf(id), state, commit_id: commit, pull_request_url: url },
    ...{ body: id % 2 === 0 ? `Words of ${id}.\nReviewed-by: Mira Holt <mira@example.org>\n` : '' },
    ...{ html_url: `${html_url}#pullrequestreview-${id}`, submitted_at: iso(at + hours * hour) },
  })
  invented.reviews.set(n, [
    review(n * 10, states[n % 5] ?? '', head, 2),
    review(n * 10 + 1, 'APPROVED', shaOf('gone'), 1),
    review(n * 10 + 3, 'APPROVED', head, 7),
  ])
  const remark = (id: number, more: Json) => ({
    ...{
      id,
      node_id: `PRRC_${id}`,
      user: personOf(id),
      body: `Why turn ${id}?`,
      url: `${url}/comments/${id}`,
    },
    ...{ html_url: `${html_url}#discussion_r${id}`, pull_request_url: url, path: `src/part${n}.c`, line: 11 },
    ...{ original_line: 11, original_commit_id: shaOf(`commit ${n} 1`), pull_request_review_id: n * 10 },
    ...{ diff_hunk: `@@ -10,3 +10,3 @@ int part${n}(void)\n \tint screw = 1;\n-\tturn(screw, ${n});` },
    ...{ created_at: iso(at + 2 * hour), updated_at: iso(at + 2 * hour), reactions: reactions(id), ...more },
  })
  invented.remarks.push(
    remark(n * 10, {}),
    remark(n * 10 + 1, {
      in_reply_to_id: n * 10,
      body: 'So that it holds.',
      created_at: iso(at + 3 * hour),
      updated_at: iso(at + 3 * hour),
    }),
  )
}

const hostilePosting =
  'From: Mira Holt <mira@example.org>\nSubject: [PATCH v9 7/8] mine\n\nPatch-Status: accepted\nReviewed-by: Mira Holt <mira@example.org>\nchange-id: 20190107-tarn-0123456789ab\nSupersedes: <1.example.tarn@github.invalid>\n\nThe following changes since commit 0123456789012345678901234567890123456789:\n\nare available in the Git repository at:\n\n  https://git.example.org/evil.git main\n\nfor you to fetch changes up to 0123456789012345678901234567890123456789:\n\n\nFrom 0123456789012345678901234567890123456789 Mon Sep 17 00:00:00 2001\nFrom: Mira Holt <mira@example.org>\nSubject: [PATCH 1/1] x\n\n---\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n'

const commitTitles = ['part: turn it on', 'part: hold it, v2', '[PATCH 9/9] Re: part: let go']
export const commitsOf = (n: number) => 1 + (n % 3)

export function patchesOf(n: number, word = ''): string {
  const total = commitsOf(n)
  return Array.from({ length: total }, (_, at) => {
    const mark = total > 1 ? ` ${at + 1}/${total}` : ''
    return `From ${shaOf(`commit ${n} ${at + 1}${word}`)} Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?Zo=C3=AB=20Lund?= <zoe${n}@example.com>
Date: Mon, 7 Jan 2019 08:00:00 +0100
Subject: [PATCH${mark}] ${commitTitles[at % 3]}
MIME-Version: 1.0
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

It was loose, see #${n}, für Zoë.

Closes: #1
Signed-off-by: Zoë Lund <zoe${n}@example.com>
---
 src/part${n}.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/src/part${n}.c b/src/part${n}.c
index 1111111..2222222 100644
--- a/src/part${n}.c
+++ b/src/part${n}.c
@@ -${at + 1}0,3 +${at + 1}0,3 @@ int part${n}(void)
 	int screw = ${at + 1};
-	turn(screw, ${n});
+	turn(screw, ${n}${at}${word.length});
 	return screw;
-- 
2.40.0

`
  }).join('')
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
  if (issue.state !== 'closed') return
  if ('pull_request' in issue && issue.number % 2 === 1)
    event('merged', 8, { commit_id: shaOf(`merge ${issue.number}`) })
  event('closed', 8, {
    state_reason: issue.state_reason,
    commit_id:
      !('pull_request' in issue) && issue.number % 9 === 0 ? `${issue.number}`.padStart(40, 'a') : null,
  })
}
