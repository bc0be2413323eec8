import type { Cluster, CreateClusterRequest, UpdateClusterRequest } from '@aws-sdk/client-ecs'
import { additions, compare, comparedBy, unstated } from '../../compare/compare.ts'
import { creationOf, mergeLive } from '../../compare/merge.ts'
import { nothingSensitive, type Sensitivity } from '../../compare/sensitivity.ts'
import type { Ecs } from '../../ecs/client.ts'
import { type EcsError, isEcs } from '../../ecs/errors.ts'
import { DiagnosedEcsError } from '../../engine/failure.ts'
import type { Comparison, Flavor, Observed, Progress } from '../../engine/flavor.ts'
import { consistencyLag } from '../../engine/poll.ts'
import { holdsUnknown, type Particle } from '../../particle.ts'
import { nameOf } from '../../schema/arn.ts'
import { withoutFullStop } from '../../untrusted.ts'
import { plural } from '../../wording.ts'
import { type Retryable, retryWhile } from '../retry.ts'
import { isFargateProvider } from '../rules/launchChecks.ts'
import { setTags } from '../tags.ts'
import { clusterRules } from './rules.ts'
import { vocabulary } from './vocabulary.ts'

/** A particle that states members of CreateCluster. */
type ClusterParticle = Particle<CreateClusterRequest>

/** A cluster as ECS describes it, and the answer of a further call. */
export interface LiveCluster extends Cluster {
  /**
   * Names of its providers that PutClusterCapacityProviders does not take: a Managed Instances provider belongs to its
   * cluster from its own creation to its deletion. Undefined where the role has no right to ask.
   */
  readonly scopedProviders: readonly string[] | undefined
}

const options = comparedBy(vocabulary.model, clusterRules)

/** The first CreateCluster of an account makes the role, and does not see it at once. */
const createNotYet: Retryable = {
  when: ['Unable to assume the service linked role'],
  atMost: 120_000,
  because: 'ECS does not see its service linked role yet',
}

/** ECS refuses an update while another is under way, and of a cluster that is PROVISIONING still. */
const updateNotYet: Retryable = {
  when: ['UpdateInProgressException', 'Cluster was not ACTIVE'],
  atMost: 300_000,
  because: 'waiting for the cluster',
}

/** Refusals of DeleteCluster while the cluster empties. */
const stillUsed = [
  'ClusterContainsServicesException',
  'ClusterContainsTasksException',
  'ClusterContainsContainerInstancesException',
  ...updateNotYet.when,
]

/** `2 services, 1 task`; an empty text for an empty cluster. */
function holds(live: Cluster): string {
  const held = [
    [live.activeServicesCount ?? 0, 'service'],
    [(live.runningTasksCount ?? 0) + (live.pendingTasksCount ?? 0), 'task'],
    [live.registeredContainerInstancesCount ?? 0, 'container instance'],
  ] as const
  return held.flatMap(([count, noun]) => (count > 0 ? plural(count, noun) : [])).join(', ')
}

/** The failure to attach the manifest's capacity providers, which stays until someone acts. */
const couldNotAttach = ({ definition }: ClusterParticle, { attachmentsStatus }: Cluster): string | undefined =>
  attachmentsStatus === 'UPDATE_FAILED' && (definition.capacityProviders || definition.defaultCapacityProviderStrategy)
    ? 'ECS could not change its capacity providers (UPDATE_FAILED): look at their auto scaling groups, then change them or put them anew'
    : undefined

/** What PutClusterCapacityProviders is to make. It replaces both lists: one that the manifest leaves out is as AWS has it. */
function providersOf(particle: ClusterParticle, live: LiveCluster) {
  const whole = mergeLive(particle.definition, live, options(particle, nothingSensitive))
  return {
    capacityProviders: whole.capacityProviders ?? live.capacityProviders ?? [],
    defaultCapacityProviderStrategy:
      whole.defaultCapacityProviderStrategy ?? live.defaultCapacityProviderStrategy ?? [],
  }
}

/** Providers of the resulting strategy that are missing from the resulting providers: ECS refuses those. */
function strategyWithout(particle: ClusterParticle, live: LiveCluster): string[] {
  const { capacityProviders, defaultCapacityProviderStrategy: strategy } = providersOf(particle, live)
  if (holdsUnknown([capacityProviders, strategy])) return []
  const providers = new Set([...capacityProviders.map(nameOf), ...(live.scopedProviders ?? [])])
  return strategy.map(({ capacityProvider = '' }) => nameOf(capacityProvider)).filter(name => !providers.has(name))
}

const stillGoing = 'the cluster of this name is still DEPROVISIONING'

/** For the log: what keeps the cluster from being deleted. */
async function stillThere(ecs: Ecs, name: string): Promise<string> {
  const live = await ecs.cluster(name)
  const held = live && holds(live)
  return held ? `the cluster still holds ${held}` : 'waiting until the cluster is empty'
}

function observe(particle: ClusterParticle, live: Cluster | undefined): Observed {
  if (!live) return { state: 'terminated' }
  if (live.status === 'FAILED')
    return { state: 'running', failed: true, why: 'ECS says that the cluster FAILED; delete it and apply again' }
  const isLeaving = particle.desired !== 'running'
  const why = `the cluster is ${live.status}`
  if (live.status === 'DEPROVISIONING')
    return { state: 'pending', why, ...(isLeaving ? { unsettled: true } : { incomplete: true }) }
  // A cluster that is PROVISIONING still is deleted all the same: nothing but DeleteCluster brings it to its end.
  if (isLeaving) return { state: live.status === 'ACTIVE' ? 'running' : 'pending' }
  if (live.status !== 'ACTIVE') return { state: 'pending', unsettled: true, why }
  const failure = couldNotAttach(particle, live)
  if (failure) return { state: 'running', failed: true, why: failure }
  if (live.attachmentsStatus !== 'UPDATE_IN_PROGRESS') return { state: 'running' }
  return { state: 'running', unsettled: true, why: 'its capacity providers are being changed' }
}

function differences(particle: ClusterParticle, live: LiveCluster, sensitivity: Sensitivity): Comparison {
  const stated = withoutScoped(particle.definition, live)
  const changes = compare(stated, withoutScoped(live, live), options(particle, sensitivity))
  const orphans = changes.length > 0 ? strategyWithout(particle, live) : []
  const message = `${orphans.join(', ')} is in its default strategy and would not be among its capacityProviders; state aws_resource.defaultCapacityProviderStrategy without it`
  const isUnknown = live.scopedProviders === undefined && changes.some(({ path }) => /capacityProvider/i.test(path))
  const warning = `${particle.id}: which of its capacity providers only their own API associates is not known; allow the action ecs:DescribeCapacityProviders in the policy of the role that this workflow assumes`
  return {
    changes,
    ...(orphans.length > 0 && { problems: [{ at: ['capacityProviders'], message, unnamed: true as const }] }),
    ...(isUnknown && { warnings: [warning] }),
  }
}

function removalRisks(particle: ClusterParticle, live: Cluster): string[] {
  const held = holds(live)
  const now = held ? `; now it holds ${held}` : ''
  if (particle.desired === 'stopped') return [`a cluster that is to be stopped is deleted${now}`]
  return now ? [`it is deleted${now}`] : []
}

/** `ecs_cluster`, found by its name. Its status shows the end of each transition: it needs no memo. */
export const cluster: Flavor<CreateClusterRequest, LiveCluster, void> = {
  ...vocabulary,

  calls: [
    'DescribeClusters',
    'DescribeCapacityProviders',
    'CreateCluster',
    'UpdateCluster',
    'PutClusterCapacityProviders',
    'DeleteCluster',
    'TagResource',
    'UntagResource',
  ],

  foundByName: true,

  assess: (particle, live, sensitivity) => ({
    observed: observe(particle, live),
    reference: particle.definition.clusterName,
    currentDefinition: live && { ...live, scopedProviders: undefined, cluster: live.clusterName },
    memo: undefined,
    additions: () => ({
      changes: additions(particle.definition, options(particle, sensitivity)),
      ...(live && { risks: [`${stillGoing}: its end is waited for`] }),
    }),
    ...(live && {
      differences: () => differences(particle, live, sensitivity),
      unstated: () => unstated(particle.definition, live, options(particle, sensitivity)),
      removalRisks: () => removalRisks(particle, live),
    }),
  }),

  progress(particle, live, goal, _memo, elapsed) {
    const moving = (because: string): Progress => ({ is: 'moving', because, near: true })
    const status = `the cluster is ${live?.status}`
    if (goal !== 'running') return live ? moving(status) : { is: 'settled', because: 'gone' }
    if (!live && elapsed < consistencyLag) return moving('the cluster is not there yet')
    if (!live || live.status === 'DEPROVISIONING')
      return { is: 'failed', failure: { code: 'GoneMeanwhile', remedy: { kind: 'plan' } } }
    if (live.status === 'FAILED') return { is: 'failed', failure: { cause: status } }
    if (live.status !== 'ACTIVE') return moving(status)
    if (live.attachmentsStatus === 'UPDATE_IN_PROGRESS') return moving('its capacity providers are being changed')
    const cause = couldNotAttach(particle, live)
    // The status may be that of an attempt before this transition.
    if (cause && elapsed < consistencyLag) return moving(`${cause}; looking again`)
    return cause ? { is: 'failed', failure: { cause } } : { is: 'settled', because: status }
  },

  async describe(particle, { ecs }) {
    const found = await ecs.cluster(particle.definition.clusterName ?? 'default')
    return found && withProviders(particle, found, ecs)
  },

  async start(particle, live, context) {
    const { ecs } = context
    if (live) context.say(stillGoing)
    // CreateCluster would answer that cluster, and make none.
    while (live && (await ecs.cluster(live.clusterName ?? ''))?.status === 'DEPROVISIONING') await context.pause(2_000)
    const input = creationOf(particle.definition, options(particle, nothingSensitive))
    await retryWhile(() => ecs.call('CreateCluster', input), createNotYet, context)
  },

  async update(particle, live, changes, context) {
    const { ecs } = context
    const { definition } = particle
    const changed = new Set(changes.map(({ steps: [member] }) => String(member)))
    const whole = mergeLive(definition, live, options(particle, nothingSensitive))
    const name = live.clusterName ?? definition.clusterName
    const members: Omit<UpdateClusterRequest, 'cluster'> = {
      ...(changed.has('settings') && { settings: settingsOf(whole.settings, live.settings) }),
      ...(changed.has('configuration') && { configuration: whole.configuration }),
      ...(changed.has('serviceConnectDefaults') && {
        serviceConnectDefaults: { namespace: definition.serviceConnectDefaults?.namespace ?? '' },
      }),
    }
    if (Object.keys(members).length > 0)
      await retryWhile(() => ecs.call('UpdateCluster', { cluster: name, ...members }), updateNotYet, context)
    if (changed.has('capacityProviders') || changed.has('defaultCapacityProviderStrategy')) {
      // A provider that only its own API associates stays without being named, and ECS refuses it here.
      const input = { cluster: name, ...withoutScoped(providersOf(particle, live), live) }
      try {
        await retryWhile(() => ecs.call('PutClusterCapacityProviders', input), updateNotYet, context)
      } catch (error) {
        throw isEcs(error, 'ResourceInUseException') ? stillInUse(error) : error
      }
    }
    if (changed.has('tags')) await setTags(ecs, live.clusterArn ?? '', whole.tags, live.tags)
  },

  async terminate(_particle, live, context) {
    const name = live.clusterName ?? ''
    try {
      await retryWhile(
        () => context.ecs.call('DeleteCluster', { cluster: name }),
        // The step's own time limit ends the wait, and names what the cluster still holds.
        { when: stillUsed, atMost: Number.POSITIVE_INFINITY, because: () => stillThere(context.ecs, name) },
        context,
      )
    } catch (error) {
      // Someone else deleted the cluster first.
      if (!isEcs(error, 'ClusterNotFoundException')) throw error
    }
  },
}

/** The services that leave a provider are updated after their cluster, so that both cannot be one change. */
function stillInUse(error: EcsError): DiagnosedEcsError {
  const remedy = 'take it out of capacityProviders in a later change, once the services that leave it are deployed'
  const cause = `${withoutFullStop(error.message)}; ${remedy}`
  return new DiagnosedEcsError(error, cause, { brief: error.code, cause })
}

/** Settings for UpdateCluster, which keeps those that are left out: a removed setting is sent as `disabled`. */
function settingsOf(stated: CreateClusterRequest['settings'], live: Cluster['settings']): Cluster['settings'] {
  const names = new Set(stated?.map(({ name }) => name))
  const gone = (live ?? []).filter(({ name, value }) => !names.has(name) && value !== 'disabled')
  return [...(stated ?? []), ...gone.map(({ name }) => ({ name, value: 'disabled' }))]
}

/** The cluster with what only its providers' descriptions show, where the manifest manages providers. Throws `EcsError`. */
async function withProviders(
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
function withoutScoped<Definition extends Pick<Cluster, 'capacityProviders'>>(
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
