/** Capacity providers of a cluster, and which of them are its definition's to associate. */
import type { Cluster, CreateClusterRequest } from '@aws-sdk/client-ecs'
import type { Ecs } from '../../ecs/client.ts'
import type { Particle } from '../../particle.ts'
import { nameOf } from '../../schema/arn.ts'
import { isFargateProvider } from '../rules/launchChecks.ts'

/** A particle that states members of CreateCluster. */
export type ClusterParticle = Particle<CreateClusterRequest>

/** A cluster as ECS describes it, and the answer of a further call. */
export interface LiveCluster extends Cluster {
  /**
   * Names of its providers that PutClusterCapacityProviders does not take: a Managed Instances provider belongs to its
   * cluster from its own creation to its deletion. Undefined where the role has no right to ask.
   */
  readonly scopedProviders: readonly string[] | undefined
}

/** The cluster with what only its providers' descriptions show, where the manifest manages providers. Throws `EcsError`. */
export async function withProviders(
  { definition, desired }: ClusterParticle,
  cluster: Cluster,
  ecs: Ecs,
): Promise<LiveCluster> {
  const isManaged = definition.capacityProviders ?? definition.defaultCapacityProviderStrategy
  const all = desired === 'running' && isManaged ? (cluster.capacityProviders ?? []).map(nameOf) : []
  const asked = all.filter(name => !isFargateProvider(name))
  const described = await ecs.ifAllowed(
    'DescribeCapacityProviders',
    () => Promise.all(asked.map(name => ecs.capacityProvider(name))),
    () => {},
  )
  const scoped = described?.flatMap(provider => (provider && !provider.autoScalingGroupProvider ? provider.name : []))
  return { ...cluster, scopedProviders: scoped?.filter(name => name !== undefined) }
}

/** The same without providers that only their own API associates. */
export function withoutScoped<Definition extends Pick<Cluster, 'capacityProviders'>>(
  definition: Definition,
  { scopedProviders = [] }: LiveCluster,
): Definition {
  const { capacityProviders } = definition
  if (!Array.isArray(capacityProviders) || scopedProviders.length === 0) return definition
  return {
    ...definition,
    capacityProviders: capacityProviders.filter(name => !scopedProviders.includes(nameOf(String(name)))),
  }
}
