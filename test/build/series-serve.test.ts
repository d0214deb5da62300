// A push to refs/for/ as a contributor and an operator know it: the hooks by the command, the server as a process, and its relay.
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { startMailServer } from '../answer/mail-server.ts'
import { Bare } from '../ci/bare.ts'
import { Keys } from '../ci/keys.ts'
import { until } from '../ingest/until.ts'
import { Instance } from './instance.ts'

test('a pushed series leaves by the relay, and not once more when the server was killed', async () => {
  const instance = await Instance.open({ roles: 'web,ci,worker' })
  onTestFinished(() => instance.close())
  const keys = new Keys()
  onTestFinished(() => keys.remove())
  const relay = await startMailServer()
  onTestFinished(() => relay.close())
  const bare = new Bare()
  writeFileSync(
    instance.at('threadwork.toml'),
    `relay = "smtp://127.0.0.1:${relay.port}"
[ci]
policy = "ci-policy.toml"
runners = 0
[outgoing]
address = "threadwork@lists.example.org"
[[lists]]
name = "demo"
address = "demo@lists.example.org"
`,
  )
  writeFileSync(
    instance.at('ci-policy.toml'),
    `[[repository]]
name = "tarn"
path = "${bare.path}"
[[signer]]
name = "Ada"
address = "ada@lists.example.org"
ssh = "${keys.ssh('ada')}"
[[patches]]
list = "demo"
repository = "tarn"
push = ["push-certificate"]
`,
  )
  expect(await instance.command('hook', 'install', '--series', bare.path)).toContain('proc-receive beside it')
  bare.commit('root')
  bare.push('main')
  bare.commit('one')
  await instance.start()
  expect(await pushSigned(bare, keys)).toContain('v1 of x: 1 mail to demo@lists.example.org')
  // Killed between the relay's 250 and our note of it, a server sends the same mail again (test/owed).
  await until(async () => {
    const rows = await instance.db.selectFrom('outbox').select('state').execute()
    return rows.length > 0 && rows.every(({ state }) => state === 'sent')
  })
  instance.serve?.kill('SIGKILL')
  await instance.start()
  expect(await pushSigned(bare, keys)).toContain('v1 of x is known')
  expect(relay.mails).toHaveLength(1)
  expect(relay.mails[0]).toMatchObject({ to: ['demo@lists.example.org'] })
  expect(relay.mails[0]?.text).toContain('From: Ada <ada@lists.example.org>')
}, 120_000)

async function pushSigned(bare: Bare, keys: Keys): Promise<string> {
  const to = ['origin', 'HEAD:refs/for/main', '-o', 'topic=x']
  const words = ['-C', bare.clone, ...keys.sshWords('ada'), 'push', '--signed', ...to]
  const child = spawn('git', words, { env: bare.env as NodeJS.ProcessEnv })
  let said = ''
  child.stderr.on('data', chunk => {
    said += chunk
  })
  await new Promise(resolve => child.on('close', resolve))
  return said
}
