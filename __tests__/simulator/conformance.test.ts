import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type ECSClient, RegisterContainerInstanceCommand } from '@aws-sdk/client-ecs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import { cases, type Plane } from './conformance.ts'
import { clientFor, world } from './world.ts'

describe('the simulator', () => {
  test.each(cases)('$name', async ({ run, expected }) => {
    const { simulator, client } = await world()
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

// moto is an independent reading of the same documentation: where both agree, the simulator is no fiction.
const python = 'python3'
const hasMoto = spawnSync(python, ['-c', 'import moto.server']).status === 0

if (!hasMoto && process.env.CI)
  test('moto', () => {
    throw new Error(`CI must compare the simulator with moto, but ${python} has no moto: pip install 'moto[server]'`)
  })

const compared = cases.filter(({ moto }) => moto === undefined)
const withMoto = hasMoto ? describe : describe.skip

withMoto(`moto${hasMoto ? '' : `, which ${python} does not have,`} agrees`, () => {
  let server: ChildProcess | undefined
  let url = ''

  beforeAll(async () => {
    const port = await freePort()
    url = `http://127.0.0.1:${port}`
    server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' })
    await answering(`${url}/moto-api/`)
  }, 60_000)

  afterAll(async () => {
    if (!server) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  })

  beforeEach(async () => {
    await fetch(`${url}/moto-api/reset`, { method: 'POST' })
  })

  const plane = (): Plane => {
    const client = clientFor(url)
    return { client, registerInstance: cluster => registerInMoto(client, url, cluster), settle: async () => {} }
  }

  test.each(compared)('$name', async ({ run, expected }) => {
    expect(await run(plane())).toEqual(expected)
  })

  // When moto learns to do one of these, its reason goes and the case is compared like the others.
  test.each(cases.filter(({ moto }) => moto !== undefined))('or $moto: $name', async ({ run, expected }) => {
    const answer = await run(plane()).catch((error: unknown) => error)
    expect(answer).not.toEqual(expected)
  })
})

/** moto registers only instances that its EC2 knows; the query protocol makes one without another SDK client. */
async function registerInMoto(
  client: ECSClient,
  url: string,
  cluster: string,
): Promise<{ arn: string; ec2InstanceId: string }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=x',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: 'Action=RunInstances&Version=2016-11-15&ImageId=ami-12c6146b&MinCount=1&MaxCount=1',
  })
  const ec2InstanceId = /<instanceId>(.*?)<\/instanceId>/.exec(await response.text())?.[1] ?? ''
  const { containerInstance } = await client.send(
    new RegisterContainerInstanceCommand({
      cluster,
      instanceIdentityDocument: JSON.stringify({ instanceId: ec2InstanceId }),
    }),
  )
  return { arn: containerInstance?.containerInstanceArn ?? '', ec2InstanceId }
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

async function answering(url: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    try {
      await fetch(url)
      return
    } catch {
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
  throw new Error('moto did not start')
}
