import type { MapNode } from '../../particle.ts'
import { sayValue } from '../written.ts'
import { checkStrategy } from './launch.ts'
import { elements, given, member, partlyUnknown, scalar, scalars, text } from './reading.ts'
import { guess, root, type Say } from './say.ts'

/** What a cluster says of its capacity providers and of ECS Exec. */
export function checkCluster(node: MapNode, _sound: boolean, say: Say): void {
  const strategy = 'defaultCapacityProviderStrategy'
  checkStrategy(node, strategy, say)
  if (member(node, 'capacityProviders')?.kind === 'list' && !partlyUnknown(node, 'capacityProviders', '')) {
    const stated = scalars(node, 'capacityProviders')
    const providers = stated.map(([, provider]) => provider)
    const sayable = stated.flatMap(([at, provider]) => (at.parts ? [] : [provider]))
    for (const item of elements(node, strategy, root)) {
      const provider = scalar(item.node, 'capacityProvider')
      if (provider && !providers.includes(String(provider.value))) {
        say(
          provider,
          `${item.path}.capacityProvider ${sayValue(provider)} is not among capacityProviders${guess(provider, sayable)}`,
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
