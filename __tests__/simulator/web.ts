import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceRequest,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  type Service,
  type ServiceDeployment,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { openClient, registered } from '../world/aws.ts'

const register = (client: ECSClient, image: string) =>
  client.send(
    registered(image, { containerDefinitions: [{ name: 'web', image, portMappings: [{ containerPort: 80 }] }] }),
  )

/** A settled service `web` of two tasks, with these members besides. */
export async function openWeb(service: Partial<CreateServiceRequest> = {}) {
  const { simulator, client } = await openClient()
  await client.send(new CreateClusterCommand({ clusterName: 'main' }))
  await register(client, 'web:1')
  await client.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount: 2,
      launchType: 'FARGATE',
      networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-a'] } },
      ...service,
    }),
  )
  simulator.advance(60)
  return { simulator, client }
}

/** A new revision of the task definition, rolled out. */
export async function release(client: ECSClient, image: string): Promise<void> {
  await register(client, image)
  await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }))
}

export async function look(client: ECSClient): Promise<Service> {
  const { services } = await client.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))
  return services?.[0] as Service
}

/** The newest service deployment, as it is described. */
export async function newest(client: ECSClient): Promise<ServiceDeployment | undefined> {
  const { serviceDeployments: [brief] = [] } = await client.send(
    new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }),
  )
  const { serviceDeployments } = await client.send(
    new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [brief?.serviceDeploymentArn ?? ''] }),
  )
  return serviceDeployments?.[0]
}
