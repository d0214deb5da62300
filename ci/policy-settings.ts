// What the policy can say: each setting with its shape, its default, what is told where it is wrong, and what it means. The
// table of docs/ci.md is made from it.
import { z } from 'zod'
import { listNameAllowed, listNamePattern } from '../base/list-settings.ts'
import { about, address, line, text, within, yesNo } from '../base/setting.ts'
import { tierNames } from './job.ts'

/** How a push shows that somebody vouches for it. */
const proofs = ['commit-signature', 'push-certificate', 'gitolite-user', 'any'] as const
export type Proof = (typeof proofs)[number]

const nameAllowed = '1 to 64 letters, digits, ".", "_" and "-", a letter or digit first'
const name = () => text(nameAllowed, /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)
const directory = () => text('the path of a directory', /^[^\0\n]{1,1000}$/)
const filePath = () => text('the path of a file', /^[^\0\n]{1,1000}$/)
const listName = () => text(listNameAllowed, listNamePattern)

const refsAllowed = 'a list of up to 50 patterns of refs such as ["refs/heads/*"]'
const ref = text(refsAllowed, /^(?:\*|refs\/[^\s~^:?[\\]{1,200})$/)
const refs = () => z.array(ref, { error: refsAllowed }).max(50, { error: refsAllowed })

const proofAllowed = `one of ${proofs.join(', ')}, or a list of those that will do`
const proof = z.enum(proofs, { error: proofAllowed })
/** Those that say who pushed. */
const pushAllowed = 'a list of push-certificate and gitolite-user'
const pushProof = proof.extract(['push-certificate', 'gitolite-user'], { error: pushAllowed })
const require = () =>
  z.union(
    [proof.transform(one => [one]), z.array(proof, { error: proofAllowed }).min(1, { error: proofAllowed })],
    {
      error: proofAllowed,
    },
  )

const mailAllowed = 'a list of up to 50 addresses such as ["*@example.org"]'
const mailPattern = text(mailAllowed, /^[^\s<>@"]{1,64}@[^\s<>@"]{1,255}$/).transform(given =>
  given.toLowerCase(),
)

const rule = z.strictObject({
  refs: refs().register(about, { is: 'the refs that it holds for', example: ['refs/heads/release/*'] }),
  require: require().register(about, {
    is: 'what it takes to have a push to them built',
    example: 'push-certificate',
  }),
})

const secret = z.strictObject({
  name: text('the name of a variable such as "DEPLOY_KEY"', /^[A-Z_][A-Z0-9_]{0,63}$/i).register(about, {
    is: 'the variable in which a build finds it',
    example: 'DEPLOY_KEY',
  }),
  file: filePath().register(about, {
    is: 'the file whose one line it is, relative to the policy',
    example: 'secrets/deploy-key',
  }),
  refs: refs().register(about, { is: 'the refs whose builds get it', example: ['refs/heads/main'] }),
})

const limits = z.strictObject({
  seconds: within('a number of seconds', 1, 86_400)
    .optional()
    .register(about, { is: 'seconds from the fetch to the last check', without: 'an hour', example: 1_800 }),
  memory_bytes: within('a number of bytes', 16_000_000, 2 ** 50)
    .optional()
    .register(about, {
      is: 'bytes of memory for all processes of a build and its RAM disks',
      without: '4 GiB',
      example: 8 * 1024 ** 3,
    }),
  disk_bytes: within('a number of bytes', 1_000_000, 2 ** 50)
    .optional()
    .register(about, {
      is: 'bytes of the clone and all that a build writes',
      without: '2 GiB',
      example: 4 * 1024 ** 3,
    }),
  pids: within('a number of processes', 8, 100_000)
    .optional()
    .register(about, { is: 'processes and threads of a build at once', without: '1000', example: 2_000 }),
  cpus: z
    .number({ error: 'a number of processors from 0.1 to 1024' })
    .min(0.1, { error: 'a number of processors from 0.1 to 1024' })
    .max(1_024, { error: 'a number of processors from 0.1 to 1024' })
    .optional()
    .register(about, { is: "processors' worth of time", without: 'all of the machine', example: 2 }),
  output_bytes: within('a number of bytes', 1_000, 2 ** 32)
    .optional()
    .register(about, {
      is: 'bytes of the log of a step that are kept',
      without: '10 MiB',
      example: 1024 ** 2,
    }),
  artefact_bytes: within('a number of bytes', 0, 2 ** 40)
    .optional()
    .register(about, {
      is: 'bytes of the files that a build hands back',
      without: '100 MiB',
      example: 1024 ** 2,
    }),
})

const repository = z.strictObject({
  name: name().register(about, {
    is: 'what pages and signers call it',
    example: 'tarn',
    set: true,
  }),
  path: directory().register(about, {
    is: 'a bare repository of this machine, relative to the policy',
    example: '/srv/git/tarn.git',
    set: true,
  }),
  list: listName().optional().register(about, {
    is: 'the mailing list whose pages show its builds',
    without: 'none',
    example: 'demo',
  }),
  refs: refs()
    .default(['refs/heads/*'])
    .register(about, { is: 'refs that are built when they are pushed; `*` stands for any characters' }),
  keep: refs().default(['refs/heads/main', 'refs/heads/master']).register(about, {
    is: 'refs of which every push is built; on others a newer push replaces what was not built yet',
  }),
  require: require().prefault('commit-signature').register(about, {
    is: 'what it takes to have a push built: commit-signature, push-certificate, gitolite-user or any; of a list each alone will do',
  }),
  offer: refs()
    .default([])
    .register(about, {
      is: 'refs that everybody may fetch over HTTP',
      without: 'none',
      example: ['refs/heads/*'],
    }),
  mail: z
    .array(mailPattern, { error: mailAllowed })
    .max(50, { error: mailAllowed })
    .default([])
    .register(about, {
      is: 'authors and committers who are told of their builds though the list does not know them; "*" stands for any characters',
      without: 'people of the list alone',
      example: ['*@example.org'],
    }),
  network: yesNo.default(false).register(about, {
    is: 'a build that asks for network in `.ci/config.toml` gets it; mailed code never does',
  }),
  weakest: z
    .enum(tierNames, { error: `one of ${tierNames.join(', ')}` })
    .optional()
    .register(about, {
      is: 'the weakest sandbox that will do, of gvisor, nspawn, bwrap and none',
      without: 'whichever [ci] of the machine allows',
      example: 'nspawn',
    }),
  limits: limits.prefault({}).register(about, { is: 'what a build may cost' }),
  rule: z
    .array(rule, { error: 'tables [[repository.rule]] with refs and require' })
    .default([])
    .register(about, { is: 'another `require` for some refs; the first that fits counts' }),
  secret: z
    .array(secret, { error: 'tables [[repository.secret]] with name, file and refs' })
    .default([])
    .register(about, { is: 'what only builds of some refs are told' }),
})

const sshAllowed = 'the line of a .pub file such as "ssh-ed25519 AAAA..."'
const sshKey =
  /^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)|sk-ssh-ed25519@openssh\.com|sk-ecdsa-sha2-nistp256@openssh\.com) [A-Za-z0-9+/]{40,8000}={0,3}(?: [^\0\n]{0,500})?$/
const dateAllowed = 'a date such as 2027-01-31, or one with a time and a zone'
const date = () => z.date({ error: dateAllowed }).optional()

const signer = z
  .strictObject({
    name: line.min(1, { error: 'one line of text' }).register(about, {
      is: 'what pages call the person',
      example: 'Ada',
      set: true,
    }),
    openpgp: text(
      'the whole fingerprint of an OpenPGP key, 40 or 64 hexadecimal digits',
      /^(?:[0-9A-Fa-f] {0,2}){39}[0-9A-Fa-f]$|^(?:[0-9A-Fa-f] {0,2}){63}[0-9A-Fa-f]$/,
    )
      .optional()
      .register(about, {
        is: 'the whole fingerprint of the primary key, as `gpg --fingerprint` prints it; the key itself is a file in `keys`',
        example: '0123 4567 89AB CDEF 0123  4567 89AB CDEF 0123 4567',
      }),
    address: address().optional().register(about, {
      is: 'the address that the person pushes series from',
      without: 'none, so there are none',
      example: 'ada@example.org',
    }),
    ssh: text(sshAllowed, sshKey).optional().register(about, {
      is: 'or an ssh key, as its .pub file has it',
      example: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    }),
    valid_after: date().register(about, { is: 'signatures count from then on', example: '2026-01-01' }),
    valid_before: date().register(about, { is: 'and until then', example: '2027-01-01' }),
    refs: refs().default(['*']).register(about, { is: 'refs for which the signature counts' }),
    repositories: z
      .array(name(), { error: 'a list of names of repositories' })
      .optional()
      .register(about, { is: 'repositories for which it counts', without: 'all', example: ['tarn'] }),
  })
  .superRefine(({ openpgp, ssh }, context) => {
    if ((openpgp === undefined) !== (ssh === undefined)) return
    const key = ssh === undefined ? 'openpgp' : 'ssh'
    context.addIssue({
      code: 'custom',
      path: [key],
      input: ssh,
      message: 'one of openpgp and ssh for each signer',
    })
  })

const addresses = () =>
  z
    .array(address(), { error: 'a list of mail addresses such as ["ada@example.org"]' })
    .transform(all => all.map(each => each.toLowerCase()))
const branch = () => text('the name of a branch such as "main"', /^[^\s~^:?*[\\-][^\s~^:?*[\\]{0,200}$/)

const patches = z.strictObject({
  list: listName().register(about, { is: 'the mailing list', example: 'demo', set: true }),
  repository: name().register(about, {
    is: 'the repository that its patches are for, by the name that it has here',
    example: 'tarn',
    set: true,
  }),
  branch: branch()
    .default('main')
    .register(about, { is: 'the branch that a patchset belongs to of which nothing else says it' }),
  prefixes: z
    .record(line, branch(), { error: 'a table of branches such as { next = "next" }' })
    .default({})
    .transform(given =>
      Object.fromEntries(Object.entries(given).map(([word, to]) => [word.toLowerCase(), to])),
    )
    .register(about, {
      is: 'the branch by a word in the brackets of the subject',
      example: { next: 'next' },
    }),
  allow: addresses()
    .default([])
    .register(about, {
      is: 'authors whose patches are built without asking when their mail is authenticated (grade A or B) and they change neither `.ci/` nor a build file',
      example: ['ada@example.org'],
    }),
  signers: addresses()
    .default([])
    .register(about, {
      is: 'authors whose patches are built without asking, whatever they change, when they signed each (grade A)',
      example: ['grace@example.org'],
    }),
  build_files: z
    .array(line, { error: 'a list of file patterns such as ["Makefile"]' })
    .default([
      // make(1) takes GNUmakefile, then makefile, before Makefile.
      ...['GNUmakefile', '*/GNUmakefile', 'makefile', '*/makefile', 'Makefile', '*/Makefile'],
      '*.mk',
      'Kbuild',
      '*/Kbuild',
      'configure',
      '*/configure',
      'meson.build',
      '*/meson.build',
      'CMakeLists.txt',
      '*/CMakeLists.txt',
      '*.cmake',
      'package.json',
      '*/package.json',
    ])
    .register(about, {
      is: 'files besides `.ci/` with which a patch is never built without asking; `*` stands for any characters',
    }),
  push: z
    .array(pushProof, { error: pushAllowed })
    .default([])
    .register(about, {
      is: 'what makes a push to `refs/for/BRANCH` a series on the list: push-certificate, gitolite-user, or either',
      without: 'none, so all are refused',
      example: ['push-certificate'],
    }),
  nightly: yesNo.default(false).register(about, {
    is: 'once a day all open revisions that were let in and apply together are offered as one ref, and built',
  }),
})

export const policySettings = z
  .strictObject({
    keys: directory().optional().register(about, {
      is: 'a directory with the OpenPGP keys of the signers (.asc, .gpg, .pgp), relative to the policy',
      without: 'none',
      example: 'keys',
    }),
    revoked: filePath().optional().register(about, {
      is: 'revoked ssh keys, a list as `ssh-keygen -k` makes it, relative to the policy',
      without: 'none',
      example: 'revoked.krl',
    }),
    open_per_submitter_max: within('a number of builds', 1, 10_000)
      .default(20)
      .register(about, { is: 'builds of one person that may wait or run at once; more are refused' }),
    gitolite: z
      .strictObject({
        users: z
          .array(text('a list of names of gitolite users', /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,200}$/), {
            error: 'a list of names of gitolite users',
          })
          .default([])
          .register(about, {
            is: 'users of gitolite whose pushes count where a repository requires gitolite-user',
            example: ['ada'],
          }),
        addresses: z
          .record(line, address(), {
            error: 'a table of mail addresses such as { ada = "ada@example.org" }',
          })
          .default({})
          .register(about, {
            is: 'the address that a user pushes series from',
            without: 'none, so nobody can',
            example: { ada: 'ada@example.org' },
          }),
      })
      .prefault({})
      .register(about, { is: 'pushes through gitolite' }),
    repository: z
      .array(repository, { error: 'tables [[repository]] with name and path' })
      .default([])
      .register(about, { is: 'one [[repository]] for each that is built' }),
    signer: z
      .array(signer, { error: 'tables [[signer]] with name and openpgp or ssh' })
      .default([])
      .register(about, { is: 'one [[signer]] for each key' }),
    patches: z
      .array(patches, { error: 'tables [[patches]] with list and repository' })
      .default([])
      .register(about, { is: 'one [[patches]] for each list whose patches are built' }),
  })
  .superRefine(({ repository: all, signer: signers, patches: lists }, context) => {
    const names = all.map(each => each.name)
    const add = (path: PropertyKey[], input: unknown, message: string) =>
      context.addIssue({ code: 'custom', path, input, message })
    all.forEach((each, index) => {
      for (const key of ['name', 'path'] as const)
        if (all.findIndex(other => other[key] === each[key]) < index)
          add(['repository', index, key], each[key], `a ${key} that no other repository has`)
    })
    const known = `one of the repositories here: ${names.join(', ') || 'there are none'}`
    signers.forEach(({ repositories = [] }, index) => {
      const stranger = repositories.findIndex(each => !names.includes(each))
      if (stranger >= 0) add(['signer', index, 'repositories', stranger], repositories[stranger], known)
    })
    lists.forEach((each, index) => {
      if (!names.includes(each.repository)) add(['patches', index, 'repository'], each.repository, known)
      if (lists.findIndex(other => other.list === each.list) < index)
        add(['patches', index, 'list'], each.list, 'a list that no other [[patches]] has')
    })
  })
