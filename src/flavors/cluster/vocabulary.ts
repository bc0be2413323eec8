import { Cluster$, CreateClusterRequest$ } from '@aws-sdk/client-ecs'
import type { Vocabulary } from '../../schema/vocabulary.ts'
import { checkCluster } from './checks.ts'

/** Members of CreateCluster. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateCluster.html */
export const vocabulary = {
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
  toRemove: {
    settings: '[{name: containerInsights, value: disabled}]',
    capacityProviders: '[]',
    defaultCapacityProviderStrategy: '[]',
    tags: '[]',
  },
  identifiedBy: ['clusterName'],
  referredByName: true,
  description: 'A cluster.',
  descriptions: {},
  phrases: { starts: 'is created', ends: 'is deleted', ended: 'deleted' },
} satisfies Vocabulary
