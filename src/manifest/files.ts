import { realpathSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import picomatch from 'picomatch'
import { compareText } from '../order.ts'
import type { Problem } from '../particle.ts'
import { isOneLine, leadsIntoGit, linkOnTheWay, MANIFEST, ManifestSearch, readText, slashed } from './disk.ts'
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
  workspace = directory,
): { texts: ManifestText[]; problems: Problem[] } {
  const problems: Problem[] = []
  const astray = directoryProblem(directory, workspace)
  if (astray) return { texts: [], problems: [astray] }
  const { wanted, excluded } = split(patterns)
  const { found, fruitless } = findFiles(wanted, excluded, directory, workspace, problems)
  const texts: ManifestText[] = []
  for (const [real, path] of [...found].sort(([, a], [, b]) => compareText(a, b))) {
    const file = slashed(relative(workspace, join(directory, path)))
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
    const where = slashed(relative(workspace, directory)) || 'the workspace'
    const remedy = 'add a .yml, .yaml or .json file there, or set manifests or working-directory'
    problems.push({ message: `manifests: no manifest found by ${by} in ${where}; ${remedy}` })
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
  const exclusions = excluded.map(pattern => pathMatcher(normal(pattern), directory))
  const isExcluded = (path: string) => exclusions.some(matches => matches(path))
  const inside = patternsInside(wanted, problems)
  const search = new ManifestSearch(
    {
      directory: realpathSync(directory),
      workspace: realpathSync(workspace),
      folders: [...new Set(inside.map(({ path, base }) => folderOf(path, base, directory)))],
      excludes: path => isExcluded(path) || isExcluded(`${path}/any.yml`),
    },
    problems,
  )
  const found = new Map<string, string>()
  const fruitless: string[] = []
  for (const { pattern, path, base } of inside) {
    const matches = pathMatcher(path, directory)
    const before = problems.length
    const isWanted = (path: string) => matches(path) && !isExcluded(path)
    const files = [...search.find(base, { dots: namesDots(path), wanted: isWanted })].filter(file => matches(file.path))
    // A link that is refused is reported already.
    if (files.length === 0 && problems.length === before) fruitless.push(pattern)
    for (const file of files) {
      if (!isOneLine(file.path)) {
        const what = `finds the file ${inQuotes(file.path)}, whose name is not of one line`
        problems.push({ message: `manifests: ${inQuotes(pattern)} ${what}; rename it` })
      } else if (!isExcluded(file.path)) {
        const known = found.get(file.real)
        if (known === undefined || file.path < known) found.set(file.real, file.path)
      }
    }
  }
  return { found, fruitless }
}

/** The patterns that stay in the working directory, each with the path where its search begins. */
function patternsInside(wanted: readonly string[], problems: Problem[]) {
  return wanted.flatMap(pattern => {
    const path = normal(pattern)
    const why = patternProblem(path)
    if (why) problems.push({ message: `manifests: ${inQuotes(pattern)} ${why}` })
    return why ? [] : [{ pattern, path, base: baseOf(path) }]
  })
}

function patternProblem(path: string): string | undefined {
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path) || path.split('/').includes('..'))
    return 'leads out of the working directory; write a path below it, or set working-directory'
  return leadsIntoGit(path) ? "leads into git's own folder, which is never read; remove it" : undefined
}

/** The problem of the working directory. By way of a link, its manifests would have other names than in git. */
function directoryProblem(directory: string, workspace: string): Problem | undefined {
  const folder = slashed(relative(workspace, directory))
  const wrong = (message: string): Problem => ({ message: `working-directory: ${message}` })
  const link = folder === '' ? undefined : linkOnTheWay(workspace, folder)
  if (link)
    return wrong(`${inQuotes(link.link)} is a symbolic link that leads to ${link.target}; name the folder itself`)
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory())
    return wrong(`there is no folder ${inQuotes(folder || directory)}; correct it`)
  if (leadsIntoGit(folder)) return wrong("it leads into git's own folder, which is never read; correct it")
  return undefined
}

/** Where the search of a pattern begins. */
function baseOf(path: string): string {
  const { base, isGlob } = picomatch.scan(path)
  return isGlob ? base || '.' : path
}

/** The folder that a pattern names: itself, that of its file, or the path before its first star. */
function folderOf(path: string, base: string, directory: string): string {
  const isFolder =
    picomatch.scan(path).isGlob || statSync(join(directory, base), { throwIfNoEntry: false })?.isDirectory()
  return isFolder ? base : dirname(base)
}

/** The pattern without `./` in front, doubled slashes and a slash at the end. */
const normal = (pattern: string): string => {
  const path = pattern.replace(/\/{2,}/g, '/').replace(/^(\.\/)+/, '')
  return (path.length > 1 ? path.replace(/\/$/, '') : path) || '.'
}

const namesDots = (path: string): boolean => /(^|\/)\.[^/]/.test(path)

/** Whether a path is what a pattern means: a glob, a folder or one file. */
function pathMatcher(pattern: string, directory: string): (path: string) => boolean {
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

/**
 * Whether the patterns choose a file, named relative to the workspace. Files that were deleted since count too, so that
 * earlier declarations are found.
 */
export function choosesManifest(
  patterns: readonly string[],
  directory: string,
  workspace = directory,
): (file: string) => boolean {
  const choose = (given: string): ((path: string) => boolean) => {
    const pattern = normal(given)
    const matches = pathMatcher(pattern, directory)
    // A path that is gone may have been a folder.
    return path => matches(path) || (MANIFEST.test(path) && path.startsWith(`${pattern}/`))
  }
  const given = split(patterns)
  const [wanted, excluded] = [given.wanted.map(choose), given.excluded.map(choose)]
  const above = slashed(relative(workspace, directory))
  return file => {
    if (above && !file.startsWith(`${above}/`)) return false
    const path = above ? file.slice(above.length + 1) : file
    return wanted.some(matches => matches(path)) && !excluded.some(matches => matches(path))
  }
}
