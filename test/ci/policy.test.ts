import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { settingsTable } from '../../base/settings-text.ts'
import { matchesRef, type Policy, readPolicy } from '../../ci/policy.ts'
import { policySettings } from '../../ci/policy-settings.ts'

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'threadwork-policy-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

function read(text: string, place = directory()): Policy {
  const file = join(place, 'policy.toml')
  writeFileSync(file, text)
  return readPolicy(file)
}

const wrong = (text: string): string => {
  try {
    read(text)
    return ''
  } catch (error) {
    return (error as Error).message.replaceAll(/^.*policy\.toml/gm, 'policy.toml')
  }
}

test('a repository needs a signed commit, on each branch, without network or a secret, unless the policy says more', () => {
  const place = directory()
  expect(read('[[repository]]\nname = "tarn"\npath = "tarn.git"\n', place)).toEqual({
    file: join(place, 'policy.toml'),
    repositories: [
      {
        name: 'tarn',
        path: join(place, 'tarn.git'),
        list: null,
        refs: ['refs/heads/*'],
        keep: ['refs/heads/main', 'refs/heads/master'],
        proofs: [{ refs: ['*'], require: ['commit-signature'] }],
        offer: [],
        mail: [],
        network: false,
        weakest: null,
        limits: {},
        secrets: [],
      },
    ],
    signers: [],
    keys: null,
    revoked: null,
    gitoliteUsers: [],
    gitoliteAddresses: {},
    patches: [],
    openPerSubmitterMax: 20,
  })
})

test('whatever else a policy says is read as it stands there', () => {
  const place = directory()
  const text = `
keys = "keys"
revoked = "krl"
[gitolite]
users = ["ada"]
addresses = { ada = "ada@example.org" }
[[repository]]
name = "tarn"
path = "/srv/git/tarn.git"
list = "demo"
require = ["commit-signature", "gitolite-user"]
weakest = "nspawn"
limits = { seconds = 60, memory_bytes = 64_000_000 }
[[repository.rule]]
refs = ["refs/heads/main"]
require = "push-certificate"
[[repository.secret]]
name = "KEY"
file = "secret"
refs = ["refs/heads/main"]
[[signer]]
name = "Ada"
address = "ada@example.org"
openpgp = "0123 4567 89ab cdef 0123  4567 89AB CDEF 0123 4567"
[[signer]]
name = "Grace"
ssh = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA grace@laptop"
valid_before = 2027-01-01
refs = ["refs/heads/wip/*"]
repositories = ["tarn"]
[[patches]]
list = "demo"
repository = "tarn"
prefixes = { Next = "next" }
allow = ["Ada@Example.org"]
push = ["push-certificate"]
`
  expect(read(text, place)).toMatchObject({
    keys: join(place, 'keys'),
    revoked: join(place, 'krl'),
    gitoliteUsers: ['ada'],
    gitoliteAddresses: { ada: 'ada@example.org' },
    repositories: [
      {
        list: 'demo',
        weakest: 'nspawn',
        limits: { seconds: 60, memoryBytes: 64_000_000 },
        proofs: [
          { refs: ['refs/heads/main'], require: ['push-certificate'] },
          { refs: ['*'], require: ['commit-signature', 'gitolite-user'] },
        ],
        secrets: [{ name: 'KEY', file: join(place, 'secret'), refs: ['refs/heads/main'] }],
      },
    ],
    signers: [
      {
        address: 'ada@example.org',
        key: { kind: 'openpgp', fingerprint: '0123456789ABCDEF0123456789ABCDEF01234567' },
        refs: ['*'],
      },
      {
        key: {
          kind: 'ssh',
          line: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
        },
        validBefore: Date.UTC(2027, 0, 1),
        refs: ['refs/heads/wip/*'],
        repositories: ['tarn'],
      },
    ],
    patches: [
      {
        list: 'demo',
        repository: 'tarn',
        branch: 'main',
        prefixes: { next: 'next' },
        allow: ['ada@example.org'],
        push: ['push-certificate'],
        signers: [],
        nightly: false,
      },
    ],
  })
})

test('what is wrong in a policy is told with its line and what is allowed, all of it at once', () => {
  const text = `[[repository]]
name = "tarn"
path = "tarn.git"
requires = "any"
require = "trust"
[[signer]]
name = "Ada"
openpgp = "89ABCDEF"
[[signer]]
name = "Grace"
repositories = ["tern"]
`
  expect(wrong(text).split('\n')).toEqual([
    'policy.toml:4: repository[0].requires is not a setting; did you mean "require"?',
    'policy.toml:5: repository[0].require is "trust"; allowed: one of commit-signature, push-certificate, gitolite-user, any, or a list of those that will do',
    'policy.toml:8: signer[0].openpgp is "89ABCDEF"; allowed: the whole fingerprint of an OpenPGP key, 40 or 64 hexadecimal digits',
    'policy.toml:9: signer[1].openpgp is missing; allowed: one of openpgp and ssh for each signer',
  ])
  expect(
    wrong(
      '[[signer]]\nname = "Grace"\nopenpgp = "0123456789ABCDEF0123456789ABCDEF01234567"\nrepositories = ["tern"]\n',
    ),
  ).toBe(
    'policy.toml:4: signer[0].repositories[0] is "tern"; allowed: one of the repositories here: there are none',
  )
})

test('a pattern of refs fits a whole ref, slashes included, and never a part of one', () => {
  expect(matchesRef(['refs/heads/*'], 'refs/heads/wip/ada')).toBe(true)
  expect(matchesRef(['refs/heads/main'], 'refs/heads/main')).toBe(true)
  expect(matchesRef(['refs/heads/main'], 'refs/heads/main2')).toBe(false)
  expect(matchesRef(['refs/heads/*'], 'x/refs/heads/main')).toBe(false)
  expect(matchesRef(['refs/*/main'], 'refs/heads/domain')).toBe(false)
  expect(matchesRef(['refs/heads/a*a'], 'refs/heads/a')).toBe(false)
  expect(matchesRef(['refs/heads/v*.*.x'], 'refs/heads/v1.2.x')).toBe(true)
  expect(matchesRef(['refs/heads/.'], 'refs/heads/x')).toBe(false)
  expect(matchesRef([`refs/${'*a'.repeat(90)}b`], `refs/${'a'.repeat(5_000)}`)).toBe(false)
})

test('docs/ci.md has the table of the policy as it is', () => {
  const docs = readFileSync(join(import.meta.dirname, '../../docs/ci.md'), 'utf8')
  const inDocs = docs.slice(docs.indexOf('| key |')).split('\n\n')[0]
  const table = settingsTable(policySettings)
  expect(inDocs, `docs/ci.md needs this table:\n\n${table}\n\n`).toBe(table)
})

test.each([
  'Makefile',
  'src/Makefile',
  'GNUmakefile',
  'src/GNUmakefile',
  'makefile',
  'src/makefile',
  'rules.mk',
])('make reads %s, so a patch that changes it is not built without asking', path => {
  const { patches } = read(
    '[[repository]]\nname = "tarn"\npath = "tarn.git"\n[[patches]]\nlist = "demo"\nrepository = "tarn"\n',
  )
  expect(matchesRef(patches[0]?.buildFiles ?? [], path)).toBe(true)
})
