// The program itself over an archive: `import` of an mbox, then `serve`, in a directory of its own.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { cpuOf, cpuOfTree } from '../bench/cpu.ts'
import { nodeWords } from '../node-words.ts'

export interface OurServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** What a command of the program prints, at the same data. */
  command(...words: string[]): Promise<string>
  /** CPU milliseconds that it and its database have used. */
  cpu(): number
  close(): Promise<void>
}

/** `directory` must be open to the account that the database runs under; `more` of the list's settings. */
export async function startOurs(
  directory: string,
  list: string,
  mbox: string,
  more = '',
): Promise<OurServer> {
  const config = join(directory, 'threadwork.toml')
  writeFileSync(config, `[[lists]]\nname = "${list}"\naddress = "${list}@lists.example.org"\n${more}`)
  const at = ['--config', config, '--data', join(directory, 'data')]
  const command = async (name: string, ...words: string[]) =>
    (await promisify(execFile)(process.execPath, [...nodeWords(), name, ...words, ...at])).stdout
  await command('import', '--list', list, mbox)
  const words = [...nodeWords(), 'serve', ...at, '--only', 'web,worker', '--web', '127.0.0.1:0']
  const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] })
  const url = await addressOf(child)
  const pidFile = readFileSync(join(directory, 'data', 'postgres', 'postmaster.pid'), 'utf8')
  const cpu = () => cpuOf(child.pid ?? 0) + cpuOfTree(Number(pidFile.split('\n')[0]))
  return { url, command, cpu, close: () => ended(child) }
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('The server has no output')
  for await (const line of createInterface({ input: child.stdout })) {
    const address = /^ready .*\bweb=(\S+)/.exec(line)?.[1]
    if (address) return `http://${address.replace(/^https?:\/\//, '').replace(/\/$/, '')}`
  }
  throw new Error('The server ended before it was ready')
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}
