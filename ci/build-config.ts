// `.ci/config.toml` of the commit that is built: what a project may say of its own build. It can only ask for less than
// the server allows; whoever writes it is the author of a commit, so every value is bounded.
import { parse, TomlError } from 'smol-toml'
import { z } from 'zod'

const seconds = z.int().min(1).max(86_400)
/** Below the tree; a pattern of the shell, without blanks. */
const pattern = z
  .string()
  .max(200)
  .regex(/^(?!\/)(?!-)[A-Za-z0-9._/*?-]+$/)

const buildConfig = z.strictObject({
  /** The build's script is stopped after this. */
  seconds: seconds.optional(),
  /** The wish for network; whether it is heeded the server says. */
  network: z.boolean().default(false),
  /** Commits of history in the clone; 0 for all. */
  depth: z.int().min(0).max(1_000_000).default(1),
  /** Files that the build hands back. */
  artefacts: z.array(pattern).max(20).default([]),
  checks: z.record(z.string().max(60), z.strictObject({ seconds })).default({}),
})
export type BuildConfig = z.infer<typeof buildConfig>

/** Throws an `Error` whose message says what is wrong, and what is allowed. */
export function parseBuildConfig(text: string): BuildConfig {
  const read = buildConfig.safeParse(toml(text))
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new Error(`.ci/config.toml: ${issue?.path.join('.') || 'a key'}: ${issue?.message}`)
}

function toml(text: string): unknown {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    throw new Error(`.ci/config.toml:${error.line}: ${error.message.split('\n')[0]}`, { cause: error })
  }
}
