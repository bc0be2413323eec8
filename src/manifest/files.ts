import { realpathSync } from 'node:fs'
import { dirname, join, posix, relative } from 'node:path'
import picomatch from 'picomatch'
import { compareText } from '../order.ts'
import type { Problem } from '../particle.ts'
import {
  isFolder,
  isOneLine,
  isSkipped,
  leadsIntoGit,
  linkOnTheWay,
  MANIFEST,
  ManifestSearch,
  readText,
  slashed,
} from './disk.ts'
import { inQuotes } from './words.ts'

/** A manifest's text. `file` is relative to the workspace, with forward slashes. */
export interface ManifestText {
  readonly file: string
  readonly text: string
}

/**
 * Finds and reads manifests.
 *
 * Patterns are globs, one each, relative to `directory`; `!` excludes; a folder means every manifest in it at any
 * depth. As for a shell, a name that begins with a dot is found only by a pattern that names the dot, and git's own folder
 * by none. Only regular files below the folders that the patterns name are read: a pull request could publish any other
 * file of the machine by a symbolic link. A hard link looks like the file itself, and git cannot hold one.
 */
export function findManifests(
  patterns: readonly string[],
  directory: string,
  workspace: string,
): { texts: ManifestText[]; problems: Problem[] } {
  const problems: Problem[] = []
  const above = slashed(relative(workspace, directory))
  const problem = directoryProblem(directory, workspace, above)
  if (problem) return { texts: [], problems: [{ message: `working-directory: ${problem}` }] }
  const { wanted, excluded } = split(patterns)
  const { found, fruitless } = findFiles(wanted, excluded, directory, workspace, problems)
  const texts: ManifestText[] = []
  for (const [real, path] of [...found].sort(([, a], [, b]) => compareText(a, b))) {
    const file = posix.join(above, path)
    const text = readText(real, message => problems.push({ place: { file, line: 1, column: 1 }, message }))
    if (text !== undefined) texts.push({ file, text })
  }
  if (found.size > 0 || problems.length > 0) {
    for (const pattern of fruitless) {
      const message = `no .yml, .yaml or .json file matches ${inQuotes(pattern)}; correct the pattern or remove it`
      problems.push({ message: `manifests: ${message}` })
    }
  } else {
    const by = wanted.map(inQuotes).join(', ') || 'the patterns, which only exclude'
    const remedy = 'add a .yml, .yaml or .json file there, or set manifests or working-directory'
    problems.push({ message: `manifests: no manifest found by ${by} in ${above || 'the workspace'}; ${remedy}` })
  }
  return { texts, problems }
}

/** Patterns by what they do, without their `!`. */
function split(patterns: readonly string[]): { readonly wanted: string[]; readonly excluded: string[] } {
  const given = patterns.map(pattern => pattern.trim()).filter(pattern => pattern !== '')
  return {
    wanted: given.filter(pattern => !pattern.startsWith('!')),
    excluded: given.filter(pattern => pattern.startsWith('!')).map(pattern => pattern.slice(1)),
  }
}

/** Paths of files by their real paths, so that a file and the links to it are one manifest; and patterns that find none. */
function findFiles(
  wanted: readonly string[],
  excluded: readonly string[],
  directory: string,
  workspace: string,
  problems: Problem[],
): { readonly found: ReadonlyMap<string, string>; readonly fruitless: readonly string[] } {
  const exclusions = excluded.map(pattern => readPattern(pattern, directory))
  const isExcluded = (path: string) => exclusions.some(({ matches }) => matches(path))
  const inside = wanted.filter(pattern => {
    const why = patternProblem(normal(pattern))
    if (why) problems.push({ message: `manifests: ${inQuotes(pattern)} ${why}` })
    return !why
  })
  const searched = inside.map(pattern => ({ pattern, ...readPattern(pattern, directory) }))
  const search = new ManifestSearch(
    {
      directory: realpathSync(directory),
      workspace: realpathSync(workspace),
      folders: [...new Set(searched.map(({ folder }) => folder))],
      isExcluded,
    },
    problems,
  )
  const found = new Map<string, string>()
  const fruitless: string[] = []
  for (const { pattern, ...meant } of searched) {
    const before = problems.length
    const files = [...search.find(meant)]
    // A link that is refused is reported already.
    if (files.length === 0 && problems.length === before) fruitless.push(pattern)
    for (const { path, real } of files) {
      if (!isOneLine(path)) {
        const what = `finds the file ${inQuotes(path)}, whose name is not of one line`
        problems.push({ message: `manifests: ${inQuotes(pattern)} ${what}; rename it` })
      } else if (!isExcluded(path) && path < (found.get(real) ?? `${path}/`)) found.set(real, path)
    }
  }
  return { found, fruitless }
}

function patternProblem(path: string): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.split('/').includes('..'))
    return 'leads out of the working directory; write a path below it, or set working-directory'
  return leadsIntoGit(path) ? "leads into git's own folder, which is never read; remove it" : undefined
}

/** `folder`: the working directory as a path in the workspace. By way of a link, its manifests would have other names than in git. */
function directoryProblem(directory: string, workspace: string, folder: string): string | undefined {
  const link = folder === '' ? undefined : linkOnTheWay(workspace, folder)
  if (link) return `${inQuotes(link.link)} is a symbolic link that leads to ${link.target}; name the folder itself`
  if (!isFolder(directory)) return `there is no folder ${inQuotes(folder || directory)}; correct it`
  return leadsIntoGit(folder) ? "it leads into git's own folder, which is never read; correct it" : undefined
}

/** The pattern as git spells paths: without folders called `.`, doubled slashes and a slash at the end. */
const normal = (pattern: string): string => {
  const path = pattern.replace(/\/{2,}/g, '/').replace(/(^|\/)(\.(\/|$))+/g, '$1')
  return (path.length > 1 ? path.replace(/\/$/, '') : path) || '.'
}

const namesDots = (path: string): boolean => /(^|\/)\.[^/]/.test(path)

/** Where the search of a pattern begins, the folder that it names, whether it names a dot, and which files it means. */
function readPattern(pattern: string, directory: string) {
  const path = normal(pattern)
  const { base, isGlob } = picomatch.scan(path)
  const from = isGlob ? base || '.' : path
  const isOfFolder = isGlob || path === '.' || isFolder(join(directory, path))
  const below = path === '.' ? '' : `${path}/`
  const start = from === '.' ? '' : `${from}/`
  const isReached = (file: string) =>
    file === from || !(file.startsWith(start) ? file.slice(start.length) : file).split('/').some(isSkipped)
  const inFolder = (file: string) => file.startsWith(below) && !namesDots(file.slice(below.length))
  const isMatch = isGlob ? picomatch(path) : isOfFolder ? inFolder : (file: string) => file === path
  return {
    from,
    folder: isOfFolder ? from : dirname(path),
    dots: namesDots(path),
    matches: (file: string): boolean => MANIFEST.test(file) && isReached(file) && isMatch(file),
    /** For a path that is gone: it may have been a folder. */
    holds: (file: string): boolean => MANIFEST.test(file) && isReached(file) && inFolder(file),
  }
}

/**
 * Whether the patterns choose a file, named relative to the workspace. Files that were deleted since count too, so that
 * earlier declarations are found.
 */
export function choosesManifest(
  patterns: readonly string[],
  directory: string,
  workspace: string,
): (file: string) => boolean {
  const choosing = (given: readonly string[]): ((file: string) => boolean) => {
    const all = given.map(pattern => readPattern(pattern, directory))
    return file => all.some(({ matches, holds }) => matches(file) || holds(file))
  }
  const { wanted, excluded } = split(patterns)
  const [isWanted, isExcluded] = [choosing(wanted), choosing(excluded)]
  const above = slashed(relative(workspace, directory))
  return file => {
    if (above && !file.startsWith(`${above}/`)) return false
    const path = above ? file.slice(above.length + 1) : file
    return isWanted(path) && !isExcluded(path)
  }
}

/** The innermost folder that all chosen manifests are in, named relative to the workspace; empty where that is the workspace. */
export function manifestFolder(patterns: readonly string[], directory: string, workspace: string): string {
  const above = slashed(relative(workspace, directory))
  const folders = split(patterns).wanted.map(pattern => posix.join(above, readPattern(pattern, directory).folder))
  const [first = [], ...more] = folders.map(folder => folder.split('/').filter(name => name !== '.'))
  const end = first.findIndex((name, index) => more.some(names => names[index] !== name))
  return first.slice(0, end < 0 ? undefined : end).join('/')
}
