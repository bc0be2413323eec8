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
import { attributes, checkInstance } from './instance/checks.ts'
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
    description: 'A cluster.',
    descriptions: {},
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
    description: 'A task definition family: a change registers a new revision.',
    descriptions: { revision: 'Pins an existing revision: it is checked, never registered.' },
    model: RegisterTaskDefinitionRequest$,
    answer: TaskDefinition$,
    inheritable: 'taskDefinition',
    check: checkTaskDefinition,
    ownMembers: { revision: { kind: 'number', whole: true, limit: { minimum: 1 } } },
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
    description: 'A service, with a cluster and a task definition as its parents.',
    descriptions: {
      initial_desired_count: 'Tasks to start with, where desiredCount is left out because an autoscaler owns it.',
      allow_replace: 'Allows to delete and to create again where a member cannot change in place.',
    },
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
    description: 'A task that runs once, or is kept running, with a cluster and a task definition as its parents.',
    descriptions: {
      taskName: 'The name of the task in its cluster, pcf_name unless stated; this tool’s own, not sent to AWS.',
      stopReason: 'What ECS is told when the task is stopped.',
      wait: 'exit (default): a job, that runs once for what it is. running: a task that is kept running.',
      retry: 'A counter: raise it to run a job once more, whatever became of it.',
      record: 'false: run without the record on the task definition; what has run is then forgotten after an hour.',
      assume:
        'done: the job is put on record as done and does not run. It holds for this definition alone: take it out once it is applied.',
    },
    model: RunTaskRequest$,
    answer: Task$,
    check: checkTask,
    checkParents: checkTaskDefinitionOf,
    ownMembers: { taskName: { kind: 'text' }, stopReason: { kind: 'text' } },
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
    description: 'A container instance, with a cluster and an EC2 instance as its parents.',
    descriptions: {
      cluster: 'Name or ARN of the cluster; a parent ecs_cluster fills it.',
      ec2InstanceId: 'The EC2 instance; a parent ec2_instance fills it.',
      attributes: 'A map, or a list of names and values. null removes one; those that are not named are left alone.',
      deregister: 'true: once drained, the instance is deregistered. A cluster that is to be deleted needs that.',
    },
    model: undefined,
    answer: ContainerInstance$,
    check: checkInstance,
    ownMembers: { cluster: { kind: 'text' }, ec2InstanceId: { kind: 'text' }, attributes },
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
    description: 'An EC2 instance: a reference, never changed.',
    descriptions: { InstanceId: 'The EC2 instance, which is never changed.' },
    model: undefined,
    ownMembers: { InstanceId: { kind: 'text' } },
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
