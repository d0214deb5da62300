// The floors of the house: which folder may import which, read from the import lines of every file. Bytes flow
// one way, and what decides about mails is pure.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const sourceFolders = ['base', 'sql', 'ingest', 'tracker', 'web', 'ci', 'commands']
const pureFolders = ['tracker/decode', 'tracker/mail', 'tracker/topic']

/** Folders that a file of a folder may import from; the longest name that fits holds. */
const floors: Record<string, readonly string[]> = {
  base: ['base'],
  sql: ['base', 'sql', 'tracker/decode'],
  ingest: ['base', 'sql', 'tracker', 'ingest'],
  tracker: ['base', 'sql', 'tracker'],
  'tracker/decode': ['base', ...pureFolders],
  'tracker/mail': ['base', ...pureFolders],
  'tracker/topic': ['base', ...pureFolders],
  web: ['base', 'sql', 'tracker', 'web'],
  ci: ['base', 'sql', 'tracker', 'ci'],
  commands: ['base', 'sql', 'ingest', 'tracker', 'web', 'ci', 'commands'],
}

/** Functions of values: nothing here reads a file, a socket, a clock or a die. */
const purePackages = [
  'htmlparser2',
  'libmime',
  'nodemailer/lib/addressparser',
  'parse-diff',
  'node:buffer',
  'node:crypto',
  'node:util',
]

const impureWords: Record<string, RegExp> = {
  'the clock': /\bDate\.now\b|\bnew Date\(\)|\bperformance\./,
  chance: /\bMath\.random\b|\brandomUUID\b|\brandomBytes\b/,
  waiting: /\basync\b|\bawait\b|\bPromise\b|\bsetTimeout\b/,
  'the process': /\bprocess\./,
}

test('no file imports from a floor above or beside its own', () => {
  expect(sources().flatMap(brokenFloors)).toEqual([])
})

test('decode, mail and topic are pure, and so is all that they import', () => {
  const files = sources()
  expect(files.filter(isPure).length).toBeGreaterThan(10)
  expect(impurities(files)).toEqual([])
})

test('the files that the map of the code names are there', () => {
  const map = readFileSync(join(root, 'docs/flow.md'), 'utf8')
  const names = [...map.matchAll(/`([\w/-]+\.ts)`/g)].map(match => match[1] ?? '')
  expect(names.length).toBeGreaterThan(50)
  const paths = ['main.ts', ...sources().map(({ path }) => path)]
  expect(names.filter(name => !paths.some(path => path === name || path.endsWith(`/${name}`)))).toEqual([])
})

test('one file says what is made again, and the fold clears what it has folded', () => {
  const setting =
    /update cluster set[^`]*?\b(?:dirty|late) = |updateTable\('cluster'\)|into unsorted[^`]*\blate\b/
  const files = sources().filter(({ text }) => setting.test(withoutComments(text)))
  expect(files.map(({ path }) => path).sort()).toEqual(['sql/wake.ts', 'tracker/project/refold.ts'])
  const fold = files.find(({ path }) => path !== 'sql/wake.ts')
  expect(fold?.text.match(/\b(?:dirty|late) = \w+/g)).toEqual(['dirty = false', 'late = false'])
})

describe('the check itself', () => {
  const file = (path: string, text: string): Source => ({ path, text })

  test('sees an import across floors in each of its spellings', () => {
    const broken = [
      file('base/x.ts', "import { a } from '../sql/a.ts'"),
      file('sql/x.ts', "import {\n  a,\n} from '../tracker/mail/a.ts'"),
      file('web/x.ts', "export { a } from '../ingest/a.ts'"),
      file('ingest/x.ts', "const a = await import('../web/a.ts')"),
      file('ingest/source/x.ts', "import '../../ci/a.ts'"),
      file('tracker/topic/x.ts', "import type { A } from '../project/a.ts'"),
      file('web/page/x.ts', "import { a } from '../../main.ts'"),
      file('web/page/x.ts', "import { a } from '../../commands/serve.ts'"),
    ]
    expect(broken.flatMap(brokenFloors)).toHaveLength(broken.length)
  })

  test('lets the types of facts and topics into the row types', () => {
    expect(brokenFloors(file('sql/tables.ts', "import type { A } from '../tracker/mail/a.ts'"))).toEqual([])
  })

  test('sees a clock, a die, a wait and a file, also behind an import', () => {
    const texts = [
      'const now = Date.now()',
      'const now = new Date()',
      'Math.random()',
      'async function a() {}',
      "import { readFileSync } from 'node:fs'",
      "import { a } from '../../base/disk.ts'",
    ]
    const disk = file('base/disk.ts', "import { readFileSync } from 'node:fs'")
    for (const text of texts) expect(impurities([file('tracker/mail/x.ts', text), disk])).toHaveLength(1)
    expect(
      impurities([file('tracker/mail/x.ts', '// no await here\nconst day = new Date(0)'), disk]),
    ).toEqual([])
  })
})

interface Source {
  /** From the root, with slashes. */
  readonly path: string
  readonly text: string
}

interface Import {
  readonly from: string
  readonly typeOnly: boolean
}

function sources(): Source[] {
  return sourceFolders
    .filter(folder => existsSync(join(root, folder)))
    .flatMap(folder =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter(name => name.endsWith('.ts'))
        .map(name => ({
          path: posix.join(folder, name),
          text: readFileSync(join(root, folder, name), 'utf8'),
        })),
    )
}

function brokenFloors(source: Source): string[] {
  const floor = floorOf(source.path)
  const allowed = floors[floor] ?? []
  return importsOf(source)
    .filter(({ from }) => from.startsWith('.'))
    .map(found => ({ ...found, target: targetOf(source, found) }))
    .filter(({ target }) => !allowed.some(folder => target.startsWith(`${folder}/`)))
    .filter(({ target, typeOnly }) => !(floor === 'sql' && typeOnly && target.startsWith('tracker/')))
    .map(({ target }) => `${source.path} imports ${target}; ${floor} may import ${allowed.join(', ')}`)
}

function impurities(files: readonly Source[]): string[] {
  return [...pureClosure(files)].flatMap(source => {
    const code = withoutComments(source.text)
    const words = Object.entries(impureWords).filter(([, pattern]) => pattern.test(code))
    const packages = importsOf(source).filter(
      ({ from }) => !from.startsWith('.') && !purePackages.includes(from),
    )
    return [
      ...words.map(([what]) => `${source.path} uses ${what}`),
      ...packages.map(({ from }) => `${source.path} imports ${from}`),
    ]
  })
}

/** The pure files and every file that runs with them. */
function pureClosure(files: readonly Source[]): Set<Source> {
  const closure = new Set(files.filter(isPure))
  for (const source of closure) {
    for (const found of importsOf(source)) {
      const target = found.typeOnly ? undefined : files.find(({ path }) => path === targetOf(source, found))
      if (target) closure.add(target)
    }
  }
  return closure
}

const isPure = ({ path }: Source): boolean => pureFolders.includes(floorOf(path))

function floorOf(path: string): string {
  const fitting = Object.keys(floors).filter(folder => path.startsWith(`${folder}/`))
  return fitting.sort((a, b) => b.length - a.length)[0] ?? ''
}

function targetOf(source: Source, { from }: Import): string {
  return posix.join(posix.dirname(source.path), from)
}

function importsOf({ text }: Source): Import[] {
  const statements = text.matchAll(/^(?:import|export)\s+(type\s)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm)
  const calls = text.matchAll(/\bimport\(\s*'([^']+)'/g)
  return [
    ...[...statements].map(([, type, from = '']) => ({ from, typeOnly: type !== undefined })),
    ...[...calls].map(([, from = '']) => ({ from, typeOnly: false })),
  ]
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|(?:^|\s)\/\/[^\n]*/g, ' ')
}
