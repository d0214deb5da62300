// Builds dist/ for the npm package: Node strips no types under node_modules, so the package holds JavaScript, and
// beside it every file that the program reads when it runs.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, globSync, rmSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')

rmSync(dist, { recursive: true, force: true })
execFileSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' })
for (const file of globSync('{base,sql,ingest,tracker,web,ci}/**/*.{sql,css,mbox}', { cwd: root })) {
  cpSync(join(root, file), join(dist, file))
}
chmodSync(join(dist, 'bin.js'), 0o755)
