/** The bundle that tests run as a process. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** Everything that dist/index.js is made from. */
const sources = [
  'src',
  'package-lock.json',
  'tsconfig.json',
  'script/build',
  'script/bundle.ts',
  'script/crypto.js',
  'script/https.js',
]

/**
 * The bundle to test: dist/index.js, or one built aside when the sources have changed since that was committed. Never dist/
 * itself, or a stale bundle that was committed would mend itself here and pass.
 */
export function bundle(): string {
  chosen ??= choose()
  return chosen
}

let chosen: string | undefined

function choose(): string {
  if (isOfItsCommit(root)) return join(root, 'dist/index.js')
  const hash = createHash('sha256')
  for (const file of sources.flatMap(files)) hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  return built(join(root, 'node_modules/.cache/ecs-particles', hash.digest('hex').slice(0, 16)))
}

/**
 * Whether a checkout's dist/ and sources are both as in the commit that changed dist/ last. Git answers by content: the dates of
 * files only say when they were checked out. False where there is no Git to ask.
 */
export function isOfItsCommit(checkout: string): boolean {
  const git = (...given: string[]) => {
    const { status, stdout } = spawnSync('git', given, { cwd: checkout, encoding: 'utf8' })
    return status === 0 ? stdout.trim() : undefined
  }
  const commit = git('log', '-1', '--format=%H', '--', 'dist')
  if (!commit || git('diff', '--quiet', commit, '--', 'dist', ...sources) === undefined) return false
  return git('ls-files', '--others', '--', 'dist', ...sources) === ''
}

/** The files of a folder, or the file of that name. */
function files(name: string): string[] {
  const path = join(root, name)
  if (statSync(path).isFile()) return [name]
  const found = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return found
    .filter(file => file.endsWith('.ts'))
    .map(file => join(name, file))
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
      if (status !== 0)
        throw new Error(
          `the sources have changed since dist/ was committed, and script/build failed:\n${stdout}${stderr}`,
        )
      renameSync(`${folder}.new`, folder)
    } finally {
      rmdirSync(lock)
    }
  }
  return bundle
}
