// An invented project as a patchwork has it: patches with their mails, states, delegates, checks and what happened when. Each patch is
// another mixture of what patchwork may say of one; the same number gives the same project.

export interface InventedPatch {
  readonly id: number
  readonly msgid: string
  readonly name: string
  /** Milliseconds. */
  readonly date: number
  readonly mail: string
  readonly series: number
  state: string
  archived: boolean
  commit: string | null
  delegate: InventedUser | null
  readonly checks: InventedCheck[]
  /** The log has its mail before the import. */
  readonly known: boolean
}

export interface InventedUser {
  readonly id: number
  readonly username: string
  readonly first_name: string
  readonly last_name: string
  readonly email: string
}

interface InventedCheck {
  readonly id: number
  readonly date: number
  readonly state: 'success' | 'warning' | 'fail' | 'pending'
  readonly context: string
}

export interface InventedEvent {
  readonly id: number
  readonly category: 'patch-state-changed' | 'patch-delegated'
  readonly date: number
  readonly actor: InventedUser
  readonly patch: number
  readonly value: unknown
}

export interface Invented {
  readonly patches: readonly InventedPatch[]
  readonly events: readonly InventedEvent[]
  /** Mails of maintainers that the archive has, too. */
  readonly answers: readonly string[]
}

const user = (id: number, username: string, first: string, last: string): InventedUser => ({
  ...{ id, username, first_name: first, last_name: last, email: `${username}@example.org` },
})
export const mira = user(1, 'mira', 'Mira', 'Holt')
export const odd = user(2, 'odd', 'Odd', 'Berg')
export const lab = user(3, 'lab', '', '')

export const begin = Date.UTC(2021, 2, 1, 8)
const hour = 3_600_000
const states = [
  'new',
  'under-review',
  'accepted',
  'rejected',
  'changes-requested',
  'deferred',
  'rfc',
  'not-applicable',
  'awaiting-upstream',
]

/** Series of one to three patches by eight people, every fifth with a v2. */
export function inventProject(count: number): Invented {
  const patches: InventedPatch[] = []
  const events: InventedEvent[] = []
  const answers: string[] = []
  for (let series = 1; patches.length < count; series++) {
    const total = 1 + (series % 3)
    const again = series % 5 === 0
    for (const version of again ? [1, 2] : [1])
      for (let number = 1; number <= total; number++) {
        const date = begin + series * 2 * hour + (version - 1) * 72 * hour + number * 1000
        const id = patches.length + 1
        patches.push(patchOf({ id, series, total, number, version, again, date }))
      }
  }
  for (const patch of patches) happen(patch, events, answers)
  return { patches, events, answers }
}

interface Shape {
  readonly id: number
  readonly series: number
  readonly total: number
  readonly number: number
  readonly version: number
  readonly again: boolean
  readonly date: number
}

function patchOf({ id, series, total, number, version, again, date }: Shape): InventedPatch {
  const msgid = `${series}.${version}.${number}@example.net`
  const word = `${version > 1 ? ` v${version}` : ''}${total > 1 ? ` ${number}/${total}` : ''}`
  const title = `part${series}: turn screw ${number}`
  const state =
    version === 1 && again ? (series % 2 === 0 ? 'superseded' : 'new') : (states[id % states.length] ?? 'new')
  const hasResult = id % 4 === 0
  return {
    ...{ id, msgid, date, series, state },
    name: `[${word.trim().replace(' ', ',')}] ${title}`.replace('[] ', ''),
    mail: mailOf({ msgid, word, title, series, number, version, date }),
    archived: id % 7 === 0,
    commit: state === 'accepted' && id % 2 === 0 ? id.toString(16).padStart(40, 'a') : null,
    delegate: series % 3 === 0 ? mira : null,
    checks: hasResult
      ? (['pending', id % 8 === 0 ? 'fail' : 'success'] as const).map((said, index) => ({
          ...{ id: id * 10 + index, date: date + (index + 1) * 60_000, state: said, context: 'build' },
        }))
      : [],
    known: series % 2 === 0,
  }
}

interface Letter extends Pick<Shape, 'series' | 'number' | 'version' | 'date'> {
  readonly msgid: string
  readonly word: string
  readonly title: string
}

function mailOf({ msgid, word, title, series, number, version, date }: Letter): string {
  const author = `Person ${series % 8} <person${series % 8}@example.com>`
  const above = number > 1 ? `In-Reply-To: <${series}.${version}.1@example.net>\n` : ''
  return `From: ${author}
To: screws@lists.example.org
Subject: [PATCH${word}] ${title}
Date: ${new Date(date).toUTCString().replace('GMT', '+0000')}
Message-ID: <${msgid}>
${above}
It was loose, and screw ${series} held part ${number}.

Signed-off-by: ${author}
---
 src/part${series}.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/src/part${series}.c b/src/part${series}.c
index 1111111..2222222 100644
--- a/src/part${series}.c
+++ b/src/part${series}.c
@@ -${number}0,3 +${number}0,3 @@ int part${series}(void)
 	int screw = ${number};
-	turn(screw, ${series});
+	turn(screw, ${series * 10 + version});
 	return screw;
-- 
2.40.0
`
}

/** Half of the patches have events; of some a maintainer said something else before, or behind them. */
function happen(patch: InventedPatch, events: InventedEvent[], answers: string[]): void {
  const { id, date, state, delegate } = patch
  const at = date + 24 * hour
  if (id % 2 === 0 && state !== 'new') {
    events.push(event(events, 'patch-state-changed', at - hour, patch, 'under-review'))
    events.push(event(events, 'patch-state-changed', at, patch, state))
  }
  if (delegate !== null && id % 2 === 0) events.push(event(events, 'patch-delegated', at, patch, delegate))
  const isEvented = id % 2 === 0 && ['accepted', 'rejected'].includes(state)
  const other = state === 'accepted' ? 'rejected' : 'accepted'
  if (isEvented && id % 3 === 0) answers.push(answerTo(patch, 'earlier', at - 2 * hour, other))
  if (isLaterDecided(patch)) answers.push(answerTo(patch, 'later', at + 48 * hour, other))
}

/** A maintainer said otherwise after patchwork's last event: to what. */
export const laterState = (patch: InventedPatch): string | null =>
  isLaterDecided(patch) ? (patch.state === 'accepted' ? 'rejected' : 'accepted') : null

const isLaterDecided = ({ id, state }: InventedPatch) =>
  id % 2 === 0 && id % 3 === 1 && ['accepted', 'rejected'].includes(state)

const event = (
  events: readonly InventedEvent[],
  category: InventedEvent['category'],
  date: number,
  { id }: InventedPatch,
  value: unknown,
): InventedEvent => ({ id: events.length + 1, category, date, actor: odd, patch: id, value })

export const answerTo = (
  { msgid, name }: InventedPatch,
  word: string,
  at: number,
  state: string,
): string => `From: Mira Holt <mira@example.org>
To: screws@lists.example.org
Subject: Re: [PATCH] ${name.replace(/^\[.*?\] /, '')}
Date: ${new Date(at).toUTCString().replace('GMT', '+0000')}
Message-ID: <${word}.${msgid}>
In-Reply-To: <${msgid}>

Patch-Status: ${state}
`
