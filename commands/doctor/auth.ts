// What `threadwork doctor` finds of authentication: the keys, their dates, and whether DNS answers.
import { statSync } from 'node:fs'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import type { AuthConfig, FileSetting } from '../../base/config.ts'
import { messageOf } from '../../ingest/auth/check.ts'
import { keyName, openKeyring, type PgpKey } from '../../ingest/auth/keyring.ts'
import { isTemporary, makeResolver } from '../../ingest/auth/resolver.ts'
import type { Finding } from './finding.ts'

export async function examineAuth({ keyring, dns }: AuthConfig): Promise<Finding[]> {
  return [...(keyring ? await keyringFindings(keyring) : [noKeyring]), await dnsFinding(dns)]
}

const noKeyring: Finding = {
  well: true,
  what: 'keyring',
  found: 'none configured, so no OpenPGP or patatt signature counts (auth.keyring)',
}

async function keyringFindings({ path, at }: FileSetting): Promise<Finding[]> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    const mend = `make it with the keys in it, or correct keyring at ${at}; until then no OpenPGP or patatt signature counts`
    return [{ well: false, what: 'keyring', found: `there is no directory "${path}"`, mend }]
  }
  const { pgp, people, addresses, problems } = await openKeyring(path)()
  const found = `${path}, ${pgp.length + people.length} keys of ${addresses.size} people`
  const broken = problems.map(problem => ({
    well: false,
    what: 'keyring',
    found: problem.startsWith('E') ? problem : `cannot read ${problem}`,
    mend: `mend or remove that file; the keyring is set at ${at}`,
  }))
  const ended = await Promise.all(pgp.map(key => endOf(key)))
  const ssh = people.some(({ algorithm }) => algorithm === 'openssh') ? [await sshKeygen()] : []
  return [{ well: true, what: 'keyring', found }, ...broken, ...ended.flat(), ...ssh]
}

/** A key that cannot sign now: its owner's mail is not believed. */
async function endOf({ key, file, addresses }: PgpKey): Promise<Finding[]> {
  try {
    await key.getSigningKey()
    return []
  } catch (error) {
    const found = `${keyName(key)} of ${addresses.join(', ') || 'nobody'} in ${file}: ${messageOf(error)}`
    return [
      {
        well: false,
        what: 'OpenPGP key',
        found,
        mend: `ask its owner for the key as it is now, or remove ${file}`,
      },
    ]
  }
}

async function sshKeygen(): Promise<Finding> {
  const places = (process.env.PATH ?? '').split(delimiter).map(directory => join(directory, 'ssh-keygen'))
  for (const place of places) {
    try {
      await access(place, constants.X_OK)
      return { well: true, what: 'ssh-keygen', found: place }
    } catch {}
  }
  const found = 'not there, so no openssh signature of patatt can be checked'
  return { well: false, what: 'ssh-keygen', found, mend: 'apt-get install openssh-client' }
}

/** Any answer will do, also that there is no such record. */
async function dnsFinding(dns: string | null): Promise<Finding> {
  const name = 'example.org'
  const server = dns ?? 'the servers of /etc/resolv.conf'
  try {
    await makeResolver(dns)(name, 'TXT')
    return { well: true, what: 'DNS', found: `${server} answer${dns ? 's' : ''}` }
  } catch (error) {
    if (!isTemporary(error)) return { well: true, what: 'DNS', found: `${server} answer${dns ? 's' : ''}` }
    const found = `${server}: ${messageOf(error)}, so DKIM and ARC are unknown and their mails wait`
    return {
      well: false,
      what: 'DNS',
      found,
      mend: 'set auth.dns to a DNS server that answers (ADDRESS:PORT)',
    }
  }
}
