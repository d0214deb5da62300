// The logs of builds, on disk as they come: DATA/builds/NUMBER/ATTEMPT/STEP.log, and artefacts.tar beside them. A file only
// grows, and a piece that came before changes nothing.
import { existsSync } from 'node:fs'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { limits } from '../../base/limits.ts'

export interface AttemptName {
  readonly build: string
  readonly attempt: number
}

const logsDirectory = (data: string): string => join(data, 'builds')

/** Where the logs of an attempt are; `step` is the name of a step in its result. */
export const stepLogPath = (data: string, { build, attempt }: AttemptName, step: string): string =>
  join(logsDirectory(data), build, String(attempt), `${step}.log`)

/** What the build handed back: a stranger's tar, which nobody looks into here. */
export const artefactsPath = (data: string, { build, attempt }: AttemptName): string =>
  join(logsDirectory(data), build, String(attempt), 'artefacts.tar')

/**
 * The file holds these bytes at `offset` when it was that long; else nothing is written. Answers how long it is: whoever sends
 * goes on from there. `full`: there is no room left on the disk, or more was sent than any job allows.
 */
export async function appendAt(path: string, offset: number, bytes: Uint8Array): Promise<number | 'full'> {
  try {
    if (!(await hasRoom(path, offset + bytes.length))) return 'full'
    const file = await open(path, existsSync(path) ? 'r+' : 'w+')
    try {
      const { size } = await file.stat()
      const fresh = bytes.subarray(Math.max(0, size - offset))
      if (offset > size || fresh.length === 0) return size
      // Where it belongs, not at the end: should the same piece come twice at once, both write the same.
      await writeAll(file, fresh, size)
      return size + fresh.length
    } finally {
      await file.close()
    }
  } catch (error) {
    if (['ENOSPC', 'EDQUOT', 'EFBIG'].includes((error as NodeJS.ErrnoException).code ?? '')) return 'full'
    throw error
  }
}

async function writeAll(
  file: Awaited<ReturnType<typeof open>>,
  bytes: Uint8Array,
  at: number,
): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done)
    done += bytesWritten
  }
}

async function hasRoom(path: string, size: number): Promise<boolean> {
  if (size > limits.buildFileBytesMax) return false
  if (existsSync(path)) return true
  await mkdir(dirname(path), { recursive: true })
  return (await readdir(dirname(path))).length < limits.buildFilesMax
}

/** Those of builds that nobody wrote to since then, logs and artefacts alike. */
export async function dropLogs(data: string, before: Date): Promise<number> {
  const directory = logsDirectory(data)
  if (!existsSync(directory)) return 0
  let dropped = 0
  for (const name of await readdir(directory)) {
    const path = join(directory, name)
    if (await isYounger(path, before)) continue
    await rm(path, { recursive: true, force: true })
    dropped++
  }
  return dropped
}

/** By the newest file below. */
async function isYounger(path: string, before: Date): Promise<boolean> {
  const below = await readdir(path, { recursive: true })
  for (const name of ['.', ...below]) {
    const info = await stat(join(path, name)).catch(() => null)
    if (info !== null && info.mtime >= before) return true
  }
  return false
}
