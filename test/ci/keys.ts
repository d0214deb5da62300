// Keys of people who push, made by the real programs: each OpenPGP key in a home of its owner, each ssh key as a file.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export class Keys {
  /** Short: GnuPG puts sockets into homes, and their paths have 107 letters. */
  readonly directory = mkdtempSync(join(tmpdir(), 'tk-'))
  /** The public keys, as `[[signer]] keys` wants them. */
  readonly public = join(this.directory, 'public')

  constructor() {
    mkdirSync(this.public)
  }

  /** `days` is how long it holds; made at `at`, as GnuPG writes times. Returns the fingerprint. */
  openpgp(name: string, { days = 'never', at = '' }: { days?: string; at?: string } = {}): string {
    mkdirSync(this.home(name), { mode: 0o700 })
    const made = ['--quick-gen-key', `${name} <${name}@example.org>`, 'ed25519', 'sign', days]
    this.gpg(name, ...(at === '' ? [] : ['--faked-system-time', at]), ...made)
    this.publish(name)
    const [, fingerprint = ''] =
      /^fpr:+([0-9A-F]{40}):/m.exec(this.gpg(name, '--with-colons', '--fingerprint')) ?? []
    return fingerprint
  }

  /** GnuPG writes the certificate beside each key it makes, with a colon that keeps it from being used by mistake. */
  revoke(name: string, fingerprint: string): void {
    const file = join(this.home(name), 'openpgp-revocs.d', `${fingerprint}.rev`)
    const text = readFileSync(file, 'utf8')
    writeFileSync(file, text.slice(text.indexOf(':-----BEGIN') + 1))
    this.gpg(name, '--import', file)
    this.publish(name)
  }

  ssh(name: string): string {
    const file = join(this.directory, `${name}-ssh`)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', `${name}@laptop`, '-f', file])
    return readFileSync(`${file}.pub`, 'utf8').trim()
  }

  /** A list of revoked keys. */
  krl(...names: readonly string[]): string {
    const file = join(this.directory, 'krl')
    execFileSync('ssh-keygen', [
      '-q',
      '-k',
      '-f',
      file,
      ...names.map(name => join(this.directory, `${name}-ssh.pub`)),
    ])
    return file
  }

  /** What git is told so that it signs with an OpenPGP key; `at` as above. */
  openpgpWords(name: string, at = ''): string[] {
    const program = join(this.directory, `sign-${name}`)
    const time = at === '' ? '' : `--faked-system-time '${at}!'`
    writeFileSync(program, `#!/bin/sh\nexec gpg --homedir '${this.home(name)}' ${time} "$@"\n`, {
      mode: 0o755,
    })
    return [
      '-c',
      'gpg.format=openpgp',
      '-c',
      `gpg.program=${program}`,
      '-c',
      `user.signingKey=${name}@example.org`,
    ]
  }

  sshWords(name: string): string[] {
    return ['-c', 'gpg.format=ssh', '-c', `user.signingKey=${join(this.directory, `${name}-ssh.pub`)}`]
  }

  gpg(name: string, ...words: readonly string[]): string {
    const always = [
      '--homedir',
      this.home(name),
      '--batch',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
    ]
    return execFileSync('gpg', [...always, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  }

  remove(): void {
    for (const name of this.names) execFileSync('gpgconf', ['--homedir', this.home(name), '--kill', 'all'])
    rmSync(this.directory, { recursive: true, force: true })
  }

  private readonly names: string[] = []

  private publish(name: string): void {
    this.names.push(name)
    writeFileSync(join(this.public, `${name}.asc`), this.gpg(name, '--armor', '--export'))
  }

  private home(name: string): string {
    return join(this.directory, name)
  }
}
