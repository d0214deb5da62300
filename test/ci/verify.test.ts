// Every case by real git, GnuPG and ssh-keygen, with a bare repository that was pushed to.
import { execFileSync } from 'node:child_process'
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { installHook } from '../../ci/hook.ts'
import { readPolicy } from '../../ci/policy.ts'
import { makeSpool, readSpool } from '../../ci/spool.ts'
import { openTrust } from '../../ci/verify/trust.ts'
import type { Verdict } from '../../ci/verify/verdict.ts'
import { verify } from '../../ci/verify/verify.ts'
import { Bare } from './bare.ts'
import { Keys } from './keys.ts'

const long = '20200101T000000'
const then = '20200101T120000'
let keys: Keys
let ada: string
let eve: string
let old: string
let gone: string
let ssh: { ada: string; eve: string; gone: string }

beforeAll(() => {
  keys = new Keys()
  ada = keys.openpgp('ada')
  eve = keys.openpgp('eve')
  old = keys.openpgp('old', { days: '1d', at: long })
  gone = keys.openpgp('gone')
  ssh = { ada: keys.ssh('ada'), eve: keys.ssh('eve'), gone: keys.ssh('gone') }
})
afterAll(() => keys.remove())

/** Eve's keys are never listed. */
const signers = () => `
[[signer]]
name = "Ada"
openpgp = "${ada}"
[[signer]]
name = "Old"
openpgp = "${old}"
[[signer]]
name = "Gone"
openpgp = "${gone}"
`
const sshSigner = (name: 'ada' | 'gone', more = '') =>
  `[[signer]]\nname = "${name}"\nssh = "${ssh[name]}"\n${more}\n`

/** Whom the push was from, and where it was to. */
interface Case {
  readonly bare: Bare
  readonly policy?: string
  readonly require?: string
  readonly ref?: string
  readonly commit?: string
}

const policyOf = ({ bare, policy = signers(), require = '"commit-signature"' }: Case): string =>
  `keys = ${JSON.stringify(keys.public)}\n${policy}\n[[repository]]\nname = "tarn"\npath = "${bare.path}"\nrequire = ${require}\n`

const trustOf = (given: Case) => {
  const file = join(given.bare.directory, 'policy.toml')
  writeFileSync(file, policyOf(given))
  return openTrust(readPolicy(file), join(given.bare.directory, 'homes'))
}

/** Of a commit that is there, without a push. */
async function judge(given: Case): Promise<Verdict> {
  const trust = await trustOf(given)
  const [repository] = trust.policy.repositories
  if (repository === undefined) throw new Error('no repository')
  const { ref = 'refs/heads/main', commit = '' } = given
  const update = { old: null, new: commit, ref }
  const push = {
    repository: repository.path,
    user: null,
    certificate: null,
    nonce: null,
    nonceStatus: null,
    updates: [update],
  }
  return verify({ repository, push, account: 0, update, commit }, trust)
}

/** Of all that was pushed last, by the spool. */
async function judgePush(given: Case): Promise<Verdict[]> {
  const trust = await trustOf(given)
  const [repository] = trust.policy.repositories
  const spooled = (await readSpool(join(given.bare.directory, 'spool'))).at(-1)
  if (repository === undefined || spooled?.push == null) throw new Error('no push')
  const { push, account } = spooled
  return Promise.all(
    push.updates.map(update =>
      verify({ repository, push, account, update, commit: update.new ?? '' }, trust),
    ),
  )
}

/** A commit by somebody's OpenPGP key, pushed to main. */
function signed(by: string, at = ''): { bare: Bare; commit: string } {
  const bare = new Bare()
  const commit = commitBy(bare, keys.openpgpWords(by, at))
  bare.push('main')
  return { bare, commit }
}

function commitBy(bare: Bare, words: readonly string[], text = 'one'): string {
  writeFileSync(join(bare.clone, 'text'), `${text}\n`)
  bare.git('add', '--all')
  bare.git(...words, 'commit', '--quiet', '--gpg-sign', '--message', text)
  return bare.git('rev-parse', 'HEAD')
}

/** A commit with these bytes, whatever they are. */
function written(bare: Bare, text: string): string {
  const words = ['-C', bare.path, 'hash-object', '-t', 'commit', '-w', '--stdin', '--literally']
  return execFileSync('git', words, {
    input: Buffer.from(text, 'latin1'),
    encoding: 'utf8',
    env: bare.env,
  }).trim()
}

const bytesOf = (bare: Bare, commit: string): string =>
  execFileSync('git', ['-C', bare.path, 'cat-file', 'commit', commit], { env: bare.env }).toString('latin1')

const refused = (why: string | RegExp) => ({
  verified: false,
  why: typeof why === 'string' ? expect.stringContaining(why) : expect.stringMatching(why),
})

describe('the newest commit is signed by OpenPGP', () => {
  test("by a signer's key: it is verified, and the evidence names key and lines", async () => {
    const { bare, commit } = signed('ada')
    expect(await judge({ bare, commit })).toEqual({
      verified: true,
      submitter: 'Ada',
      evidence: {
        proof: 'commit-signature',
        signer: 'Ada',
        key: ada,
        said: expect.arrayContaining([expect.stringMatching(/^\[GNUPG:\] VALIDSIG /)]),
      },
    })
  })

  test('with bytes that are no UTF-8 in its message: it is verified', async () => {
    const bare = new Bare()
    bare.git('config', 'i18n.commitEncoding', 'iso-8859-1')
    writeFileSync(join(bare.directory, 'message'), Buffer.from('caf\xe9\n', 'latin1'))
    bare.git(
      ...keys.openpgpWords('ada'),
      'commit',
      '--quiet',
      '-S',
      '--allow-empty',
      '-F',
      join(bare.directory, 'message'),
    )
    bare.push('main')
    const commit = bare.git('rev-parse', 'HEAD')
    expect(bytesOf(bare, commit)).toContain('caf\xe9')
    expect(await judge({ bare, commit })).toMatchObject({ verified: true })
  })

  test('in a repository of sha256: it is verified, and refused when it was tampered with', async () => {
    const bare = new Bare('sha256')
    const commit = commitBy(bare, keys.openpgpWords('ada'))
    bare.push('main')
    expect(commit).toHaveLength(64)
    expect(await judge({ bare, commit })).toMatchObject({ verified: true, submitter: 'Ada' })
    const other = written(bare, bytesOf(bare, commit).replace('\n\none\n', '\n\ntwo\n'))
    expect(await judge({ bare, commit: other })).toMatchObject(refused('does not fit what it signs'))
  })

  test('by nobody: it is refused', async () => {
    const bare = new Bare()
    const commit = bare.commit('one')
    bare.push('main')
    expect(await judge({ bare, commit })).toMatchObject(refused('The newest commit is not signed'))
  })

  test('below an unsigned one: only the newest counts', async () => {
    const { bare } = signed('ada')
    const commit = bare.commit('two')
    bare.push('main')
    expect(await judge({ bare, commit })).toMatchObject(refused('not signed'))
  })

  test('by a valid key that is not listed: it is refused', async () => {
    const { bare, commit } = signed('eve')
    expect(await judge({ bare, commit })).toMatchObject(refused(/which is no signer's$/))
  })

  test('by a key that is in the keyring for another ref: it is refused there, and counts here', async () => {
    const { bare, commit } = signed('ada')
    const policy = `${signers()}refs = ["refs/heads/wip/*"]\n`.replace(
      'name = "Ada"',
      'name = "Ada"\nrefs = ["refs/heads/wip/*"]',
    )
    const only = policy.slice(0, policy.lastIndexOf('refs ='))
    expect(await judge({ bare, commit, policy: only })).toMatchObject(
      refused('The signature of Ada does not count today for refs/heads/main of tarn'),
    )
    expect(await judge({ bare, commit, policy: only, ref: 'refs/heads/wip/x' })).toMatchObject({
      verified: true,
    })
  })

  test.each([
    ['valid_before = 2020-01-01', false],
    ['valid_after = 2100-01-01', false],
    ['valid_before = 2100-01-01', true],
  ])('by a signer with %s: %s', async (bounds, verified) => {
    const { bare, commit } = signed('ada')
    const policy = signers().replace('name = "Ada"', `name = "Ada"\n${bounds}`)
    expect(await judge({ bare, commit, policy })).toMatchObject({ verified })
  })

  test('for another repository: it is refused', async () => {
    const { bare, commit } = signed('ada')
    const policy = `${signers().replace('name = "Ada"', 'name = "Ada"\nrepositories = ["other"]')}[[repository]]\nname = "other"\npath = "other.git"\n`
    expect(policyOf({ bare, policy }).indexOf('"other"')).toBeGreaterThan(0)
    const trust = await trustOf({ bare, policy })
    const repository = trust.policy.repositories.find(({ name }) => name === 'tarn')
    if (repository === undefined) throw new Error('no repository')
    const update = { old: null, new: commit, ref: 'refs/heads/main' }
    const push = {
      repository: '',
      user: null,
      certificate: null,
      nonce: null,
      nonceStatus: null,
      updates: [],
    }
    expect(await verify({ repository, push, account: 0, update, commit }, trust)).toMatchObject(
      refused('does not count'),
    )
  })

  test('and tampered with afterwards: it is refused', async () => {
    const { bare, commit } = signed('ada')
    const other = written(bare, bytesOf(bare, commit).replace('\n\none\n', '\n\ntwo\n'))
    expect(other).not.toBe(commit)
    expect(await judge({ bare, commit: other })).toMatchObject(refused('does not fit what it signs'))
  })

  test('by a key that has expired, though GnuPG prints VALIDSIG: it is refused', async () => {
    const { bare, commit } = signed('old', then)
    const verdict = await judge({ bare, commit })
    expect(verdict).toMatchObject(refused('has expired'))
    expect(verdict.evidence.said.join('\n')).toContain('VALIDSIG')
  })

  test('by a key that was revoked, though GnuPG prints VALIDSIG: it is refused', async () => {
    const { bare, commit } = signed('gone')
    expect(await judge({ bare, commit })).toMatchObject({ verified: true })
    keys.revoke('gone', gone)
    const verdict = await judge({ bare, commit })
    expect(verdict).toMatchObject(refused('is revoked'))
    expect(verdict.evidence.said.join('\n')).toContain('VALIDSIG')
  })

  test('by two gpgsig fields, the first of them good: it is refused', async () => {
    const { bare, commit } = signed('ada')
    const bytes = bytesOf(bare, commit)
    const [field = ''] = /gpgsig [\s\S]*?-----END PGP SIGNATURE-----\n/.exec(bytes) ?? []
    expect(field).not.toBe('')
    for (const second of [field, field.replace('gpgsig', 'gpgsig-sha256')]) {
      const twice = written(bare, bytes.replace(field, `${field}${second}`))
      expect(await judge({ bare, commit: twice })).toMatchObject(refused('more than one signature'))
    }
  })

  test('by two signatures in one block, one of a stranger: it is refused', async () => {
    const { bare, commit } = signed('ada')
    const payload = bytesOf(bare, commit).replace(/gpgsig [\s\S]*?-----END PGP SIGNATURE-----\n/, '')
    const file = join(bare.directory, 'payload')
    writeFileSync(file, payload)
    for (const name of ['ada', 'eve'])
      keys.gpg(name, '--yes', '--detach-sign', '--output', `${file}.${name}`, file)
    const both = Buffer.concat([readFileSync(`${file}.ada`), readFileSync(`${file}.eve`)])
    const words = ['--homedir', bare.directory, '--enarmor']
    const armored = execFileSync('gpg', words, {
      input: both,
      encoding: 'latin1',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
      .replaceAll('ARMORED FILE', 'SIGNATURE')
      .replace(/^Comment.*\n/m, '')
    const field = `gpgsig ${armored.trim().replaceAll('\n', '\n ')}\n`
    const two = written(bare, payload.replace('\n\n', `\n${field}\n`))
    expect(await judge({ bare, commit: two })).toMatchObject(refused('more than one signature'))
  })

  test('as a signature of text, which fits other bytes, too: it is refused', async () => {
    const { bare, commit } = signed('ada')
    const payload = bytesOf(bare, commit).replace(/gpgsig [\s\S]*?-----END PGP SIGNATURE-----\n/, '')
    const file = join(bare.directory, 'payload')
    writeFileSync(file, payload)
    keys.gpg('ada', '--yes', '--textmode', '--armor', '--detach-sign', '--output', `${file}.asc`, file)
    const field = `gpgsig ${readFileSync(`${file}.asc`, 'latin1').trim().replaceAll('\n', '\n ')}\n`
    const text = written(bare, payload.replace('\n\n', `\n${field}\n`))
    expect(await judge({ bare, commit: text })).toMatchObject(refused('another kind than git makes'))
  })

  test('in the place of an unsigned one, by refs/replace that was pushed: it is refused', async () => {
    const { bare, commit: good } = signed('ada')
    const unsigned = bare.commit('two')
    bare.git('replace', unsigned, good)
    bare.push('main', 'refs/replace/*')
    // git alone is fooled.
    expect(() => bare.there(...verifyBy('ada'), 'verify-commit', unsigned)).not.toThrow()
    expect(await judge({ bare, commit: unsigned })).toMatchObject(refused('not signed'))
  })

  const verifyBy = (name: string) => keys.openpgpWords(name)

  test('by a stranger, in a repository whose configuration names another gpg.program: it is refused, and that never runs', async () => {
    const { bare, commit } = signed('eve')
    const ran = join(bare.directory, 'ran')
    const program = join(bare.directory, 'fake')
    const lines = ['NEWSIG', 'GOODSIG 0 Ada', `VALIDSIG ${ada} 2026-01-01 1 0 4 0 22 8 00 ${ada}`]
    const prints = lines.map(line => `echo '[GNUPG:] ${line}'`).join('\n')
    writeFileSync(program, `#!/bin/sh\ntouch '${ran}'\n${prints}\n`, { mode: 0o755 })
    for (const key of [
      'gpg.program',
      'gpg.openpgp.program',
      'gpg.ssh.program',
      'core.fsmonitor',
      'core.pager',
    ])
      bare.there('config', key, program)
    expect(() => bare.there('verify-commit', commit)).not.toThrow()
    expect(existsSync(ran)).toBe(true)
    execFileSync('rm', [ran])
    expect(await judge({ bare, commit })).toMatchObject({ verified: false })
    expect(existsSync(ran)).toBe(false)
  })

  test('in a repository that another account owns, with a configuration that asks for more trust: it is verified', async () => {
    const { bare, commit } = signed('ada')
    bare.there('config', 'gpg.minTrustLevel', 'ultimate')
    chownSync(bare.path, 65_534, 65_534)
    expect(await judge({ bare, commit })).toMatchObject({ verified: true })
  })

  test('with an environment around us that would lead git elsewhere: it makes no difference', async () => {
    const { bare, commit } = signed('eve')
    const around = {
      GIT_DIR: '/nonexistent',
      GNUPGHOME: join(keys.directory, 'eve'),
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'gpg.program',
      GIT_CONFIG_VALUE_0: '/bin/true',
    }
    Object.assign(process.env, around)
    try {
      expect(await judge({ bare, commit })).toMatchObject(refused(/which is no signer's$/))
    } finally {
      for (const name of Object.keys(around)) delete process.env[name]
    }
  })

  test('with a signature that is neither of OpenPGP nor of ssh: it is refused', async () => {
    const { bare, commit } = signed('ada')
    const other = written(bare, bytesOf(bare, commit).replaceAll('PGP SIGNATURE', 'SIGNED MESSAGE'))
    expect(await judge({ bare, commit: other })).toMatchObject(refused('neither of OpenPGP nor of ssh'))
  })

  test.each([1_100_000, 17_000_000])('and is larger than anybody writes: it is refused', async size => {
    const { bare, commit } = signed('ada')
    const other = written(bare, `${bytesOf(bare, commit)}${'x'.repeat(size)}`)
    expect(await judge({ bare, commit: other })).toMatchObject(refused('bytes'))
  })
})

describe('the newest commit is signed by ssh', () => {
  function commitOf(name: string) {
    const bare = new Bare()
    const commit = commitBy(bare, keys.sshWords(name))
    bare.push('main')
    return { bare, commit }
  }

  test("by a signer's key: it is verified, and the evidence names key and line", async () => {
    const given = { ...commitOf('ada'), policy: sshSigner('ada') }
    expect(await judge(given)).toMatchObject({
      verified: true,
      submitter: 'ada',
      evidence: {
        proof: 'commit-signature',
        key: expect.stringMatching(/^SHA256:/),
        said: [expect.stringMatching(/^Good "git" signature/)],
      },
    })
  })

  test('by a key that is not listed: it is refused', async () => {
    const given = { ...commitOf('eve'), policy: sshSigner('ada') }
    expect(await judge(given)).toMatchObject(
      refused(/signed by the ssh key SHA256:\S+, which is no signer's here/),
    )
  })

  test('and tampered with afterwards: it is refused', async () => {
    const { bare, commit } = commitOf('ada')
    const other = written(bare, bytesOf(bare, commit).replace('\n\none\n', '\n\ntwo\n'))
    expect(await judge({ bare, commit: other, policy: sshSigner('ada') })).toMatchObject({ verified: false })
  })

  test('by a key in the list of revoked ones: it is refused, and without that list it would not be', async () => {
    const given = commitOf('gone')
    const policy = sshSigner('gone')
    expect(await judge({ ...given, policy })).toMatchObject({ verified: true })
    const krl = `revoked = "${keys.krl('gone')}"\n`
    expect(await judge({ ...given, policy: krl + policy })).toMatchObject(
      refused('ssh-keygen does not take the signature, or its key is revoked'),
    )
    expect(await judge({ ...commitOf('ada'), policy: krl + sshSigner('ada') })).toMatchObject({
      verified: true,
    })
  })

  test('while the list of revoked keys cannot be read: nothing is decided', async () => {
    const given = commitOf('ada')
    const policy = `revoked = "no-such-list"\n${sshSigner('ada')}`
    await expect(judge({ ...given, policy })).rejects.toThrow('ENOENT')
    expect((await trustOf({ ...given, policy })).problems).toEqual([expect.stringContaining('revoked keys')])
  })

  test('by a key whose time is over, with a commit that pretends to be older: it is refused', async () => {
    const bare = new Bare()
    bare.env = {
      ...bare.env,
      GIT_COMMITTER_DATE: '2019-06-01T00:00:00Z',
      GIT_AUTHOR_DATE: '2019-06-01T00:00:00Z',
    }
    const commit = commitBy(bare, keys.sshWords('ada'))
    bare.push('main')
    for (const bounds of ['valid_before = 2020-01-01', 'valid_after = 2020-01-01'])
      expect(await judge({ bare, commit, policy: sshSigner('ada', bounds) })).toMatchObject({
        verified: false,
      })
    expect(await judge({ bare, commit, policy: sshSigner('ada', 'valid_after = 2019-01-01') })).toMatchObject(
      {
        verified: true,
      },
    )
  })

  test('by a key that counts elsewhere: it is refused', async () => {
    const given = commitOf('ada')
    const policy = sshSigner('ada', 'refs = ["refs/heads/wip/*"]')
    expect(await judge({ ...given, policy })).toMatchObject({ verified: false })
    expect(await judge({ ...given, policy, ref: 'refs/heads/wip/x' })).toMatchObject({ verified: true })
  })

  test('for something else than git: it is refused', async () => {
    const { bare, commit } = commitOf('ada')
    const payload = bytesOf(bare, commit).replace(/gpgsig [\s\S]*?-----END SSH SIGNATURE-----\n/, '')
    const file = join(bare.directory, 'payload')
    writeFileSync(file, payload)
    execFileSync(
      'ssh-keygen',
      ['-q', '-Y', 'sign', '-n', 'file', '-f', join(keys.directory, 'ada-ssh'), file],
      {
        stdio: 'ignore',
      },
    )
    const field = `gpgsig ${readFileSync(`${file}.sig`, 'latin1').trim().replaceAll('\n', '\n ')}\n`
    const other = written(bare, payload.replace('\n\n', `\n${field}\n`))
    expect(await judge({ bare, commit: other, policy: sshSigner('ada') })).toMatchObject({ verified: false })
  })
})

describe('the push itself is signed', () => {
  async function certified(): Promise<Bare> {
    const bare = new Bare()
    bare.there('config', 'receive.certNonceSeed', 'chance')
    makeSpool(join(bare.directory, 'spool'))
    await installHook(bare.path, join(bare.directory, 'spool'))
    return bare
  }
  const pushBy = (bare: Bare, words: readonly string[], ...refs: readonly string[]) =>
    bare.git(...words, 'push', '--signed', 'origin', ...refs)
  const require = '"push-certificate"'

  test('by a signer, with OpenPGP: each of its refs is verified, whoever made the commits', async () => {
    const bare = await certified()
    bare.commit('one')
    pushBy(bare, keys.openpgpWords('ada'), 'HEAD:refs/heads/main', 'HEAD:refs/heads/x')
    const proved = { verified: true, submitter: 'Ada', evidence: { proof: 'push-certificate', key: ada } }
    expect(await judgePush({ bare, require })).toMatchObject([proved, proved])
  })

  test('by a signer, with ssh: it is verified', async () => {
    const bare = await certified()
    bare.commit('one')
    pushBy(bare, keys.sshWords('ada'), 'main')
    expect(await judgePush({ bare, require, policy: sshSigner('ada') })).toMatchObject([{ verified: true }])
  })

  test.each([
    ['OpenPGP', () => keys.openpgpWords('eve')],
    ['ssh', () => keys.sshWords('eve')],
  ])('by a stranger, with %s: it is refused', async (_, words) => {
    const bare = await certified()
    bare.commit('one')
    pushBy(bare, words(), 'main')
    expect(await judgePush({ bare, require, policy: `${signers()}${sshSigner('ada')}` })).toMatchObject([
      { verified: false },
    ])
  })

  test('by nobody: it is refused, even with a signed commit', async () => {
    const bare = await certified()
    commitBy(bare, keys.openpgpWords('ada'))
    bare.push('main')
    expect(await judgePush({ bare, require })).toMatchObject([refused('The push is not signed')])
    expect(await judgePush({ bare, require: '["push-certificate", "commit-signature"]' })).toMatchObject([
      { verified: true, evidence: { proof: 'commit-signature' } },
    ])
  })

  /** The word in the spool, changed by whoever may write there. */
  async function changed(change: (text: string) => string, account = 0): Promise<Verdict[]> {
    const bare = await certified()
    bare.commit('one')
    pushBy(bare, keys.openpgpWords('ada'), 'main')
    const spool = join(bare.directory, 'spool')
    const [{ name } = { name: '' }] = await readSpool(spool)
    writeFileSync(join(spool, name), change(readFileSync(join(spool, name), 'utf8')))
    chownSync(join(spool, name), account, account)
    return judgePush({ bare, require })
  }

  test('and unchanged in the spool: it is verified', async () => {
    expect(await changed(text => text)).toMatchObject([{ verified: true }])
  })

  test.each(['BAD', 'SLOP', 'MISSING', 'UNSOLICITED'])(
    'with a nonce that is %s: it is refused',
    async status => {
      expect(await changed(text => text.replace('nonce-status OK', `nonce-status ${status}`))).toMatchObject([
        refused(`its nonce is ${status}`),
      ])
    },
  )

  test('for another move of the ref: it is refused', async () => {
    const one = '7c41e09b'.repeat(5)
    expect(await changed(text => text.replace('0'.repeat(40), one))).toMatchObject([
      refused('does not say what was done'),
    ])
  })

  test('for another ref: it is refused', async () => {
    expect(await changed(text => text.replace('refs/heads/main', 'refs/heads/other'))).toMatchObject([
      refused('does not say what was done'),
    ])
  })

  test('with another nonce than was sent: it is refused', async () => {
    expect(await changed(text => text.replace(/^nonce .*$/m, 'nonce 1-2'))).toMatchObject([
      refused('another nonce'),
    ])
  })

  test('with a certificate that is not there: it is refused', async () => {
    expect(
      await changed(text => text.replace(/^certificate .*$/m, `certificate ${'1'.repeat(40)}`)),
    ).toMatchObject([refused('is not there')])
  })

  test('as another account than that of the repository says: it is refused', async () => {
    expect(await changed(text => text, 65_534)).toMatchObject([refused('The account 65534 said the nonce')])
  })

  test('and its certificate is used again for a commit that was not in it: it is refused', async () => {
    const bare = await certified()
    bare.commit('one')
    pushBy(bare, keys.openpgpWords('ada'), 'main')
    const spool = join(bare.directory, 'spool')
    const [first] = await readSpool(spool)
    if (first?.push?.certificate == null) throw new Error('no certificate')
    const second = bare.commit('two')
    bare.push('main')
    const update = { old: first.push.updates[0]?.new ?? null, new: second, ref: 'refs/heads/main' }
    const trust = await trustOf({ bare, require })
    const [repository] = trust.policy.repositories
    if (repository === undefined) throw new Error('no repository')
    expect(
      await verify({ repository, push: first.push, account: 0, update, commit: second }, trust),
    ).toMatchObject(refused('does not say what was done'))
  })
})

describe('gitolite said who pushed', () => {
  async function pushedAs(user: string | undefined, account = 0): Promise<Verdict[]> {
    const bare = new Bare()
    const spool = join(bare.directory, 'spool')
    makeSpool(spool)
    await installHook(bare.path, spool)
    bare.env = { ...bare.env, GL_USER: user, GL_REPO: 'tarn' }
    bare.commit('one')
    bare.push('main')
    for (const { name } of await readSpool(spool)) chownSync(join(spool, name), account, account)
    return judgePush({ bare, require: '"gitolite-user"', policy: '[gitolite]\nusers = ["ada"]\n' })
  }

  test('a user who is listed: it is verified', async () => {
    expect(await pushedAs('ada')).toMatchObject([
      { verified: true, submitter: 'ada', evidence: { proof: 'gitolite-user', signer: 'ada' } },
    ])
  })

  test.each([
    ['a user who is not', 'eve', 'The gitolite user eve is not listed'],
    ['a user of another case', 'Ada', 'The gitolite user Ada is not listed'],
    ['nobody', undefined, 'did not say who pushed'],
    ['no name', 'ada$(id)', 'no push'],
  ])('%s: it is refused', async (_, user, why) => {
    if (why === 'no push') await expect(pushedAs(user)).rejects.toThrow(why)
    else expect(await pushedAs(user)).toMatchObject([refused(why)])
  })

  test('as another account than that of the repository tells: it is refused', async () => {
    expect(await pushedAs('ada', 65_534)).toMatchObject([refused('The account 65534 said who pushed')])
  })
})

describe('what the policy asks for', () => {
  test('anybody will do only where it says so', async () => {
    const bare = new Bare()
    const commit = bare.commit('one')
    bare.push('main')
    expect(await judge({ bare, commit, require: '"any"' })).toMatchObject({
      verified: true,
      submitter: 'account 0',
    })
  })

  test('a rule for a ref stands before what holds for the others', async () => {
    const bare = new Bare()
    const commit = bare.commit('one')
    bare.push('main')
    const require = '"any"\n[[repository.rule]]\nrefs = ["refs/heads/main"]\nrequire = "commit-signature"\n'
    expect(await judge({ bare, commit, require })).toMatchObject(refused('not signed'))
    expect(await judge({ bare, commit, require, ref: 'refs/heads/x' })).toMatchObject({ verified: true })
  })

  test('a signer whose key is nowhere, and a key that cannot be read, are told', async () => {
    const bare = new Bare()
    const broken = join(keys.public, 'broken.asc')
    writeFileSync(broken, '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnothing\n')
    const policy = `[[signer]]\nname = "Nobody"\nopenpgp = "${'1'.repeat(40)}"\n`
    const { problems } = await trustOf({ bare, policy })
    execFileSync('rm', [broken])
    expect(problems).toEqual([
      expect.stringContaining(`Cannot read the key "${broken}"`),
      expect.stringMatching(/^The key 1{40} of the signer "Nobody" is in no file of/),
    ])
  })

  test('GnuPG gets the keys of the signers and no other of the directory', async () => {
    const bare = new Bare()
    mkdirSync(join(bare.directory, 'homes'))
    const { home } = await trustOf({ bare })
    const listed = execFileSync('gpg', ['--homedir', home, '--with-colons', '--list-keys'], {
      encoding: 'utf8',
    })
    expect(listed).toContain(ada)
    expect(listed).not.toContain(eve)
    expect((await trustOf({ bare })).home).toBe(home)
  })
})
