import {
  type CapacityProvider,
  CreateCapacityProviderCommand,
  type CreateCapacityProviderRequest,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
} from '@aws-sdk/client-ecs'
import { additions, compare, comparedBy } from '../../../src/compare/compare.ts'
import { requestOf } from '../../../src/compare/merge.ts'
import { nothingSensitive } from '../../../src/compare/sensitivity.ts'
import type { OwnCall } from '../../../src/ecs/calls.ts'
import type { Flavor } from '../../../src/engine/flavor.ts'
import { setTags } from '../../../src/flavors/tags.ts'
import { capacityProviderRules } from './rules.ts'
import { vocabulary } from './vocabulary.ts'

const describeProviders = {
  name: 'DescribeCapacityProviders',
  command: DescribeCapacityProvidersCommand,
  bucket: 'cluster read',
} satisfies OwnCall
const createProvider = {
  name: 'CreateCapacityProvider',
  command: CreateCapacityProviderCommand,
  bucket: 'cluster modify',
  modifies: true,
} satisfies OwnCall
const deleteProvider = {
  name: 'DeleteCapacityProvider',
  command: DeleteCapacityProviderCommand,
  bucket: 'cluster modify',
  modifies: true,
  repeatable: true,
} satisfies OwnCall

const optionsOf = comparedBy(vocabulary.model, capacityProviderRules)

export const capacityProvider: Flavor<CreateCapacityProviderRequest, CapacityProvider, void> = {
  ...vocabulary,

  calls: [describeProviders, createProvider, deleteProvider, 'TagResource', 'UntagResource'],

  foundByName: true,

  assess: (particle, live, sensitivity) => ({
    observed: { state: live ? 'running' : 'terminated' },
    reference: particle.definition.name,
    currentDefinition: live && { ...live },
    memo: undefined,
    additions: () => ({ changes: additions(particle.definition, optionsOf(particle, sensitivity)) }),
    ...(live && {
      differences: () => ({ changes: compare(particle.definition, live, optionsOf(particle, sensitivity)) }),
      removalRisks: () => ['clusters can start no more tasks on it'],
    }),
  }),

  progress(_particle, live, goal) {
    const isReached = (live !== undefined) === (goal === 'running')
    return isReached
      ? { is: 'settled', because: live ? `the provider is ${live.status}` : 'gone' }
      : { is: 'moving', because: live ? 'the provider is being deleted' : 'the provider is not visible yet' }
  },

  async describe({ definition: { name = '' } }, { ecs }) {
    const answer = await ecs.call(describeProviders, { capacityProviders: [name], include: ['TAGS'] })
    return answer.capacityProviders?.find(({ status }) => status === 'ACTIVE')
  },

  async start(particle, _live, { ecs }) {
    await ecs.call(createProvider, requestOf(particle.definition, optionsOf(particle, nothingSensitive)))
  },

  async update({ definition }, live, _changes, { ecs }) {
    await setTags(ecs, live.capacityProviderArn ?? '', definition.tags ?? [], live.tags ?? [])
  },

  async terminate(_particle, live, { ecs }) {
    await ecs.call(deleteProvider, { capacityProvider: live.name })
  },
}
