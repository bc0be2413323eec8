/** A name stands for one thing in all of src/ (CONTRIBUTING.md): a reader who meets a type again need not ask which one. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'

const src = join(import.meta.dirname, '../src')

/** What each flavor has one of, by the name that the interface of flavors gives to it. */
const ofFlavors = new Set(['Memo'])

test('no two files declare a type of the same name', () => {
  const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.ts'))
  const declared = new Map<string, string[]>()
  for (const file of files)
    for (const [, name = ''] of readFileSync(join(src, file), 'utf8').matchAll(
      /^(?:export )?(?:interface|type|class) (\w+)/gm,
    ))
      declared.set(name, [...(declared.get(name) ?? []), file])
  const twice = [...declared].filter(([name, places]) => places.length > 1 && !ofFlavors.has(name))
  expect(declared.size).toBeGreaterThan(200)
  expect(Object.fromEntries(twice)).toEqual({})
})
