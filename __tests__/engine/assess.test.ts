import { expect, jest, test } from '@jest/globals'

/** How often definitions were compared with answers, and laid out as additions, since the last question. */
const counted = { compare: 0, additions: 0 }

const path = '../../src/compare/compare.ts'
const real: typeof import('../../src/compare/compare.ts') = await import(path)
jest.unstable_mockModule(path, () => ({
  ...real,
  compare: (...args: Parameters<typeof real.compare>) => {
    counted.compare++
    return real.compare(...args)
  },
  additions: (...args: Parameters<typeof real.additions>) => {
    counted.additions++
    return real.additions(...args)
  },
}))

const { cluster, definition, service } = await import('../world/manifests.ts')
const { Shop } = await import('../world/shop.ts')

async function countsOf(work: () => Promise<unknown>): Promise<typeof counted> {
  Object.assign(counted, { compare: 0, additions: 0 })
  await work()
  return { ...counted }
}

test('a plan compares each particle with AWS once', async () => {
  const shop = await Shop.open()
  const manifests = (image: string) => cluster + definition({ image }) + service()
  expect(await countsOf(() => shop.plan(manifests('web:1')))).toEqual({ compare: 0, additions: 3 })
  await shop.apply(manifests('web:1'))
  expect(await countsOf(() => shop.plan(manifests('web:1')))).toEqual({ compare: 3, additions: 0 })
  // The service once more, when what it keeps has been held against its next task definition.
  expect(await countsOf(() => shop.plan(manifests('web:2')))).toEqual({ compare: 4, additions: 3 })
})

test('what was examined before an update is compared once more, and nothing else is', async () => {
  const shop = await Shop.open()
  await shop.apply(cluster + definition() + service())
  const manifests = cluster + definition() + service({ more: '  platformVersion: 1.3.0' })
  expect(await countsOf(() => shop.plan(manifests))).toEqual({ compare: 4, additions: 2 })
})
