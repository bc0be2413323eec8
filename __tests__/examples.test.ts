import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { flavors } from '../src/flavors/index.ts'
import { load } from '../src/manifest/load.ts'
import { sayProblem } from '../src/particle.ts'

const folder = join(import.meta.dirname, '../examples/shop/particles')
const texts = readdirSync(folder).map(file => ({
  file: `particles/${file}`,
  text: readFileSync(join(folder, file), 'utf8'),
}))

const shop = (environment: string) =>
  load(texts, {
    environment,
    variables: new Map([['ENVIRONMENT', environment]]),
    region: 'us-east-1',
    vocabularies: flavors,
  })

describe('the shop', () => {
  test.each(['production', 'staging'])('can be read for %s', environment => {
    expect(shop(environment).problems.map(sayProblem)).toEqual([])
  })

  test('has a particle of every flavor', () => {
    const used = shop('production').particles.map(({ flavor }) => flavor)
    expect([...new Set(used)].sort()).toEqual(Object.keys(flavors).sort())
  })

  test('is smaller in staging', () => {
    const count = (environment: string) =>
      shop(environment).particles.find(({ id }) => id === 'ecs_service:web')?.definition.desiredCount
    expect([count('production'), count('staging')]).toEqual([2, 1])
  })
})

test('what the example lets go is what the shop declares no more', () => {
  const text = readFileSync(join(import.meta.dirname, '../examples/unmanaged.yml'), 'utf8')
  const variables = new Map([['ENVIRONMENT', 'production']])
  const settings = { environment: 'production', variables, region: 'us-east-1', vocabularies: flavors }
  const { problems, unmanaged } = load([...texts, { file: 'particles/unmanaged.yml', text }], settings)
  expect(problems.map(sayProblem)).toEqual([])
  expect(unmanaged.map(({ address: thing }) => thing)).toEqual([
    'ecs_service us-east-1 shop/reports',
    'ecs_task_definition us-east-1 reports',
  ])
})
