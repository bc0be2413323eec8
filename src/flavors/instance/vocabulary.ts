import { ContainerInstance$ } from '@aws-sdk/client-ecs'
import type { Vocabulary } from '../../schema/vocabulary.ts'
import { attributes, checkInstance } from './checks.ts'

/** Members that ECS lets change on a container instance that has registered itself. */
export const vocabulary = {
  name: 'ecs_instance',
  answer: ContainerInstance$,
  check: checkInstance,
  ownMembers: { cluster: { kind: 'text' }, ec2InstanceId: { kind: 'text' }, attributes },
  refused: {},
  required: [],
  aliases: { clusterName: 'cluster', clusterArn: 'cluster' },
  needs: { ecs_cluster: 'cluster', ec2_instance: 'ec2InstanceId' },
  options: { ignore: 'strings', deregister: 'boolean' },
  toRemove: { 'attributes[]': 'null' },
  identifiedBy: ['cluster', 'ec2InstanceId'],
  referredByName: false,
  neededToEnd: { options: ['deregister'] },
  description: 'A container instance, with a cluster and an EC2 instance as its parents.',
  descriptions: {
    deregister: 'true: once drained, the instance is deregistered. A cluster that is to be deleted needs that.',
    cluster: 'Name or ARN of the cluster; a parent ecs_cluster fills it.',
    ec2InstanceId: 'The EC2 instance; a parent ec2_instance fills it.',
    attributes: 'A map, or a list of names and values. null removes one; those that are not named are left alone.',
  },
  phrases: { starts: 'takes tasks again', ends: 'is drained', ended: 'drained' },
} satisfies Vocabulary
