import { CreateServiceRequest$, Service$ } from '@aws-sdk/client-ecs'
import type { Vocabulary } from '../../schema/vocabulary.ts'
import { checkService, checkServiceParents, statesExternal } from './checks.ts'
import { deployedBy } from './rules.ts'

/** Members of CreateService. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html */
export const vocabulary = {
  name: 'ecs_service',
  model: CreateServiceRequest$,
  answer: Service$,
  inheritable: 'cluster',
  check: checkService,
  checkParents: checkServiceParents,
  ownMembers: {},
  refused: { clientToken: 'leave it out: this tool makes its own' },
  required: ['serviceName'],
  aliases: {
    clusterName: 'cluster',
    clusterArn: 'cluster',
    roleArn: 'role',
    taskDefinitionArn: 'taskDefinition',
  },
  needs: { ecs_cluster: 'cluster', ecs_task_definition: 'taskDefinition' },
  spares: (member, definition) => member === 'taskDefinition' && statesExternal(definition),
  options: {
    ignore: 'strings',
    initial_desired_count: 'number',
    allow_replace: 'boolean',
    wait: ['rollout', 'started'],
  },
  toRemove: {
    loadBalancers: '[]',
    serviceRegistries: '[]',
    serviceConnectConfiguration: '{enabled: false}',
    vpcLatticeConfigurations: '[]',
    volumeConfigurations: '[]',
    placementConstraints: '[]',
    placementStrategy: '[]',
    healthCheckGracePeriodSeconds: '0',
    enableExecuteCommand: 'false',
    enableECSManagedTags: 'false',
    propagateTags: 'NONE',
    'deploymentConfiguration.alarms': '{alarmNames: [], enable: false, rollback: false}',
    'deploymentConfiguration.deploymentCircuitBreaker': '{enable: false, rollback: false}',
    'deploymentConfiguration.lifecycleHooks': '[]',
    tags: '[]',
  },
  identifiedBy: ['cluster', 'serviceName'],
  referredByName: false,
  description: 'A service, with a cluster and a task definition as its parents.',
  descriptions: {
    initial_desired_count: 'Tasks to start with, where desiredCount is left out because an autoscaler owns it.',
    wait: 'rollout (default): an apply waits until ECS has completed the rollout. started: until ECS has accepted it, where something else watches how it ends.',
    allow_replace: 'Allows to delete and to create again where a member cannot change in place.',
  },
  phrases: {
    starts: 'is created',
    ends: 'is deleted',
    ended: 'deleted',
    taskCount: 'desiredCount',
    deployedBy,
  },
} satisfies Vocabulary
