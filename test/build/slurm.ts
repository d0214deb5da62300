// Slurm with two nodes on this machine, as its own programs make it: munged, slurmctld and two slurmd, each in a directory
// of this test and at free ports. Needs root: apt-get install slurmctld slurmd munge.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '../free-port.ts'
import { until } from '../ingest/until.ts'

export class Slurm {
  private readonly directory = mkdtempSync(join(tmpdir(), 'threadwork-slurm-'))
  private readonly processes: ChildProcess[] = []

  static async open(): Promise<Slurm> {
    const slurm = new Slurm()
    try {
      await slurm.start()
    } catch (error) {
      await slurm.close()
      throw error
    }
    return slurm
  }

  /** In front of a command line. */
  readonly launcher = [
    'env',
    `SLURM_CONF=${this.at('slurm.conf')}`,
    'srun',
    '--quiet',
    '--ntasks=1',
    '--unbuffered',
  ]

  /** Jobs that run or wait. */
  jobs(): string[] {
    return this.ask('squeue', '--noheader', '--format=%i %T').split('\n').filter(Boolean)
  }

  /** The nodes of the jobs that have ended, in that order. */
  nodes(): string[] {
    return [...readFileSync(this.at('jobs'), 'utf8').matchAll(/NodeList=(\S+)/g)].map(([, node = '']) => node)
  }

  async close(): Promise<void> {
    for (const child of this.processes.toReversed()) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGTERM')
        const timer = setTimeout(() => child.kill('SIGKILL'), 5_000)
        await once(child, 'exit')
        clearTimeout(timer)
      }
    }
    rmSync(this.directory, { recursive: true, force: true })
  }

  private at(name: string): string {
    return join(this.directory, name)
  }

  private ask(program: string, ...words: readonly string[]): string {
    const env = { ...process.env, SLURM_CONF: this.at('slurm.conf') }
    return execFileSync(program, words, { env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  }

  private async start(): Promise<void> {
    mkdirSync(this.at('munge'), { mode: 0o711 })
    chmodSync(this.directory, 0o755)
    writeFileSync(this.at('munge/key'), randomBytes(1_024), { mode: 0o400 })
    writeFileSync(this.at('slurm.conf'), await this.settings())
    writeFileSync(this.at('jobs'), '')
    const munge = Object.entries({
      'key-file': 'key',
      socket: 'socket',
      'pid-file': 'pid',
      'log-file': 'log',
      'seed-file': 'seed',
    })
    this.run(
      'munged',
      '--foreground',
      '--force',
      ...munge.map(([name, file]) => `--${name}=${this.at(`munge/${file}`)}`),
    )
    this.run('slurmctld', '-D', '-f', this.at('slurm.conf'))
    for (const node of ['n1', 'n2']) this.run('slurmd', '-D', '-N', node, '-f', this.at('slurm.conf'))
    await until(async () => this.idle())
  }

  private idle(): boolean {
    try {
      return this.ask('sinfo', '--noheader', '--format=%D %T').split('\n').includes('2 idle')
    } catch {
      return false
    }
  }

  private run(program: string, ...words: readonly string[]): void {
    const child = spawn(program, words, { stdio: 'ignore' })
    child.on('error', error =>
      console.error(`${program}: ${error.message}; apt-get install slurmctld slurmd munge`),
    )
    this.processes.push(child)
  }

  private async settings(): Promise<string> {
    const host = hostname().split('.')[0]
    const [ctld, one, two] = [await freePort(), await freePort(), await freePort()]
    const files = [
      'StateSaveLocation=state',
      'SlurmctldPidFile=slurmctld.pid',
      'SlurmctldLogFile=slurmctld.log',
    ]
    const nodeFiles = [
      'SlurmdSpoolDir=spool-%n',
      'SlurmdPidFile=slurmd-%n.pid',
      'SlurmdLogFile=slurmd-%n.log',
    ]
    const places = [...files, ...nodeFiles].map(line => line.replace('=', `=${this.directory}/`))
    mkdirSync(this.at('state'))
    return [
      'ClusterName=test',
      `SlurmctldHost=${host}(127.0.0.1)`,
      `SlurmctldPort=${ctld}`,
      'SlurmUser=root',
      'SlurmdUser=root',
      'AuthType=auth/munge',
      `AuthInfo=socket=${this.at('munge/socket')}`,
      ...places,
      'ProctrackType=proctrack/pgid',
      'TaskPlugin=task/none',
      'SelectType=select/cons_tres',
      'SelectTypeParameters=CR_CPU',
      'JobCompType=jobcomp/filetxt',
      `JobCompLoc=${this.at('jobs')}`,
      'MpiDefault=none',
      'KillWait=5',
      `NodeName=n1 NodeHostname=${host} NodeAddr=127.0.0.1 Port=${one} CPUs=2`,
      `NodeName=n2 NodeHostname=${host} NodeAddr=127.0.0.1 Port=${two} CPUs=2`,
      'PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP',
      '',
    ].join('\n')
  }
}
