// What the server tells a runner that it starts itself: all it needs to know, and no more. It comes on standard input, because
// command lines and environments of a process can be read by others; and it stands for a configuration, which names the database.
import type { Readable } from 'node:stream'
import { z } from 'zod'
import { firstLine } from './first-line.ts'
import { groundSchema } from './launcher.ts'

const localOrderSchema = z.strictObject({
  server: z.string(),
  token: z.string(),
  atOnce: z.int().min(1),
  ground: groundSchema,
  launcher: z.array(z.string()).nullable(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
})
export type LocalOrder = z.input<typeof localOrderSchema>

/** How such a runner ends when its token is worth nothing any more: of no use to start it again (sysexits.h, EX_NOPERM). */
export const refusedCode = 77

/** `gone` is aborted when the input ends. Throws when there is no such order. */
export async function readLocalOrder(
  input: Readable,
  gone: AbortController,
): Promise<z.output<typeof localOrderSchema>> {
  return localOrderSchema.parse(JSON.parse(await firstLine(input, gone)))
}
