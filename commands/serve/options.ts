// Reads the values of serve's options.
import { resolve } from 'node:path'
import { type Endpoint, parseEndpoint } from '../../base/endpoint.ts'

export const roles = ['smtp', 'web', 'worker', 'ci'] as const
export type Role = (typeof roles)[number]

export function readRoles(text: string | undefined): ReadonlySet<Role> {
  const words: readonly string[] = text === undefined ? roles : text.split(',')
  const chosen = words.map(word => roles.find(role => role === word))
  if (chosen.every(role => role !== undefined)) return new Set(chosen)
  throw new Error(`Cannot serve only ${JSON.stringify(text)}; allowed: some of ${roles.join(',')}`)
}

export function readEndpoint(option: string, text: string | undefined): Endpoint | undefined {
  const endpoint = text === undefined ? undefined : parseEndpoint(text)
  if (endpoint !== null) return endpoint
  throw new Error(
    `Cannot listen at ${option} ${JSON.stringify(text)}; allowed: HOST:PORT such as 127.0.0.1:2525`,
  )
}

export async function readLmtp(text: string | undefined): Promise<string | Endpoint | undefined> {
  if (text === undefined) return undefined
  const { lmtpAllowed, lmtpPattern } = await import('../../base/settings.ts')
  if (!lmtpPattern.test(text))
    throw new Error(`Cannot listen at --lmtp ${JSON.stringify(text)}; allowed: ${lmtpAllowed}`)
  return parseEndpoint(text) ?? resolve(text)
}
