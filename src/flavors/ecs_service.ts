import type {
  CreateServiceRequest,
  Deployment,
  Service,
  ServiceRevision,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import { isEcs } from '../ecs/errors.ts'
import type { FoundChange } from '../engine/change.ts'
import { compare, describe } from '../engine/compare.ts'
import { openCurtain } from '../engine/curtain.ts'
import { overlay, requestOf } from '../engine/overlay.ts'
import { ignoredPaths, memberOf } from '../engine/path.ts'
import type { Members } from '../engine/rules.ts'
import type { Particle } from '../particle.ts'
import { plural, stopping, summarizeStopped } from './containers.ts'
import type { Act, Comparison, Curtain, Flavor } from './flavor.ts'
import { insist, type NotYet } from './insist.ts'
import { fixed, liveService, restarts, serviceRules, updatable } from './rules/service.ts'
import { setTags } from './tags.ts'
import { nameOf, vocabulary } from './vocabulary.ts'

const words = vocabulary.ecs_service

/** A service as it is described, and its newest revision where the manifest states what only revisions show. */
export interface LiveService {
  readonly service: Service
  readonly revision?: ServiceRevision
  /** The inputs ask for a new deployment. */
  readonly redeploy: boolean
}

/** The deployment that a transition started, or found under way: only its id tells a rollback from success. */
export interface Memo {
  readonly deployment?: string
  /** Events before this time, in milliseconds since 1970, are somebody else's story. */
  readonly since: number
}

type ServiceParticle = Particle<CreateServiceRequest>

const options = (particle: ServiceParticle, curtain: Curtain) => ({
  schema: words.model,
  rules: serviceRules,
  whole: false,
  ignore: ignoredPaths(particle.options.ignore),
  curtain,
})

const primary = (service: Service): Deployment | undefined =>
  service.deployments?.find(({ status }) => status === 'PRIMARY')

const member = ({ path }: FoundChange): string => memberOf(path)

/** Only revisions show these: the described service leaves them out. */
const onRevisionOnly = ['gatewayConnectors', 'monitoring'] as const

/**
 * Members that take effect with a new deployment only, which must be asked for. Between launch type and capacity provider
 * strategy a service moves in place; what only revisions show is only had with a new revision.
 */
const forcing: ReadonlySet<string> = new Set(['launchType', 'capacityProviderStrategy', ...onRevisionOnly])

/** A new service, or deployment, may be missing from answers for a moment. */
const notVisibleYet = 30_000

/** What CreateService says while what it needs is still on its way. */
const createNotYet = [
  {
    when: ['Unable to Start a service that is still Draining'],
    atMost: Number.POSITIVE_INFINITY,
    because: 'the service of this name is still draining',
  },
  {
    // Roles and load balancers take a moment until ECS sees them.
    when: [
      'verify that the ECS service role being passed has the proper permissions',
      'Unable to assume the service linked role',
      'does not have an associated load balancer',
    ],
    atMost: 120_000,
    because: 'ECS does not see yet what the service needs',
  },
  { when: ['ClusterNotFoundException'], atMost: 30_000, because: 'ECS does not see the cluster yet' },
] satisfies NotYet[]

/** What DeleteService says of a service that has only just been told to stop. */
const deleteNotYet: NotYet = {
  when: ['cannot be stopped while it is scaled above 0', 'cannot be stopped while deployments are active'],
  atMost: 900_000,
  because: 'ECS cannot delete the service yet',
}

/** What a call says of a service that somebody else has deleted meanwhile. */
const isGoneAlready = (error: unknown): boolean =>
  isEcs(error, 'ServiceNotFoundException', 'ServiceNotActiveException', 'ClusterNotFoundException')

export const service: Flavor<CreateServiceRequest, LiveService, Memo> = {
  ...words,

  read(particle, live) {
    if (!live) return { state: 'terminated' }
    const { service } = live
    if (service.status === 'DRAINING') {
      const why = `the service is DRAINING, ${counts(service)}`
      return { state: 'pending', why, ...(particle.desired === 'running' ? { incomplete: true } : { unsettled: true }) }
    }
    // On its way out, a rollout under way is nothing to wait for.
    if (particle.desired !== 'running') return { state: 'running' }
    const deployment = primary(service)
    if (deployment?.rolloutState === 'FAILED') {
      return {
        state: 'running',
        failed: true,
        why: `its deployment of ${reference(deployment)} FAILED: ${deployment.rolloutStateReason ?? 'ECS gives no reason'}; change it, or name ${particle.id} in redeploy`,
      }
    }
    if (deployment?.rolloutState === 'IN_PROGRESS') return { state: 'pending', unsettled: true, why: progress(service) }
    return { state: 'running' }
  },

  compare(particle, live, curtain) {
    const found = compare(particle.definition, laidOut(live), options(particle, curtain)).filter(
      change => !isAnyRevision(change, particle, live),
    )
    const controller = live.service.deploymentController?.type ?? 'ECS'
    const allowed = controller === 'ECS' ? undefined : updatable[controller]
    const changes = allowed ? found.filter(change => allowed.includes(member(change)) || isTags(change)) : found
    const asked = live.redeploy ? [redeployment] : []
    const refused = allowed ? [...found.filter(change => !changes.includes(change)), ...asked] : []
    const replaces = changes.filter(change => isFixed(change, live)).map(({ path }) => path)
    const all = allowed ? changes : [...changes, ...asked]
    return {
      changes: all,
      ...(refused.length > 0 && { protected: refused }),
      ...(refused.length > 0 && {
        warnings: [
          `${particle.id} is deployed by ${controller}: UpdateService refuses ${refused.map(({ path }) => path).join(', ')}`,
        ],
      }),
      ...(replaces.length > 0 && { replaces }),
      risks:
        replaces.length > 0
          ? [`${stopping(live.service.runningCount ?? 0)} before it is made anew`]
          : risks(all, particle, live),
    }
  },

  describe(particle, live, curtain) {
    const definition = forStart(particle)
    const changes = describe(definition, options(particle, curtain))
    const problems: NonNullable<Comparison['problems']>[number][] = []
    if (particle.definition.schedulingStrategy !== 'DAEMON' && definition.desiredCount === undefined) {
      problems.push({
        at: ['desiredCount'],
        message:
          'aws_resource.desiredCount is missing and the service does not exist yet; state it, or custom_config.initial_desired_count when an autoscaler is to own it',
      })
    }
    return {
      changes,
      ...(problems.length > 0 && { problems }),
      ...(live?.service.status === 'DRAINING' && {
        risks: ['the service of this name is still draining: it is waited for'],
      }),
    }
  },

  goodbye(particle, { service }) {
    const stops = stopping(service.runningCount ?? 0)
    if (particle.desired === 'stopped') return [`a service that is to be stopped is deleted, and ${stops}`]
    return [`it is deleted and ${stops}`]
  },

  reference: particle => particle.definition.serviceName,

  current: (_particle, live) => live && { ...live.service, cluster: live.service.clusterArn },

  resume: (_particle, live) => {
    const deployment = live && primary(live.service)
    return {
      ...(deployment?.id && { deployment: deployment.id }),
      since: deployment?.createdAt?.getTime() ?? 0,
    }
  },

  settled(particle, live, goal, memo, elapsed) {
    if (goal !== 'running') {
      return live
        ? { is: 'moving', because: `the service is ${live.service.status}, ${counts(live.service)}` }
        : { is: 'settled', because: 'gone' }
    }
    if (!live) {
      return elapsed < notVisibleYet
        ? { is: 'moving', because: 'the service is not visible yet' }
        : { is: 'failed', because: 'the service is gone: somebody deleted it meanwhile' }
    }
    return rollout(live.service, memo, particle, elapsed)
  },

  async look(particle, { ecs, asked }) {
    const { cluster = 'default', serviceName } = particle.definition
    // In a cluster whose name only an apply will tell, nothing can be yet.
    if (typeof cluster !== 'string' || typeof serviceName !== 'string') return undefined
    const found = await ecs.service(cluster, serviceName)
    if (!found) return undefined
    const needed =
      particle.desired === 'running' && onRevisionOnly.some(name => particle.definition[name] !== undefined)
    const arns = needed ? (found.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []) : []
    const revision = ofPrimary(found, await Promise.all(arns.map(arn => ecs.serviceRevision(arn))))
    return { service: found, ...(revision && { revision }), redeploy: asked }
  },

  async start(particle, _live, act) {
    const answer = await insist(
      () =>
        act.ecs.call('CreateService', {
          ...requestOf(forStart(particle), options(particle, openCurtain)),
          clientToken: tokenOf(act),
        }),
      createNotYet,
      act,
    )
    return memoOf(answer.service, act.clock.now())
  },

  async update(particle, live, changes, act) {
    const { definition } = particle
    const since = act.clock.now()
    const changed = new Set(changes.map(member))
    let memo = service.resume(particle, live)
    const input = updateOf(particle, live, changed, act)
    if (input) {
      const answer = await act.ecs.call('UpdateService', input)
      memo = memoOf(answer.service, since)
    }
    if (changed.has('tags')) {
      await setTags(act.ecs, live.service.serviceArn ?? '', definition.tags ?? [], live.service.tags ?? [])
    }
    return memo
  },

  async terminate(particle, live, act) {
    const cluster = particle.definition.cluster ?? 'default'
    const name = particle.definition.serviceName ?? ''
    const since = act.clock.now()
    if (live.service.status === 'DRAINING') return { since }
    const daemon = live.service.schedulingStrategy === 'DAEMON'
    let scaled = !daemon && (live.service.desiredCount ?? 0) > 0
    const remove = async () => {
      if (scaled) await act.ecs.call('UpdateService', { cluster, service: name, desiredCount: 0 })
      scaled = false
      try {
        await act.ecs.call('DeleteService', { cluster, service: name, ...(daemon && { force: true }) })
      } catch (error) {
        // An autoscaler may have put tasks back between the two calls.
        scaled = isEcs(error, 'while it is scaled above 0')
        throw error
      }
    }
    try {
      await insist(remove, deleteNotYet, act)
    } catch (error) {
      if (!isGoneAlready(error)) throw error
    }
    return { since }
  },

  async explain(particle, live, memo, { ecs }) {
    if (!live) return []
    const { definition } = particle
    const events = (live.service.events ?? [])
      .filter(event => (event.createdAt?.getTime() ?? 0) >= memo.since - 1_000)
      .reverse()
      .slice(-20)
      .map(event => `${event.createdAt?.toISOString().slice(11, 19)}  ${event.message ?? ''}`)
    const stopped = await ecs.stoppedTasksOfService(definition.cluster ?? 'default', definition.serviceName ?? '')
    const ours = stopped.filter(task => memo.deployment === undefined || task.startedBy === memo.deployment)
    // Those that were taken away because the rollout was over did not fail.
    const failed = ours.filter(({ stoppedReason }) => !stoppedReason?.startsWith('Scaling activity initiated by'))
    return [...events, ...summarizeStopped(failed)]
  },

  async rollBack(particle, before, now, act) {
    // What somebody else has deployed meanwhile is not ours to take back.
    if (!now || isForeign(particle, before, now)) return undefined
    const back = putBack(particle, before, now)
    // The circuit breaker was faster, or nothing else ran before.
    if (Object.keys(back).length === 0) return undefined
    const answer = await act.ecs.call('UpdateService', {
      ...back,
      cluster: particle.definition.cluster ?? 'default',
      service: particle.definition.serviceName,
    })
    return memoOf(answer.service, act.clock.now())
  },
}

const redeployment: FoundChange = { path: 'forceNewDeployment', before: false, after: true, asked: true }

const isTags = (change: FoundChange) => member(change) === 'tags'

/** Members that stand on task sets where another controller makes the deployments. */
const onTaskSets = [
  'taskDefinition',
  'launchType',
  'capacityProviderStrategy',
  'platformVersion',
  'networkConfiguration',
  'loadBalancers',
  'serviceRegistries',
] as const

/** The described service and what stands elsewhere, laid out like the request. */
function laidOut({ service, revision }: LiveService): Members {
  const set = service.taskSets?.find(({ status }) => status === 'PRIMARY')
  const laid: Record<string, unknown> = { ...liveService(service, revision) }
  for (const name of set ? onTaskSets : []) {
    const known = laid[name]
    if (known === undefined || (Array.isArray(known) && known.length === 0)) laid[name] = set?.[name]
  }
  return laid
}

/** A family without a revision asks for any revision of it: which one runs is somebody else's business. */
function isAnyRevision(change: FoundChange, { definition }: ServiceParticle, { service }: LiveService): boolean {
  if (change.path !== 'taskDefinition' || typeof definition.taskDefinition !== 'string') return false
  return nameOf(service.taskDefinition ?? '').replace(/:\d+$/, '') === nameOf(definition.taskDefinition)
}

/** Whether a change asks for what UpdateService cannot do. */
function isFixed(change: FoundChange, { service }: LiveService): boolean {
  const changed = member(change)
  // From a strategy to a launch type the service moves in place; from one launch type to another it does not.
  if (changed === 'launchType') return (service.capacityProviderStrategy?.length ?? 0) === 0
  return fixed.includes(changed)
}

function risks(changes: readonly FoundChange[], { definition }: ServiceParticle, { service }: LiveService): string[] {
  const restarting = changes.some(
    change => restarts.includes(member(change)) || forcing.has(member(change)) || change === redeployment,
  )
  const running = service.runningCount ?? 0
  if (!restarting || running === 0) return []
  const healthy =
    definition.deploymentConfiguration?.minimumHealthyPercent ??
    service.deploymentConfiguration?.minimumHealthyPercent ??
    (service.schedulingStrategy === 'DAEMON' ? 0 : 100)
  const desired = definition.desiredCount ?? service.desiredCount ?? 0
  const least = Math.min(running, Math.ceil((desired * healthy) / 100))
  return [`restarts ${plural(running, 'task')}, never below ${least} running`]
}

/** Of several revisions in use, the newest of those that run what the primary deployment runs. */
function ofPrimary(service: Service, revisions: readonly (ServiceRevision | undefined)[]): ServiceRevision | undefined {
  const wanted = primary(service)?.taskDefinition
  const all = revisions.filter(revision => revision !== undefined)
  const same = all.filter(({ taskDefinition }) => taskDefinition === wanted)
  const made = ({ createdAt }: ServiceRevision) => createdAt?.getTime() ?? 0
  return (same.length > 0 ? same : all).sort((one, other) => made(other) - made(one))[0]
}

/** The definition as it is created: with the count that an autoscaler takes over later. */
function forStart({ definition, options }: ServiceParticle): CreateServiceRequest {
  const initial = options.initial_desired_count as number | undefined
  if (definition.desiredCount !== undefined || initial === undefined) return definition
  return { ...definition, desiredCount: initial }
}

/** Of each step that creates a service: its token. */
const tokens = new WeakMap<Act, string>()

/**
 * 36 ASCII characters at most, the same for every try of one step, so that no try creates twice; a crash is met by
 * looking.
 */
function tokenOf(act: Act): string {
  const token =
    tokens.get(act) ?? `ecs-particles-${act.clock.now()}-${Math.random().toString(36).slice(2, 8)}`.slice(0, 36)
  tokens.set(act, token)
  return token
}

/** Of each step that forces a deployment: the one that ran before its first try. */
const forcedSince = new WeakMap<Act, string>()

/** A try whose answer was lost may have been carried out: a deployment that is new since then is the one we asked for. */
function isDeployedAnew(live: LiveService, act: Act): boolean {
  const now = primary(live.service)?.id ?? ''
  const before = forcedSince.get(act) ?? now
  forcedSince.set(act, before)
  return now !== before
}

/** The request for what has changed; undefined when only tags have. Members that did not change stay unsaid. */
function updateOf(
  particle: ServiceParticle,
  live: LiveService,
  changed: ReadonlySet<string>,
  act: Act,
): UpdateServiceRequest | undefined {
  const { definition } = particle
  const whole: Readonly<Record<string, unknown>> = {
    ...overlay(definition, laidOut(live), options(particle, openCurtain)),
  }
  const said: Record<string, unknown> = {}
  for (const name of changed) {
    if (name === 'tags' || name === 'launchType' || name === redeployment.path) continue
    said[name] = whole[name]
  }
  // Switched off, Service Connect has nothing else to say.
  if (changed.has('serviceConnectConfiguration') && definition.serviceConnectConfiguration?.enabled === false) {
    said.serviceConnectConfiguration = { enabled: false }
  }
  // Back to the launch type: an empty strategy says so.
  if (changed.has('launchType')) said.capacityProviderStrategy = []
  const asked = changed.has(redeployment.path) && !isDeployedAnew(live, act)
  if (asked || [...changed].some(name => forcing.has(name))) said.forceNewDeployment = true
  if (Object.keys(said).length === 0) return undefined
  return { ...said, cluster: definition.cluster ?? 'default', service: definition.serviceName }
}

/** Neither what ran before is PRIMARY, nor what the manifest asks for. */
function isForeign(particle: ServiceParticle, before: LiveService, now: LiveService): boolean {
  if (primary(now.service)?.id === primary(before.service)?.id) return false
  const left = compare(particle.definition, laidOut(now), options(particle, openCurtain))
  return left.some(change => restarts.includes(member(change)) && !isAnyRevision(change, particle, now))
}

/** Of what the manifest states, what is not as it was before the update, as it was. */
function putBack(
  { definition }: ServiceParticle,
  before: LiveService,
  now: LiveService,
): Partial<UpdateServiceRequest> {
  const [old, there] = [before, now].map(laidOut) as [Members, Members]
  const back: Record<string, unknown> = {}
  // Where it says a launch type, a strategy is what it may have moved from.
  const names = Object.keys(definition).map(name => (name === 'launchType' ? 'capacityProviderStrategy' : name))
  for (const name of names) {
    if (name === 'tags' || fixed.includes(name) || JSON.stringify(old[name]) === JSON.stringify(there[name])) continue
    const nothing = name === 'serviceConnectConfiguration' ? { enabled: false } : Array.isArray(there[name]) && []
    const value = old[name] ?? nothing
    if (value !== false || old[name] === false) back[name] = value
  }
  if (Object.keys(back).some(name => forcing.has(name))) back.forceNewDeployment = true
  return back
}

function memoOf(answer: Service | undefined, since: number): Memo {
  const deployment = answer && primary(answer)
  // By ECS's own clock, where it tells: events are told by that, and the runner's may differ.
  return { ...(deployment?.id && { deployment: deployment.id }), since: deployment?.createdAt?.getTime() ?? since }
}

/** `web:7` of a deployment. */
function reference(deployment: Pick<Deployment, 'taskDefinition'> | undefined): string {
  const arn = deployment?.taskDefinition ?? ''
  return arn.slice(arn.lastIndexOf('/') + 1) || 'its task definition'
}

const counts = (service: Service): string => {
  const { runningCount = 0, desiredCount = 0 } = service
  return desiredCount === 0 && runningCount > 0
    ? `${plural(runningCount, 'task')} still running`
    : `${runningCount} of ${plural(desiredCount, 'task')} running`
}

function progress(service: Service): string {
  const state = primary(service)?.rolloutState
  return `${counts(service)}${state ? `, deployment ${state}` : ''}`
}

/** Judged by the deployment that we started: PRIMARY and COMPLETED alone could be what ECS went back to. */
function rollout(
  live: Service,
  memo: Memo,
  { definition }: ServiceParticle,
  elapsed: number,
): ReturnType<(typeof service)['settled']> {
  const now = primary(live)
  const { runningCount = 0, desiredCount = 0, pendingCount = 0 } = live
  if (live.status === 'DRAINING') return { is: 'failed', because: 'somebody is deleting the service' }
  const ours = memo.deployment ? live.deployments?.find(({ id }) => id === memo.deployment) : now
  // A controller of another kind has no PRIMARY of ours to judge by.
  if (now && memo.deployment && now.id !== memo.deployment) return notOurs(live, now, ours, memo.deployment, elapsed)
  if (ours?.rolloutState === 'FAILED') {
    return {
      is: 'failed',
      because: `its deployment of ${reference(ours)} FAILED: ${ours.rolloutStateReason ?? 'ECS gives no reason'}`,
    }
  }
  // An autoscaler may be on its way down all the time; a count that the manifest states is to be met.
  const met = definition.desiredCount === undefined ? runningCount >= desiredCount : runningCount === desiredCount
  const moving =
    ours?.rolloutState === 'IN_PROGRESS' || (live.schedulingStrategy !== 'DAEMON' && !met) || pendingCount > 0
  if (moving && live.deploymentController?.type !== 'EXTERNAL') return { is: 'moving', because: progress(live) }
  return { is: 'settled', because: `${counts(live).replace(' running', ' run')} ${reference(now ?? live)}` }
}

/** Another deployment is PRIMARY: ECS went back to it, or somebody else made it. */
function notOurs(
  live: Service,
  now: Deployment,
  ours: Deployment | undefined,
  id: string,
  elapsed: number,
): ReturnType<(typeof service)['settled']> {
  // Once the way back is complete, ours is not listed any more, and only an event tells what became of it.
  const failed = live.events?.find(({ message = '' }) => message.includes(`(deployment ${id}) deployment failed`))
  if (!ours && !failed && elapsed < notVisibleYet) {
    return { is: 'moving', because: 'the deployment is not visible yet' }
  }
  const told = failed?.message?.replace(/^\(service \S+\) \(deployment \S+\) /, '')
  const goesBack = /roll(ing|ed)? ?back/i.test(now.rolloutStateReason ?? '')
  if (!failed && ours?.rolloutState !== 'FAILED' && !goesBack) {
    return {
      is: 'failed',
      because: `another deployment (${now.id} of ${reference(now)}) took the place of ours: somebody else changed the service; plan again`,
    }
  }
  if (now.rolloutState === 'IN_PROGRESS') {
    return { is: 'moving', because: `ECS is rolling back to ${reference(now)}, ${counts(live)}` }
  }
  const why = ours?.rolloutStateReason ?? told ?? now.rolloutStateReason ?? 'ECS gives no reason'
  const ended = now.rolloutState === 'FAILED' ? 'and that failed too' : `it runs ${reference(now)} again`
  return { is: 'failed', because: `was rolled back by ECS: ${ended}, ${counts(live)}: ${why}` }
}
