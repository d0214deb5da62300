// The files of a backup. A piece is named by what it holds, so what did not change since the last backup is not written again, and
// is looked at: one that a disk spoilt is written anew.
import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import type { Manifest, Piece } from './manifest.ts'

export interface Pieces {
  /** A piece of these lines; `name` says what is in them, without it their hash does. */
  put(table: string, rows: number, lines: () => Promise<readonly string[]>, name?: string): Promise<Piece>
  /** How many were written. */
  readonly written: number
  /** Removes those that the manifest does not name. */
  sweep(manifest: Manifest): Promise<void>
}

export async function openPieces(directory: string, before: Manifest | null): Promise<Pieces> {
  const place = join(directory, 'pieces')
  await mkdir(place, { recursive: true, mode: 0o700 })
  const known = new Map(
    before?.tables.flatMap(({ pieces }) => pieces.map(piece => [piece.file, piece] as const)),
  )
  let written = 0
  return {
    async put(table, rows, read, name) {
      const ready = name === undefined ? textOf(await read()) : null
      const file = `${table}-${name ?? sumOf(ready ?? '')}.jsonl.zst`
      const old = known.get(file)
      if (old !== undefined && (await isWhole(place, old))) return old
      const packed = await promisify(zstdCompress)(ready ?? textOf(await read()))
      await writeWhole(join(place, file), packed)
      written++
      return { file, sum: sumOf(packed), rows }
    },
    get written() {
      return written
    },
    async sweep({ tables }) {
      const kept = new Set(tables.flatMap(({ pieces }) => pieces.map(({ file }) => file)))
      for (const name of await readdir(place)) if (!kept.has(name)) await rm(join(place, name))
    },
  }
}

/** The lines of a piece. Throws when it is not what was written. */
export async function readPiece(directory: string, { file, sum, rows }: Piece): Promise<string[]> {
  const path = join(directory, 'pieces', file)
  const packed = await readFile(path)
  if (sumOf(packed) !== sum) throw new Error(`Cannot restore from "${path}": it is not as it was written`)
  const lines = (await promisify(zstdDecompress)(packed)).toString().split('\n').slice(0, -1)
  if (lines.length !== rows)
    throw new Error(`Cannot restore from "${path}": it has ${lines.length} rows of ${rows}`)
  return lines
}

const textOf = (lines: readonly string[]): string => lines.map(line => `${line}\n`).join('')
const sumOf = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

const isWhole = async (place: string, { file, sum }: Piece): Promise<boolean> => {
  const packed = await readFile(join(place, file)).catch(() => null)
  return packed !== null && sumOf(packed) === sum
}

/** It may stand there already, half written or spoilt. */
async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
