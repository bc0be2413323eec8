/** How many calls a plan takes. */
import { beforeAll, expect, jest, test } from '@jest/globals'
import { bundle } from '../world/bundle.ts'
import { checkout, errorsOf } from '../world/checkout.ts'

jest.setTimeout(30_000)

beforeAll(() => {
  bundle()
}, 240_000)

const main = 'flavor: ecs_cluster\npcf_name: main\naws_resource: { clusterName: main }\n'

async function planned(allowed: string) {
  const { here } = await checkout()
  here.write({ 'particles/main.yml': main })
  return here.plan({ 'allowed-account-ids': allowed })
}

test('the account is asked for beside everything else, in the same call', async () => {
  const { code, calls } = await planned('123456789012')
  expect(code).toBe(0)
  expect(calls.map(({ operation, input }) => [operation, input])).toEqual([
    ['DescribeClusters', expect.objectContaining({ clusters: expect.arrayContaining(['main', 'default']) })],
  ])
})

test('nothing of a plan for another account is shown', async () => {
  const ended = await planned('210987654321')
  expect(errorsOf(ended)).toEqual([{ message: expect.stringContaining('not among allowed-account-ids') }])
  expect(ended).toMatchObject({ code: 1, plan: undefined, stdout: expect.not.stringContaining('ecs_cluster:main') })
})
