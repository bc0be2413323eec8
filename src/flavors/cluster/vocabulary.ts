import { CreateClusterRequest$ } from '@aws-sdk/client-ecs'
import type { Vocabulary } from '../../schema/vocabulary.ts'
import { ignore } from '../options.ts'

export const vocabulary = {
  name: 'ecs_cluster',
  model: CreateClusterRequest$,
  ownMembers: {},
  refused: {},
  required: ['clusterName'],
  aliases: {},
  needs: {},
  options: { ignore: 'strings' },
  identifiedBy: ['clusterName'],
  referredByName: true,
  neededToEnd: { members: [], options: [] },
  description: 'A cluster.',
  descriptions: { ignore },
  phrases: { starts: 'is created', ends: 'is deleted', ended: 'deleted' },
} satisfies Vocabulary
