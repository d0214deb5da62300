import type { Command } from '../base/command.ts'
import { type Ground, withDatabase } from './common/database.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary: 'Shows the keys that people confirmed to send patches over HTTP (list), or ends them (revoke)',
  words: 'list|revoke ADDRESS [SELECTOR]',
  options: {},
  async run(args) {
    const [what, identity, selector, more] = args.words
    const list = what === 'list' && identity === undefined
    if (!list && (what !== 'revoke' || identity === undefined || more !== undefined))
      throw new Error(
        `Cannot do ${JSON.stringify(args.words.join(' '))} with keys; allowed: list, or revoke ADDRESS and a selector`,
      )
    return withDatabase(args, ground =>
      identity === undefined ? show(ground) : revoke(ground, identity, selector ?? null),
    )
  },
}

async function show({ db }: Ground): Promise<number> {
  const { allKeys } = await import('../sql/submission-keys.ts')
  const { table } = await import('../base/help.ts')
  const keys = await allKeys(db)
  if (keys.length === 0) return say('No key was confirmed\n')
  return say(
    table(
      keys.map(({ identity, selector, algorithm, key, verified_at, used_at, revoked_at }) => [
        `${identity} ${selector}`,
        [
          algorithm === 'ed25519' ? `ed25519 ${key}` : algorithm,
          `confirmed ${day(verified_at)}`,
          used_at === null ? 'never used' : `last used ${day(used_at)}`,
          ...(revoked_at === null ? [] : [`revoked ${day(revoked_at)}`]),
        ].join('; '),
      ]),
    ),
  )
}

const day = (at: Date): string => at.toISOString().slice(0, 10)

async function revoke({ db }: Ground, identity: string, selector: string | null): Promise<number> {
  const { revokeKeys } = await import('../sql/submission-keys.ts')
  const count = await revokeKeys(db, identity.toLowerCase(), selector?.toLowerCase() ?? null)
  if (count > 0) return say(`Revoked: ${count} of ${identity}\n`)
  throw new Error(
    `Cannot revoke the keys of "${identity}": none is in use; allowed: an address and a selector that "key list" shows`,
  )
}
