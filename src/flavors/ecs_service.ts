import type {
  CreateServiceRequest,
  Deployment,
  Service,
  ServiceRevision,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs'
import type { FoundChange } from '../engine/change.ts'
import { compare, describe } from '../engine/compare.ts'
import type { Particle } from '../particle.ts'
import { summarizeStopped } from './containers.ts'
import type { Comparison, Curtain, Flavor } from './flavor.ts'
import { insist, type NotYet } from './insist.ts'
import { merged } from './merge.ts'
import { fixed, liveService, restarts, serviceRules, updatable } from './rules/service.ts'
import { setTags } from './tags.ts'
import { vocabulary } from './vocabulary.ts'

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
  ignore: (particle.options.ignore as string[] | undefined) ?? [],
  curtain,
})

const primary = (service: Service): Deployment | undefined =>
  service.deployments?.find(({ status }) => status === 'PRIMARY')

const member = (change: FoundChange): string => change.path.split(/[.[]/, 1)[0] ?? ''

const plural = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Only revisions show these: the described service leaves them out. */
const onRevisionOnly = ['gatewayConnectors', 'monitoring'] as const

/** Between launch type and capacity provider strategy a service moves in place, with a new deployment. */
const capacityMembers = new Set(['launchType', 'capacityProviderStrategy'])

/** A new service may be MISSING for a moment after it was created. */
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
    const found = compare(particle.definition, laidOut(live), options(particle, curtain))
    const controller = live.service.deploymentController?.type ?? 'ECS'
    const allowed = controller === 'ECS' ? undefined : updatable[controller]
    const changes = allowed ? found.filter(change => allowed.includes(member(change)) || isTags(change)) : found
    const refused = allowed ? found.filter(change => !changes.includes(change)) : []
    const replaces = changes.filter(change => isFixed(change, particle, live)).map(({ path }) => path)
    const all = live.redeploy && !allowed ? [...changes, redeployment] : changes
    return {
      changes: all,
      ...(all.length === 1 && all[0] === redeployment && { sanctioned: true as const }),
      ...(refused.length > 0 && { protected: refused }),
      ...(refused.length > 0 && {
        warnings: [
          `${particle.id} is deployed by ${controller}: UpdateService refuses ${refused.map(({ path }) => path).join(', ')}`,
        ],
      }),
      ...(replaces.length > 0 && { replaces }),
      risks:
        replaces.length > 0
          ? [`${plural(live.service.runningCount ?? 0, 'running task')} stop before it is made anew`]
          : risks(all, live),
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
    return [
      ...(particle.desired === 'stopped' ? ['a service that is to be stopped is deleted'] : []),
      `it is deleted and ${plural(service.runningCount ?? 0, 'running task')} stop`,
    ]
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
    return rollout(live.service, memo, particle)
  },

  async look(particle, { ecs, asked }) {
    const { definition } = particle
    const found = await ecs.service(definition.cluster ?? 'default', definition.serviceName ?? '')
    if (!found) return undefined
    const arn = found.currentServiceRevisions?.[0]?.arn
    const needed = arn && onRevisionOnly.some(name => definition[name] !== undefined)
    const revision = needed ? await ecs.serviceRevision(arn) : undefined
    return { service: found, ...(revision && { revision }), redeploy: asked }
  },

  async start(particle, _live, act) {
    const answer = await insist(
      () => act.ecs.call('CreateService', { ...forStart(particle), clientToken: token(act.clock.now()) }),
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
    const input = updateOf(particle, live, changed)
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
    if (!daemon && (live.service.desiredCount ?? 0) > 0) {
      await act.ecs.call('UpdateService', { cluster, service: name, desiredCount: 0 })
    }
    await insist(
      () => act.ecs.call('DeleteService', { cluster, service: name, ...(daemon && { force: true }) }),
      deleteNotYet,
      act,
    )
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
    return [...events, ...summarizeStopped(ours)]
  },

  async rollBack(particle, { service: old }, now, act) {
    const back = now && primary(now.service)
    // The circuit breaker was faster.
    if (back?.rolloutState === 'COMPLETED' && back.taskDefinition === old.taskDefinition) return undefined
    const answer = await act.ecs.call('UpdateService', {
      ...putBack(old),
      cluster: particle.definition.cluster ?? 'default',
      service: particle.definition.serviceName,
      forceNewDeployment: true,
    })
    return memoOf(answer.service, act.clock.now())
  },
}

const redeployment: FoundChange = { path: 'forceNewDeployment', before: false, after: true }

const isTags = (change: FoundChange) => member(change) === 'tags'

/** The described service and what stands elsewhere, laid out like the request. */
const laidOut = (live: LiveService) => liveService(live.service, live.revision)

/** Whether a change asks for what UpdateService cannot do. */
function isFixed(change: FoundChange, { definition }: ServiceParticle, { service }: LiveService): boolean {
  const changed = member(change)
  if (!fixed.includes(changed)) return false
  if (changed !== 'launchType') return true
  // From a strategy to a launch type the service moves in place; from one launch type to another it does not.
  return !(definition.launchType && (service.capacityProviderStrategy?.length ?? 0) > 0)
}

function risks(changes: readonly FoundChange[], { service }: LiveService): string[] {
  const restarting = changes.some(
    change => restarts.includes(member(change)) || capacityMembers.has(member(change)) || change === redeployment,
  )
  if (!restarting) return []
  const running = service.runningCount ?? 0
  if (running === 0) return []
  const healthy =
    service.deploymentConfiguration?.minimumHealthyPercent ?? (service.schedulingStrategy === 'DAEMON' ? 0 : 100)
  const least = Math.ceil(((service.desiredCount ?? 0) * healthy) / 100)
  return [`restarts ${plural(running, 'task')}, never below ${least} running`]
}

/** The definition as it is created: with the count that an autoscaler takes over later. */
function forStart({ definition, options }: ServiceParticle): CreateServiceRequest {
  const initial = options.initial_desired_count as number | undefined
  if (definition.desiredCount !== undefined || initial === undefined) return definition
  return { ...definition, desiredCount: initial }
}

/** 36 ASCII characters at most. It keeps the SDK's own repetitions from creating twice; a crash is met by looking. */
const token = (now: number): string => `ecs-particles-${now}-${Math.random().toString(36).slice(2, 8)}`.slice(0, 36)

/** The request for what has changed; undefined when only tags have. Members that did not change stay unsaid. */
function updateOf(
  { definition }: ServiceParticle,
  live: LiveService,
  changed: ReadonlySet<string>,
): UpdateServiceRequest | undefined {
  const there = laidOut(live) as Readonly<Record<string, unknown>>
  const stated: Readonly<Record<string, unknown>> = { ...definition }
  const said: Record<string, unknown> = {}
  for (const name of changed) {
    if (name === 'tags' || name === 'launchType' || name === 'forceNewDeployment') continue
    said[name] = merged(there[name], stated[name])
  }
  // Back to the launch type: an empty strategy says so.
  if (changed.has('launchType')) said.capacityProviderStrategy = []
  // A strategy takes effect with a new deployment only.
  if ([...changed].some(name => capacityMembers.has(name)) || changed.has('forceNewDeployment')) {
    said.forceNewDeployment = true
  }
  if (Object.keys(said).length === 0) return undefined
  return { ...said, cluster: definition.cluster ?? 'default', service: definition.serviceName }
}

/** What a service ran before a failed rollout, as UpdateService takes it. */
function putBack(old: Service): Partial<UpdateServiceRequest> {
  const { cluster: _cluster, serviceName: _name, ...there } = liveService(old, undefined) as Record<string, unknown>
  const back: Record<string, unknown> = {}
  for (const name of restarts) if (there[name] !== undefined) back[name] = there[name]
  return back
}

function memoOf(answer: Service | undefined, since: number): Memo {
  const deployment = answer && primary(answer)
  // By ECS's own clock, where it tells: events are told by that, and the runner's may differ.
  return { ...(deployment?.id && { deployment: deployment.id }), since: deployment?.createdAt?.getTime() ?? since }
}

/** `web:7` of a deployment. */
function reference(deployment: Deployment | undefined): string {
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
function rollout(live: Service, memo: Memo, particle: ServiceParticle): ReturnType<(typeof service)['settled']> {
  const now = primary(live)
  const { runningCount = 0, desiredCount = 0, pendingCount = 0 } = live
  if (live.status === 'DRAINING') return { is: 'failed', because: 'somebody is deleting the service' }
  const ours = memo.deployment ? live.deployments?.find(({ id }) => id === memo.deployment) : now
  if (memo.deployment && now?.id !== memo.deployment && now) {
    // A controller of another kind has no PRIMARY of ours to judge by.
    // Once the way back is complete, ours is not listed any more, and only an event tells what became of it.
    const failed = live.events?.find(({ message = '' }) => message.includes(`(deployment ${memo.deployment}) deployment failed`))
    const told = failed?.message?.replace(/^\(service \S+\) /, '')
    const why = ours?.rolloutStateReason ?? told ?? now.rolloutStateReason ?? 'ECS gives no reason'
    const rolledBack = failed !== undefined || ours?.rolloutState === 'FAILED' || /roll(ing|ed)? ?back/i.test(why)
    if (rolledBack && now.rolloutState === 'IN_PROGRESS') {
      return { is: 'moving', because: `ECS is rolling back to ${reference(now)}, ${counts(live)}` }
    }
    return {
      is: 'failed',
      because: rolledBack
        ? `was rolled back by ECS: it runs ${reference(now)} again, ${counts(live)}: ${why}`
        : `another deployment (${now.id}) took the place of ours: ${why}`,
    }
  }
  if (ours?.rolloutState === 'FAILED') {
    return {
      is: 'failed',
      because: `its deployment of ${reference(ours)} FAILED: ${ours.rolloutStateReason ?? 'ECS gives no reason'}`,
    }
  }
  const moving =
    ours?.rolloutState === 'IN_PROGRESS' ||
    (particle.definition.schedulingStrategy !== 'DAEMON' && runningCount < desiredCount) ||
    pendingCount > 0
  if (moving && live.deploymentController?.type !== 'EXTERNAL') return { is: 'moving', because: progress(live) }
  return { is: 'settled', because: `${counts(live).replace(' running', ' run')} ${reference(now) || ''}`.trim() }
}
