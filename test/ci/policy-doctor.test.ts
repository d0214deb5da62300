import { appendFileSync, chmodSync, chownSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installHook } from '../../ci/hook.ts'
import { policy } from '../../commands/doctor/policy.ts'
import { Bare } from './bare.ts'
import { Keys } from './keys.ts'

let keys: Keys
let ada: string
let old: string
beforeAll(() => {
  keys = new Keys()
  ada = keys.openpgp('ada')
  old = keys.openpgp('old', { days: '1d', at: '20200101T000000' })
})
afterAll(() => keys.remove())

const signer = (name: string, fingerprint: string) =>
  `[[signer]]\nname = "${name}"\nopenpgp = "${fingerprint}"\n`

/** What doctor finds, with the spool that the hook of `bare` has unless `spool` is another. */
async function found(bare: Bare, text: string, spool = join(bare.directory, 'spool')) {
  const file = join(bare.directory, 'policy.toml')
  writeFileSync(file, text)
  const ci = {
    ...{ policy: { path: file, at: 'threadwork.toml:1' }, spool, sandbox: null, root: null, rooms: null },
    ...{ runners: 0, launcher: null, keepDays: 90 },
  }
  const findings = await policy({ ci, lists: [] }, bare.directory)
  return findings.map(
    ({ well, what, found: text, mend }) =>
      `${well ? 'ok' : 'WRONG'} ${what}: ${text}${mend ? `; ${mend}` : ''}`,
  )
}

const tarn = (bare: Bare, more = '') => `[[repository]]\nname = "tarn"\npath = "${bare.path}"\n${more}`

async function hooked(): Promise<Bare> {
  const bare = new Bare()
  mkdirSync(join(bare.directory, 'spool'))
  await installHook(bare.path, join(bare.directory, 'spool'))
  return bare
}

test('a policy that is as it should be is found well, finding by finding', async () => {
  const bare = await hooked()
  expect(await found(bare, `keys = "${keys.public}"\n${tarn(bare)}${signer('Ada', ada)}`)).toEqual([
    `ok policy: ${bare.directory}/policy.toml, 1 repositories and 1 signers`,
    `ok pushes to tarn: ${bare.path}, by ${bare.path}/hooks/post-receive`,
    expect.stringMatching(/^ok gpg for signers: \//),
  ])
})

test('what is wrong in the file is told with its lines', async () => {
  const bare = await hooked()
  expect(await found(bare, 'repositories = 1\n')).toEqual([
    expect.stringMatching(
      /^WRONG policy: .*policy\.toml:1: repositories is not a setting; .*; mend it, or correct policy at threadwork\.toml:1/,
    ),
  ])
})

test('a path that is no bare repository, and one that is nothing', async () => {
  const bare = await hooked()
  const text = `${tarn(bare).replace(bare.path, bare.clone)}[[repository]]\nname = "none"\npath = "/no/such"\n`
  expect((await found(bare, text)).slice(1)).toEqual([
    expect.stringMatching(/^WRONG pushes to tarn: Cannot use .*allowed: a bare repository.*git init --bare/),
    expect.stringMatching(/^WRONG pushes to none: Cannot use "\/no\/such": /),
  ])
})

test('a repository without our hook, and one whose hook leaves pushes elsewhere', async () => {
  const bare = new Bare()
  expect((await found(bare, tarn(bare)))[1]).toBe(
    `WRONG pushes to tarn: "${bare.path}" has no hook of ours, so none is seen; threadwork hook install "${bare.path}"`,
  )
  await installHook(bare.path, '/elsewhere')
  expect((await found(bare, tarn(bare)))[1]).toContain('leaves them in "/elsewhere", and we look in')
  const { file } = await installHook(bare.path, join(bare.directory, 'spool'))
  appendFileSync(file, '# of an older release\n')
  expect((await found(bare, tarn(bare)))[1]).toBe(
    `WRONG pushes to tarn: the hook "${file}" is of another release; threadwork hook install "${bare.path}"`,
  )
})

test('a spool that the owner of the repository cannot write to, and one that all may take from', async () => {
  const bare = await hooked()
  const spool = join(bare.directory, 'spool')
  chownSync(bare.path, 65_534, 65_534)
  expect((await found(bare, tarn(bare))).at(-1)).toContain('the account 65534 owns')
  chmodSync(spool, 0o777)
  expect((await found(bare, tarn(bare)))[1]).toBe(
    `WRONG spool: every account that may write to "${spool}" may remove what others left there; chmod +t "${spool}"`,
  )
  chmodSync(spool, 0o1777)
  expect((await found(bare, tarn(bare))).filter(line => line.startsWith('WRONG'))).toEqual([])
})

test('a spool that nobody empties, and what in it is no push of a hook', async () => {
  const bare = await hooked()
  const spool = join(bare.directory, 'spool')
  const wrong = async () => (await found(bare, tarn(bare))).filter(line => line.startsWith('WRONG'))
  for (let number = 0; number < 3_000; number++) writeFileSync(join(spool, `push.${number}`), '')
  expect(await wrong()).toEqual([
    expect.stringMatching(
      /^WRONG spool: 3000 pushes of the account 0 wait in ".*spool", the oldest since \d{4}-.*; its hooks leave no more; start "threadwork serve"/,
    ),
  ])
  for (let number = 1; number < 3_000; number++) rmSync(join(spool, `push.${number}`))
  expect(await wrong()).toEqual([])
  utimesSync(join(spool, 'push.0'), new Date(0), new Date(0))
  writeFileSync(join(spool, 'push.a-b'), '')
  utimesSync(join(spool, 'push.a-b'), new Date(0), new Date(0))
  expect(await wrong()).toEqual([
    expect.stringContaining('1 pushes of the account 0 wait'),
    expect.stringContaining(
      'are named like pushes and are none, such as "push.a-b"; they are of the accounts 0; remove them',
    ),
  ])
})

test('certificates that git never asks for, a secret that is not there, and a list that is none', async () => {
  const bare = await hooked()
  const more =
    'list = "tern"\nrequire = "push-certificate"\n[[repository.secret]]\nname = "KEY"\nfile = "no-such"\nrefs = ["*"]\n'
  const lines = (await found(bare, tarn(bare, more))).filter(line => line.startsWith('WRONG'))
  expect(lines).toEqual([
    expect.stringContaining(`git -C "${bare.path}" config receive.certNonceSeed`),
    expect.stringContaining('the secret KEY cannot be read: ENOENT'),
    expect.stringContaining('it names the list "tern"'),
  ])
  bare.there('config', 'receive.certNonceSeed', 'chance')
  expect((await found(bare, tarn(bare, more))).join('\n')).not.toContain('certNonceSeed')
})

test('a key that is nowhere, one that cannot be read, one that has expired, and a list of revoked ones that is away', async () => {
  const bare = await hooked()
  const place = join(bare.directory, 'keys')
  mkdirSync(place)
  writeFileSync(join(place, 'broken.asc'), '-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nnothing\n')
  const lines = await found(bare, `keys = "keys"\nrevoked = "krl"\n${tarn(bare)}${signer('Ada', ada)}`)
  expect(lines.filter(line => line.startsWith('WRONG'))).toEqual([
    expect.stringContaining('Cannot read the list of revoked keys: ENOENT'),
    expect.stringContaining(`Cannot read the key "${place}/broken.asc"`),
    expect.stringContaining(`The key ${ada} of the signer "Ada" is in no file of ${place}`),
  ])
  const ended = await found(bare, `keys = "${keys.public}"\n${tarn(bare)}${signer('Old', old)}`)
  expect(ended.join('\n')).toContain(`WRONG keys of signers: The key ${old} cannot sign today`)
  expect((await found(bare, `keys = "none"\n${tarn(bare)}`)).join('\n')).toContain(
    'Cannot read the keys of the policy',
  )
})
