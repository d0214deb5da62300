// What lines such as `Patch-Status: accepted` in the mails of a patchset do. Those about bugs do nothing here; the words that
// plan one (`Severity: high`) are prose below a patch, and are not told either.
import type { BugTag, TagLine } from '../mail/facts.ts'
import { archivedRefusal, closesRefusal, findingRefusal, isBrought } from './authority.ts'
import { askForBuild } from './build-lines.ts'
import { delegateNamed } from './delegate.ts'
import { type MeantFindings, meantFindings } from './findings.ts'
import { namedBy } from './history.ts'
import type { Line, LineHandler, LineOf } from './lines.ts'
import type { PatchStatuses } from './patch-status.ts'
import { resolve } from './reference.ts'
import { revisionOf, scopeOf } from './scope.ts'
import { type SpeakingMail, unseenCommit } from './speaking-mail.ts'
import type { Node } from './tree.ts'

export const patchLineHandler = (patches: PatchStatuses): LineHandler => ({
  obey: (mail, tag) => obey(mail, tag, patches),
  refuse: (mail, tag, refusal) => patches.tell(mail, [], namedBy(tag), { refusal }),
  miss: (mail, named, refusal) => patches.tell(mail, [], named, { refusal }),
})

function obey(mail: SpeakingMail, tag: Line, patches: PatchStatuses): void {
  switch (tag.tag) {
    case 'Patch-Status':
      setStatus(mail, tag, patches)
      break
    case 'Delegate':
      setDelegate(mail, tag, patches)
      break
    case 'Closes':
      // In a posting it is a trailer of the commit, which says so by itself.
      if (!patches.isMember(patches.lines.here.get(mail.id))) claim(mail, tag, 'closes', patches)
      break
    case 'Finding':
      dismiss(mail, tag, patches)
      break
    case 'Archived':
      archive(mail, tag, patches)
      break
    case 'CI':
      askForBuild(mail, tag, patches)
      break
    case 'Blocks':
      claim(mail, tag, 'blocks', patches)
      break
    case 'Undo':
      undo(mail, tag, patches)
      break
    case 'Link-Revision':
    case 'Unlink-Revision':
      mend(mail, tag, patches)
      break
    case 'Unclear':
      unclear(mail, tag, patches)
      break
    case 'Bug-Status':
      patches.tell(mail, [], namedBy(tag), {
        refusal: { reason: 'it speaks of a bug, and this is a patchset' },
      })
      break
    default:
      tag satisfies LineOf<Exclude<BugTag, 'Bug-Status'>>
  }
}

function setStatus(mail: SpeakingMail, tag: LineOf<'Patch-Status'>, patches: PatchStatuses): void {
  const { state, number, commit } = tag
  const meant = meantBy(mail, tag, patches)
  const differing = meant.filter(patch => patches.of(patch)?.state !== state)
  const named = { ...namedBy(tag), ...(number === undefined ? {} : { value: `${number}: ${state}` }) }
  const missing = state === 'accepted' ? unseenCommit(mail) : undefined
  const isNews = patches.repeat(mail, meant, state, commit)
  if (meant.length === 0)
    patches.tell(mail, [], named, { refusal: { reason: 'it speaks of no patch that is here' } })
  else if (differing.length === 0)
    patches.tell(mail, meant, named, { refusal: null, words: missing, effect: isNews })
  else {
    const words = [tag.reason, missing].filter(text => text !== undefined).join('; ') || undefined
    patches.setAllowed(mail, differing, state, named, words, commit)
  }
}

/** It stays in its state and leaves the lists of patchwork's clients. */
function archive(mail: SpeakingMail, tag: LineOf<'Archived'>, patches: PatchStatuses): void {
  const meant = meantBy(mail, tag, patches)
  const asker = patches.asker(mail, meant)
  const refusal =
    meant.length === 0 ? { reason: 'it speaks of no patch that is here' } : archivedRefusal(asker)
  const differing = meant.filter(patch => patches.archived.has(patch) !== tag.archived)
  if (!refusal && patches.lines.stands(mail))
    for (const patch of differing) {
      if (tag.archived) patches.archived.add(patch)
      else patches.archived.delete(patch)
    }
  const effect = !refusal && differing.length > 0
  patches.tell(mail, meant, namedBy(tag), { refusal, words: tag.reason, effect })
}

/** What a line names, else what its mail answers. */
function meantBy(mail: SpeakingMail, { on, number, whole }: TagLine, { lines, now }: PatchStatuses): Node[] {
  const named = lines.here.get(on ?? mail.id)
  if (!named) return []
  return whole ? revisionOf(named, now) : scopeOf(named, now, number)
}

function setDelegate(mail: SpeakingMail, tag: LineOf<'Delegate'>, patches: PatchStatuses): void {
  const { newest } = patches
  const named = isOfElder(mail, patches) ? ofElder : delegateNamed(tag, patches.asker(mail, newest))
  const refusal = 'reason' in named ? named : null
  if ('delegate' in named && patches.lines.stands(mail)) patches.delegate = named.delegate
  patches.tell(mail, newest, namedBy(tag), { refusal, words: tag.reason })
}

/** patchwork has a delegate for each patch, and goes on naming that of an old one. */
function isOfElder(mail: SpeakingMail, { drafts, latest, lines }: PatchStatuses): boolean {
  const on = isBrought(mail) ? lines.here.get(mail.id)?.parent : undefined
  return on != null && drafts.findLastIndex(draft => draft.members.includes(on)) < latest
}

const ofElder = { reason: 'there is a newer revision, and a patchset has one delegate' }

function claim(
  mail: SpeakingMail,
  tag: LineOf<'Closes' | 'Blocks'>,
  what: 'closes' | 'blocks',
  patches: PatchStatuses,
): void {
  const { newest, lines } = patches
  // A bug of another tracker is named, and nothing here moves.
  const foreign = 'url' in tag.ref ? { id: tag.ref.url } : null
  const found = foreign ?? resolve(tag.ref, mail.said, lines.numbers)
  const refusal = 'reason' in found ? found : closesRefusal(tag.tag, patches.asker(mail, newest))
  if (!refusal && 'id' in found && lines.stands(mail))
    lines.claims.push({ mail: mail.id, what, target: found.id })
  patches.tell(mail, newest, namedBy(tag), { refusal, words: tag.reason })
}

/** It had its effect when the revisions were put together; here it is told. */
function mend(
  mail: SpeakingMail,
  tag: LineOf<'Link-Revision' | 'Unlink-Revision'>,
  patches: PatchStatuses,
): void {
  const refusal = patches.mending.refusal(mail.id, tag)
  patches.tell(mail, patches.newest, namedBy(tag), { refusal, words: tag.reason })
}

/** Those of a program's mail, of a patch or a whole revision of one author. */
function dismiss(mail: SpeakingMail, tag: LineOf<'Finding'>, patches: PatchStatuses): void {
  const meant = meantFindings(mail, tag, patches.findings.all, patches.lines.here)
  if ('reason' in meant) patches.tell(mail, [], namedBy(tag), { refusal: meant })
  else dismissMeant(mail, tag, meant, patches)
}

function dismissMeant(
  mail: SpeakingMail,
  tag: LineOf<'Finding'>,
  { findings: meant, numbers, on }: MeantFindings,
  patches: PatchStatuses,
): void {
  const { findings, lines } = patches
  const spoken = lines.here.get(on)
  const about = spoken ? scopeOf(spoken, patches.now, undefined) : []
  const named = { ...namedBy(tag), value: `${numbers.join(', ')} dismissed`.trim() }
  const refusal = findingRefusal(patches.asker(mail, about))
  const open = meant.filter(finding => !findings.isDismissed(finding))
  if (!refusal && lines.stands(mail))
    for (const finding of open)
      findings.dismiss(finding, { mail: mail.id, who: mail.facts.sender, reason: tag.reason ?? null })
  patches.tell(mail, about, named, { refusal, words: tag.reason, effect: !refusal && open.length > 0 })
}

function undo(mail: SpeakingMail, tag: LineOf<'Undo'>, patches: PatchStatuses): void {
  const refusal = patches.lines.undoing.refusal(mail, tag.mail)
  patches.tell(mail, [], namedBy(tag), { refusal, words: tag.reason })
}

function unclear(mail: SpeakingMail, tag: LineOf<'Unclear'>, patches: PatchStatuses): void {
  if (tag.name !== 'Patch-Status') return
  patches.tell(mail, [], namedBy(tag), { refusal: { reason: `"${tag.written}" is no patch state` } })
}
