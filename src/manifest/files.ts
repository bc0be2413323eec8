import { lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import picomatch from 'picomatch'
import type { Problem } from '../particle.ts'
import { inQuotes } from './words.ts'

/** A manifest's text. `file` is relative to the workspace, with forward slashes. */
export interface ManifestText {
  readonly file: string
  readonly text: string
}

const LARGEST = 1024 * 1024
const MANIFEST = /\.(ya?ml|json)$/i
const SKIPPED = new Set(['node_modules', '.git'])
// Links inside a folder can make a few files look like very many.
const ENTRIES = 100_000

/**
 * Finds and reads manifests: the only place where this room touches the disk.
 *
 * Patterns are globs, one each, relative to `directory`; `!` excludes; a folder means every manifest in it at any
 * depth. As for a shell, a name that begins with a dot is found only by a pattern that names the dot. Links out of
 * `workspace` are refused: a pull request could publish another file of the machine by them.
 */
export function findManifests(
  patterns: readonly string[],
  directory: string,
  workspace = directory,
): { texts: ManifestText[]; problems: Problem[] } {
  const problems: Problem[] = []
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    const folder = inQuotes(slashed(relative(workspace, directory)) || directory)
    return { texts: [], problems: [{ message: `working-directory: there is no folder ${folder}; correct it` }] }
  }
  const given = patterns.map(pattern => pattern.trim()).filter(pattern => pattern !== '')
  const wanted = given.filter(pattern => !pattern.startsWith('!'))
  const excluded = given
    .filter(pattern => pattern.startsWith('!'))
    .map(pattern => matcher(normal(pattern.slice(1)), directory))
  const walk = walkerOf(directory, workspace, problems)
  // By real path, so that a file and the links to it are one manifest.
  const found = new Map<string, string>()
  const fruitless: string[] = []
  for (const pattern of wanted) {
    const wrong = (message: string) => problems.push({ message: `manifests: ${inQuotes(pattern)} ${message}` })
    const path = normal(pattern)
    if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.split('/').includes('..')) {
      wrong('leads out of the working directory; write a path below it, or set working-directory')
      continue
    }
    const matches = matcher(path, directory)
    const { base, isGlob } = picomatch.scan(path)
    const before = problems.length
    let fruits = 0
    for (const file of walk(isGlob ? base : path, namesDots(path))) {
      if (!matches(file.path)) continue
      fruits++
      // In a log such a name could pass for lines of its own.
      if (/[\p{Cc}\u2028\u2029]/u.test(file.path)) {
        wrong(`finds the file ${inQuotes(file.path)}, whose name is not of one line; rename it`)
        continue
      }
      if (excluded.some(matches => matches(file.path))) continue
      const known = found.get(file.real)
      if (known === undefined || file.path < known) found.set(file.real, file.path)
    }
    // A link that is refused has been spoken of.
    if (fruits === 0 && problems.length === before) fruitless.push(pattern)
  }
  const texts: ManifestText[] = []
  for (const [real, path] of [...found].sort(([, a], [, b]) => (a < b ? -1 : 1))) {
    const file = slashed(relative(workspace, join(directory, path)))
    const text = readText(real, message => problems.push({ place: { file, line: 1, column: 1 }, message }))
    if (text !== undefined) texts.push({ file, text })
  }
  if (found.size > 0 || problems.length > 0) {
    for (const pattern of fruitless) {
      problems.push({
        message: `manifests: no .yml, .yaml or .json file matches ${inQuotes(pattern)}; correct the pattern or remove it`,
      })
    }
  } else {
    const by = wanted.map(inQuotes).join(', ') || 'the patterns, which only exclude'
    const where = slashed(relative(workspace, directory)) || 'the workspace'
    problems.push({
      message: `manifests: no manifest found by ${by} in ${where}; add a .yml, .yaml or .json file there, or set manifests or working-directory`,
    })
  }
  return { texts, problems }
}

const slashed = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'))

/** Without `./` in front, doubled slashes and a slash at the end. */
const normal = (pattern: string): string => {
  const path = pattern.replace(/\/{2,}/g, '/').replace(/^(\.\/)+/, '')
  return (path.length > 1 ? path.replace(/\/$/, '') : path) || '.'
}

const namesDots = (path: string): boolean => /(^|\/)\.[^/]/.test(path)

/** Whether a path is what a pattern means: a glob, a folder or one file. */
function matcher(pattern: string, directory: string): (path: string) => boolean {
  if (picomatch.scan(pattern).isGlob) {
    const matches = picomatch(pattern)
    return path => MANIFEST.test(path) && matches(path)
  }
  if (pattern === '.') return path => MANIFEST.test(path) && !namesDots(path)
  const isFolder = statSync(join(directory, pattern), { throwIfNoEntry: false })?.isDirectory()
  if (!isFolder) return path => path === pattern && MANIFEST.test(path)
  const below = `${pattern}/`
  return path => path.startsWith(below) && MANIFEST.test(path) && !namesDots(path.slice(below.length))
}

interface Found {
  /** Relative to the directory. */
  readonly path: string
  readonly real: string
}

function walkerOf(directory: string, workspace: string, problems: Problem[]) {
  const inside = realpathSync(workspace)
  const said = new Set<string>()
  let left = ENTRIES

  /** Real path of a link that stays in the workspace. */
  function follow(path: string): string | undefined {
    const wrong = (message: string) => {
      if (said.has(path)) return
      said.add(path)
      const file = slashed(relative(workspace, join(directory, path)))
      problems.push({ place: { file, line: 1, column: 1 }, message })
    }
    try {
      const real = realpathSync(join(directory, path))
      if (real === inside || real.startsWith(inside + sep)) return real
      wrong('the symbolic link leads out of the workspace; put the file itself there')
    } catch {
      wrong('the symbolic link leads nowhere; correct or remove it')
    }
    return undefined
  }

  function entriesOf(real: string, path: string) {
    try {
      return readdirSync(real, { withFileTypes: true })
    } catch {
      problems.push({ message: `manifests: the folder ${inQuotes(path)} cannot be read; check its permissions` })
      return []
    }
  }

  /** Every file at or below a path. `above` are the real folders around it, so that a link to one of them ends there. */
  function* walk(path: string, dots: boolean, above: readonly string[]): Generator<Found> {
    const real = follow(path)
    if (real === undefined) return
    const stat = statSync(real, { throwIfNoEntry: false })
    if (stat?.isFile()) yield { path, real }
    if (!stat?.isDirectory() || above.includes(real)) return
    for (const entry of entriesOf(real, path)) {
      if (left-- <= 0) {
        if (left === -1)
          problems.push({
            message: `manifests: more than ${ENTRIES} files to look through; name a folder that holds manifests only`,
          })
        return
      }
      const below = path === '.' ? entry.name : `${path}/${entry.name}`
      if (entry.isFile()) {
        if (MANIFEST.test(entry.name)) yield { path: below, real: join(real, entry.name) }
      } else if (SKIPPED.has(entry.name) || (!dots && entry.name.startsWith('.'))) {
        // Nobody means these.
      } else if (entry.isDirectory() || (entry.isSymbolicLink() && mayMatter(real, entry.name))) {
        yield* walk(below, dots, [...above, real])
      }
    }
  }

  return (path: string, dots: boolean): Iterable<Found> => {
    const exists = lstatSync(join(directory, path || '.'), { throwIfNoEntry: false })
    return exists ? walk(path || '.', dots, []) : []
  }
}

/** A link to a folder or to a manifest. One to anything else is nobody's business. */
function mayMatter(folder: string, name: string): boolean {
  return MANIFEST.test(name) || statSync(join(folder, name), { throwIfNoEntry: false })?.isDirectory() === true
}

function readText(path: string, wrong: (message: string) => void): string | undefined {
  let bytes: Uint8Array
  try {
    if (statSync(path).size > LARGEST) {
      wrong('the file is larger than 1 MiB; split it')
      return undefined
    }
    bytes = readFileSync(path)
  } catch {
    wrong('the file cannot be read; check its permissions')
    return undefined
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    wrong('the file is not UTF-8; save it as UTF-8')
    return undefined
  }
}

/**
 * Whether the patterns choose a file, named relative to the workspace: also one that is not there any more, so that
 * what was declared earlier can be told.
 */
export function choosesManifest(
  patterns: readonly string[],
  directory: string,
  workspace = directory,
): (file: string) => boolean {
  const given = patterns.map(pattern => pattern.trim()).filter(pattern => pattern !== '')
  const choose = (pattern: string): ((path: string) => boolean) => {
    const matches = matcher(pattern, directory)
    // A folder that is gone cannot be asked whether it is one.
    return path => matches(path) || (MANIFEST.test(path) && path.startsWith(`${pattern}/`))
  }
  const wanted = given.filter(pattern => !pattern.startsWith('!')).map(pattern => choose(normal(pattern)))
  const excluded = given.filter(pattern => pattern.startsWith('!')).map(pattern => choose(normal(pattern.slice(1))))
  const above = slashed(relative(workspace, directory))
  return file => {
    if (above && !file.startsWith(`${above}/`)) return false
    const path = above ? file.slice(above.length + 1) : file
    return wanted.some(matches => matches(path)) && !excluded.some(matches => matches(path))
  }
}
