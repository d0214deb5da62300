// What doctor finds around Threadwork: the programs, the disk, the data directory, the certificate.
import { execFile } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { accessSync, constants, existsSync, readFileSync, statfsSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import type { TlsFiles } from '../../base/config.ts'
import { limits } from '../../base/limits.ts'
import type { Finding } from './finding.ts'

export function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const well = major > 22 || (major === 22 && minor >= 19)
  const mend = 'install Node 22.19 or newer, or use the npm scripts, which bring their own'
  return { well, what: 'node', found: process.versions.node, ...(well ? {} : { mend }) }
}

export async function git(): Promise<Finding> {
  try {
    const { stdout } = await promisify(execFile)('git', ['--version'])
    return { well: true, what: 'git', found: stdout.trim().replace('git version ', '') }
  } catch (error) {
    return { well: false, what: 'git', found: (error as Error).message, mend: 'apt-get install git' }
  }
}

/** Of the disk that holds the directory, or will hold it. */
export function disk(data: string): Finding {
  const { bavail, bsize, blocks } = statfsSync(nearestExisting(data))
  const free = bavail * bsize
  const found = `${gigabytes(free)} free of ${gigabytes(blocks * bsize)} for "${data}"`
  if (free >= limits.diskFreeBytesMin) return { well: true, what: 'disk', found }
  const mend = `make room (du -xh --max-depth=2 "${data}" shows what is large): without it mail is answered 451`
  return { well: false, what: 'disk', found, mend }
}

const nearestExisting = (path: string): string =>
  existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path))
const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`

/** Whoever may write there may replace the database, and whoever may not cannot start it. */
export function permissions(data: string): Finding {
  const what = 'data directory'
  if (!existsSync(data))
    return { well: true, what, found: `${data}, not there yet (threadwork serve makes it)` }
  const { mode, uid } = statSync(data)
  const shown = `${data}, mode ${(mode & 0o777).toString(8)}`
  if ((mode & 0o022) !== 0)
    return { well: false, what, found: `${shown}: others may write`, mend: `chmod go-w "${data}"` }
  try {
    accessSync(data, constants.W_OK | constants.X_OK)
    return { well: true, what, found: shown }
  } catch {
    const mend = `run Threadwork as the account ${uid}, or chown -R ${process.getuid?.()} "${data}"`
    return { well: false, what, found: `${shown}: closed to this account`, mend }
  }
}

const dayMs = 86_400_000

/** Nothing when no certificate is configured. */
export function certificate(tls: TlsFiles | null, now = Date.now()): Finding[] {
  if (tls === null) return []
  const what = 'TLS certificate'
  const { path, at } = tls.certificate
  try {
    const { validTo } = new X509Certificate(readFileSync(path))
    const days = Math.floor((Date.parse(validTo) - now) / dayMs)
    const found = `${path}, ${days < 0 ? 'expired' : 'valid'} until ${validTo}`
    if (days >= limits.certificateDaysMin) return [{ well: true, what, found }]
    return [
      {
        well: false,
        what,
        found,
        mend: 'renew it (with certbot: certbot renew), then restart threadwork serve',
      },
    ]
  } catch (error) {
    return [{ well: false, what, found: (error as Error).message, mend: `correct tls_certificate at ${at}` }]
  }
}
