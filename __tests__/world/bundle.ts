/** The bundle that tests run as a process. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** A checkout writes its files within seconds of each other, in any order. */
const oneCheckout = 10_000

/**
 * The bundle to test: dist/index.js, or one built aside when the sources are newer than that. Never dist/ itself, or a
 * stale bundle that was committed would mend itself here and pass.
 */
export function bundle(): string {
  chosen ??= choose()
  return chosen
}

let chosen: string | undefined

function choose(): string {
  const committed = join(root, 'dist/index.js')
  const sources = [...files('src'), ...['package-lock.json', 'tsconfig.json', 'script/build', 'script/bundle.ts']]
  const newest = Math.max(...sources.map(file => statSync(join(root, file)).mtimeMs))
  if (existsSync(committed) && statSync(committed).mtimeMs + oneCheckout > newest) return committed
  const hash = createHash('sha256')
  for (const file of sources) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return built(join(root, 'node_modules/.cache/ecs-particles', hash.digest('hex').slice(0, 16)))
}

function files(folder: string): string[] {
  const found = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
  return found
    .filter(file => file.endsWith('.ts'))
    .map(file => join(folder, file))
    .sort()
}

/** Test files run side by side: the first builds, the others wait. */
function built(folder: string): string {
  const bundle = join(folder, 'index.js')
  const lock = `${folder}.lock`
  mkdirSync(dirname(folder), { recursive: true })
  // A bundle for every edit would fill the disk; one that is in use was built a moment ago.
  for (const name of readdirSync(dirname(folder))) {
    const old = join(dirname(folder), name)
    if (old !== folder && (statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < Date.now() - 3_600_000)
      rmSync(old, { recursive: true, force: true })
  }
  for (let waited = 0; !existsSync(bundle); waited++) {
    try {
      mkdirSync(lock)
    } catch {
      if (waited > 180) throw new Error(`${lock} was left behind: remove it`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000)
      continue
    }
    try {
      const { status, stderr, stdout } = spawnSync(join(root, 'script/build'), [`${folder}.new`], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`the bundle is older than src, and script/build failed:\n${stdout}${stderr}`)
      renameSync(`${folder}.new`, folder)
    } finally {
      rmdirSync(lock)
    }
  }
  return bundle
}
