import type { Arguments, Command } from '../base/command.ts'
import type { Database } from '../sql/server.ts'
import type { TokenScope } from '../sql/tokens.ts'
import { withDatabase } from './common/database.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary:
    'Makes a token that lets a program in over HTTP (add), shows which there are (list), or ends one (revoke)',
  words: 'add NAME|list|revoke NAME',
  options: {
    scope: { value: 'SCOPES', help: 'add: what it is for, separated by commas (default: runner)' },
    days: { value: 'N', help: 'add: after so many days it is worth nothing (default: it stays)' },
  },
  async run(args) {
    const [what, name, more] = args.words
    if (more !== undefined || (what === 'list') !== (name === undefined) || !isVerb(what))
      throw new Error(
        `Cannot do ${JSON.stringify(args.words.join(' '))} with tokens; allowed: add NAME, list or revoke NAME`,
      )
    return withDatabase(args, ({ db }) => verbs[what](db, name ?? '', args))
  },
}

type Db = Database['db']

const verbs = { add, list, revoke }

const isVerb = (what: string | undefined): what is keyof typeof verbs =>
  what !== undefined && Object.hasOwn(verbs, what)

/** The word alone is on standard output, for a file. */
async function add(db: Db, name: string, args: Arguments): Promise<number> {
  const { addToken } = await import('../sql/tokens.ts')
  if (!/^[A-Za-z0-9][A-Za-z0-9._ -]{0,99}$/.test(name))
    throw new Error(
      `Cannot call a token ${JSON.stringify(name)}; allowed: letters, digits, ".", "_", "-" and blanks`,
    )
  const scopes = await scopesOf(args.text('scope') ?? 'runner')
  const expiresAt = expiryOf(args.text('days'))
  const word = await db.transaction().execute(trx => addToken(trx, { name, scopes, expiresAt }))
  if (word === null)
    throw new Error(`Cannot add "${name}": there is a token of this name; allowed: a name that none has had`)
  process.stderr.write('This is shown once; the database knows only its hash.\n')
  return say(`${word}\n`)
}

async function scopesOf(text: string): Promise<TokenScope[]> {
  const { tokenScopes } = await import('../sql/tokens.ts')
  const words = text.split(',')
  const known = words.flatMap(word => tokenScopes.filter(scope => scope === word))
  if (known.length === words.length) return known
  throw new Error(`Cannot make a token for "${text}"; allowed: ${tokenScopes.join(',')}`)
}

function expiryOf(text: string | undefined): Date | null {
  if (text === undefined) return null
  const days = Number(text)
  if (Number.isInteger(days) && days >= 1 && days <= 36_500) return new Date(Date.now() + days * 86_400_000)
  throw new Error(`Cannot make a token for "${text}" days; allowed: a whole number from 1 to 36500`)
}

async function list(db: Db): Promise<number> {
  const { listTokens } = await import('../sql/tokens.ts')
  const { table } = await import('../base/help.ts')
  const rows = await listTokens(db)
  if (rows.length === 0) return say('There is no token\n')
  return say(
    table(rows.map(row => [row.name, `${row.scopes.join(',')}; ${stateOf(row)}; ${usedOf(row.used_at)}`])),
  )
}

function stateOf({ revoked_at, expires_at }: { revoked_at: Date | null; expires_at: Date | null }): string {
  if (revoked_at !== null) return `revoked ${day(revoked_at)}`
  if (expires_at === null) return 'stays'
  return `${expires_at < new Date() ? 'expired' : 'expires'} ${day(expires_at)}`
}

const usedOf = (at: Date | null): string =>
  at === null ? 'never used' : `last used ${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`
const day = (at: Date): string => at.toISOString().slice(0, 10)

async function revoke(db: Db, name: string): Promise<number> {
  const { revokeToken } = await import('../sql/tokens.ts')
  if (await revokeToken(db, name)) return say(`Revoked: ${name}\n`)
  throw new Error(
    `Cannot revoke "${name}": no token of this name is in use; allowed: a name that "token list" shows`,
  )
}
