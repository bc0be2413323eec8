/** The disk under the patterns: which files there are, where symbolic links lead, and what files say. */
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  statSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import type { Problem } from '../particle.ts'
import { inQuotes } from './words.ts'

export const MANIFEST = /\.(ya?ml|json)$/i

const LARGEST = 1024 * 1024
// Links inside a folder can make a few files look like very many.
const ENTRIES = 100_000
// Links that lead to links; the system itself follows no more.
const HOPS = 40

/** Git's own folder, also as disks that ignore case, or keep short names, let it be called. */
const isGit = (name: string): boolean => /^(\.git|git~\d+)[ .]*$/i.test(name)

const isSkipped = (name: string): boolean => name === 'node_modules' || isGit(name)

/** Whether a path goes through git's own folder. */
export const leadsIntoGit = (path: string): boolean => path.split(/[\\/]/).some(isGit)

/** In a log such a name could pass for lines of its own. */
export const isOneLine = (name: string): boolean => !/[\p{Cc}\u2028\u2029]/u.test(name)

export const slashed = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'))

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(folder + sep)

export interface FoundFile {
  /** Relative to the directory. */
  readonly path: string
  readonly real: string
}

/**
 * The first symbolic link on the way down from a folder, and in quotes where it leads, links that it leads to included;
 * undefined without one.
 */
export function linkOnTheWay(
  from: string,
  path: string,
): { readonly link: string; readonly target: string } | undefined {
  const steps = path.split(/[\\/]/)
  for (let end = 1; end <= steps.length; end++) {
    const link = steps.slice(0, end).join('/')
    const targets: string[] = []
    for (let at = join(from, link); targets.length < HOPS && isLink(at); ) {
      const target = readlinkSync(at)
      targets.push(inQuotes(target))
      at = resolve(dirname(at), target)
    }
    if (targets.length > 0) return { link, target: targets.slice(0, 5).join(', and that to ') }
  }
  return undefined
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true

export interface SearchSettings {
  /** The working directory, by its real path. */
  readonly directory: string
  readonly workspace: string
  /** The folders that the patterns name, relative to the directory. A link that leaves them is refused. */
  readonly folders: readonly string[]
  /** What the patterns exclude, with what is below it. Nobody asks where such a link leads. */
  readonly excludes: (path: string) => boolean
}

/** Finds the files at or below a path. What is no regular file below the folders is a problem, said once. */
export function walkerOf({ directory, workspace, folders, excludes }: SearchSettings, problems: Problem[]) {
  const roots = folders.map(folder => join(directory, folder))
  const said = new Set<string>()
  let left = ENTRIES

  function refuse(path: string, message: string): void {
    if (said.has(path)) return
    said.add(path)
    const file = slashed(relative(workspace, join(directory, path)))
    if (isOneLine(file)) problems.push({ place: { file, line: 1, column: 1 }, message })
    else problems.push({ message: `manifests: ${inQuotes(file)}: ${message}` })
  }

  function refuseLink(path: string, why: string): undefined {
    const { link, target } = linkOnTheWay(directory, path) ?? { link: path, target: 'something else' }
    refuse(link, `the symbolic link leads to ${target}, ${why}`)
  }

  /** Real path of what is below the folders, where the walk could have found it without a link. */
  function follow(path: string, dots: boolean): string | undefined {
    let real: string
    try {
      real = realpathSync(join(directory, path))
    } catch {
      return refuseLink(path, 'where nothing can be read; correct or remove it')
    }
    const holding = roots.filter(root => isBelow(real, root))
    if (holding.length === 0) {
      const named = folders.map(folder => (folder === '.' ? 'the working directory' : inQuotes(folder))).join(', ')
      return refuseLink(path, `which is not below ${named}; put there what it leads to, or exclude the link`)
    }
    const hides = (name: string) => isSkipped(name) || (!dots && name.startsWith('.'))
    if (holding.every(root => relative(root, real).split(sep).some(hides)) || leadsIntoGit(relative(workspace, real))) {
      return refuseLink(path, 'where no manifests are looked for; remove the link')
    }
    return real
  }

  function entriesOf(real: string, path: string) {
    try {
      // Disks list in an order of their own.
      return readdirSync(real, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
    } catch {
      problems.push({ message: `manifests: the folder ${inQuotes(path)} cannot be read; check its permissions` })
      return []
    }
  }

  /** `above` are the real folders around a path, so that a link to one of them ends there. */
  function* walk(
    path: string,
    dots: boolean,
    wanted: (path: string) => boolean,
    above: readonly string[],
  ): Generator<FoundFile> {
    const real = follow(path, dots)
    if (real === undefined) return
    const stat = statSync(real, { throwIfNoEntry: false })
    if (!stat?.isDirectory()) {
      if (!wanted(path)) return
      if (stat?.isFile() && MANIFEST.test(real)) yield { path, real }
      else if (linkOnTheWay(directory, path))
        refuseLink(path, `which is no ${stat?.isFile() ? 'manifest' : 'regular file'}; remove the link`)
      else refuse(path, NO_FILE)
      return
    }
    if (above.includes(real)) return
    for (const entry of entriesOf(real, path)) {
      if (left-- <= 0) {
        if (left === -1)
          problems.push({
            message: `manifests: more than ${ENTRIES} files to look through; name a folder that holds manifests only`,
          })
        return
      }
      const below = path === '.' ? entry.name : `${path}/${entry.name}`
      const named = MANIFEST.test(entry.name)
      if (entry.isFile()) {
        if (named) yield { path: below, real: join(real, entry.name) }
      } else if (isSkipped(entry.name) || (!dots && entry.name.startsWith('.') && !named)) {
        // Nobody means these.
      } else if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') || dots) yield* walk(below, dots, wanted, [...above, real])
      } else if (entry.isSymbolicLink()) {
        const isFolder = statSync(join(real, entry.name), { throwIfNoEntry: false })?.isDirectory() === true
        // A link to a folder may hold whatever a pattern wants; one to a file is meant by its own name or not at all.
        if (isFolder ? !excludes(below) && (dots || !entry.name.startsWith('.')) : named && wanted(below))
          yield* walk(below, dots, wanted, [...above, real])
      } else if (named && wanted(below)) refuse(below, NO_FILE)
    }
  }

  return (path: string, dots: boolean, wanted: (path: string) => boolean): Iterable<FoundFile> =>
    lstatSync(join(directory, path), { throwIfNoEntry: false }) ? walk(path, dots, wanted, []) : []
}

const NO_FILE = 'it is no regular file but a pipe, a socket or a device; remove it'

/**
 * The text of a file that was found by its real path. It is opened without following a link, and without waiting for
 * whoever writes into a pipe, and looked at again once it is open: what stands there may have changed since it was found.
 */
export function readText(real: string, wrong: (message: string) => void): string | undefined {
  let bytes: Uint8Array
  try {
    // Windows knows neither flag.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)
    const file = openSync(real, flags)
    try {
      if (!fstatSync(file).isFile() || realpathSync(real) !== real) {
        wrong('the file became something else while it was read; run it again')
        return undefined
      }
      const buffer = new Uint8Array(LARGEST + 1)
      let length = 0
      for (let more = -1; more !== 0 && length < buffer.length; length += more) {
        more = readSync(file, buffer, length, buffer.length - length, null)
      }
      bytes = buffer.subarray(0, length)
    } finally {
      closeSync(file)
    }
  } catch {
    wrong('the file cannot be read; check its permissions')
    return undefined
  }
  if (bytes.length > LARGEST) {
    wrong('the file is larger than 1 MiB; split it')
    return undefined
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    wrong('the file is not UTF-8; save it as UTF-8')
    return undefined
  }
}
