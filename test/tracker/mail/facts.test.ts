// What one mail says, seen through the same door as the projector: bytes in, facts out.
import { describe, expect, it } from 'vitest'
import { decodeMail } from '../../../tracker/decode/decode.ts'
import { messageIdOf } from '../../../tracker/decode/message-id.ts'
import type { MailFacts } from '../../../tracker/mail/facts.ts'
import { factsOf } from '../../../tracker/mail/facts-of.ts'

function read(headers: Record<string, string>, body: string): MailFacts {
  const all = {
    From: 'Ines Oduya <ines@example.org>',
    To: 'tarn-devel@lists.example.org',
    Subject: 'Re: [PATCH] wal: fix the lock',
    Date: 'Mon, 16 Mar 2026 10:41:00 +0000',
    'Message-ID': '<m1@example.org>',
    ...headers,
  }
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}\n`)
  const raw = Buffer.from(`${head.join('')}\n${body}`)
  return factsOf(decodeMail(raw), messageIdOf(raw), {})
}

const diff = `diff --git a/src/wal.c b/src/wal.c
index 1111111..2222222 100644
--- a/src/wal.c
+++ b/src/wal.c
@@ -1,3 +1,3 @@
 int a;
-int b;
+long b;
 int c;
`
const footer =
  '_______________________________________________\ntarn-devel mailing list\ntarn-devel@lists.example.org\nhttps://lists.example.org/tarn\n'

describe('the person behind a mail', () => {
  it('is not the list that rewrote From, but the one in Reply-To', () => {
    const list = {
      From: 'Ines Oduya via tarn-devel <tarn-devel@lists.example.org>',
      'Reply-To': 'Ines Oduya <ines@example.org>',
      'List-Post': '<mailto:tarn-devel@lists.example.org>',
    }
    expect(read(list, 'x').sender).toEqual({ name: 'Ines Oduya', address: 'ines@example.org' })
  })

  it('is at least a name when the list left no address', () => {
    const list = { From: "'Ines Oduya' via tarn-devel <tarn-devel@lists.example.org>" }
    expect(read(list, 'x').sender).toEqual({ name: 'Ines Oduya', address: '' })
  })

  it('of a change sent for somebody else is in the first line of the mail', () => {
    const facts = read(
      { Subject: '[PATCH] x' },
      `From: Ruth Abellan <ruth@example.net>\n\nWords.\n---\n${diff}`,
    )
    expect(facts.author).toEqual({ name: 'Ruth Abellan', address: 'ruth@example.net' })
    expect(facts.sender.address).toBe('ines@example.org')
  })
})

describe('references', () => {
  it('are nearest first, without repeats, prompts and addresses', () => {
    const facts = read(
      {
        'In-Reply-To': 'y <ruth@example.net> <c@example.org>',
        References: '<a@example.org> <b@example.org>\n <c@example.org> <m1@example.org>',
        Cc: 'Ruth Abellan <ruth@example.net>',
      },
      'x',
    )
    expect(facts.references).toEqual(['c@example.org', 'b@example.org', 'a@example.org'])
  })

  it('may be a bare id of a vacation robot, and are bounded', () => {
    expect(read({ 'In-Reply-To': 'a@example.org' }, 'x').references).toEqual(['a@example.org'])
    const many = Array.from({ length: 5_000 }, (_, i) => `<r${i}@example.org>`).join(' ')
    expect(read({ References: many }, 'x').references).toHaveLength(20)
    expect(read({ References: many }, 'x').references[0]).toBe('r4999@example.org')
  })

  it('are no addresses of the own header, in whatever dress these stand there', () => {
    const to = '=?utf-8?q?Ruth_Alder_=3CRuth=40example=2Enet=3E?='
    const answer = { 'In-Reply-To': '<ruth@example.net>', References: '<a@example.org>' }
    expect(read({ ...answer, To: to }, 'x').references).toEqual(['a@example.org'])
    expect(read({ ...answer, Cc: 'Ruth <RUTH@example.net>' }, 'x').references).toEqual(['a@example.org'])
    // The address holds the id, and is another one.
    expect(read({ ...answer, To: 'dear-ruth@example.net' }, 'x').references).toContain('ruth@example.net')
  })
})

describe('trailers', () => {
  it('count from unquoted lines only, below a diff too', () => {
    const body = `> Acked-by: Quoted <q@example.org>\nReviewed-by: Ines Oduya <ines@example.org>\n\n${diff}\nTested-By: Ines Oduya <ines@example.org> # on arm64\n`
    expect(read({}, body).trailers).toEqual([
      {
        key: 'Reviewed-by',
        value: 'Ines Oduya <ines@example.org>',
        person: { name: 'Ines Oduya', address: 'ines@example.org' },
      },
      {
        key: 'Tested-by',
        value: 'Ines Oduya <ines@example.org> # on arm64',
        person: { name: 'Ines Oduya', address: 'ines@example.org' },
        note: 'on arm64',
      },
    ])
  })

  it('go on in the next line when a name is long', () => {
    const [trailer] = read({}, 'Reviewed-by: A Very Long Name Indeed\n <ines@example.org>\n').trailers
    expect(trailer?.person).toEqual({ name: 'A Very Long Name Indeed', address: 'ines@example.org' })
  })

  it('of a forwarded original are not said here', () => {
    expect(
      read({}, 'See below.\n\n-----Original Message-----\nReviewed-by: Ines Oduya <ines@example.org>\n')
        .trailers,
    ).toEqual([])
  })
})

describe('tags', () => {
  it('are read below a signature, narrowed and with a reason', () => {
    const [tag] = read({}, 'Thanks.\n-- \nPatch-Status: 2/5 accepted -- in main\n').tags
    expect(tag).toMatchObject({ tag: 'Patch-Status', state: 'accepted', number: 2, reason: 'in main' })
  })

  it.each([
    ['quoted', '> Patch-Status: accepted\n'],
    ['indented', '  Patch-Status: accepted\n'],
    ['fenced', '```\nPatch-Status: accepted\n```\n'],
    ['in a diff', diff.replace(' int a;', ' int a;').replace('+long b;', '+Patch-Status: accepted')],
    ['in a forwarded mail', '---- Forwarded Message ----\nPatch-Status: accepted\n'],
    ['in a list footer', footer.replace('tarn-devel@lists', 'Patch-Status: accepted\ntarn-devel@lists')],
  ])('are not read when %s', (_, body) => {
    expect(read({}, body).tags).toEqual([])
  })
})

describe('a posting', () => {
  it('is a patch with a diff, a cover with number 0, an offer when it is an answer', () => {
    expect(read({ Subject: '[PATCH v2 1/2] x' }, diff).posting).toBe('patch')
    expect(read({ Subject: '[PATCH v2 0/2] x' }, 'words').posting).toBe('cover')
    expect(read({ Subject: 'Re: [PATCH v2 1/2] x' }, diff).posting).toBe('offered')
    expect(read({ Subject: 'how about this?' }, diff).posting).toBe('offered')
    expect(read({ Subject: 'wal: fix' }, `Signed-off-by: I <i@example.org>\n---\n${diff}`).posting).toBe(
      'patch',
    )
    expect(read({ Subject: '[PATCH] please apply' }, 'no diff').posting).toBe('none')
  })

  it('may be a pull request', () => {
    const body = `The following changes since commit 0123456789abcdef0123456789abcdef01234567:

  base (2026-03-01 10:00:00 +0000)

are available in the Git repository at:

  https://git.example.org/tarn.git tags/wal-2026-03

for you to fetch changes up to 89abcdef0123456789abcdef0123456789abcdef:
`
    const facts = read({ Subject: '[GIT PULL] wal updates' }, body)
    expect(facts.posting).toBe('pull-request')
    expect(facts.pullRequest).toEqual({
      url: 'https://git.example.org/tarn.git',
      ref: 'tags/wal-2026-03',
      base: '0123456789abcdef0123456789abcdef01234567',
      head: '89abcdef0123456789abcdef0123456789abcdef',
    })
  })

  it('carries base, change-id and links', () => {
    const body = `words\n\nLink to v1: https://lists.example.org/tarn/20260302.1-1-ines%40example.org/\n${diff}\nbase-commit: 4f0c19d2aa00\nchange-id: 20260302-wal-0123456789ab\n`
    expect(read({ Subject: '[PATCH v2] x' }, body)).toMatchObject({
      baseCommit: '4f0c19d2aa00',
      changeId: '20260302-wal-0123456789ab',
      links: ['20260302.1-1-ines@example.org'],
    })
  })
})

describe('copies', () => {
  const text = 'Words.\n\nMore words.\n'

  it('have the same text whatever the list added or the transport changed', () => {
    const plain = read({}, text).textHash
    expect(read({}, `${text}${footer}`).textHash).toBe(plain)
    expect(read({}, `${text}\n-- \nMailing list info: https://lists.example.org/tarn\n`).textHash).toBe(plain)
    expect(read({}, text.replaceAll('\n', '\r\n')).textHash).toBe(plain)
    const encoded = { 'Content-Transfer-Encoding': 'base64', 'Content-Type': 'text/plain; charset=utf-8' }
    expect(read(encoded, Buffer.from(text).toString('base64')).textHash).toBe(plain)
  })

  it('differ from an imposter', () => {
    expect(read({}, 'Other words.\n').textHash).not.toBe(read({}, text).textHash)
  })
})

describe('other statements', () => {
  it.each([
    'Applied, thanks!',
    'Merged.',
    'Both patches pushed, thanks.',
    'Thanks, applied to main.',
    "I've applied this series with minor changes.",
  ])('%j says applied', line => {
    expect(read({}, `> quoted\n\n${line}\n`).applied?.line).toBe(line)
  })

  it.each([
    'Has this been applied?',
    'Can be merged once v2 is out.',
    'Please apply.',
    'It is not merged yet.',
    'The patch applied cleanly.',
  ])('%j does not', line => {
    expect(read({}, `${line}\n`).applied).toBeNull()
  })

  it('a CI bot answers in the Test-Label form', () => {
    const body =
      'Test-Label: ci/build\nTest-Status: FAILURE\nhttps://ci.example.org/run/17\n\n_Build failed_\n\nTest-Label: ci/style\nTest-Status: SUCCESS\n'
    expect(read({}, body).checks).toEqual([
      {
        context: 'ci/build',
        state: 'fail',
        description: 'Build failed',
        url: 'https://ci.example.org/run/17',
      },
      { context: 'ci/style', state: 'success', description: '', url: null },
    ])
  })

  it.each([
    [{ Subject: '[BUG] pages are lost' }, 'text'],
    [{ Subject: '[regression v2.1] slow start' }, 'text'],
    [{ Subject: 'BUG: pages are lost' }, 'text'],
    [{ Subject: 'pages are lost' }, 'Package: tarn\nVersion: 2.1\n\nPages are lost.'],
    [{ Subject: 'pages are lost' }, 'Bug-Status: new\n\nPages are lost.'],
    [{ Subject: '[Bug 12] New: x', 'X-Bugzilla-Type': 'new' }, 'text'],
  ])('a bug is reported by an explicit form: %j', (headers, body) => {
    expect(read(headers, body).bugSign).not.toBeNull()
  })

  it('no bug is made from words alone', () => {
    expect(read({ Subject: 'crash when a page is lost' }, 'It crashes.').bugSign).toBeNull()
  })
})
