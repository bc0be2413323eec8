/**
 * Writes what README.md repeats: the tables of inputs, outputs and examples, and files of examples/ and docs/iam/. With
 * --check it only says whether the README is fresh. A section stands between `<!-- generated: … -->` and `<!-- end -->`.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import { exampleNames, examplesFolder, readExample } from './examples.ts'

const root = join(import.meta.dirname, '..')
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Described {
  readonly description: string
  readonly default?: string
}
const action: { inputs: Record<string, Described>; outputs: Record<string, Described> } = parse(read('action.yml'))

const cell = (text: string): string => text.trim().replaceAll('|', '\\|')

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map(row => `| ${row.map(cell).join(' | ')} |`).join('\n')

const fenced = (language: string, text: string): string => `\`\`\`${language}\n${text.trim()}\n\`\`\``

const sections: Readonly<Record<string, () => string>> = {
  inputs: () =>
    table(
      ['input', 'default', 'meaning'],
      Object.entries(action.inputs).map(([name, { description, default: value }]) => [
        `\`${name}\``,
        value === undefined ? '' : `\`${value}\``,
        description,
      ]),
    ),
  outputs: () =>
    table(
      ['output', 'meaning'],
      Object.entries(action.outputs).map(([name, { description }]) => [`\`${name}\``, description]),
    ),
  examples: () =>
    table(
      [
        `[${examplesFolder}](${examplesFolder})`,
        '',
        'roles and the subjects that they trust, each after `repo:ORG/REPO:`',
      ],
      exampleNames.map(name => {
        const { about, roles } = readExample(root, name)
        const trusts = roles.map(role => `\`${role.name}\`: ${role.subjects.map(one => `\`${one}\``).join(', ')}`)
        return [`[${name}.yml](${examplesFolder}/${name}.yml)`, about, trusts.join('<br>')]
      }),
    ),
}

function sectionOf(name: string): string {
  const file = /^file (.+)$/.exec(name)?.[1]
  // A line for editors, which says nothing to a reader.
  if (file)
    return fenced(file.endsWith('.json') ? 'json' : 'yaml', read(file).replace(/^# yaml-language-server:.*\n/gm, ''))
  const section = sections[name]
  if (!section)
    throw new Error(`README.md: there is no section "${name}"; there are ${Object.keys(sections).join(', ')}`)
  return section()
}

const before = read('README.md')
const after = before.replace(
  /(<!-- generated: (.+?) -->\n)[\s\S]*?(<!-- end -->)/g,
  (_, begin: string, name: string, end: string) => `${begin}\n${sectionOf(name)}\n\n${end}`,
)

if (!process.argv.includes('--check')) writeFileSync(join(root, 'README.md'), after)
else if (after !== before) {
  process.stderr.write('README.md is stale: run npx tsx script/generate-readme.ts\n')
  process.exitCode = 1
}
