import { CreateCapacityProviderRequest$ } from '@aws-sdk/client-ecs'
import type { Vocabulary } from '../../../src/schema/vocabulary.ts'

export const vocabulary = {
  name: 'ecs_capacity_provider',
  model: CreateCapacityProviderRequest$,
  ownMembers: {},
  refused: { managedInstancesProvider: 'leave it out: only auto scaling groups are supported' },
  required: ['name'],
  aliases: { capacityProviderName: 'name' },
  needs: {},
  options: { ignore: 'strings' },
  identifiedBy: ['name'],
  referredByName: true,
  description: 'A capacity provider.',
  descriptions: {},
  phrases: { starts: 'is set up', ends: 'is taken down', ended: 'deleted' },
} satisfies Vocabulary
