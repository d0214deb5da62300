// The log goes to standard error, so it is read from a process of its own.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

function logged(script: string): string {
  const module = join(import.meta.dirname, '..', '..', 'base', 'log.ts')
  const text = `import { makeLog } from ${JSON.stringify(module)}\n${script}`
  const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', text], { encoding: 'utf8' })
  return stderr
}

const failure =
  "Object.assign(new Error('no room'), { code: '53100', detail: 'Failing row contains (secret)' })"

test('an error is told with its code, but never with the row that PostgreSQL quotes', () => {
  const line = logged(`makeLog('info', false).warn({ error: ${failure}, messageId: 'a@b' }, 'Answered 451')`)
  expect(JSON.parse(line)).toMatchObject({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    msg: 'Answered 451',
    messageId: 'a@b',
    error: { message: 'no room', code: '53100', stack: expect.stringContaining('Error: no room') },
  })
  expect(line).not.toContain('secret')
})

test('a person at a terminal gets a sentence without a stack, and control characters of a mail are shown, not obeyed', () => {
  const line = logged(`makeLog('info', true).warn({ error: ${failure}, from: '\\u001b[2J' }, 'Answered 451')`)
  expect(line).toBe('threadwork: Answered 451 error="no room" from="\\u001b[2J"\n')
})

test('the level leaves out what is below it', () => {
  expect(logged("makeLog('warn', false).info({}, 'Kept a mail')")).toBe('')
})
