import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from '@jest/globals'

const root = join(import.meta.dirname, '..')
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'docs/iam/README.md',
  'docs/new-flavor.md',
  'docs/rollouts.md',
  'schema/README.md',
  'simulator/README.md',
  ...readdirSync(join(root, 'docs/decisions')).map(file => `docs/decisions/${file}`),
]

/** As GitHub makes a heading's anchor. */
const anchor = (heading: string): string =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')

describe.each(documents)('%s', file => {
  const text = readFileSync(join(root, file), 'utf8')

  test('links to what is there', () => {
    const missing = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, target = '']) => target)
      .filter(target => !/^https?:/.test(target))
      .filter(target => {
        const [path = '', heading] = target.split('#')
        const linked = path ? join(root, dirname(file), path) : join(root, file)
        if (!existsSync(linked)) return true
        if (!heading) return false
        const headings = [...readFileSync(linked, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, words = '']) =>
          anchor(words),
        )
        return !headings.includes(heading)
      })
    expect(missing).toEqual([])
  })

  test('names paths that exist', () => {
    const paths = [...text.matchAll(/`((?:__tests__|docs|examples|schema|script|simulator|src)\/[\w./-]*)`/g)]
    expect(paths.map(([, path = '']) => path).filter(path => !existsSync(join(root, path)))).toEqual([])
  })
})

test('decisions are numbered without a gap', () => {
  const numbers = readdirSync(join(root, 'docs/decisions')).map(file => Number(file.slice(0, 4)))
  expect(numbers.sort((a, b) => a - b)).toEqual(numbers.map((_, index) => index + 1))
})
