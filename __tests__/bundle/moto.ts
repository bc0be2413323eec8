/** moto: its services run what an environment variable says, and it moves a task one status on whenever it is described. */
import { type ECSClient, RegisterContainerInstanceCommand } from '@aws-sdk/client-ecs'
import { isInstalled, startServer } from './servers.ts'

export const hasMoto = isInstalled('moto', 'moto.server')

/** `running` is how many tasks each service claims to run; without it, what moto thinks itself. */
export const startMoto = (running?: number): Promise<string> =>
  startServer({
    words: port => ['moto.server', '-H', '127.0.0.1', '-p', String(port)],
    env: () => ({ ...(running !== undefined && { MOTO_ECS_SERVICE_RUNNING: String(running) }) }),
    probe: '/moto-api/',
  })

export async function resetMoto(url: string): Promise<void> {
  await fetch(`${url}/moto-api/reset`, { method: 'POST' })
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
export async function join(client: ECSClient, cluster: string, instanceId: string): Promise<string> {
  const instanceIdentityDocument = JSON.stringify({ instanceId })
  const { containerInstance } = await client.send(
    new RegisterContainerInstanceCommand({ cluster, instanceIdentityDocument }),
  )
  return containerInstance?.containerInstanceArn ?? ''
}
