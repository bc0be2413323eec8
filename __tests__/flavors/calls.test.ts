import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'
import { calls } from '../../src/ecs/calls.ts'
import { flavors } from '../../src/flavors/index.ts'

const folder = (path: string) => new URL(`../../src/flavors/${path}`, import.meta.url)

const named = Object.values(flavors).flatMap(flavor => flavor.calls)

test('no call is made that no flavor names, and none is allowed in vain', () => {
  expect([...new Set<unknown>(named)].sort()).toEqual(Object.keys(calls).sort())
})

test.each([
  ['cluster', flavors.ecs_cluster],
  ['taskDefinition', flavors.ecs_task_definition],
  ['service', flavors.ecs_service],
  ['task', flavors.ecs_task],
  ['instance', flavors.ecs_instance],
])('%s names the calls that its folder makes', (name, { calls: own }) => {
  const made = readdirSync(folder(name)).flatMap(file => {
    const text = readFileSync(folder(`${name}/${file}`), 'utf8')
    return [...text.matchAll(/\bcall\(\s*'(\w+)'/g)].map(([, call]) => call)
  })
  expect(made.length).toBeGreaterThan(0)
  expect(own).toEqual(expect.arrayContaining(made))
})
