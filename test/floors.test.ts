// The floors of the house: which folder may import which, read from the import lines of every file, those of types
// too. Bytes flow one way, no file needs itself behind others, and what decides about mails is pure.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const sourceFolders = ['base', 'sql', 'ingest', 'tracker', 'web', 'ci', 'commands']
const pureFolders = ['tracker/decode', 'tracker/mail', 'tracker/topic']

/**
 * Folders (or files) that a file of a folder may import from; the longest name that fits holds. Of the shell `project` is below
 * `branch`, `answer`, `export` and `build`, which know nothing of each other.
 */
const floors: Record<string, readonly string[]> = {
  base: ['base'],
  sql: ['base', 'sql', 'tracker/decode'],
  ingest: ['base', 'sql', 'tracker', 'ingest'],
  'tracker/decode': ['base', 'tracker/decode'],
  'tracker/mail': ['base', 'tracker/decode', 'tracker/mail'],
  'tracker/topic': ['base', ...pureFolders],
  'tracker/project': ['base', 'sql', ...pureFolders, 'tracker/project'],
  'tracker/branch': ['base', 'sql', ...pureFolders, 'tracker/project', 'tracker/branch'],
  'tracker/answer': ['base', 'sql', ...pureFolders, 'tracker/project', 'tracker/answer'],
  'tracker/export': ['base', 'sql', ...pureFolders, 'tracker/project', 'tracker/export'],
  // Of what builds it knows the values: what a job, a result and a policy are, and what git says of a push or a patchset.
  'tracker/build': [
    ...['base', 'sql', ...pureFolders, 'tracker/project', 'tracker/answer', 'tracker/build'],
    ...[
      'ci/job.ts',
      'ci/result.ts',
      'ci/policy.ts',
      'ci/push.ts',
      'ci/verify',
      'ci/wire.ts',
      'ci/apply.ts',
      'ci/published.ts',
      'ci/scripts.ts',
      'ci/series-request.ts',
      'ci/spool.ts',
    ],
  ],
  web: ['base', 'sql', 'tracker', 'web'],
  // Runs the code of strangers: it reads no mails, and holds no password of the database.
  ci: ['base', 'ci'],
  commands: ['base', 'sql', 'ingest', 'tracker', 'web', 'ci', 'commands'],
}

/** Functions of values: nothing here reads a file, a socket, a clock or a die. */
const purePackages = [
  'asn1js',
  'htmlparser2',
  'libmime',
  'parse-diff',
  'nodemailer/lib/addressparser',
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

test('no file imports itself, over however many others', () => {
  expect(circles(sources())).toEqual([])
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
      file('ci/x.ts', "import { a } from '../sql/a.ts'"),
      file('ci/tier/x.ts', "import type { A } from '../../tracker/mail/a.ts'"),
      file('tracker/topic/x.ts', "import type { A } from '../project/a.ts'"),
      file('web/page/x.ts', "import { a } from '../../main.ts'"),
      file('web/page/x.ts', "import { a } from '../../commands/serve.ts'"),
      file('tracker/decode/x.ts', "import type { A } from '../mail/a.ts'"),
      file('tracker/decode/x.ts', "import { a } from '../topic/a.ts'"),
      file('tracker/mail/tag/x.ts', "import type { A } from '../../topic/a.ts'"),
      file('tracker/project/x.ts', "import { a } from '../branch/a.ts'"),
      file('tracker/project/x.ts', "import type { A } from '../answer/a.ts'"),
      file('tracker/project/x.ts', "export type { A } from '../export/a.ts'"),
      file('tracker/branch/x.ts', "import { a } from '../answer/a.ts'"),
      file('tracker/answer/x.ts', "import { a } from '../export/a.ts'"),
      file('tracker/export/x.ts', "import { a } from '../branch/a.ts'"),
      file('tracker/build/x.ts', "import { a } from '../../ci/sandbox.ts'"),
      file('tracker/build/x.ts', "import { a } from '../branch/a.ts'"),
      file('web/x.ts', "import { a } from '../ci/job.ts'"),
      file('tracker/x.ts', "import { a } from './topic/a.ts'"),
    ]
    expect(broken.flatMap(brokenFloors)).toHaveLength(broken.length)
  })

  test('lets the types of facts and topics into the row types', () => {
    expect(brokenFloors(file('sql/tables.ts', "import type { A } from '../tracker/mail/a.ts'"))).toEqual([])
  })

  test('lets each folder of the tracker import those below it', () => {
    const fine = [
      file('tracker/decode/x.ts', "import { a } from '../../base/a.ts'"),
      file('tracker/mail/tag/x.ts', "import { a } from '../../decode/a.ts'"),
      file('tracker/topic/x.ts', "import type { A } from '../mail/a.ts'"),
      file('tracker/branch/x.ts', "import { a } from '../project/a.ts'"),
      file('tracker/export/x.ts', "import { a } from '../../sql/a.ts'"),
      file('tracker/build/x.ts', "import { a } from '../../ci/job.ts'"),
      file('tracker/build/x.ts', "import { a } from '../../ci/verify/a.ts'"),
    ]
    expect(fine.flatMap(brokenFloors)).toEqual([])
  })

  test('sees a circle of two, one of types alone, one of a late import, and no way that ends', () => {
    const two = [
      file('base/a.ts', "import { b } from './b.ts'"),
      file('base/b.ts', "export { a } from './a.ts'"),
    ]
    const types = [
      file('web/a.ts', "import type { B } from './page/b.ts'"),
      file('web/page/b.ts', "import { type C } from '../c.ts'\nimport { d } from '../d.ts'"),
      file('web/c.ts', "import type {\n  A,\n} from './a.ts'"),
      file('web/d.ts', "import { e } from './e.ts'"),
    ]
    const late = [
      file('sql/a.ts', "const b = await import('./b.ts')"),
      file('sql/b.ts', "import { a } from './a.ts'"),
    ]
    expect(circles(two)).toEqual(['base/a.ts -> base/b.ts -> base/a.ts'])
    expect(circles(types)).toEqual(['web/a.ts -> web/page/b.ts -> web/c.ts -> web/a.ts'])
    expect(circles([...types, ...late, ...two])).toHaveLength(3)
    expect(circles([...types.slice(1), ...two.slice(1)])).toEqual([])
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
    .filter(({ target }) => !allowed.some(place => target === place || target.startsWith(`${place}/`)))
    .filter(({ target, typeOnly }) => !(floor === 'sql' && typeOnly && target.startsWith('tracker/')))
    .map(({ target }) => `${source.path} imports ${target}; ${floor} may import ${allowed.join(', ')}`)
}

/** Each way round that a walk along the imports meets, as "a -> b -> a". */
function circles(files: readonly Source[]): string[] {
  const imports = new Map(files.map(file => [file.path, targetsOf(file)]))
  const done = new Set<string>()
  const found: string[] = []
  const visit = (path: string, above: readonly string[]): void => {
    const at = above.indexOf(path)
    if (at >= 0) found.push([...above.slice(at), path].join(' -> '))
    if (at >= 0 || done.has(path)) return
    for (const target of imports.get(path) ?? []) visit(target, [...above, path])
    done.add(path)
  }
  for (const path of imports.keys()) visit(path, [])
  return found
}

const targetsOf = (source: Source): string[] =>
  importsOf(source)
    .filter(({ from }) => from.startsWith('.'))
    .map(found => targetOf(source, found))

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
