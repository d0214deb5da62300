// Comments on lines of a diff: answers to the patch that they speak of, below the lines quoted, as people review by mail.

import type { MessageId } from '../../base/ids.ts'
import { indexKey } from '../../base/key.ts'
import { short } from './names.ts'
import { numberIn, objects, type Remark } from './objects.ts'
import { type Run, reacted, readAll, wantedOf } from './run.ts'
import type { Page } from './source.ts'
import { type PatchsetHere, patchsetsHere } from './standing.ts'
import { type Wanted, writeMails } from './write-mails.ts'

export async function takeRemarks(run: Run, { items }: Page): Promise<void> {
  const { report, names } = run
  const own = readAll(run, 'comment on a line', objects.remark, items).flatMap(remark => {
    const number = numberIn(remark.pull_request_url)
    return number === null ? [] : [{ remark, number, root: names.root(number) }]
  })
  const here = await patchsetsHere(
    run.db,
    run.list,
    own.map(({ root }) => root),
  )
  const wanted = own.map(({ remark, number, root }) => {
    const above = aboveOf(run, remark, here.get(indexKey(root))) ?? root
    return wantedRemark(run, remark, number, above)
  })
  const { fresh, edits } = await writeMails(run.db, run.list, wanted)
  report.remarks.read += items.length
  report.remarks.other += items.length - own.length
  report.remarks.fresh += fresh.length
  report.remarks.known += own.length - fresh.length
  report.edits += edits
  run.say(`comments on lines: ${report.remarks.read} read`)
}

/** The patch of the commit that was seen, else the newest that touches the file. */
function aboveOf({ names }: Run, remark: Remark, here: PatchsetHere | undefined): MessageId | null {
  const { in_reply_to_id, original_commit_id, path } = remark
  if (in_reply_to_id != null) return names.remark(in_reply_to_id)
  const seen = `commit-${short(original_commit_id ?? 'none')}.`
  const patches = (here?.revisions ?? []).flatMap(revision => revision.patches)
  const touching = patches.filter(({ files }) => files.includes(path))
  return (patches.find(({ id }) => id.startsWith(seen)) ?? touching.at(-1))?.id ?? null
}

function wantedRemark(run: Run, remark: Remark, number: number, above: MessageId): Wanted {
  const { id, user, body, created_at, updated_at, html_url, reactions } = remark
  return wantedOf(run, {
    ...{ id: run.names.remark(id), above, who: user, body, at: created_at, changed: updated_at },
    subject: `Re: ${run.name}#${number}`,
    origin: `remark ${id}`,
    remarks: [html_url ?? `comment ${id}`, ...reacted(reactions)],
    lead: quoteOf(remark),
  })
}

/** GitHub gives the hunk up to the line that is spoken of. */
function quoteOf({ path, diff_hunk }: Remark): string {
  const file = path.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '?')
  const [head = '', ...lines] = diff_hunk.replace(/\r\n?|[\u2028\u2029]/g, '\n').split('\n')
  const hunk = head.startsWith('@@') ? [head, ...lines.slice(-quotedLines)] : []
  const quoted = [`diff --git a/${file} b/${file}`, `--- a/${file}`, `+++ b/${file}`, ...hunk]
  return `${quoted.map(line => `> ${line}`).join('\n')}\n\n`
}

const quotedLines = 12
