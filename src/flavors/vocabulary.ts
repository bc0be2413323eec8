import {
  CreateClusterRequest$,
  CreateServiceRequest$,
  RegisterTaskDefinitionRequest$,
  RunTaskRequest$,
} from '@aws-sdk/client-ecs'
import type { Stated, Vocabulary } from '../schema/vocabulary.ts'

/** `main` of `arn:aws:ecs:us-east-1:123456789012:cluster/main`, and of `main`. */
export const nameOf = (arnOrName: string): string => arnOrName.slice(arnOrName.lastIndexOf('/') + 1)

const text = ({ definition }: Stated, member: string): string | undefined => {
  const value: unknown = (definition as Readonly<Record<string, unknown>>)[member]
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Cluster and name: who a thing in a cluster is. A cluster that nobody names is ECS's `default`. */
const inCluster = (member: string) => (particle: Stated) => {
  const name = text(particle, member)
  return name && `${nameOf(text(particle, 'cluster') ?? 'default')}/${name}`
}

/** What manifests may say of each flavor: words alone, no calls, so that manifests can be read without AWS. */
export const vocabulary = {
  ecs_cluster: {
    name: 'ecs_cluster',
    model: CreateClusterRequest$,
    own: {},
    refused: {},
    required: ['clusterName'],
    aliases: {},
    needs: {},
    options: { ignore: 'strings' },
    identifiedBy: ['clusterName'],
    endsBy: { members: [], options: [] },
    identity: particle => text(particle, 'clusterName'),
    nameFor: particle => text(particle, 'clusterName'),
  },
  ecs_task_definition: {
    name: 'ecs_task_definition',
    model: RegisterTaskDefinitionRequest$,
    own: { revision: 'number' },
    refused: {},
    required: ['family', 'containerDefinitions[].name'],
    aliases: {},
    needs: {},
    options: { ignore: 'strings' },
    identifiedBy: ['family'],
    endsBy: { members: [], options: [] },
    identity: particle => text(particle, 'family'),
    // Which revision is a matter of what AWS has.
    nameFor: () => undefined,
  },
  ecs_service: {
    name: 'ecs_service',
    model: CreateServiceRequest$,
    own: {},
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
    endsBy: { members: [], options: [] },
    identity: inCluster('serviceName'),
    nameFor: () => undefined,
  },
  ecs_task: {
    name: 'ecs_task',
    model: RunTaskRequest$,
    own: { taskName: 'string', stopReason: 'string' },
    refused: { clientToken: 'leave it out: this tool makes it from what is to run' },
    required: ['taskName'],
    named: 'taskName',
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
    endsBy: { members: ['taskDefinition', 'startedBy', 'stopReason'], options: [] },
    identity: inCluster('taskName'),
    nameFor: () => undefined,
  },
  ecs_instance: {
    name: 'ecs_instance',
    model: undefined,
    own: { cluster: 'string', ec2InstanceId: 'string', attributes: 'attributes' },
    refused: {},
    required: [],
    aliases: { clusterName: 'cluster', clusterArn: 'cluster' },
    needs: { ecs_cluster: 'cluster', ec2_instance: 'ec2InstanceId' },
    options: { ignore: 'strings', deregister: 'boolean' },
    identifiedBy: ['cluster', 'ec2InstanceId'],
    endsBy: { members: [], options: ['deregister'] },
    identity: inCluster('ec2InstanceId'),
    nameFor: () => undefined,
  },
  ec2_instance: {
    name: 'ec2_instance',
    model: undefined,
    own: { InstanceId: 'string' },
    open: true,
    refused: {},
    required: ['InstanceId'],
    aliases: {},
    needs: {},
    options: {},
    identifiedBy: ['InstanceId'],
    endsBy: { members: [], options: [] },
    identity: particle => text(particle, 'InstanceId'),
    nameFor: particle => text(particle, 'InstanceId'),
  },
} satisfies Record<string, Vocabulary>
