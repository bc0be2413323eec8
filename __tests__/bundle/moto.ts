/** moto, an ECS that others wrote from the same documentation: where it agrees, our own simulator is no fiction. */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { ECSClient, RegisterContainerInstanceCommand } from '@aws-sdk/client-ecs'
import { closeAfterwards } from './harness.ts'

const python = 'python3'

export const hasMoto = spawnSync(python, ['-c', 'import moto.server']).status === 0

/** A server on a port of its own, gone after the test file. `running` is how many tasks each service claims to run. */
export async function startMoto(running: number): Promise<string> {
  const port = await freePort()
  const server = spawn(python, ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: { ...process.env, MOTO_ECS_SERVICE_RUNNING: String(running) },
  })
  closeAfterwards(async () => {
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 300; tries++) {
    try {
      await fetch(`${url}/moto-api/`)
      return url
    } catch {
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
  throw new Error('moto did not start')
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

/** Its EC2 by the query protocol, which needs no other SDK client. */
async function ec2(url: string, query: string): Promise<string> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=x',
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: `${query}&Version=2016-11-15`,
  })
  return response.text()
}

const first = (element: string, xml: string): string =>
  new RegExp(`<${element}>(.*?)</${element}>`).exec(xml)?.[1] ?? ''

/** moto takes only subnets and security groups that its EC2 knows. */
export async function network(url: string): Promise<{ subnet: string; securityGroup: string }> {
  return {
    subnet: first('subnetId', await ec2(url, 'Action=DescribeSubnets')),
    securityGroup: first('groupId', await ec2(url, 'Action=DescribeSecurityGroups')),
  }
}

export async function newInstance(url: string): Promise<string> {
  return first('instanceId', await ec2(url, 'Action=RunInstances&ImageId=ami-12c6146b&MinCount=1&MaxCount=1'))
}

/** What the agent of an instance would do. */
export async function register(url: string, cluster: string, instanceId: string): Promise<void> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const client = new ECSClient({ endpoint: url, region: 'us-east-1', credentials })
  const instanceIdentityDocument = JSON.stringify({ instanceId })
  await client.send(new RegisterContainerInstanceCommand({ cluster, instanceIdentityDocument }))
  client.destroy()
}
