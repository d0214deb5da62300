// What a backup holds, in its file manifest.json. It is written last and at once, so a backup that was broken off is the one before it.
import { randomUUID } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

const piece = z.strictObject({
  /** Below `pieces/`. */
  file: z.string().regex(/^[a-z_]{1,63}-[0-9a-f]{64}\.jsonl\.zst$/),
  /** SHA-256 of the file. */
  sum: z.string().regex(/^[0-9a-f]{64}$/),
  rows: z.int().positive(),
})

const manifest = z.strictObject({
  format: z.literal(1),
  /** The version of Threadwork that wrote it. */
  program: z.string(),
  madeAt: z.iso.datetime(),
  /** Names of the migrations that the database had, oldest first. */
  migrations: z.array(z.string()).min(1),
  tables: z.array(
    z.strictObject({
      name: z.string().regex(/^[a-z_]{1,63}$/),
      columns: z.array(z.string().regex(/^[a-z_]{1,63}$/)).min(1),
      /** The last number that its sequence gave. */
      last: z
        .string()
        .regex(/^\d{1,19}$/)
        .nullable(),
      pieces: z.array(piece),
    }),
  ),
})

/** Some rows of a table: a file of JSON lines, packed by zstd. */
export type Piece = Readonly<z.infer<typeof piece>>
export type Manifest = Readonly<z.infer<typeof manifest>>

const manifestFile = (directory: string): string => join(directory, 'manifest.json')

/** Null when there is none. Throws for one that this program cannot read. */
export async function readManifest(directory: string): Promise<Manifest | null> {
  const text = await readFile(manifestFile(directory), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  const { data, error } = manifest.safeParse(asJson(text))
  if (data) return data
  throw new Error(`Cannot read "${manifestFile(directory)}": ${z.prettifyError(error)}`)
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

export async function writeManifest(directory: string, value: Manifest): Promise<void> {
  const half = join(directory, `manifest.json.${randomUUID()}`)
  const file = await open(half, 'wx', 0o600)
  try {
    await file.writeFile(`${JSON.stringify(value, null, 1)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(half, manifestFile(directory))
  const above = await open(directory)
  await above.sync().finally(() => above.close())
}
