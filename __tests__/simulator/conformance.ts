import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceRequest,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeContainerInstancesCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListAttributesCommand,
  ListClustersCommand,
  ListContainerInstancesCommand,
  ListServicesCommand,
  ListTagsForResourceCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  PutAttributesCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionRequest,
  RunTaskCommand,
  StopTaskCommand,
  type Tag,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateClusterCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'

/** A control plane under test, with the two things that each does in its own way. */
export interface Plane {
  readonly client: ECSClient
  registerInstance(cluster: string): Promise<{ arn: string; ec2InstanceId: string }>
  /** Lets everything that is under way come to its end. */
  settle(): Promise<void>
}

export interface Case {
  readonly name: string
  readonly run: (plane: Plane) => Promise<unknown>
  readonly expected: unknown
  /** Why moto cannot take part. */
  readonly moto?: string
  /** Why ministack cannot. */
  readonly ministack?: string
}

const app = { name: 'app', image: 'app:1', memory: 128 }
const cluster = 'main'
const clusterArn = 'arn:aws:ecs:us-east-1:123456789012:cluster/main'

const failure = async (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: Error) => `${error.name}: ${error.message}`,
  )

const failureName = async (call: Promise<unknown>) => (await failure(call)).replace(/:.*/s, '')

const register = async (client: ECSClient, more: Partial<RegisterTaskDefinitionRequest> = {}) =>
  (await client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions: [app], ...more })))
    .taskDefinition

const asMap = (tags: readonly Tag[] | undefined) =>
  Object.fromEntries((tags ?? []).map(({ key, value }) => [key, value]))

async function withService({ client, registerInstance }: Plane, desiredCount = 0) {
  await client.send(new CreateClusterCommand({ clusterName: cluster }))
  await register(client)
  await registerInstance(cluster)
  const { service } = await client.send(
    new CreateServiceCommand({
      cluster,
      serviceName: 'web',
      taskDefinition: 'web',
      desiredCount,
      tags: [{ key: 'a', value: '1' }],
    }),
  )
  return service
}

async function withTask({ client, registerInstance }: Plane) {
  await client.send(new CreateClusterCommand({ clusterName: cluster }))
  await register(client)
  const { arn: instance } = await registerInstance(cluster)
  const { tasks } = await client.send(
    new RunTaskCommand({
      cluster,
      taskDefinition: 'web',
      startedBy: 'me',
      launchType: 'EC2',
      tags: [{ key: 'a', value: '1' }],
    }),
  )
  return { instance, task: tasks?.[0] }
}

const lifecycles = 'jumps over lifecycles: tasks are RUNNING and services scaled at once'
const idempotency = 'ignores client tokens'
const dropped = 'drops several members of CreateService and their defaults'
const unchecked = 'does not check this input'
const kept = 'keeps what was sent, and fills in nothing'
const unasked = 'shows tags to whoever asks for none'
const instanceless = 'knows no container instances'

/** A service `web` that CodeDeploy deploys. */
async function createByCodeDeploy(client: ECSClient): Promise<void> {
  await register(client)
  await client.send(new CreateClusterCommand({ clusterName: cluster }))
  const deploymentController = { type: 'CODE_DEPLOY' as const }
  const input = { cluster, serviceName: 'web', taskDefinition: 'web', desiredCount: 0, deploymentController }
  await client.send(new CreateServiceCommand(input))
}

/** What CreateService refuses, in ECS's words. */
const refusals: readonly (readonly [name: string, more: Partial<CreateServiceRequest>, message: string])[] = [
  [
    'a load balancer of no container',
    {
      loadBalancers: [
        {
          targetGroupArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/a/1',
          containerName: 'other',
          containerPort: 80,
        },
      ],
    },
    'The container other does not exist in the task definition.',
  ],
  [
    'a volume that the task definition does not have',
    {
      volumeConfigurations: [
        { name: 'data', managedEBSVolume: { roleArn: 'arn:aws:iam::123456789012:role/infra', sizeInGiB: 1 } },
      ],
    },
    'Volume configuration provided but no matching configuredAtLaunch volume found in task definition',
  ],
  [
    'a block of another strategy',
    { deploymentConfiguration: { strategy: 'CANARY', linearConfiguration: { stepPercent: 50 } } },
    'Linear configuration can only be present with LINEAR deployment strategy',
  ],
  [
    'a task definition, with the controller EXTERNAL',
    { deploymentController: { type: 'EXTERNAL' } },
    'TaskDefinition must be blank',
  ],
  [
    'a placement strategy for a daemon',
    { schedulingStrategy: 'DAEMON', desiredCount: undefined, placementStrategy: [{ type: 'random' }] },
    'The daemon scheduling strategy does not support placement strategies. Remove the placement strategy and try again',
  ],
  [
    'a daemon of more than 100 percent',
    { schedulingStrategy: 'DAEMON', desiredCount: undefined, deploymentConfiguration: { maximumPercent: 200 } },
    'The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment configuration. Change the maximumPercent value to 100, and try again',
  ],
  [
    'a count for a daemon',
    { schedulingStrategy: 'DAEMON' },
    'The daemon scheduling strategy does not support a desired count for services. Remove the desired count value and try again',
  ],
]

/** What all control planes must say alike; what moto or ministack cannot do says why. */
export const cases: readonly Case[] = [
  {
    name: 'a new cluster is ACTIVE and empty',
    run: async ({ client }) => {
      const { cluster: it } = await client.send(new CreateClusterCommand({ clusterName: cluster }))
      return [it?.clusterArn, it?.clusterName, it?.status, it?.activeServicesCount, it?.runningTasksCount]
    },
    expected: [clusterArn, cluster, 'ACTIVE', 0, 0],
  },
  {
    name: 'a cluster without a name is the default one',
    run: async ({ client }) => {
      const { cluster: it } = await client.send(new CreateClusterCommand({}))
      const { clusters } = await client.send(new DescribeClustersCommand({}))
      return [it?.clusterName, clusters?.[0]?.clusterName]
    },
    expected: ['default', 'default'],
  },
  {
    name: 'clusters are found by name and by ARN, missing ones are failures',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const { clusters, failures } = await client.send(
        new DescribeClustersCommand({ clusters: [clusterArn, 'nowhere'] }),
      )
      return [clusters?.map(({ clusterName }) => clusterName), failures]
    },
    expected: [[cluster], [{ arn: 'arn:aws:ecs:us-east-1:123456789012:cluster/nowhere', reason: 'MISSING' }]],
  },
  {
    name: 'cluster tags are shown when asked for',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster, tags: [{ key: 'a', value: '1' }] }))
      const look = async (include: 'TAGS'[]) =>
        (await client.send(new DescribeClustersCommand({ clusters: [cluster], include }))).clusters?.[0]?.tags ?? []
      return [await look([]), await look(['TAGS'])]
    },
    expected: [[], [{ key: 'a', value: '1' }]],
  },
  {
    name: 'cluster settings are updated',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const { cluster: it } = await client.send(
        new UpdateClusterCommand({ cluster, settings: [{ name: 'containerInsights', value: 'enabled' }] }),
      )
      return it?.settings
    },
    expected: [{ name: 'containerInsights', value: 'enabled' }],
  },
  {
    name: 'capacity providers are put on a cluster',
    run: async ({ client, settle }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      await client.send(
        new PutClusterCapacityProvidersCommand({
          cluster,
          capacityProviders: ['FARGATE'],
          defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
        }),
      )
      await settle()
      const { clusters } = await client.send(new DescribeClustersCommand({ clusters: [cluster] }))
      return [clusters?.[0]?.capacityProviders, clusters?.[0]?.defaultCapacityProviderStrategy]
    },
    expected: [['FARGATE'], [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }]],
  },
  {
    name: 'a deleted cluster is INACTIVE and still described',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      await client.send(new DeleteClusterCommand({ cluster }))
      return (await client.send(new DescribeClustersCommand({ clusters: [cluster] }))).clusters?.[0]?.status
    },
    expected: 'INACTIVE',
    ministack: 'forgets a cluster that is deleted',
  },
  {
    name: 'a missing cluster is a ClusterNotFoundException to whatever is in it',
    run: async ({ client }) =>
      Promise.all([
        failure(client.send(new ListServicesCommand({ cluster }))),
        failure(client.send(new DescribeServicesCommand({ cluster, services: ['web'] }))),
        failure(client.send(new DescribeTasksCommand({ cluster, tasks: ['a'] }))),
        failure(client.send(new DeleteClusterCommand({ cluster }))),
      ]),
    expected: Array(4).fill('ClusterNotFoundException: Cluster not found.'),
    ministack: 'answers empty lists for what is in no cluster',
  },
  {
    name: 'CreateCluster on an ACTIVE name answers the existing one unchanged',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster, tags: [{ key: 'a', value: '1' }] }))
      await client.send(new CreateClusterCommand({ clusterName: cluster, tags: [{ key: 'b', value: '2' }] }))
      return asMap((await client.send(new ListTagsForResourceCommand({ resourceArn: clusterArn }))).tags)
    },
    expected: { a: '1' },
    moto: 'makes a new cluster in place of the one that is there',
  },
  {
    name: 'a cluster with an ACTIVE service cannot be deleted',
    run: async plane => {
      await withService(plane)
      return failureName(plane.client.send(new DeleteClusterCommand({ cluster })))
    },
    expected: 'ClusterContainsServicesException',
    moto: 'deletes clusters whatever is in them',
    ministack: 'deletes clusters whatever is in them',
  },
  {
    name: 'a registered task definition has its defaults',
    run: async ({ client }) => {
      const it = await register(client)
      const { cpu, essential, environment, mountPoints, volumesFrom, portMappings } =
        it?.containerDefinitions?.[0] ?? {}
      return {
        arn: it?.taskDefinitionArn,
        revision: it?.revision,
        status: it?.status,
        container: { cpu, essential, environment, mountPoints, volumesFrom, portMappings },
        lists: [it?.volumes, it?.placementConstraints],
      }
    },
    expected: {
      arn: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
      revision: 1,
      status: 'ACTIVE',
      container: { cpu: 0, essential: true, environment: [], mountPoints: [], volumesFrom: [], portMappings: [] },
      lists: [[], []],
    },
    ministack: kept,
  },
  {
    name: 'an EFS volume begins at its root',
    run: async ({ client }) => {
      const it = await register(client, {
        volumes: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1' } }],
      })
      return it?.volumes
    },
    expected: [{ name: 'data', efsVolumeConfiguration: { fileSystemId: 'fs-1', rootDirectory: '/' } }],
    ministack: kept,
  },
  {
    name: 'port mappings have a protocol and a host port',
    run: async ({ client }) => {
      const it = await register(client, { containerDefinitions: [{ ...app, portMappings: [{ containerPort: 80 }] }] })
      return it?.containerDefinitions?.[0]?.portMappings
    },
    expected: [{ containerPort: 80, hostPort: 0, protocol: 'tcp' }],
    moto: kept,
    ministack: kept,
  },
  {
    name: 'cpu and memory are kept in units and MiB',
    run: async ({ client }) => {
      const it = await register(client, { cpu: '.5 vCPU', memory: '1 GB' })
      return [it?.cpu, it?.memory]
    },
    expected: ['512', '1024'],
    moto: kept,
    ministack: kept,
  },
  {
    name: 'revisions count up, and a family is its latest',
    run: async ({ client }) => {
      await register(client)
      await register(client)
      const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))
      return taskDefinition?.revision
    },
    expected: 2,
  },
  {
    name: 'a deregistered revision is INACTIVE, described, and in the list of its status',
    run: async ({ client }) => {
      await register(client)
      await register(client)
      await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:1' }))
      const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web:1' }))
      const list = async (status: 'ACTIVE' | 'INACTIVE') =>
        (await client.send(new ListTaskDefinitionsCommand({ familyPrefix: 'web', status }))).taskDefinitionArns?.map(
          arn => arn.split('/')[1],
        )
      return [taskDefinition?.status, await list('ACTIVE'), await list('INACTIVE')]
    },
    expected: ['INACTIVE', ['web:2'], ['web:1']],
  },
  {
    name: 'a family whose latest revision was deregistered is the one before',
    run: async ({ client }) => {
      await register(client)
      await register(client)
      await client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web:2' }))
      return (await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))).taskDefinition?.revision
    },
    expected: 1,
    moto: 'answers the latest revision, ACTIVE or not',
    ministack: 'answers the latest revision, ACTIVE or not',
  },
  {
    name: 'families are listed',
    run: async ({ client }) => {
      await register(client)
      await register(client, { family: 'api' })
      return (await client.send(new ListTaskDefinitionFamiliesCommand({}))).families?.sort()
    },
    expected: ['api', 'web'],
  },
  {
    name: 'a missing task definition cannot be described',
    run: ({ client }) => failure(client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'nowhere' }))),
    expected: 'ClientException: Unable to describe task definition.',
    ministack: 'says it in words of its own',
  },
  {
    name: 'deregistering needs a revision',
    run: async ({ client }) => {
      await register(client)
      return failure(client.send(new DeregisterTaskDefinitionCommand({ taskDefinition: 'web' })))
    },
    expected: 'ClientException: Revision is missing.',
    ministack: unchecked,
  },
  {
    name: 'a container needs a name, an image and memory',
    run: ({ client }) =>
      Promise.all(
        [
          { image: 'a', memory: 1 },
          { name: 'a', memory: 1 },
          { name: 'a', image: 'a' },
        ].map(container => failure(register(client, { containerDefinitions: [container] }))),
      ),
    expected: [
      'ClientException: Container.name should not be null or empty.',
      'ClientException: Container.image should not be null or empty.',
      "ClientException: Invalid setting for container 'a'. At least one of 'memory' or 'memoryReservation' must be specified.",
    ],
    ministack: 'says it in words of its own, and needs no memory',
  },
  {
    name: 'Fargate knows only some combinations of cpu and memory',
    run: ({ client }) =>
      failureName(
        register(client, { requiresCompatibilities: ['FARGATE'], networkMode: 'awsvpc', cpu: '333', memory: '512' }),
      ),
    expected: 'ClientException',
    moto: unchecked,
    ministack: unchecked,
  },
  {
    name: 'an empty list of tags is refused',
    run: ({ client }) => failureName(register(client, { tags: [] })),
    expected: 'ClientException',
    moto: unchecked,
    ministack: unchecked,
  },
  {
    name: 'task definition tags stand beside it',
    run: async ({ client }) => {
      await register(client, { tags: [{ key: 'a', value: '1' }] })
      const look = async (include: 'TAGS'[]) =>
        (await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web', include }))).tags
      return [await look([]), await look(['TAGS'])]
    },
    expected: [undefined, [{ key: 'a', value: '1' }]],
    ministack: unasked,
  },
  {
    name: 'tags of clusters, services, task definitions and tasks are merged and removed by ARN',
    run: async plane => {
      const { client } = plane
      const service = await withService(plane)
      const { tasks } = await client.send(new RunTaskCommand({ cluster, taskDefinition: 'web', launchType: 'EC2' }))
      const { taskDefinition } = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: 'web' }))
      const arns = [clusterArn, service?.serviceArn, taskDefinition?.taskDefinitionArn, tasks?.[0]?.taskArn]
      const change = async (resourceArn = '') => {
        const tags = [
          { key: 'x', value: '1' },
          { key: 'y', value: '2' },
        ]
        await client.send(new TagResourceCommand({ resourceArn, tags }))
        await client.send(new TagResourceCommand({ resourceArn, tags: [{ key: 'x', value: '3' }] }))
        await client.send(new UntagResourceCommand({ resourceArn, tagKeys: ['y', 'a'] }))
        return asMap((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags)
      }
      return Promise.all(arns.map(change))
    },
    expected: Array(4).fill({ x: '3' }),
  },
  {
    name: 'aws: tags are refused',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const tags = [{ key: 'aws:a', value: 'b' }]
      return failureName(client.send(new TagResourceCommand({ resourceArn: clusterArn, tags })))
    },
    expected: 'InvalidParameterException',
    moto: unchecked,
    ministack: unchecked,
  },
  {
    name: 'a new service is ACTIVE, with a PRIMARY deployment that has its id',
    run: async plane => {
      const it = await withService(plane)
      const [deployment] = it?.deployments ?? []
      return {
        arn: it?.serviceArn,
        cluster: it?.clusterArn,
        status: it?.status,
        scheduling: it?.schedulingStrategy,
        definition: it?.taskDefinition,
        launchType: it?.launchType,
        deployment: [deployment?.status, /^ecs-svc\/\d+$/.test(deployment?.id ?? ''), deployment?.taskDefinition],
      }
    },
    expected: {
      arn: 'arn:aws:ecs:us-east-1:123456789012:service/main/web',
      cluster: clusterArn,
      status: 'ACTIVE',
      scheduling: 'REPLICA',
      definition: 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1',
      launchType: 'EC2',
      deployment: ['PRIMARY', true, 'arn:aws:ecs:us-east-1:123456789012:task-definition/web:1'],
    },
    ministack: 'gives deployments ids of another form',
  },
  {
    name: 'a service reaches its desired count',
    run: async plane => {
      await withService(plane, 2)
      await plane.settle()
      const { services } = await plane.client.send(new DescribeServicesCommand({ cluster, services: ['web'] }))
      return [services?.[0]?.desiredCount, services?.[0]?.runningCount, services?.[0]?.pendingCount]
    },
    expected: [2, 2, 0],
    moto: 'runs no tasks for services: its counts stay at zero until UpdateService says a number',
  },
  {
    name: 'a service that was just created has not reached its desired count yet',
    run: async plane => (await withService(plane, 2))?.runningCount,
    expected: 0,
    ministack: lifecycles,
  },
  {
    name: 'a service has the defaults of its deployment configuration',
    run: async plane => {
      const { deploymentConfiguration } = (await withService(plane)) ?? {}
      return [deploymentConfiguration?.maximumPercent, deploymentConfiguration?.minimumHealthyPercent]
    },
    expected: [200, 100],
    moto: dropped,
  },
  {
    name: 'services are found by name and by ARN, missing ones are failures',
    run: async plane => {
      const it = await withService(plane)
      const { services, failures } = await plane.client.send(
        new DescribeServicesCommand({ cluster, services: [it?.serviceArn ?? '', 'nowhere'] }),
      )
      return [services?.map(({ serviceName }) => serviceName), failures?.map(({ reason }) => reason)]
    },
    expected: [['web'], ['MISSING']],
  },
  {
    name: 'service tags are shown when asked for',
    run: async plane => {
      await withService(plane)
      const look = async (include: 'TAGS'[]) =>
        (await plane.client.send(new DescribeServicesCommand({ cluster, services: ['web'], include }))).services?.[0]
          ?.tags ?? []
      return [await look([]), await look(['TAGS'])]
    },
    expected: [[], [{ key: 'a', value: '1' }]],
    ministack: unasked,
  },
  {
    name: 'creating it again with other parameters is not idempotent',
    run: async plane => {
      await withService(plane)
      const again = { cluster, serviceName: 'web', taskDefinition: 'web', desiredCount: 5 }
      return failure(plane.client.send(new CreateServiceCommand(again)))
    },
    expected: 'InvalidParameterException: Creation of service was not idempotent.',
    moto: 'makes a second service of the same name in place of the first',
    ministack: 'calls the error a ClientException',
  },
  {
    name: "a service without launch type and strategy, and one with an empty strategy, take the cluster's default",
    run: async ({ client, settle }) => {
      await register(client)
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const capacityProviders = ['FARGATE', 'FARGATE_SPOT']
      const defaultCapacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
      await client.send(
        new PutClusterCapacityProvidersCommand({ cluster, capacityProviders, defaultCapacityProviderStrategy }),
      )
      await settle()
      const { taskDefinition } = await client.send(
        new RegisterTaskDefinitionCommand({
          family: 'fargate',
          networkMode: 'awsvpc',
          requiresCompatibilities: ['FARGATE'],
          cpu: '256',
          memory: '512',
          containerDefinitions: [{ name: 'app', image: 'app:1' }],
        }),
      )
      const made = async (serviceName: string, more: object) => {
        const { service } = await client.send(
          new CreateServiceCommand({
            cluster,
            serviceName,
            taskDefinition: taskDefinition?.taskDefinitionArn,
            desiredCount: 0,
            networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
            ...more,
          }),
        )
        return [service?.launchType, service?.capacityProviderStrategy?.map(({ capacityProvider }) => capacityProvider)]
      }
      return [await made('one', {}), await made('other', { capacityProviderStrategy: [] })]
    },
    expected: [
      [undefined, ['FARGATE_SPOT']],
      [undefined, ['FARGATE_SPOT']],
    ],
    moto: "knows no default strategy, and takes no subnets but its EC2's",
  },
  ...refusals.map(
    ([name, more, expected]): Case => ({
      name: `a service is refused ${name}`,
      run: async ({ client }) => {
        await register(client)
        await client.send(new CreateClusterCommand({ clusterName: cluster }))
        const input = { cluster, serviceName: 'web', taskDefinition: 'web', desiredCount: 0, ...more }
        return failure(client.send(new CreateServiceCommand(input)))
      },
      expected: `InvalidParameterException: ${expected}`,
      moto: unchecked,
      ministack: unchecked,
    }),
  ),
  {
    name: 'a new task definition is refused to a service that CodeDeploy deploys',
    run: async ({ client }) => {
      await createByCodeDeploy(client)
      return failureName(client.send(new UpdateServiceCommand({ cluster, service: 'web', taskDefinition: 'web' })))
    },
    expected: 'InvalidParameterException',
    moto: unchecked,
    ministack: unchecked,
  },
  {
    name: 'a service goes from CodeDeploy to ECS in place',
    run: async ({ client }) => {
      await createByCodeDeploy(client)
      const { service } = await client.send(
        new UpdateServiceCommand({ cluster, service: 'web', deploymentController: { type: 'ECS' } }),
      )
      return service?.deploymentController?.type
    },
    expected: 'ECS',
    ministack: 'keeps the controller that a service was created with',
  },
  {
    name: 'an update of the desired count keeps the rest',
    run: async plane => {
      await withService(plane)
      const { service } = await plane.client.send(
        new UpdateServiceCommand({ cluster, service: 'web', desiredCount: 1 }),
      )
      return [service?.desiredCount, service?.taskDefinition?.split('/')[1], service?.launchType]
    },
    expected: [1, 'web:1', 'EC2'],
  },
  {
    name: 'a new task definition starts a new PRIMARY deployment',
    run: async plane => {
      const before = await withService(plane)
      await register(plane.client)
      const { service } = await plane.client.send(
        new UpdateServiceCommand({ cluster, service: 'web', taskDefinition: 'web:2' }),
      )
      return service?.deployments?.[0]?.id !== before?.deployments?.[0]?.id
    },
    expected: true,
    moto: 'keeps stale deployments',
  },
  {
    name: 'a forced deployment has a new id',
    run: async plane => {
      const before = await withService(plane)
      const { service } = await plane.client.send(
        new UpdateServiceCommand({ cluster, service: 'web', forceNewDeployment: true }),
      )
      return service?.deployments?.[0]?.id !== before?.deployments?.[0]?.id
    },
    expected: true,
  },
  {
    name: 'a missing service cannot be updated or deleted',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      return [
        await failure(client.send(new UpdateServiceCommand({ cluster, service: 'web', desiredCount: 1 }))),
        await failure(client.send(new DeleteServiceCommand({ cluster, service: 'web' }))),
      ]
    },
    expected: Array(2).fill('ServiceNotFoundException: Service not found.'),
  },
  {
    name: 'a service above zero is only deleted by force',
    run: async plane => {
      await withService(plane, 1)
      return failure(plane.client.send(new DeleteServiceCommand({ cluster, service: 'web' })))
    },
    expected: 'InvalidParameterException: The service cannot be stopped while it is scaled above 0.',
  },
  {
    name: 'a deleted service is INACTIVE in the end and still described',
    run: async plane => {
      await withService(plane, 1)
      await plane.client.send(new DeleteServiceCommand({ cluster, service: 'web', force: true }))
      await plane.settle()
      const { services } = await plane.client.send(new DescribeServicesCommand({ cluster, services: ['web'] }))
      return services?.[0]?.status
    },
    expected: 'INACTIVE',
  },
  {
    name: 'a deleted service drains before',
    run: async plane => {
      await withService(plane, 1)
      await plane.client.send(new DeleteServiceCommand({ cluster, service: 'web', force: true }))
      const { services } = await plane.client.send(new DescribeServicesCommand({ cluster, services: ['web'] }))
      return services?.[0]?.status
    },
    expected: 'DRAINING',
    moto: lifecycles,
    ministack: lifecycles,
  },
  {
    name: 'services are listed in pages of ten',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      await register(client)
      for (let i = 0; i < 12; i++)
        await client.send(
          new CreateServiceCommand({ cluster, serviceName: `web-${i}`, taskDefinition: 'web', desiredCount: 0 }),
        )
      const { serviceArns, nextToken } = await client.send(new ListServicesCommand({ cluster }))
      const rest = await client.send(new ListServicesCommand({ cluster, nextToken }))
      return [serviceArns?.length, rest.serviceArns?.length]
    },
    expected: [10, 2],
    moto: 'pages nothing',
    ministack: 'pages nothing',
  },
  {
    name: 'at most ten services are described in a call',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const services = Array.from({ length: 11 }, (_, i) => `web-${i}`)
      return failureName(client.send(new DescribeServicesCommand({ cluster, services })))
    },
    expected: 'InvalidParameterException',
    moto: unchecked,
    ministack: unchecked,
  },
  {
    name: 'a task runs and says by whom it was started',
    run: async plane => {
      const { instance, task } = await withTask(plane)
      await plane.settle()
      const { tasks } = await plane.client.send(new DescribeTasksCommand({ cluster, tasks: [task?.taskArn ?? ''] }))
      const [it] = tasks ?? []
      return [
        it?.lastStatus,
        it?.desiredStatus,
        it?.startedBy,
        it?.group,
        it?.taskDefinitionArn?.split('/')[1],
        it?.containerInstanceArn === instance,
      ]
    },
    expected: ['RUNNING', 'RUNNING', 'me', 'family:web', 'web:1', true],
    moto: 'moves a task one status on, towards STOPPED, every time it is described',
    ministack: 'knows no container instances, and gives a task no group',
  },
  {
    name: 'a task that was just started is PENDING',
    run: async plane => (await withTask(plane)).task?.lastStatus,
    expected: 'PENDING',
    moto: lifecycles,
    ministack: lifecycles,
  },
  {
    name: 'tasks are listed by startedBy and by family',
    run: async plane => {
      const { task } = await withTask(plane)
      const list = async (filter: object) =>
        (await plane.client.send(new ListTasksCommand({ cluster, ...filter }))).taskArns?.map(
          arn => arn === task?.taskArn,
        )
      return [
        await list({ startedBy: 'me' }),
        await list({ startedBy: 'you' }),
        await list({ family: 'web' }),
        await list({ family: 'other' }),
      ]
    },
    expected: [[true], [], [true], []],
  },
  {
    name: 'startedBy must be the only filter',
    run: async plane => {
      await withTask(plane)
      return failure(plane.client.send(new ListTasksCommand({ cluster, startedBy: 'me', family: 'web' })))
    },
    expected: 'InvalidParameterException: cannot specify startedBy with other arguments',
    moto: unchecked,
    ministack: unchecked,
  },
  {
    name: 'a task that was stopped says why',
    run: async plane => {
      const { task } = await withTask(plane)
      await plane.settle()
      await plane.client.send(new StopTaskCommand({ cluster, task: task?.taskArn ?? '', reason: 'enough' }))
      await plane.settle()
      const { tasks } = await plane.client.send(new DescribeTasksCommand({ cluster, tasks: [task?.taskArn ?? ''] }))
      const { taskArns } = await plane.client.send(new ListTasksCommand({ cluster, desiredStatus: 'STOPPED' }))
      return [tasks?.[0]?.lastStatus, tasks?.[0]?.desiredStatus, tasks?.[0]?.stoppedReason, taskArns?.length]
    },
    expected: ['STOPPED', 'STOPPED', 'enough', 1],
  },
  {
    name: 'task tags are shown when asked for',
    run: async plane => {
      const { task } = await withTask(plane)
      const look = async (include: 'TAGS'[]) =>
        (await plane.client.send(new DescribeTasksCommand({ cluster, tasks: [task?.taskArn ?? ''], include })))
          .tasks?.[0]?.tags ?? []
      return [await look([]), await look(['TAGS'])]
    },
    expected: [[], [{ key: 'a', value: '1' }]],
    ministack: unasked,
  },
  {
    name: 'tasks cannot be empty',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      return failure(client.send(new DescribeTasksCommand({ cluster, tasks: [] })))
    },
    expected: 'InvalidParameterException: Tasks cannot be empty.',
    ministack: unchecked,
  },
  {
    name: 'a missing task is a failure',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const { failures } = await client.send(new DescribeTasksCommand({ cluster, tasks: ['nowhere'] }))
      return failures?.map(({ reason }) => reason)
    },
    expected: ['MISSING'],
    moto: 'answers no failures for tasks',
  },
  {
    name: 'a clientToken answers the same task',
    run: async plane => {
      await withTask(plane)
      const run = () =>
        plane.client.send(
          new RunTaskCommand({ cluster, taskDefinition: 'web', launchType: 'EC2', clientToken: 'token' }),
        )
      const [first, second] = [await run(), await run()]
      return first.tasks?.[0]?.taskArn === second.tasks?.[0]?.taskArn
    },
    expected: true,
    moto: idempotency,
    ministack: idempotency,
  },
  {
    name: 'instances are listed, described and drained',
    run: async ({ client, registerInstance }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const { arn, ec2InstanceId } = await registerInstance(cluster)
      const { containerInstanceArns } = await client.send(new ListContainerInstancesCommand({ cluster }))
      await client.send(
        new UpdateContainerInstancesStateCommand({ cluster, containerInstances: [arn], status: 'DRAINING' }),
      )
      const { containerInstances } = await client.send(
        new DescribeContainerInstancesCommand({ cluster, containerInstances: [arn] }),
      )
      const [it] = containerInstances ?? []
      return [containerInstanceArns?.includes(arn), it?.ec2InstanceId === ec2InstanceId, it?.status, it?.agentConnected]
    },
    expected: [true, true, 'DRAINING', true],
    ministack: instanceless,
  },
  {
    name: 'instances are found by their EC2 id',
    run: async ({ client, registerInstance }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const { arn, ec2InstanceId } = await registerInstance(cluster)
      await registerInstance(cluster)
      const filter = `ec2InstanceId == ${ec2InstanceId}`
      const { containerInstanceArns } = await client.send(new ListContainerInstancesCommand({ cluster, filter }))
      return [containerInstanceArns?.length, containerInstanceArns?.[0] === arn]
    },
    expected: [1, true],
    moto: 'ignores the filter',
    ministack: instanceless,
  },
  {
    name: 'attributes are put on an instance',
    run: async ({ client, registerInstance }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      const { arn } = await registerInstance(cluster)
      const targetId = arn.split('/').at(-1)
      await client.send(
        new PutAttributesCommand({
          cluster,
          attributes: [{ name: 'disk', value: 'ssd', targetId, targetType: 'container-instance' }],
        }),
      )
      const { attributes } = await client.send(
        new ListAttributesCommand({
          cluster,
          targetType: 'container-instance',
          attributeName: 'disk',
          attributeValue: 'ssd',
        }),
      )
      return attributes?.map(({ name, value }) => [name, value])
    },
    expected: [['disk', 'ssd']],
  },
  {
    name: 'clusters are listed by their ARN',
    run: async ({ client }) => {
      await client.send(new CreateClusterCommand({ clusterName: cluster }))
      return (await client.send(new ListClustersCommand({}))).clusterArns
    },
    expected: [clusterArn],
  },
]
