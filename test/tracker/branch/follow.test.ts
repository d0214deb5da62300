// Commits of real repositories and mails of the real git send-email: which commit is which patch, and what follows.
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sortAll } from '../../../tracker/project/projector.ts'
import { requeue } from '../../../tracker/project/requeue.ts'
import { author, committer, lines, mailText, Project, sentence } from './project.ts'

// Each runs git fifty times.
vi.setConfig({ testTimeout: 120_000 })

let project: Project
afterEach(() => project.end())

const short = (commit: string) => commit.slice(0, 12)

/** One patch, sent and received. */
async function onePatch(
  title = 'wal: sum every record',
  files = { 'wal.c': lines(1, 40, { 20: 'long sum;' }) },
) {
  project.topicBranch('work', [{ title, files }])
  const [mail] = project.send('main..work')
  if (!mail) throw new Error('Nothing was sent')
  await project.receive(mail.bytes)
  return mail
}

describe('a patch lands', () => {
  test('applied by git am: the same patch-id, seen whichever comes first', async () => {
    project = await Project.start()
    const mail = await onePatch()
    expect((await project.patch(mail.id)).state).toBe('new')
    project.git('am', '-q', mail.file)
    const commit = project.git('rev-parse', 'HEAD')
    expect(await project.follow()).toBeNull()
    const patch = await project.patch(mail.id)
    expect(patch.state).toBe('accepted')
    expect(patch.landed).toMatchObject([
      { commit, branch: 'main', how: 'patch-id', changed: false, release: null },
    ])
    const topic = await project.topic(mail.id)
    expect(sentence(topic)).toBe(`Landed in main as ${short(commit)} on 2 March 2026.`)
    expect(topic.history).toMatchObject([
      {
        what: 'landed',
        mail: mail.id,
        who: { address: 'marek@example.org' },
        effect: true,
        commit: { id: commit },
      },
    ])
    const before = await project.everything()

    // The same when the mail is sorted after the commit was read.
    await requeue(project.db, project.list.id)
    await sortAll(project.db, project.list.id)
    expect(await project.everything()).toEqual(before)
    await project.follow()
    expect(await project.everything()).toEqual(before)
  })

  test('by the Message-ID that git am writes, whatever was changed', async () => {
    project = await Project.start()
    const mail = await onePatch()
    project.git('am', '-q', '--message-id', mail.file)
    project.file('wal.c', lines(1, 40, { 2: 'something else;' }))
    project.git('add', '.')
    project.git('commit', '-q', '--amend', '-m', `other title\n\nMessage-ID: <${mail.id}>`)
    await project.follow()
    expect((await project.patch(mail.id)).landed).toMatchObject([{ how: 'message-id', changed: true }])
    expect(sentence(await project.topic(mail.id))).toMatch(/^Landed in main as \w{12} on .*, with changes\.$/)
  })

  test('amended a little, under its title and author', async () => {
    project = await Project.start()
    const mail = await onePatch('wal: sum every record', {
      'wal.c': lines(1, 40, { 20: 'long sum;', 21: 'long more;', 22: 'long rest;' }),
    })
    project.git('am', '-q', mail.file)
    project.file('wal.c', lines(1, 40, { 20: 'long sum;', 21: 'long more;', 22: 'long last;' }))
    project.git('add', '.')
    project.git('commit', '-q', '--amend', '--no-edit')
    await project.follow()
    expect(await project.patch(mail.id)).toMatchObject({
      state: 'accepted',
      landed: [{ how: 'title', changed: true }],
    })
  })

  test('not one of the same title with other changes, and not one of somebody else', async () => {
    project = await Project.start()
    const mail = await onePatch('wal: update')
    project.file('wal.c', lines(1, 40, { 5: 'void other;' }))
    project.git('add', '.')
    project.commit('wal: update', author)
    project.file('wal.c', lines(1, 40, { 5: 'void other;', 20: 'long sum; ;' }))
    project.git('add', '.')
    project.commit('wal: update', committer)
    await project.follow()
    expect(await project.patch(mail.id)).not.toHaveProperty('landed')
  })

  test('moved by a rebase, with other line numbers', async () => {
    project = await Project.start()
    const mail = await onePatch()
    project.file('wal.c', `int first;\n${lines(1, 40)}`)
    project.git('add', '.')
    project.commit('wal: one more line')
    project.git('checkout', '-q', 'work')
    project.git('rebase', '-q', 'main')
    project.git('checkout', '-q', 'main')
    project.git('merge', '-q', '--ff-only', 'work')
    await project.follow()
    expect((await project.patch(mail.id)).landed).toMatchObject([{ how: 'patch-id' }])
  })

  test('in a merge of two patches', async () => {
    project = await Project.start()
    project.topicBranch('work', [
      { title: 'wal: sum', files: { 'wal.c': lines(1, 40, { 3: 'long sum;' }) } },
      { title: 'tail: stop', files: { 'tail.c': 'int tail;\n' } },
    ])
    const mails = project.send('main..work')
    await project.receive(...mails.map(({ bytes }) => bytes))
    project.git('merge', '-q', '--no-ff', '--no-edit', 'work')
    await project.follow()
    const [first] = mails
    const topic = await project.topic(first?.id ?? '')
    expect(topic.state).toBe('accepted')
    expect(sentence(topic)).toMatch(/^Both patches landed, the last in main as \w{12} on /)
  })

  test('squashed, with a Link to each', async () => {
    project = await Project.start()
    project.topicBranch('work', [
      { title: 'wal: sum', files: { 'wal.c': lines(1, 40, { 3: 'long sum;' }) } },
      { title: 'tail: stop', files: { 'tail.c': 'int tail;\n' } },
    ])
    const mails = project.send('main..work')
    await project.receive(...mails.map(({ bytes }) => bytes))
    project.git('merge', '-q', '--squash', 'work')
    const links = mails.map(({ id }) => `Link: https://lists.example.org/tarn/${id}/`).join('\n')
    project.commit(`wal: sum and stop\n\n${links}`)
    await project.follow()
    for (const { id } of mails)
      expect(await project.patch(id)).toMatchObject({
        state: 'accepted',
        landed: [{ how: 'message-id', changed: true }],
      })
  })

  test('a Link to a patch that is only of interest accepts nothing', async () => {
    project = await Project.start()
    const mail = await onePatch()
    project.file('tail.c', 'int tail;\n')
    project.git('add', '.')
    project.commit(`tail: begin\n\nLink: https://lists.example.org/tarn/${mail.id}/`)
    await project.follow()
    expect((await project.patch(mail.id)).state).toBe('new')
  })

  test('the newest revision that was there takes the commit', async () => {
    project = await Project.start()
    const first = await onePatch()
    const [second] = project.send('main..work', '-v2')
    project.git('am', '-q', second?.file ?? '')
    const [third] = project.send('main~..main', '-v3')
    await project.receive(second?.bytes ?? '', third?.bytes ?? '')
    await project.follow()
    expect((await project.patch(second?.id ?? '')).landed).toHaveLength(1)
    expect((await project.patch(first.id)).state).toBe('superseded')
    expect(await project.patch(third?.id ?? '')).not.toHaveProperty('landed')
  })

  test('with renames, binary files, other names and no end of line', async () => {
    project = await Project.start()
    project.file('blob.bin', Buffer.from([0, 1, 2, 3]))
    project.file('old.txt', lines(1, 30))
    project.git('add', '.')
    project.commit('files')
    project.git('checkout', '-q', '-b', 'work')
    project.file('blob.bin', Buffer.from([0, 1, 2, 4]))
    project.git('mv', 'old.txt', 'grün "neu".txt')
    project.file('grün "neu".txt', `${lines(1, 30, { 5: 'ö' })}no end`)
    project.git('add', '.')
    project.commit('alles: neu größer', author)
    project.git('checkout', '-q', 'main')
    const [renamed] = project.send('main..work', '--validate')
    const [plain] = project.send('main..work', '--no-renames', '--subject-prefix=PATCH tarn')
    for (const mail of [renamed, plain]) {
      await project.receive(mail?.bytes ?? '')
      project.git('reset', '-q', '--hard', 'main~0')
    }
    project.git('merge', '-q', '--ff-only', 'work')
    await project.follow()
    const { rows } = { rows: await project.db.selectFrom('git_commit').select('data').execute() }
    const commit = rows.map(row => row.data).find(({ title }) => title.startsWith('alles'))
    const ids = await project.db.selectFrom('fact').select('data').execute()
    for (const { data } of ids) expect(commit?.patchIds).toContain(data.patchId)
    const landed = await project.db.selectFrom('landing').select('how').execute()
    expect(landed).toEqual([{ how: 'patch-id' }])
  })
})

describe('what happens after', () => {
  test('a revert reopens, and its revert accepts again', async () => {
    project = await Project.start()
    const mail = await onePatch()
    project.git('am', '-q', mail.file)
    await project.follow()
    project.git('revert', '--no-edit', 'HEAD')
    const revert = project.git('rev-parse', 'HEAD')
    await project.follow()
    const topic = await project.topic(mail.id)
    expect(topic.state).toBe('changes-requested')
    expect(sentence(topic)).toBe(
      `Reverted in main as ${short(revert)} on 2 March 2026, and no newer version has come yet.`,
    )
    expect(await project.db.selectFrom('landing').select('reverted_by').execute()).toEqual([
      { reverted_by: revert },
    ])
    project.git('revert', '--no-edit', 'HEAD')
    await project.follow()
    const again = await project.topic(mail.id)
    expect(again.state).toBe('accepted')
    expect(again.history.map(({ what }) => what)).toEqual(['landed', 'reverted', 'landed again'])
  })

  describe('a merge that is taken back', () => {
    /** Two patches come by a merge, a third one came without it. */
    async function merged() {
      project.topicBranch('work', [
        { title: 'wal: one', files: { 'wal.c': lines(1, 40, { 3: 'int one;' }) } },
        { title: 'wal: two', files: { 'wal.c': lines(1, 40, { 3: 'int one;', 20: 'int two;' }) } },
      ])
      project.topicBranch('alone', [{ title: 'net: three', files: { 'net.c': 'int three;\n' } }])
      const [one, two] = project.send('main..work', '--no-cover-letter')
      const [three] = project.send('main..alone')
      if (!one || !two || !three) throw new Error('A patch was not sent')
      await project.receive(one.bytes, two.bytes, three.bytes)
      const start = project.git('rev-parse', 'HEAD')
      project.git('am', '-q', three.file)
      project.git('checkout', '-q', '-b', 'side', start)
      project.git('am', '-q', one.file, two.file)
      project.git('checkout', '-q', 'main')
      project.git('merge', '-q', '--no-ff', '-m', 'Merge branch side', 'side')
      await project.follow()
      const states = async () =>
        Promise.all([one, two, three].map(async ({ id }) => (await project.patch(id)).state))
      expect(await states()).toEqual(['accepted', 'accepted', 'accepted'])
      return { start, merge: project.git('rev-parse', 'HEAD'), states }
    }

    test('takes its commits back, and no others; in again it brings them again', async () => {
      project = await Project.start()
      const { states } = await merged()
      project.git('revert', '--no-edit', '-m', '1', 'HEAD')
      await project.follow()
      expect(await states()).toEqual(['changes-requested', 'changes-requested', 'accepted'])
      project.git('revert', '--no-edit', 'HEAD')
      await project.follow()
      expect(await states()).toEqual(['accepted', 'accepted', 'accepted'])
    })

    test('is believed only where it is a merge with that parent', async () => {
      project = await Project.start()
      const { start, merge, states } = await merged()
      project.commit(`Words\n\nThis reverts commit ${merge}, reversing\nchanges made to ${start}.`)
      project.commit(`Words\n\nThis reverts commit ${'1'.repeat(40)}, reversing\nchanges made to ${merge}.`)
      await project.follow()
      expect(await states()).toEqual(['accepted', 'accepted', 'accepted'])
    })
  })

  test('a force push withdraws what no branch holds any more', async () => {
    project = await Project.start()
    const mail = await onePatch()
    project.git('am', '-q', mail.file)
    await project.follow()
    expect((await project.patch(mail.id)).state).toBe('accepted')
    project.git('reset', '-q', '--hard', 'HEAD~')
    project.commit('another way')
    await project.follow()
    expect(await project.patch(mail.id)).toMatchObject({ state: 'new' })
    expect(await project.patch(mail.id)).not.toHaveProperty('landed')
    // And when the old head is not even in the repository any more.
    project.git('am', '-q', mail.file)
    await project.follow()
    project.git('reset', '-q', '--hard', 'HEAD~')
    project.git('reflog', 'expire', '--expire=now', '--all')
    project.git('branch', '-q', '-D', 'work')
    project.git('gc', '-q', '--prune=now')
    await project.follow()
    expect((await project.patch(mail.id)).state).toBe('new')
  })

  test('two branches: the first one is named, a revert on the other is told', async () => {
    project = await Project.start({ branches: ['main', 'release/*'] })
    const mail = await onePatch()
    project.git('branch', 'release/1')
    project.git('branch', 'other')
    project.git('am', '-q', mail.file)
    const commit = project.git('rev-parse', 'HEAD')
    project.git('checkout', '-q', 'release/1')
    project.git('cherry-pick', '-x', commit)
    const picked = project.git('rev-parse', 'HEAD')
    project.git('revert', '--no-edit', 'HEAD')
    project.git('checkout', '-q', 'main')
    await project.follow()
    const topic = await project.topic(mail.id)
    expect(topic.state).toBe('accepted')
    expect(topic.history).toMatchObject([
      { what: 'landed', commit: { branch: 'main', id: commit } },
      { what: 'landed', commit: { branch: 'release/1', id: picked } },
      { what: 'reverted', effect: false, reason: 'another followed branch holds it still' },
    ])
    // A branch that is not followed any more takes its commits with it.
    await project.configure({ branches: ['main'] })
    await project.follow()
    expect((await project.patch(mail.id)).landed).toMatchObject([{ branch: 'main' }])
  })

  test('the first release that contains it', async () => {
    project = await Project.start()
    const mail = await onePatch()
    project.git('am', '-q', mail.file)
    const commit = project.git('rev-parse', 'HEAD')
    await project.follow()
    project.git('tag', '-a', '-m', 'one', 'v1.2')
    project.commit('later')
    project.git('tag', '-a', '-m', 'two', 'v1.3')
    await project.follow()
    expect(project.git('describe', '--contains', commit)).toMatch(/^v1\.2/)
    expect((await project.patch(mail.id)).landed).toMatchObject([{ release: 'v1.2' }])
    expect(sentence(await project.topic(mail.id))).toMatch(`Landed in main as ${short(commit)} (v1.2) on `)
    project.git('tag', '-d', 'v1.2')
    await project.follow()
    expect((await project.patch(mail.id)).landed).toMatchObject([{ release: 'v1.3' }])
  })

  test("a maintainer's rejection stands beside the commit; an author's withdrawal does not", async () => {
    project = await Project.start({
      people: [{ name: 'Priya', address: 'priya@example.net', role: 'maintainer' }],
    })
    const mail = await onePatch()
    const answer = (from: string, line: string, id: string) =>
      mailText(
        {
          From: from,
          Subject: 'Re: [PATCH] wal: sum every record',
          Date: new Date(project.tick() * 1_000).toUTCString(),
          'Message-ID': `<${id}>`,
          'In-Reply-To': `<${mail.id}>`,
        },
        `${line}\n`,
      )
    await project.receive(answer(author, 'Patch-Status: withdrawn', 'w1@example.org'))
    const rejection = answer('Priya <priya@example.net>', 'Patch-Status: rejected', 'r1@example.net')
    project.git('am', '-q', mail.file)
    await project.follow()
    expect((await project.patch(mail.id)).state).toBe('accepted')
    await project.receive(rejection)
    const topic = await project.topic(mail.id)
    expect(topic.state).toBe('rejected')
    expect(topic.history.at(-1)).toMatchObject({ what: 'landed', effect: false, reason: 'it stays rejected' })
  })

  test('"applied" without a commit is said and not seen until it is seen; one that nobody has says so', async () => {
    project = await Project.start()
    const mail = await onePatch()
    await project.follow()
    await project.configure({})
    const said = new Date().toUTCString()
    const fields = (id: string) => ({
      From: committer,
      Subject: 'Re: [PATCH] wal: sum every record',
      Date: said,
      'Message-ID': `<${id}@example.org>`,
      'In-Reply-To': `<${mail.id}>`,
    })
    await project.receive(mailText(fields('a1'), 'Applied, thanks.\n'))
    expect((await project.topic(mail.id)).history).toMatchObject([
      { what: 'applied', value: 'said, not seen' },
    ])
    await project.receive(mailText(fields('a2'), 'Applied as commit 1234567890abcdef.\n'))
    const applied = async () =>
      (await project.topic(mail.id)).history.filter(({ what }) => what === 'applied')
    expect((await applied())[1]).toMatchObject({ reason: 'no followed branch holds the commit it names' })
    project.git('am', '-q', mail.file)
    const commit = project.git('rev-parse', 'HEAD')
    await project.receive(mailText(fields('a3'), `Patch-Status: accepted ${commit.slice(0, 9)} -- thanks\n`))
    const tagged = async () =>
      (await project.topic(mail.id)).history.find(({ what }) => what === 'Patch-Status')
    expect((await tagged())?.reason).toBe('no followed branch holds the commit it names')
    await project.follow()
    expect((await applied())[0]).toMatchObject({ value: `main as ${short(commit)}` })
    expect((await tagged())?.reason).toBeNull()
  })
})

describe('bugs', () => {
  const bug = mailText(
    {
      From: 'Tomas <tomas@example.com>',
      Subject: '[BUG] wal: lost record',
      Date: 'Mon, 2 Mar 2026 08:00:00 +0000',
      'Message-ID': '<bug-1@example.com>',
    },
    'It is lost.\n',
  )

  test('a commit that closes one fixes it, its revert reopens it', async () => {
    project = await Project.start()
    await project.receive(bug)
    project.file('wal.c', lines(1, 40, { 9: 'long kept;' }))
    project.git('add', '.')
    const commit = project.commit('wal: keep it\n\nCloses: https://lists.example.org/tarn/bug-1@example.com/')
    project.git('tag', 'v2')
    await project.follow()
    const fixed = await project.topic('bug-1@example.com')
    expect(fixed).toMatchObject({ state: 'fixed', landed: [{ commit, how: 'closes', release: 'v2' }] })
    expect(sentence(fixed)).toMatch(`Fixed in main as ${short(commit)} (v2) on `)
    project.git('revert', '--no-edit', 'HEAD')
    await project.follow()
    expect((await project.topic('bug-1@example.com')).state).toBe('reopened')
  })

  test('a number in a commit means the bug that had it then', async () => {
    project = await Project.start()
    await project.receive(bug)
    const given = (day: string) =>
      project.db
        .updateTable('bug_number')
        .set({ given_at: new Date(day) })
        .execute()
    await given('2100-01-01')
    project.file('wal.c', lines(1, 40, { 9: 'long kept;' }))
    project.git('add', '.')
    const commit = project.commit('wal: keep it\n\nCloses: #1')
    await project.follow()
    expect((await project.topic('bug-1@example.com')).state).toBe('new')
    await given('2000-01-01')
    await requeue(project.db, project.list.id)
    await sortAll(project.db, project.list.id)
    expect(await project.topic('bug-1@example.com')).toMatchObject({ state: 'fixed', landed: [{ commit }] })
  })

  test('a patch that closes one fixes it when it lands, also when the bug is sorted last', async () => {
    project = await Project.start()
    const mail = await onePatch('wal: sum\n\nCloses: <bug-1@example.com>')
    await project.receive(bug)
    expect((await project.topic('bug-1@example.com')).state).toBe('new')
    project.git('am', '-q', mail.file)
    project.git('commit', '-q', '--amend', '-m', 'wal: sum')
    await project.follow()
    expect((await project.topic('bug-1@example.com')).state).toBe('fixed')
    const before = await project.everything()
    await requeue(project.db, project.list.id)
    await sortAll(project.db, project.list.id)
    expect(await project.everything()).toEqual(before)
  })
})
