// A program that is asked something: how it ended is an answer, too.
import { spawn } from 'node:child_process'

export interface Answer {
  /** Null when a signal ended it. */
  readonly code: number | null
  readonly out: Buffer
  /** Its standard error. */
  readonly said: string
}

export interface Asked {
  /** All of its environment. */
  readonly env: NodeJS.ProcessEnv
  readonly input?: Buffer
  readonly secondsMax: number
  /** Of what it prints; beyond it is killed. */
  readonly bytesMax: number
}

/** Rejects when it cannot be started, takes too long or prints too much. */
export function askProgram(program: string, words: readonly string[], asked: Asked): Promise<Answer> {
  const { env, input = Buffer.alloc(0), secondsMax, bytesMax } = asked
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const out: Buffer[] = []
    let size = 0
    let said = ''
    const stop = (why: string): void => {
      child.kill('SIGKILL')
      reject(new Error(`${program} was stopped: ${why}`))
    }
    const timer = setTimeout(() => stop(`it took more than ${secondsMax} s`), secondsMax * 1_000)
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      out.push(chunk)
      if (size > bytesMax) stop(`it printed more than ${bytesMax} bytes`)
    })
    child.stderr.on('data', chunk => {
      said = `${said}${chunk}`.slice(0, saidCharactersMax)
    })
    // Who refuses early does not read to the end; how it ended says why.
    child.stdin.on('error', () => {})
    child.on('error', reject)
    child.on('close', code => {
      clearTimeout(timer)
      resolve({ code, out: Buffer.concat(out), said })
    })
    child.stdin.end(input)
  })
}

const saidCharactersMax = 20_000
