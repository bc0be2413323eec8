import type { MapNode } from '../../../particle.ts'
import { elements, given, member, partlyUnknown, scalar, scalars, text } from '../reading.ts'
import { sayValue } from '../written.ts'
import { checkStrategy } from './launch.ts'
import { guess, root, type Say } from './say.ts'

export function checkCluster(node: MapNode, _sound: boolean, say: Say): void {
  const strategy = 'defaultCapacityProviderStrategy'
  checkStrategy(node, strategy, say)
  if (member(node, 'capacityProviders')?.kind === 'list' && !partlyUnknown(node, 'capacityProviders', '')) {
    const providers = scalars(node, 'capacityProviders').map(([, provider]) => provider)
    for (const item of elements(node, strategy, root)) {
      const provider = scalar(item.node, 'capacityProvider')
      if (provider && !providers.includes(String(provider.value))) {
        say(
          provider,
          `${item.path}.capacityProvider ${sayValue(provider)} is not among capacityProviders${guess(provider, providers)}`,
        )
      }
    }
  }
  const execute = member(member(node, 'configuration'), 'executeCommandConfiguration')
  if (execute && text(execute, 'logging') === 'OVERRIDE' && !given(execute, 'logConfiguration')) {
    say(
      execute,
      `${root}.configuration.executeCommandConfiguration.logging OVERRIDE needs a logConfiguration beside it`,
    )
  }
}
