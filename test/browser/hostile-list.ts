// A list whose mails, commits, builds and settings hold every vector in every place where a stranger's text comes in.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Kysely } from 'kysely'
import { makeLog } from '../../base/log.ts'
import { type List, saveLists } from '../../sql/lists.ts'
import { append } from '../../sql/log.ts'
import type { Tables } from '../../sql/tables.ts'
import { follow } from '../../tracker/branch/follow.ts'
import { sortAll } from '../../tracker/project/projector.ts'
import { BuildYard, resultOf, stepOf } from '../web/builds.ts'
import { isLong } from './form.ts'
import { vectors } from './vectors.ts'

const name = 'hostile'
/** What git lets a branch or a tag be called. */
const refName = `"'><img/src=x/onerror=alert(1)>`
/** A field holds some of them. `BROWSER=long` takes fewer at once, so that each stands where what is long is cut. */
const inFieldMax = isLong ? 3 : 14

export async function fillHostile(db: Kysely<Tables>, data: string): Promise<void> {
  const repository = join(data, 'hostile.git')
  const [list] = await saveLists(db, [
    {
      ...{ name, address: 'hostile@lists.example.org', description: vectors.join(' ').replace(/\s+/g, ' ') },
      ...{ repository, branches: ['main', refName], commitUrl: 'https://git.example.org/%s' },
      people: [
        { address: 'marek@example.org', name: vectors.slice(0, 5).join(' '), role: 'maintainer' },
        { address: 'ci@ci.example.net', name: vectors[4] ?? '', role: 'robot' },
      ],
    },
  ])
  if (!list) throw new Error('The list was not saved')
  const mails = groups().flatMap(mailsOf)
  makeRepository(repository, mails)
  await append(
    db,
    list.id,
    mails.map(bytes => ({ bytes, envelope: { road: 'import' } })),
  )
  await sortAll(db, list.id)
  await follow(list, { db, data, log: makeLog('error', false) })
  await sortAll(db, list.id)
  await addBuilds(db, data, list)
}

function groups(): string[][] {
  const flat = vectors.map(vector => vector.replace(/[\n\r]+/g, ' '))
  return Array.from({ length: Math.ceil(flat.length / inFieldMax) }, (_, at) =>
    flat.slice(at * inFieldMax, (at + 1) * inFieldMax),
  )
}

const encoded = (text: string) => `=?utf-8?b?${Buffer.from(text).toString('base64')}?=`

interface Written {
  readonly id: string
  readonly subject: string
  readonly minute: number
  readonly answers?: string
  readonly body: string
  readonly type?: string
  readonly headers?: readonly string[]
}

/** The mails of one group: a series and its second revision, answers, a bug, attachments, results. */
function mailsOf(group: readonly string[], at: number): Buffer[] {
  const all = group.join(' ')
  const idOf = (what: string) =>
    `${what}${at}.${(group[0] ?? '').replace(/[\s>]/g, '_')}.${(group[1] ?? '').replace(/[\s>]/g, '_')}@example.org`
  const write = (written: Written): Buffer => {
    const { id, subject, minute, answers, body, type = 'text/plain; charset=utf-8', headers = [] } = written
    const date = new Date(Date.UTC(2026, 2, 2 + at, 9, minute)).toUTCString().replace('GMT', '+0000')
    return Buffer.from(
      [
        `From: ${encoded(`${group[minute % group.length]}`)} <ines@example.org>`,
        `To: hostile@lists.example.org, ${encoded(all)} <x"onfocus=alert(1)@example.com>`,
        `Cc: "${(group[1] ?? '').replace(/["\\]/g, '')}" <${group[0]}>`,
        `Subject: ${subject}`,
        `Date: ${date} (${group[2] ?? ''})`,
        `Message-ID: <${id}>`,
        ...(answers
          ? [`In-Reply-To: <${answers}>`, `References: <ghost.${group[0]}@example.com> <${answers}>`]
          : []),
        `List-Id: ${group[0]} <hostile.lists.example.org>`,
        `X-Other: ${all}`,
        `User-Agent: ${all}`,
        'MIME-Version: 1.0',
        `Content-Type: ${type}`,
        ...headers,
        '',
        body,
      ].join('\n'),
    )
  }
  const file = `src/${(group[0] ?? '').replace(/[\s/]/g, '_')}.c`
  const trailers = group
    .map(
      one =>
        `Reviewed-by: ${one} <m@example.com>\nFixes: 123456789abc ("${one}")\nLink: https://example.org/${one}\nCloses: ${one}`,
    )
    .join('\n')
  const patch = (message: string, line: string) => `${message}

https://example.org/${group[0]}
base-commit: ${group[0]}
change-id: 20260302-${group[0]}
${trailers}
Signed-off-by: ${group[0]} <ines@example.org>
---
 ${file} | 3 ++-
 1 file changed, 2 insertions(+), 1 deletion(-)

diff --git a/${file} b/${file}
index 1111111..2222222 100644
--- a/${file}
+++ b/${file}
@@ -10,3 +10,4 @@ ${all}
 	lock(w); // ${group[1]}
-	sync(w); // ${group[2]}
+	unlock(w); // ${line}
+	return sync(w);
 }
diff --git "a/${group[3]}" "b/${group[2]}"
similarity index 90%
rename from ${group[3]}
rename to ${group[2]}
old mode ${group[0]}
new mode 100755
-- 
${all}
`
  const [v1, v2, bug] = [idOf('v1'), idOf('v2'), idOf('bug')]
  const answer = (to: string, minute: number, body: string): Written => ({
    ...{ id: idOf(`answer${minute}`), subject: `Re: [PATCH] ${all}`, minute, answers: to, body },
  })
  return [
    { id: v1, subject: `[PATCH] ${all}`, minute: 0, body: patch(all, all) },
    answer(
      v1,
      1,
      `On ${group[0]}, ${group[1]} wrote:\n> +\tunlock(w); // ${all}\n\n${all}\n\n> ${all}\n${all}\n\n${trailers}\nPatch-Status: changes-requested -- ${all}\nPatch-Status: ${group[0]}\n`,
    ),
    {
      id: v2,
      subject: `=?utf-8?q?[PATCH?= v2] ${encoded(all)}`,
      minute: 2,
      answers: v1,
      body: patch(`${all} again`, group[0] ?? ''),
    },
    answer(v2, 3, `> +\tunlock(w); // ${group[0]}\n\n${all}\nDelegate: ${group[0]} <${group[1]}>\n`),
    answer(
      v2,
      4,
      `Test-Label: ${all}\nTest-Status: FAILURE\nhttps://ci.example.org/${group[0]}\n\n_${all}_\n`,
    ),
    answer(v2, 5, `Automated review.\n\n- [High] ${file}:2: ${all}\n- [${group[0]}] ${all}\n`),
    answer(v2, 6, `Applied to ${group[0]}, thanks!\n\n[1/1] ${all}\n      commit: ${group[1]}\n`),
    { id: bug, subject: `[BUG] ${all}`, minute: 7, body: `${all}\n${vectors.join('\n')}\n` },
    answer(
      bug,
      8,
      `Bug-Status: needs-info -- ${all}\n${group.map(one => `Labels: +${one}\nSeverity: ${one}\nMilestone: ${one}\nTarget: ${one}`).join('\n')}\nWhich version, ${all}?\n`,
    ),
    answer(bug, 9, `Bug-Status: duplicate ${group[0]}\nBlocks: ${group[1]}\n`),
    { id: idOf('html'), subject: all, minute: 10, body: vectors.join('\n'), type: 'text/html' },
    { id: idOf('svg'), subject: all, minute: 11, body: vectors.join('\n'), type: 'image/svg+xml' },
    {
      ...{ id: idOf('files'), subject: `Files ${all}`, minute: 12 },
      ...{ body: attachments(group, patch(all, all)), type: 'multipart/mixed; boundary=cut' },
    },
    {
      ...{ id: idOf('pull'), subject: `[GIT PULL] ${all}`, minute: 13 },
      body: `The following changes since commit ${'1'.repeat(40)}:\n\n  ${all} (2026-03-01 09:00:00 +0000)\n\nare available in the Git repository at:\n\n  ${group[0]} ${group[1]}\n\nfor you to fetch changes up to ${'2'.repeat(40)}:\n\n  ${all} (2026-03-01 09:00:00 +0000)\n\n----------------------------------------------------------------\n${all}\n`,
    },
    {
      ...answer(`lost.${(group[0] ?? '').replace(/[\s>]/g, '_')}@example.com`, 14, all),
      subject: `Re: ${all}`,
    },
  ].map(write)
}

function attachments(group: readonly string[], patch: string): string {
  const part = (type: string, body: string) =>
    group
      .slice(0, 2)
      .map(
        one => `--cut
Content-Type: ${type}; name="${one.replace(/["\\]/g, "'")}"
Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(one)}
Content-Description: ${one}

${body}
`,
      )
      .join('')
  const markup = vectors.join('\n')
  return `--cut
Content-Type: text/plain; charset="${(group[0] ?? '').replace(/["\\]/g, '')}"

${group.join('\n')}
${part('text/html', markup)}${part('image/svg+xml', `<svg xmlns="http://www.w3.org/2000/svg">${markup}</svg>`)}${part('application/xhtml+xml', markup)}${part('text/x-patch', patch)}${part('message/rfc822', `From: ${group[0]} <a@example.com>\nSubject: ${group.join(' ')}\n\n${markup}`)}--cut--
`
}

/** The first patch lands, in a branch and a release that are called so. */
function makeRepository(path: string, mails: readonly Buffer[]): void {
  mkdirSync(path)
  const git = (...words: readonly string[]) =>
    execFileSync('git', ['-C', path, ...words], {
      encoding: 'utf8',
      env: {
        ...{ PATH: process.env.PATH, HOME: path, GIT_CONFIG_NOSYSTEM: '1' },
        ...{ GIT_AUTHOR_NAME: refName, GIT_AUTHOR_EMAIL: 'ines@example.org' },
        ...{ GIT_COMMITTER_NAME: refName, GIT_COMMITTER_EMAIL: 'marek@example.org' },
        ...{ GIT_AUTHOR_DATE: '2026-05-02T09:00:00Z', GIT_COMMITTER_DATE: '2026-05-02T09:00:00Z' },
      },
    }).trim()
  git('init', '-q', '-b', 'main')
  const commit = (message: string) => {
    git('add', '--all')
    git('commit', '-q', '--allow-empty', '-m', message)
  }
  writeFileSync(join(path, '.mailmap'), `${refName} <ines@example.org>\n`)
  commit('start')
  for (const mail of mails) {
    const id = mail.toString().match(/^Message-ID: <(.*)>$/m)?.[1] ?? ''
    if (!id.startsWith('v2') && !id.startsWith('bug')) continue
    writeFileSync(join(path, 'file.txt'), vectors.join('\n'))
    commit(
      `${vectors[0]} ${id}\n\nMessage-ID: <${id}>\nLink: https://lore.example.org/hostile/${encodeURIComponent(id)}\nCloses: <${id}>`,
    )
  }
  git('branch', refName)
  git('tag', '-a', '-m', vectors.join('\n'), `v1${refName}`)
}

async function addBuilds(db: Kysely<Tables>, data: string, list: List): Promise<void> {
  const yard = new BuildYard(db, data, list.id)
  const words = vectors.slice(0, 5).join(' ')
  const tests = {
    passed: 1,
    failed: 20,
    skipped: 0,
    failing: vectors.slice(0, 20).map(one => one.slice(0, 200)),
  }
  for (const outcome of ['failure', 'success', 'warning'] as const)
    await yard.build(outcome, {
      why: words,
      result: {
        ...resultOf(outcome, stepOf('build', outcome, { why: words, tests })),
        why: vectors.join(' ').slice(0, 1_000),
      },
      logs: { build: `${vectors.join('\n')}\n` },
      build: {
        ...{ key: `hostile ${outcome}`, ref: `refs/heads/${refName}`, submitter: words, repository: refName },
        evidence: { proof: 'commit-signature', signer: words, key: words, said: vectors },
      },
    })
  for (const state of ['waiting', 'refused', 'conflict'] as const)
    await yard.build(state, {
      why: words,
      build: {
        ...{ key: `hostile ${state}`, ref: `refs/heads/${refName}`, submitter: words },
        evidence: { guarded: vectors, said: vectors, signer: words, key: words },
      },
    })
}
