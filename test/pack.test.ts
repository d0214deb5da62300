// The package as a user gets it: packed, installed into an empty directory, started, looked at, ended.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const directory = mkdtempSync(join(tmpdir(), 'threadwork-pack-'))
// Open to the account that the database runs under when root runs the tests.
chmodSync(directory, 0o711)
afterAll(() => rmSync(directory, { recursive: true, force: true }))

test('the packed package, installed elsewhere, serves its pages and ends on SIGTERM', async () => {
  const tarball =
    npm(root, 'pack', '--silent', '--pack-destination', directory).trim().split('\n').at(-1) ?? ''
  const home = join(directory, 'home')
  mkdirSync(home)
  writeFileSync(join(home, 'package.json'), '{"private": true}')
  npm(home, 'install', '--prefer-offline', '--no-audit', '--no-fund', join(directory, tarball))
  const installed = join(home, 'node_modules', 'threadwork')
  const files = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  expect(files.filter(file => /\.ts$|^(?:dist\/)?(?:test|fixtures|tools)\//.test(file))).toEqual([])
  expect(existsSync(join(home, 'node_modules', '.bin', 'threadwork'))).toBe(true)

  const options = ['--smtp', '127.0.0.1:0', '--web', '127.0.0.1:0', '--data', join(directory, 'data')]
  const server = spawn(process.execPath, [join(installed, 'dist', 'bin.js'), 'serve', ...options], {
    cwd: home,
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = once(server, 'exit')
  try {
    const page = await fetch(await readyAddress(server.stdout))
    const html = await page.text()
    expect(page.status).toBe(200)
    expect(html).toContain('demo')
    const style = /href="([^"]+\.css)"/.exec(html)?.[1]
    const css = await fetch(new URL(style ?? 'missing', page.url))
    expect(css.headers.get('content-type')).toContain('text/css')
    expect((await css.text()).length).toBeGreaterThan(1_000)
  } finally {
    server.kill('SIGTERM')
  }
  expect(await exit).toEqual([0, null])
}, 240_000)

/** npm runs the build on the Node of this checkout; the installed package is started on ours. */
function npm(cwd: string, ...args: string[]): string {
  return execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

async function readyAddress(output: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: output })) {
    const address = /^ready .*web=(\S+)/.exec(line)?.[1]
    if (address !== undefined) return address
  }
  throw new Error('The server ended before it was ready')
}
