// What a hook leaves in the spool of a push, as text: a line that says what it is, lines of a name and a value, an empty line,
// and what git tells a post-receive hook (githooks(5)): "OLD NEW REF" for each ref. The last line shows that it is whole.
//
//   threadwork-push 1
//   repository /srv/git/tarn.git
//   user ada
//
//   9c0d... 7c41... refs/heads/main
//   end
//
// Whoever may write to the spool may have written it, so every line is read with suspicion, and what it says is asked again of
// the repository.

export interface Push {
  /** Absolute: the directory of git's data. */
  readonly repository: string
  /** As gitolite knows who pushed; null elsewhere. */
  readonly user: string | null
  /** The blob of the signed certificate; null when the push was not signed. */
  readonly certificate: string | null
  /** What receive-pack sent to be signed, and what it said of what came back (GIT_PUSH_CERT_NONCE_STATUS). */
  readonly nonce: string | null
  readonly nonceStatus: string | null
  readonly updates: readonly Update[]
}

export interface Update {
  /** Commits or tags; null for none: a ref that is new, or gone. */
  readonly old: string | null
  readonly new: string | null
  readonly ref: string
}

/** Throws an Error that says what is wrong. */
export function parsePush(text: string): Push {
  const [head, ...lines] = text.split('\n')
  if (head !== 'threadwork-push 1') throw new Error('it does not begin with "threadwork-push 1"')
  if (lines.splice(-2).join('\n') !== 'end\n') throw new Error('its end is missing')
  const empty = lines.indexOf('')
  if (empty < 0) throw new Error('the empty line is missing')
  const fields = readFields(lines.slice(0, empty))
  const repository = fields.get('repository')
  if (repository === undefined) throw new Error('it names no repository')
  return {
    repository,
    user: fields.get('user') ?? null,
    certificate: fields.get('certificate') ?? null,
    nonce: fields.get('nonce') ?? null,
    nonceStatus: fields.get('nonce-status') ?? null,
    updates: lines.slice(empty + 1).map(readUpdate),
  }
}

const objectId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/

const shapes: Record<string, RegExp> = {
  repository: /^\/[^\0]{0,4000}$/,
  user: /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,200}$/,
  certificate: objectId,
  nonce: /^[A-Za-z0-9-]{1,200}$/,
  'nonce-status': /^[A-Z]{1,20}$/,
}

function readFields(lines: readonly string[]): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of lines) {
    const [, name = '', value = ''] = /^([a-z-]{1,20}) (.*)$/.exec(line) ?? []
    if (shapes[name]?.test(value) !== true || fields.has(name))
      throw new Error(`${JSON.stringify(line.slice(0, 100))} is no line of it`)
    fields.set(name, value)
  }
  return fields
}

function readUpdate(line: string): Update {
  const [, before = '', after = '', ref = ''] = /^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) (.*)$/.exec(line) ?? []
  if (!objectId.test(before) || !objectId.test(after) || !isRef(ref))
    throw new Error(`${JSON.stringify(line.slice(0, 200))} is no update of a ref`)
  return { old: idOrNone(before), new: idOrNone(after), ref }
}

const idOrNone = (id: string): string | null => (/^0+$/.test(id) ? null : id)

/** git-check-ref-format(1); `$(id)`, `--upload-pack=x` and `<script>` are names like others. */
function isRef(ref: string): boolean {
  if (ref.length > refCharactersMax || !/^refs\/[^\0-\x20\x7f~^:?*[\\]+$/.test(ref)) return false
  if (/\.\.|@\{|\/\/|\.$|\/$/.test(ref)) return false
  return ref.split('/').every(part => !part.startsWith('.') && !part.endsWith('.lock'))
}

/** A job takes no longer one. */
const refCharactersMax = 1_000
