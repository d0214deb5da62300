import type { Arguments, Command } from '../base/command.ts'
import type { ListId } from '../base/ids.ts'
import type { Database } from '../sql/server.ts'
import type { NewToken, TokenScope } from '../sql/tokens.ts'
import { withDatabase } from './common/database.ts'
import { say } from './common/say.ts'

export const command: Command = {
  summary:
    'Makes a token that lets a program in over HTTP (add), shows which there are (list), or ends one (revoke)',
  words: 'add NAME|list|revoke NAME',
  options: {
    scope: {
      value: 'SCOPES',
      help: 'add: what it is for: runner, or some of check,state,note (default: runner)',
    },
    as: { value: 'ADDRESS', help: 'add: who acts with it, where it is for check, state or note' },
    list: { value: 'NAME', help: 'add: the one list that it writes to (default: every list)' },
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
  const whose = await ownerOf(db, scopes, args)
  const word = await db.transaction().execute(trx => addToken(trx, { name, scopes, expiresAt, ...whose }))
  if (word === null)
    throw new Error(`Cannot add "${name}": there is a token of this name; allowed: a name that none has had`)
  process.stderr.write('This is shown once; the database knows only its hash.\n')
  return say(`${word}\n`)
}

async function scopesOf(text: string): Promise<TokenScope[]> {
  const { tokenScopes, writingScopes } = await import('../sql/tokens.ts')
  const words = [...new Set(text.split(','))]
  const known = words.flatMap(word => tokenScopes.filter(scope => scope === word))
  // Who holds a runner's word runs strangers' code.
  const mixed = known.includes('runner') && known.length > 1
  if (known.length === words.length && !mixed) return known
  throw new Error(`Cannot make a token for "${text}"; allowed: runner, or some of ${writingScopes.join(',')}`)
}

/** Whose name a token writes in, and to which list. */
async function ownerOf(
  db: Db,
  scopes: readonly TokenScope[],
  args: Arguments,
): Promise<Pick<NewToken, 'list' | 'address'>> {
  const [address, name] = [args.text('as'), args.text('list')]
  if (scopes.includes('runner')) {
    if (address === undefined && name === undefined) return {}
    throw new Error('Cannot make a runner with --as or --list: it writes to no list; allowed: without them')
  }
  if (address === undefined || !/^[^\s<>@"]{1,64}@[^\s<>@"]{1,255}$/.test(address))
    throw new Error(
      `Cannot make a token that acts for ${JSON.stringify(address ?? '')}; allowed: --as and a mail address`,
    )
  const list = name === undefined ? undefined : await listNamed(db, name)
  return { list, address: address.toLowerCase() }
}

async function listNamed(db: Db, name: string): Promise<ListId> {
  const { allLists } = await import('../sql/lists.ts')
  const lists = await allLists(db)
  const found = lists.find(list => list.name === name)
  if (found) return found.id
  throw new Error(
    `Cannot make a token for the list "${name}"; allowed: ${lists.map(list => list.name).join(', ') || 'none yet'}`,
  )
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
    table(
      rows.map(row => [
        row.name,
        [row.scopes.join(','), ...whoseOf(row), stateOf(row), usedOf(row.used_at)].join('; '),
      ]),
    ),
  )
}

const whoseOf = ({ address, list }: { address: string | null; list: string | null }): string[] =>
  address === null ? [] : [`as ${address}`, list === null ? 'every list' : `list ${list}`]

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
