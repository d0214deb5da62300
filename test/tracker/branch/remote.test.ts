// A repository on another machine: the real git daemon on loopback, fetched into a mirror.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, expect, test, vi } from 'vitest'
import { boundedGit } from '../../../base/git.ts'
import { contents } from '../../../commands/doctor/contents.ts'
import { repositories } from '../../../commands/doctor/repositories.ts'
import { freePort } from '../../free-port.ts'
import { lines, Project } from './project.ts'

vi.setConfig({ testTimeout: 120_000 })

let project: Project
let daemon: ChildProcess | undefined
afterEach(async () => {
  if (daemon?.pid) {
    const ended = once(daemon, 'exit')
    process.kill(-daemon.pid)
    await ended
    daemon = undefined
  }
  await project.end()
})

/** Serves the project; answers its address. */
async function serveProject(): Promise<string> {
  const port = await freePort()
  const words = [
    'daemon',
    '--verbose',
    '--listen=127.0.0.1',
    `--port=${port}`,
    '--export-all',
    `--base-path=${project.dir}`,
  ]
  daemon = spawn('git', words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: {
      ...process.env,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
    },
  })
  if (!daemon.stderr) throw new Error('The daemon has no output')
  for await (const line of createInterface({ input: daemon.stderr }))
    if (line.includes('Ready to rumble')) break
  return `git://127.0.0.1:${port}/tarn`
}

test('it is mirrored with its branches and tags, pruned, and its own branch is followed', async () => {
  project = await Project.start()
  project.git('tag', '-a', '-m', 'one', 'v1')
  project.git('branch', 'old')
  const repository = await serveProject()
  await project.configure({ repository })
  project.topicBranch('work', [{ title: 'wal: sum', files: { 'wal.c': lines(1, 40, { 7: 'long sum;' }) } }])
  const [mail] = project.send('main..work')
  await project.receive(mail?.bytes ?? '')
  project.git('am', '-q', mail?.file ?? '')
  project.file('.mailmap', 'Ines <ines@example.com> <ines@example.org>\n')
  project.git('add', '.')
  project.commit('mailmap')
  expect(await project.follow()).toBeNull()
  expect(await project.patch(mail?.id ?? '')).toMatchObject({
    state: 'accepted',
    author: { address: 'ines@example.com' },
  })

  project.git('tag', '-f', '-a', '-m', 'two', 'v1')
  project.git('branch', '-q', '-D', 'old')
  project.git('checkout', '-q', '-b', 'trunk')
  project.commit('on the trunk')
  expect(await project.follow()).toBeNull()
  expect((await project.patch(mail?.id ?? '')).landed).toMatchObject([{ branch: 'trunk', release: 'v1' }])
  const [mirror = ''] = readdirSync(join(project.dir, 'mirrors'))
  const branches = await boundedGit(join(project.dir, 'mirrors', mirror), ['branch', '--list'], {
    secondsMax: 60,
  })
  expect(branches.split(/[\s*]+/).filter(Boolean)).toEqual(['main', 'trunk', 'work'])
  expect(
    await repositories([{ name: 'tarn', repository, branches: [], maintainers: null } as never], project.dir),
  ).toMatchObject([{ well: true }])
})

test('one that does not answer is told by doctor, with what to do, and its landings stay', async () => {
  project = await Project.start()
  expect(await project.follow()).toBeNull()
  const repository = `git://127.0.0.1:${await freePort()}/tarn`
  await project.configure({ repository })
  expect(await project.follow()).toMatch(/unable to connect|Connection refused/)
  expect(
    await repositories([{ name: 'tarn', repository, branches: [], maintainers: null } as never], project.dir),
  ).toMatchObject([
    { well: false, what: 'repository of tarn', mend: expect.stringContaining('correct repository') },
  ])
  const findings = await contents(project.db)
  expect(findings.find(({ what }) => what === 'followed for tarn')).toMatchObject({ well: false })
  expect(await project.db.selectFrom('branch').select('name').execute()).toHaveLength(1)
})

test('a git beyond its bounds is stopped, with its helpers', async () => {
  project = await Project.start()
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const url = `git://127.0.0.1:${port}/tarn`
  const ask = (bounds: Parameters<typeof boundedGit>[2]) =>
    boundedGit(project.repository, ['ls-remote', '--end-of-options', url], { network: true, ...bounds })
  await expect(ask({ secondsMax: 1 })).rejects.toThrow('git was stopped: it took more than 1 s')
  await expect(ask({ secondsMax: 60, excess: () => 'enough' })).rejects.toThrow('git was stopped: enough')
  // Without leave it asks nobody.
  await expect(boundedGit(project.repository, ['ls-remote', url], { secondsMax: 60 })).rejects.toThrow(
    /not allowed/,
  )
  silent.close()
})
