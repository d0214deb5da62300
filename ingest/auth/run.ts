// How a verifier calls a program: argument array, an environment of our own, what it reads on its standard input, and an
// end in sight.
import { spawn } from 'node:child_process'
import { limits } from '../../base/limits.ts'

/** What it printed. Rejects with its complaint when it ends with another code than 0. */
export function run(
  program: string,
  words: readonly string[],
  input: Buffer,
  directory: string,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, {
      cwd: directory,
      env: {
        PATH: process.env.PATH,
        LC_ALL: 'C',
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CEILING_DIRECTORIES: directory,
      },
      timeout: limits.programMillisecondsMax,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const output: Buffer[] = []
    let said = ''
    child.stdout.on('data', chunk => output.push(chunk))
    child.stderr.on('data', chunk => {
      said = `${said}${chunk}`.slice(0, 1_000)
    })
    // A program that refuses early does not read to the end; its complaint says why.
    child.stdin.on('error', () => {})
    child.on('error', reject)
    child.on('close', code => {
      if (code === 0) resolve(Buffer.concat(output))
      else reject(new Error(said.trim().split('\n')[0] || `${program} ended with ${code}`))
    })
    child.stdin.end(input)
  })
}
