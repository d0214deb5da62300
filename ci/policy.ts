// The policy: a file on the server that says which repositories are built, whose pushes count, what a build is given, and
// whose mailed patches are built without asking. Never is it read from the repository that it guards.
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { readTomlFile } from '../base/toml-file.ts'
import type { JobLimits, TierName } from './job.ts'
import { type Proof, policySettings } from './policy-settings.ts'

export interface Policy {
  /** Absolute. */
  readonly file: string
  readonly repositories: readonly PolicyRepository[]
  readonly signers: readonly Signer[]
  /** A directory of OpenPGP keys; null for none. */
  readonly keys: string | null
  /** ssh's list of revoked keys; null for none. */
  readonly revoked: string | null
  readonly gitoliteUsers: readonly string[]
  /** Where a user of gitolite has his mail. */
  readonly gitoliteAddresses: Readonly<Record<string, string>>
  readonly patches: readonly PatchPolicy[]
  /** Builds of one submitter that may wait or run at once. */
  readonly openPerSubmitterMax: number
}

export interface PolicyRepository {
  readonly name: string
  /** Absolute: a bare repository. */
  readonly path: string
  /** The list whose pages show its builds; null for none. */
  readonly list: string | null
  /** Patterns of refs that are built. */
  readonly refs: readonly string[]
  /** Patterns of refs whose builds nothing newer replaces. */
  readonly keep: readonly string[]
  /** The first whose patterns fit a ref says how its pushes are proved; the last fits every ref. */
  readonly proofs: readonly { readonly refs: readonly string[]; readonly require: readonly Proof[] }[]
  /** Patterns of refs that everybody may fetch. */
  readonly offer: readonly string[]
  /** Patterns of addresses, in lower case, that are told of their commits' builds though the list does not know them. */
  readonly mail: readonly string[]
  /** Whether a build's own wish for network is heeded. */
  readonly network: boolean
  /** The weakest sandbox that will do; null for whichever the machine allows. */
  readonly weakest: TierName | null
  /** Only what is said; the server's own limits hold for the rest. */
  readonly limits: Partial<JobLimits>
  readonly secrets: readonly Secret[]
}

/** What builds of some refs find in their environment; those of mailed patches never do. */
interface Secret {
  readonly name: string
  /** Absolute. */
  readonly file: string
  readonly refs: readonly string[]
}

export interface Signer {
  readonly name: string
  /** Where the person has his mail; null where nobody said it. */
  readonly address: string | null
  readonly key:
    | {
        readonly kind: 'openpgp'
        /** Of the primary key, in upper case. */
        readonly fingerprint: string
      }
    | {
        readonly kind: 'ssh'
        /** As in a .pub file: type and key. */
        readonly line: string
      }
  /** Milliseconds; null for no bound. */
  readonly validAfter: number | null
  readonly validBefore: number | null
  readonly refs: readonly string[]
  /** Names of repositories; null for all. */
  readonly repositories: readonly string[] | null
}

/** What becomes of the patches that are posted to a list. */
export interface PatchPolicy {
  readonly list: string
  /** A name of the policy. */
  readonly repository: string
  /** Where a patchset belongs that nothing else says it of. */
  readonly branch: string
  /** By the word in the brackets of the subject, in lower case. */
  readonly prefixes: Readonly<Record<string, string>>
  /** Authors, in lower case, whose authenticated patches are built without asking. */
  readonly allow: readonly string[]
  /** Authors, in lower case, whose patches are built whatever they change, where they signed each. */
  readonly signers: readonly string[]
  /** Patterns of files besides `.ci/` with which a patch is never built without asking. */
  readonly buildFiles: readonly string[]
  /** What makes a push to `refs/for/` a series of the list; none for nothing. */
  readonly push: readonly Proof[]
  readonly nightly: boolean
}

/** Throws an Error whose message, of a line or several, is for the person who wrote the file. */
export function readPolicy(file: string): Policy {
  const { written } = readTomlFile(file, 'the policy', policySettings)
  const near = (path: string): string => resolve(dirname(file), path)
  return {
    file: resolve(file),
    repositories: written.repository.map(each => toRepository(each, near)),
    signers: written.signer.map(toSigner),
    keys: written.keys === undefined ? null : near(written.keys),
    revoked: written.revoked === undefined ? null : near(written.revoked),
    gitoliteUsers: written.gitolite.users,
    gitoliteAddresses: written.gitolite.addresses,
    patches: written.patches.map(toPatches),
    openPerSubmitterMax: written.open_per_submitter_max,
  }
}

/** Of these patterns one fits the whole address; `*` stands for any characters. */
export const matchesAddress = (patterns: readonly string[], address: string): boolean =>
  matchesRef(patterns, address)

/** Of these patterns one fits the whole ref; `*` stands for any characters, slashes too, as in git's own refspecs. */
export const matchesRef = (patterns: readonly string[], ref: string): boolean =>
  patterns.some(pattern => fits(pattern.split('*'), ref))

/** Without a regular expression: a pattern of many stars would take it for ever. */
function fits(words: readonly string[], ref: string): boolean {
  const [first = '', ...rest] = words
  const last = rest.pop()
  if (last === undefined) return ref === first
  if (!ref.startsWith(first)) return false
  let at = first.length
  for (const word of rest) {
    const found = ref.indexOf(word, at)
    if (found < 0) return false
    at = found + word.length
  }
  return ref.length - last.length >= at && ref.endsWith(last)
}

type Written = z.infer<typeof policySettings>

function toRepository(
  written: Written['repository'][number],
  near: (path: string) => string,
): PolicyRepository {
  const { name, path, list, refs, keep, offer, mail, network, weakest, limits } = written
  return {
    ...{ name, refs, keep, offer, mail, network },
    path: near(path),
    list: list ?? null,
    proofs: [...written.rule, { refs: ['*'], require: written.require }],
    weakest: weakest ?? null,
    limits: toLimits(limits),
    secrets: written.secret.map(secret => ({ ...secret, file: near(secret.file) })),
  }
}

function toLimits(written: Written['repository'][number]['limits']): Partial<JobLimits> {
  const named: { [Name in keyof JobLimits]: number | undefined } = {
    seconds: written.seconds,
    memoryBytes: written.memory_bytes,
    diskBytes: written.disk_bytes,
    pids: written.pids,
    cpus: written.cpus,
    outputBytes: written.output_bytes,
    artefactBytes: written.artefact_bytes,
  }
  return Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined))
}

const toSigner = ({ name, address, openpgp, ssh, ...written }: Written['signer'][number]): Signer => ({
  name,
  address: address ?? null,
  key:
    openpgp === undefined
      ? { kind: 'ssh', line: (ssh ?? '').split(' ').slice(0, 2).join(' ') }
      : { kind: 'openpgp', fingerprint: openpgp.replaceAll(' ', '').toUpperCase() },
  validAfter: written.valid_after?.getTime() ?? null,
  validBefore: written.valid_before?.getTime() ?? null,
  refs: written.refs,
  repositories: written.repositories ?? null,
})

const toPatches = ({ build_files, ...written }: Written['patches'][number]): PatchPolicy => ({
  ...written,
  buildFiles: build_files,
})
