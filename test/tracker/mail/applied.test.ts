// Who says that a patch is in, and who only speaks of it; which patches, and where.
import { describe, expect, it, test } from 'vitest'
import { appliedOf } from '../../../tracker/mail/applied.ts'

const read = (text: string, tags: readonly string[] = []) => appliedOf('Re: x', text.split('\n'), tags)

describe('a notice', () => {
  it.each([
    'Added to misc-next, thanks.',
    'Added to devel, with a small fixup. Thanks.',
    'Your patch is applied, thanks',
    'Applied 1-2, because the cleanup looks racy to me.',
    'Applied 2/4 and 3/4, thanks',
    'Thanks, pulled.',
    "I've pulled this.",
    'Your pull request was applied.',
    'Pushed to master.',
    'Queued for next.',
    'Merged, thanks!',
    'This is now in net-next.',
    "It's in my tree now",
    'Put into drm-misc-fixes',
    'Taken into the for-next branch, thanks',
    'Thanks Ada, applied to the master branch.',
    'Hi Ada,\nApplied, thanks',
    'I picked up patches 1, 3 and 4',
    'Applied the first patch.',
    'Picked into stable-6.1, with Fixes tag',
    'Landed in main as 1a2b3c4d5e6f',
    'Patch applied to for-5.10/drivers',
    'Committed to trunk.',
    'Applied to net-next, but I had to drop the blank line since it would not apply.',
    'Thank you, I applied both patches',
    'Series applied to the development branch',
    'I applied the patch, amended the message, and pushed to the lid branch in my private repo.',
    'Thanks for the patch, pushed to lid-next.',
    'Thank you for the fix and the test, merged into stable-8.2.',
    'Added to the patch queue, thanks.',
    'This is already in master as commit 1234567890ab.',
    'Acked and applied to next.',
    'Reviewed and pushed, thanks.',
    'Applying, thanks.',
    'Queueing this for next, thanks.',
    'Thanks, merging.',
    'also this merged, thanks for your review.',
    'Pushing this one now.',
    'Picking this up, thanks.',
    'Fixed the typo while applying, thanks.',
    'I reworded the subject upon merging.',
    'Fixed while applying.',
    'Taken, thanks.',
    'Accepted, thanks.',
    'Thanks Ada, accepted!',
    'Both taken, thanks',
    'The series is accepted.',
    'Took it through my tree, thanks.',
    'Installed, thanks',
    'Checked in, thanks.',
    'Landed, thanks!',
    'Staged for 5.15.',
    'queuing the first two',
    'Applying the first three, the rest needs another round.',
    "I'm applying 1-2 to misc-next, 3 needs more work.",
    'has been added to the -mm mm-unstable branch.',
    "I've added this to the -mm tree.",
    'Queued for -stable.',
    'Angewendet, danke.',
    'Appliqué, merci !',
    'Aplicado, gracias.',
    'Применено, спасибо.',
    '已合并，谢谢',
    '適用しました。ありがとうございます。',
    '적용했습니다. 감사합니다.',
    "Merged Ada's fix, thanks.",
    'Applied the whole lot.',
    'Merged all of it, thanks.',
    'Queued most of them.',
    'Applied the doc update, thanks.',
    'Pushed successfully.',
    'Committed as r1234, thanks.',
    'Committed that way, thanks.',
    'Merged yesterday.',
    'I pushed it earlier today.',
    'I have merged it however, since the release is near.',
    'Pushed along with the other half, thanks.',
    'I merged the first four patches, but the last one warns.',
    'Applied the remaining ones.',
    'I applied the following:',
    'Applied "pump: oil it", thanks.',
  ])('%j', text => {
    expect(read(text)).not.toBeNull()
  })
})

describe('no notice', () => {
  it.each([
    'Jens\nalready applied it',
    'so why was this merged?',
    'I added to the docs',
    'I added this to the to-do list.',
    'Can you check whether this was applied to main?',
    'I will be adding it to misc-next tomorrow',
    'If nobody objects it is applied to next on Monday',
    'Added to src/foo.c some checks',
    'Not applied yet',
    'It should be applied to main.',
    'Applied cleanly on top of v5.10 here',
    'I took a look at it',
    'added a test',
    'Queued 2 weeks ago?',
    'This depends on a series that is in net-next',
    'I put it in my tree to test, it does not build',
    "It's in the lid branch in my private repo, as I said to Ruth",
    'The series is queued behind 3 others.',
    'I applied this locally and it works.',
    'I have applied this patch to my tree and tested on two boards.',
    'I merged it here and everything still boots.',
    'With this applied, I see no warnings.',
    'With the series applied the board boots.',
    'Picked up the tags, will send v3.',
    "Picked up Ruth's R-b in v3.",
    'I merged the two loops in v3.',
    'Merged the two hunks into one.',
    'Applied your suggestion in the next version.',
    'I had this queued but dropped it.',
    'Applied, but then I reverted it',
    'I pushed v2 to my branch for review.',
    'Applying this on top of v6.8 fails.',
    'Pushing to master needs two acks.',
    'I will fix it while applying.',
    'Changed locking while pushing pages.',
    'Dropped the lock while committing the transaction.',
    'Patches 3 and 4 merged into one.',
    'Merged this into patch 2.',
    'Both merged into a single patch now.',
    'I merged it with patch 3.',
    'Point taken, thanks.',
    'Suggestion taken, thanks.',
    'Taken together, these look fine.',
    'Taken care of in v2.',
    'Accepted values are 0 and 1.',
    'Accepted, will fix in v2.',
    'All options are accepted.',
    'The lock is taken, thanks',
    "It's taken.",
    'It was taken in the slow path.',
    'removed from the -mm tree',
    'added to the -mm list',
    'queuing the first two requests deadlocks',
    'Applying the first two patches fails.',
    'Installed on my laptop and it works.',
    'Please get this accepted upstream first.',
    'Committed memory grows.',
    'Pushed the button.',
    'I pushed a new version to my server.',
    'Merged cells are drawn twice.',
    'Queued timers fire twice.',
    'Queued requests are never sent.',
    'Applied force is too high.',
    'I applied voltage to the pin.',
    'Pulled the plug, and it still runs.',
    'I picked another name.',
    'Picked up a cold, so I am late.',
    'I applied the suggestions, v2 follows.',
    'Applied your comments.',
    'Committed transactions are lost after a crash.',
    'We pushed the deadline.',
    'Merged both loops.',
    'Applied semantic newlines.',
  ])('%j', text => {
    expect(read(text)).toBeNull()
  })
})

test.each([
  ['Applied 1-2, because the cleanup looks racy to me.', [1, 2]],
  ['Applied 2/4 and 3/4, thanks', [2, 3]],
  ['I picked up patches 1, 3 and 4', [1, 3, 4]],
  ['Applied the first patch.', [1]],
  ['Applied the second and third patches, thanks', [2, 3]],
  ['Picked 1-2 into release-4, thanks.', [1, 2]],
  ['1 and 2 applied, thanks.', [1, 2]],
  ['#1 and #2 applied, thanks', [1, 2]],
  ['[1/3] and [2/3] are pushed.', [1, 2]],
  ['Patches 1 & 2 pushed to misc-next.', [1, 2]],
  ['Applied [1/3] and [3/3].', [1, 3]],
  ['Applied 1+2, thanks.', [1, 2]],
  ['queuing the first two', [1, 2]],
  ["I'm applying 1-2 to misc-next, 3 needs more work.", [1, 2]],
])('%j names patches', (text, numbers) => {
  expect(read(text)).toMatchObject({ numbers, part: true })
})

test('the thing that a title names is its patch', () => {
  const said = ['I applied the page with some tweaks.']
  expect(appliedOf('Re: [PATCH v2] pump.2: Add page.', said)).not.toBeNull()
  expect(appliedOf('Re: [PATCH v2] pump: count the strokes', said)).toBeNull()
})

describe('leaves patches out', () => {
  it.each([
    ['Applied all but 3, thanks.', [3]],
    ['All except patch 2/5 applied, thanks!', [2]],
    ['Applied the series except for patches 2 and 4.', [2, 4]],
    ['I have applied the whole series apart from 3/7, which needs another look.', [3]],
    ['Applied everything except the last patch', [-1]],
    ['Applied (except 2/3), thanks', [2]],
    ['All but the first patch are in net-next now.', [1]],
    ['Pushed all patches to main without 4-6.', [4, 5, 6]],
    ['Series applied, but not patch 2.', [2]],
    ['Applied, thanks. I dropped patch 3.', [3]],
    ['Merged the series, thanks.\nSkipped 2/4 as it does not build.', [2]],
  ])('%j', (text, except) => {
    expect(read(text)).toMatchObject({ except, part: true })
    expect(read(text)).not.toHaveProperty('numbers')
  })

  it.each([
    ['Applied 1-3, not 4.', [1, 2, 3]],
    ['Applied 1-3 but not 4, thanks', [1, 2, 3]],
    ['Picked up patches 1-5 except 3.', [1, 2, 4, 5]],
  ])('of those it names: %j', (text, numbers) => {
    expect(read(text)).toMatchObject({ numbers, part: true })
  })

  it.each([
    'Applied, but 3 tests fail here now.',
    'Applied to main without 2 of the comments.',
    'Applied, thanks. I dropped 3 blank lines.',
    'Not applied but 3',
  ])('none: %j', text => {
    expect(read(text)?.except).toBeUndefined()
  })
})

test.each([
  ['Added to misc-next, thanks.', 'misc-next'],
  ['Added to devel, with a small fixup. Thanks.', 'devel'],
  ['Pushed to master.', 'master'],
  ['Landed in main as 1a2b3c4d5e6f', 'main'],
  ['This is in kirkstone now.', 'kirkstone'],
  ["I've added this to the -mm tree.", '-mm tree'],
  ['Patch applied to for-5.10/drivers', 'for-5.10/drivers'],
])('%j says where', (text, branch) => {
  expect(read(text)?.branch).toBe(branch)
})

test('one word alone may answer a question: it is said in passing', () => {
  expect(read('Accepted.')).toMatchObject({ passing: true })
})

it.each([
  'Thanks Leo, I merged it with the larger limit, thanks Ruth for catching it.',
  'Thank you Ada, I pushed it with both checks.',
])('is said to somebody, with what was changed on the way: %j', text => {
  expect(read(text)).toMatchObject({ passing: true })
})

test('a word of the subject’s bracket names a branch, and the line stays as it was written', () => {
  expect(read('Okay, I added this to net as well', ['net'])).toMatchObject({
    branch: 'net',
    line: 'Okay, I added this to net as well',
  })
})

test('hostile text stays quick', () => {
  const began = performance.now()
  for (const line of [
    'applied '.repeat(2_000),
    'thanks, '.repeat(2_000),
    'Applied to a-'.repeat(1_000),
    'applied and '.repeat(2_000),
    'picked up a '.repeat(2_000),
    'thanks for the a '.repeat(1_000),
    '[1/2] & '.repeat(2_000),
    'fixed while '.repeat(2_000),
    '1,'.repeat(5_000),
    'i a'.repeat(3_000),
    'Applied but not 1, '.repeat(1_000),
    `Applied except ${'1 and '.repeat(3_000)}`,
  ])
    read(`${line}\n`.repeat(200), ['net'])
  expect(performance.now() - began).toBeLessThan(3_000)
})

describe('where it is', () => {
  it.each([
    ['Applied to misc-next, thanks.', 'misc-next'],
    ['Pushed to the lid branch in my repo', 'lid'],
    ['Queued for next.', 'next'],
    ["It's in my tree now", 'tree'],
    ['Applied, with a small fixup, to misc-next.', 'misc-next'],
    ['Thanks for testing, merged!', null],
    ['Pushed, thanks for the review', null],
    ['Pushed with some changes, please see commit for details.', null],
    ['Merged with a change to turn_lid, thanks!', null],
    ['Pushed with the proposed change applied on the top, thanks.', null],
    ['Merged and I added a check to the lid_state.', null],
  ])('%j', (text, branch) => {
    expect(read(text)?.branch ?? null).toBe(branch)
  })
})

test.each([
  [
    'Merged, thanks!\n\nFYI I also fixed the leak, see\nhttps://git.example.org/tarn/commit/fc6adb8454df34fa87',
    null,
  ],
  ['Applied.\nThe bug was introduced by commit 1f2e3d4c5b6a.', null],
  ['Merged as 1f2e3d4c5b6a, which also has the test.', '1f2e3d4c5b6a'],
  [
    'Applied, thanks!\n\n[1/1] wal: also sum the header\n      https://git.example.org/tarn/c/1f2e3d4c5b6a',
    '1f2e3d4c5b6a',
  ],
  ['Applied.\n\ncommit 1f2e3d4c5b6a (HEAD -> main)', '1f2e3d4c5b6a'],
])('of %j the commit is %s', (text, commit) => {
  expect(appliedOf('Re: [PATCH] wal: sum', text.split('\n'))).toMatchObject({ commit })
})
