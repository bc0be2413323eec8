/** The disk under the patterns: files, targets of symbolic links, and texts. */
import {
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { compareText } from '../order.ts'
import type { Problem } from '../particle.ts'
import { inQuotes } from './words.ts'

/** Names of files that are manifests. */
export const MANIFEST = /\.(ya?ml|json)$/i

const LARGEST = 1024 * 1024
// Links inside a folder can make a few files appear under very many names.
const ENTRIES = 100_000
// Links that lead to links; the system itself follows no more.
const HOPS = 40

/** Git's own folder, also as disks that ignore case, or keep short names, let it be called. */
const isGit = (name: string): boolean => /^(\.git|git~\d+)[ .]*$/i.test(name)

/** Whether the search enters no folder of this name: git's own, and what npm installs. */
export const isSkipped = (name: string): boolean => name === 'node_modules' || isGit(name)

/** Whether a path goes through git's own folder. */
export const leadsIntoGit = (path: string): boolean => path.split(/[\\/]/).some(isGit)

/** In a log such a name could pass for several lines. */
export const isOneLine = (name: string): boolean => !/[\p{Cc}\u2028\u2029]/u.test(name)

/** The path with forward slashes, on Windows too. */
export const slashed = (path: string): string => (sep === '/' ? path : path.replaceAll(sep, '/'))

const isBelow = (path: string, folder: string): boolean => path === folder || path.startsWith(folder + sep)

/** A manifest on disk. */
interface FoundFile {
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
  const names = path.split(/[\\/]/)
  for (let end = 1; end <= names.length; end++) {
    const link = names.slice(0, end).join('/')
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

/** Facts about a path; undefined for one that leads nowhere, be it through a file or by a link to itself. */
function statsOf(path: string, look: (path: string) => Stats): Stats | undefined {
  try {
    return look(path)
  } catch {
    return undefined
  }
}

const isLink = (path: string): boolean => statsOf(path, lstatSync)?.isSymbolicLink() === true

/** Whether a path leads to a folder. */
export const isFolder = (path: string): boolean => statsOf(path, statSync)?.isDirectory() === true

/** Folders, and limits of the search for manifests. */
interface SearchSettings {
  /** The working directory, by its real path. */
  readonly directory: string
  readonly workspace: string
  /** The folders that the patterns name, relative to the directory. A link that leaves them is refused. */
  readonly folders: readonly string[]
  /** Whether the patterns exclude a file. */
  readonly isExcluded: (path: string) => boolean
}

/** The search of one pattern. */
interface Search {
  /** The path where the search begins, relative to the directory. */
  readonly from: string
  /** Whether folders whose names begin with a dot are entered. */
  readonly dots: boolean
  /** Whether the pattern means a file. */
  readonly matches: (path: string) => boolean
}

/** Finds files at or below paths. Anything but a regular file below the folders is a problem, reported once. */
export class ManifestSearch {
  readonly #settings: SearchSettings
  readonly #roots: readonly string[]
  readonly #problems: Problem[]
  readonly #refused = new Set<string>()
  #left = ENTRIES

  constructor(settings: SearchSettings, problems: Problem[]) {
    this.#settings = settings
    this.#roots = settings.folders.map(folder => join(settings.directory, folder))
    this.#problems = problems
  }

  /** The files that a pattern means, excluded ones too. */
  find(search: Search): Iterable<FoundFile> {
    const exists = statsOf(join(this.#settings.directory, search.from), lstatSync)
    return exists ? this.#walk(search.from, search, []) : []
  }

  #isWanted(path: string, { matches }: Search): boolean {
    return matches(path) && !this.#settings.isExcluded(path)
  }

  #refuse(path: string, message: string): void {
    if (this.#refused.has(path)) return
    this.#refused.add(path)
    const { workspace, directory } = this.#settings
    const file = slashed(relative(workspace, join(directory, path)))
    if (isOneLine(file)) this.#problems.push({ place: { file, line: 1, column: 1 }, message })
    else this.#problems.push({ message: `manifests: ${inQuotes(file)}: ${message}` })
  }

  #refuseLink(path: string, why: string): undefined {
    const { link, target } = linkOnTheWay(this.#settings.directory, path) ?? { link: path, target: 'something else' }
    this.#refuse(link, `the symbolic link leads to ${target}, ${why}`)
  }

  /** Real path of a file below the folders, where the search could have found it without a link. */
  #follow(path: string, dots: boolean): string | undefined {
    const { directory, workspace, folders } = this.#settings
    let real: string
    try {
      real = realpathSync(join(directory, path))
    } catch {
      return this.#refuseLink(path, 'where nothing can be read; correct or remove it')
    }
    const holding = this.#roots.filter(root => isBelow(real, root))
    if (holding.length === 0) {
      const named = folders.map(folder => (folder === '.' ? 'the working directory' : inQuotes(folder))).join(', ')
      return this.#refuseLink(path, `which is not below ${named}; put there what it leads to, or exclude the link`)
    }
    const hides = (name: string) => isSkipped(name) || (!dots && name.startsWith('.'))
    if (holding.every(root => relative(root, real).split(sep).some(hides)) || leadsIntoGit(relative(workspace, real))) {
      return this.#refuseLink(path, 'where no manifests are looked for; remove the link')
    }
    return real
  }

  /** `above` are the real folders that contain a path, so that a link to one of them ends there. */
  *#walk(path: string, search: Search, above: readonly string[]): Generator<FoundFile> {
    const real = this.#follow(path, search.dots)
    if (real === undefined) return
    const stat = statsOf(real, statSync)
    if (!stat?.isDirectory()) {
      if (!this.#isWanted(path, search)) return
      if (stat?.isFile() && MANIFEST.test(real)) yield { path, real }
      else if (linkOnTheWay(this.#settings.directory, path))
        this.#refuseLink(path, `which is no ${stat?.isFile() ? 'manifest' : 'regular file'}; remove the link`)
      else this.#refuse(path, NO_FILE)
      return
    }
    if (above.includes(real)) return
    for (const entry of this.#entriesOf(real, path)) {
      if (this.#left-- <= 0) {
        if (this.#left === -1) this.#problems.push({ message: TOO_MANY })
        return
      }
      const below = path === '.' ? entry.name : `${path}/${entry.name}`
      if (entry.isFile()) {
        if (search.matches(below)) yield { path: below, real: join(real, entry.name) }
      } else if (this.#isEntered(entry, below, real, search)) yield* this.#walk(below, search, [...above, real])
    }
  }

  /** Whether the search goes on at an entry that is no file: at a folder, or at a link's target. */
  #isEntered(entry: Dirent, path: string, folder: string, search: Search): boolean {
    if (isSkipped(entry.name)) return false
    const isHidden = !search.dots && entry.name.startsWith('.')
    if (entry.isDirectory()) return !isHidden
    const isWanted = this.#isWanted(path, search)
    if (!entry.isSymbolicLink()) {
      if (isWanted) this.#refuse(path, NO_FILE)
      return false
    }
    // A link to a folder may hold files that a pattern names; a link to a file is found by its own name or not at all.
    if (!isFolder(join(folder, entry.name))) return isWanted
    // All that an excluded folder holds is excluded, so a link to one may lead anywhere.
    const { isExcluded } = this.#settings
    return !isHidden && !isExcluded(path) && !isExcluded(`${path}/any.yml`)
  }

  #entriesOf(real: string, path: string): Dirent[] {
    try {
      // Each disk lists in another order.
      return readdirSync(real, { withFileTypes: true }).sort((a, b) => compareText(a.name, b.name))
    } catch {
      this.#problems.push({ message: `manifests: the folder ${inQuotes(path)} cannot be read; check its permissions` })
      return []
    }
  }
}

const TOO_MANY = `manifests: more than ${ENTRIES} files to look through; name a folder that holds manifests only`

const NO_FILE = 'it is no regular file but a pipe, a socket or a device; remove it'

/** The text of a file that was found by its real path, or undefined. `refuse` gets the reason. */
export function readText(real: string, refuse: (message: string) => void): string | undefined {
  let bytes: Uint8Array | undefined
  try {
    bytes = readBytes(real)
  } catch {
    return refused('the file cannot be read; check its permissions')
  }
  if (!bytes) return refused('the file became something else while it was read; run it again')
  if (bytes.length > LARGEST) return refused('the file is larger than 1 MiB; split it')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refused('the file is not UTF-8; save it as UTF-8')
  }

  function refused(message: string): undefined {
    refuse(message)
  }
}

/** Room for one file: a buffer for each would be a megabyte each, most of it empty. */
const room = new Uint8Array(LARGEST + 1)

/**
 * The first bytes of a file, one more than is allowed at most; undefined when the path is no regular file any more. The
 * file is opened without following a link and without waiting for a writer into a pipe, and checked again once it is
 * open: the path may have another file since the search. The bytes hold until the next file is read.
 */
function readBytes(real: string): Uint8Array | undefined {
  // Windows knows neither flag.
  const file = openSync(real, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0))
  try {
    if (!fstatSync(file).isFile() || realpathSync(real) !== real) return undefined
    let length = 0
    for (let more = -1; more !== 0 && length < room.length; length += more) {
      more = readSync(file, room, length, room.length - length, null)
    }
    return room.subarray(0, length)
  } finally {
    closeSync(file)
  }
}
