import {
  Cluster$,
  ContainerInstance$,
  CreateClusterRequest$,
  CreateServiceRequest$,
  RegisterTaskDefinitionRequest$,
  RunTaskRequest$,
  Service$,
  Task$,
  TaskDefinition$,
} from '@aws-sdk/client-ecs'
import { nameOf } from '../schema/arn.ts'
import type { HasDefinition, Vocabulary } from '../schema/vocabulary.ts'
import { checkCluster } from './cluster/checks.ts'
import { checkInstance } from './instance/checks.ts'
import { checkService } from './service/checks.ts'
import { checkTask } from './task/checks.ts'
import { checkTaskDefinitionOf } from './taskDefinition/checkChild.ts'
import { checkTaskDefinition } from './taskDefinition/checks.ts'

export { nameOf } from '../schema/arn.ts'

const text = ({ definition }: HasDefinition, member: string): string | undefined => {
  const value: unknown = (definition as Readonly<Record<string, unknown>>)[member]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Cluster and name: who a thing in a cluster is. A cluster that nobody names is ECS's `default`. */
const inCluster = (member: string) => (particle: HasDefinition) => {
  const name = text(particle, member)
  return name && `${nameOf(text(particle, 'cluster') ?? 'default')}/${name}`
}

/** What manifests may say of each flavor: words alone, no calls, so that manifests can be read without AWS. */
export const vocabulary = {
  ecs_cluster: {
    name: 'ecs_cluster',
    model: CreateClusterRequest$,
    answer: Cluster$,
    inheritable: 'cluster',
    check: checkCluster,
    ownMembers: {},
    refused: {},
    required: ['clusterName'],
    aliases: {},
    needs: {},
    options: { ignore: 'strings' },
    identifiedBy: ['clusterName'],
    neededToEnd: { members: [], options: [] },
    identity: particle => text(particle, 'clusterName'),
    staticReference: particle => text(particle, 'clusterName'),
  },
  ecs_task_definition: {
    name: 'ecs_task_definition',
    model: RegisterTaskDefinitionRequest$,
    answer: TaskDefinition$,
    inheritable: 'taskDefinition',
    check: checkTaskDefinition,
    ownMembers: { revision: 'number' },
    refused: {},
    required: ['family', 'containerDefinitions[].name'],
    aliases: {},
    needs: {},
    options: { ignore: 'strings' },
    identifiedBy: ['family'],
    neededToEnd: { members: [], options: [] },
    identity: particle => text(particle, 'family'),
    // Which revision is a matter of what AWS has.
    staticReference: () => undefined,
  },
  ecs_service: {
    name: 'ecs_service',
    model: CreateServiceRequest$,
    answer: Service$,
    inheritable: 'cluster',
    check: checkService,
    checkParents: checkTaskDefinitionOf,
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
    options: { ignore: 'strings', initial_desired_count: 'number', allow_replace: 'boolean' },
    identifiedBy: ['cluster', 'serviceName'],
    neededToEnd: { members: [], options: [] },
    identity: inCluster('serviceName'),
    staticReference: () => undefined,
  },
  ecs_task: {
    name: 'ecs_task',
    model: RunTaskRequest$,
    answer: Task$,
    check: checkTask,
    checkParents: checkTaskDefinitionOf,
    ownMembers: { taskName: 'string', stopReason: 'string' },
    refused: { clientToken: 'leave it out: this tool makes it from what is to run' },
    required: ['taskName'],
    pcfNameMember: 'taskName',
    aliases: { clusterName: 'cluster', clusterArn: 'cluster', taskDefinitionArn: 'taskDefinition' },
    needs: { ecs_cluster: 'cluster', ecs_task_definition: 'taskDefinition' },
    options: {
      ignore: 'strings',
      wait: ['exit', 'running'],
      retry: 'number',
      record: 'boolean',
      assume: ['done'],
      review: ['always'],
    },
    identifiedBy: ['cluster', 'taskName'],
    neededToEnd: { members: ['taskDefinition', 'startedBy', 'stopReason'], options: [] },
    identity: inCluster('taskName'),
    staticReference: () => undefined,
  },
  ecs_instance: {
    name: 'ecs_instance',
    model: undefined,
    answer: ContainerInstance$,
    check: checkInstance,
    ownMembers: { cluster: 'string', ec2InstanceId: 'string', attributes: 'attributes' },
    refused: {},
    required: [],
    aliases: { clusterName: 'cluster', clusterArn: 'cluster' },
    needs: { ecs_cluster: 'cluster', ec2_instance: 'ec2InstanceId' },
    options: { ignore: 'strings', deregister: 'boolean' },
    identifiedBy: ['cluster', 'ec2InstanceId'],
    neededToEnd: { members: [], options: ['deregister'] },
    identity: inCluster('ec2InstanceId'),
    staticReference: () => undefined,
  },
  ec2_instance: {
    name: 'ec2_instance',
    model: undefined,
    ownMembers: { InstanceId: 'string' },
    open: true,
    refused: {},
    required: ['InstanceId'],
    aliases: {},
    needs: {},
    options: {},
    identifiedBy: ['InstanceId'],
    neededToEnd: { members: [], options: [] },
    identity: particle => text(particle, 'InstanceId'),
    staticReference: particle => text(particle, 'InstanceId'),
  },
} satisfies Record<string, Vocabulary>
