/**
 * Licences of everything that may end up in the bundle: what package-lock.json installs for running, not for building.
 * With a file as its argument it writes the texts there; without one it only checks that every licence is allowed.
 * The bundler's own list stays empty for packages that it takes in as ES modules, so it is not asked.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Licences that ask for no more than that their text is passed on. */
const allowed = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'Unlicense'])

interface Locked {
  readonly version?: string
  readonly license?: string
  readonly dev?: boolean
  readonly devOptional?: boolean
}

const root = join(import.meta.dirname, '..')
const lock: { packages: Record<string, Locked> } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))

/** LICENSE and, as Apache-2.0 asks, NOTICE. Undefined where a package carries neither. */
function textOf(folder: string): string | undefined {
  const files = readdirSync(folder)
    .filter(file => /^(licen[cs]e|copying|notice)(\.|$)/i.test(file))
    .sort()
  const text = files.map(file => readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim()).join('\n\n')
  return text || undefined
}

const problems: string[] = []
/** Text → the packages under it: most of the SDK shares one. */
const texts = new Map<string, Set<string>>()

for (const [path, { version, license, dev, devOptional }] of Object.entries(lock.packages)) {
  const folder = join(root, path)
  if (path === '' || dev || devOptional || !existsSync(folder)) continue
  const name = `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)} ${version} (${license})`
  if (!license || !allowed.has(license)) problems.push(`${name}: this licence is not on the list of allowed ones`)
  // Some of the SDK's packages leave the file out; the licence that they name is this project's own.
  const text = textOf(folder) ?? (license === 'Apache-2.0' ? textOf(root) : undefined)
  if (text) texts.set(text, (texts.get(text) ?? new Set()).add(name))
  else problems.push(`${name}: has no licence text to pass on`)
}

for (const problem of problems) process.stderr.write(`${problem}\n`)
if (problems.length > 0) process.exitCode = 1

const [target] = process.argv.slice(2)
if (target && problems.length === 0) {
  const line = '-'.repeat(80)
  const sections = [...texts].map(([text, names]) => `${[...names].sort().join('\n')}\n\n${text}\n`).sort()
  writeFileSync(target, sections.join(`\n${line}\n\n`))
}
