// The operator's certificate for STARTTLS. The files are read again when they change (whatever renews a certificate
// replaces them while we run) and on SIGHUP; a pair that does not fit together is left out, and the one in use stays.
import { readFileSync, unwatchFile, watchFile } from 'node:fs'
import { createSecureContext } from 'node:tls'
import type { FileSetting, TlsFiles } from '../base/config.ts'

export interface Certificate {
  /** PEM; the certificate with those that lead to its root. */
  readonly cert: Buffer
  readonly key: Buffer
}

/** Throws, naming file and line of the setting, what is wrong with the files. */
export function readCertificate({ certificate, key }: TlsFiles): Certificate {
  const pair = { cert: read(certificate, 'certificate'), key: read(key, 'private key') }
  try {
    createSecureContext(pair)
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(`${key.at}: "${key.path}" is no private key of "${certificate.path}": ${reason}`, {
      cause: error,
    })
  }
  return pair
}

function read({ path, at }: FileSetting, what: 'certificate' | 'private key'): Buffer {
  let bytes: Buffer
  try {
    bytes = readFileSync(path)
  } catch (error) {
    throw new Error(`${at}: cannot read the ${what}: ${(error as Error).message}`, { cause: error })
  }
  const allowed =
    what === 'certificate' ? /-----BEGIN CERTIFICATE-----/ : /-----BEGIN [A-Z ]*PRIVATE KEY-----/
  if (allowed.test(bytes.toString('latin1'))) return bytes
  throw new Error(`${at}: "${path}" holds no ${what}; allowed: a PEM file`)
}

interface Log {
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
}

/** By polling: the files are often links, and what changes is behind them. */
const lookEveryMs = 2_000

/** Calls `onChange` with each new pair until the answered function is called. */
export function watchCertificate(
  files: TlsFiles,
  log: Log,
  onChange: (pair: Certificate) => void,
  everyMs = lookEveryMs,
): () => void {
  const paths = [files.certificate.path, files.key.path]
  const renew = () => {
    try {
      onChange(readCertificate(files))
      log.info({ certificate: files.certificate.path }, 'Read the certificate again')
    } catch (error) {
      // Between the two files of a renewal this is normal; the second change comes here, too.
      log.warn({ error }, 'Kept the certificate in use: the new one cannot be used')
    }
  }
  const look = (now: { mtimeMs: number; ino: number }, before: { mtimeMs: number; ino: number }) => {
    if (now.mtimeMs !== before.mtimeMs || now.ino !== before.ino) renew()
  }
  for (const path of paths) watchFile(path, { interval: everyMs, persistent: false }, look)
  process.on('SIGHUP', renew)
  return () => {
    for (const path of paths) unwatchFile(path, look)
    process.off('SIGHUP', renew)
  }
}
