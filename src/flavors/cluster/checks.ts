import { nameOf } from '../../schema/arn.ts'
import { all, checks, is, lacks, type Stated } from '../../schema/refusals.ts'
import { checkStrategy } from '../rules/launchChecks.ts'

const strategy = 'defaultCapacityProviderStrategy'

function checkProviders(cluster: Stated): void {
  if (cluster.member('capacityProviders')?.kind !== 'list' || cluster.partlyUnknown('capacityProviders')) return
  const providers = new Map(cluster.scalars('capacityProviders').map(([node, provider]) => [nameOf(provider), node]))
  for (const item of cluster.elements(strategy)) {
    const isKnown = providers.has(nameOf(item.text('capacityProvider') ?? ''))
    if (!isKnown) item.reportUnknown('capacityProvider', providers, 'is not among capacityProviders')
  }
}

/** What CreateCluster would refuse. */
export const checkCluster = checks(checkStrategy(strategy), checkProviders, {
  'configuration.executeCommandConfiguration': [
    [
      'logging',
      all(is('logging', 'OVERRIDE'), lacks('logConfiguration')),
      'OVERRIDE needs a logConfiguration beside it',
      'holder',
    ],
  ],
})
