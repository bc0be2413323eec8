import type { ECSClient } from '@aws-sdk/client-ecs'
import { beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { hasMinistack, resetMinistack, startMinistack } from '../bundle/ministack.ts'
import { hasMoto, join, newInstance, resetMoto, startMoto } from '../bundle/moto.ts'
import { clientFor, openClient } from '../world/aws.ts'
import { type Case, cases, type Plane } from './conformance.ts'

describe('the simulator', () => {
  test.each(cases)('$name', async ({ run, expected }) => {
    const { simulator, client } = await openClient()
    const plane: Plane = {
      client,
      registerInstance: async cluster => {
        const { containerInstanceArn: arn, ec2InstanceId } = simulator.registerContainerInstance({ cluster })
        return { arn, ec2InstanceId }
      },
      settle: async () => simulator.advance(120),
    }
    expect(await run(plane)).toEqual(expected)
  })
})

/** An independent reading of the same documentation: where both agree, the simulator is no fiction. */
interface Other {
  readonly name: 'moto' | 'ministack'
  readonly isThere: boolean
  start(): Promise<string>
  reset(url: string): Promise<void>
  registerInstance(client: ECSClient, url: string, cluster: string): ReturnType<Plane['registerInstance']>
}

const others: readonly Other[] = [
  {
    name: 'moto',
    isThere: hasMoto,
    start: startMoto,
    reset: resetMoto,
    async registerInstance(client, url, cluster) {
      const ec2InstanceId = await newInstance(url)
      return { arn: await join(client, cluster, ec2InstanceId), ec2InstanceId }
    },
  },
  {
    name: 'ministack',
    isThere: hasMinistack,
    start: startMinistack,
    reset: resetMinistack,
    // It places tasks without any.
    registerInstance: async () => ({ arn: '', ec2InstanceId: '' }),
  },
]

for (const { name, isThere, start, reset, registerInstance } of others) {
  const withIt = isThere ? describe : describe.skip
  const reason = (one: Case): string | undefined => one[name]

  withIt(`${name} agrees`, () => {
    let url = ''

    beforeAll(async () => {
      url = await start()
    }, 90_000)

    beforeEach(() => reset(url))

    const plane = (): Plane => {
      const client = clientFor(url)
      return { client, registerInstance: cluster => registerInstance(client, url, cluster), settle: async () => {} }
    }

    test.each(cases.filter(one => reason(one) === undefined))('$name', async ({ run, expected }) => {
      expect(await run(plane())).toEqual(expected)
    })

    // When the server learns to do one of these, its reason goes and the case is compared like the others.
    test.each(cases.filter(one => reason(one) !== undefined))(`or $${name}: $name`, async ({ run, expected }) => {
      const answer = await run(plane()).catch((error: unknown) => error)
      expect(answer).not.toEqual(expected)
    })
  })
}
