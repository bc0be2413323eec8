import type { CreateServiceRequest, Service, ServiceRevision } from '@aws-sdk/client-ecs'
import { isEcs } from '../ecs/errors.ts'
import type { FoundChange } from '../engine/change.ts'
import { compare, describe } from '../engine/compare.ts'
import { plural, stopping, summarizeStopped } from './containers.ts'
import type { Comparison, Flavor } from './flavor.ts'
import { insist, type NotYet } from './insist.ts'
import { fixed, restarts, updatable } from './rules/service.ts'
import { pastOf, rolloutOf, wouldDeploy } from './service/history.ts'
import {
  counts,
  isAnyRevision,
  type LiveService,
  laidOut,
  type Memo,
  member,
  memoOf,
  options,
  primary,
  reference,
  type ServiceParticle,
} from './service/live.ts'
import { forcing, forStart, onRevisionOnly, redeployment, tokenOf, updateOf } from './service/request.ts'
import { rollBack } from './service/rollback.ts'
import { describeRollout, isUnderWay, judge, notVisibleYet, progress, unwell } from './service/rollout.ts'
import { setTags } from './tags.ts'
import { nameOf, vocabulary } from './vocabulary.ts'

const words = vocabulary.ecs_service

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
    if (isUnderWay(service)) return { state: 'pending', unsettled: true, why: progress(service) }
    return { state: 'running' }
  },

  compare(particle, live, curtain) {
    const found = compare(particle.definition, laidOut(live), options(particle, curtain)).filter(
      change => !isAnyRevision(change, particle, live),
    )
    const controller = live.service.deploymentController?.type ?? 'ECS'
    const allowed = controller === 'ECS' ? undefined : updatable[controller]
    const possible = allowed ? found.filter(change => allowed.includes(member(change)) || isTags(change)) : found
    const asked = live.redeploy ? [redeployment] : []
    const refused = allowed ? [...found.filter(change => !possible.includes(change)), ...asked] : []
    const changes = allowed ? possible : [...knownToFail(possible, live), ...asked]
    const replaces = possible.filter(change => isFixed(change, live)).map(({ path }) => path)
    const held = heldBack(particle, live, possible)
    const warnings = warningsOf(particle, live, refused, changes)
    return {
      changes,
      ...(refused.length > 0 && { protected: refused }),
      ...(warnings.length > 0 && { warnings }),
      ...(held !== undefined && { held }),
      ...(replaces.length > 0 && { replaces }),
      risks:
        replaces.length > 0
          ? [`${stopping(live.service.runningCount ?? 0)} before it is made anew`]
          : risks(changes, particle, live),
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

  resume: (_particle, live) => ({
    ...memoOf(live?.service, 0),
    ...(live && isUnderWay(live.service) && { underWay: true }),
  }),

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
    return judge(live, memo, particle, elapsed)
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

  async examine(particle, live, changes, { ecs }, known) {
    if (!wouldDeploy(changes)) return live
    const past = known ? known.past : await pastOf(particle, live, changes, ecs)
    return past ? { ...live, past } : live
  },

  async inquire(_particle, live, memo, act) {
    return live && { ...live, rollout: await rolloutOf(live, memo, act) }
  },

  async start(particle, _live, act) {
    const answer = await insist(
      () => act.ecs.call('CreateService', { ...forStart(particle), clientToken: tokenOf(act) }),
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

  async explain(particle, live, memo, act) {
    if (!live) return []
    const { definition } = particle
    const events = (live.service.events ?? [])
      .filter(event => (event.createdAt?.getTime() ?? 0) >= memo.since - 1_000)
      .reverse()
      .slice(-20)
      .map(event => `${event.createdAt?.toISOString().slice(11, 19)}  ${event.message ?? ''}`)
    const { cluster = 'default', serviceName = '' } = definition
    const stopped = await act.ecs.stoppedTasksOfService(cluster, serviceName)
    const rollout = live.rollout ?? (await rolloutOf(live, memo, act).catch(() => 'unknown' as const))
    const ours = stopped.filter(task => memo.deployment === undefined || task.startedBy === memo.deployment)
    // Those that were taken away because the rollout was over did not fail.
    const failed = ours.filter(({ stoppedReason }) => !stoppedReason?.startsWith('Scaling activity initiated by'))
    return [...events, ...(rollout === 'unknown' ? [] : [describeRollout(rollout)]), ...summarizeStopped(failed)]
  },

  rollBack,
}

const isTags = (change: FoundChange) => member(change) === 'tags'

/** Members that have no part in how a deployment ends. */
const bystanders: ReadonlySet<string> = new Set(['desiredCount', 'tags'])

/**
 * Why an update is held back: the deployment that it would make has failed for this service before, and nothing that could
 * make it end in another way is changed. Nobody tries a release that is known to be bad at every merge.
 */
function heldBack(
  { id }: ServiceParticle,
  { past, service, redeploy }: LiveService,
  changes: readonly FoundChange[],
): string | undefined {
  if (past?.is !== 'failed' || redeploy) return undefined
  const isSame = changes.every(change => restarts.includes(member(change)) || bystanders.has(member(change)))
  if (!isSame) return undefined
  return `${past.how}; it runs ${reference(service)}; change it, or name ${id} in redeploy`
}

/** What failed before is deployed again only because a person names the service: then that is what was asked for. */
function knownToFail(changes: readonly FoundChange[], { past, redeploy }: LiveService): readonly FoundChange[] {
  if (past?.is !== 'failed' || !redeploy) return changes
  return changes.map(change => (restarts.includes(member(change)) ? { ...change, asked: true } : change))
}

/** What must be known besides the changes, each a sentence. */
function warningsOf(
  particle: ServiceParticle,
  { service, past }: LiveService,
  refused: readonly FoundChange[],
  changes: readonly FoundChange[],
): string[] {
  const { id } = particle
  const warnings: string[] = []
  const controller = service.deploymentController?.type ?? 'ECS'
  const release = refused.find(({ path }) => path === 'taskDefinition')
  const others = refused.filter(change => change !== release).map(({ path }) => path)
  if (release) {
    const what = typeof release.after === 'string' ? nameOf(release.after) : 'the new revision of its task definition'
    const until = controller === 'CODE_DEPLOY' ? 'CodeDeploy deploys it' : 'its controller makes a task set of it'
    warnings.push(
      `${id} is deployed by ${controller}, not by this action: ${what} does not go live, it runs ${typeof release.before === 'string' ? nameOf(release.before) : 'what it ran'} until ${until}`,
    )
  }
  if (others.length > 0) {
    warnings.push(`${id} is deployed by ${controller}: UpdateService refuses ${others.join(', ')}`)
  }
  if (past?.is === 'unknown') {
    warnings.push(
      `${id}: whether what it is to run was rolled back before is not known; allow the action ecs:ListServiceDeployments in the policy of the role that this workflow assumes`,
    )
  }
  const sick = changes.length === 0 ? unwell(particle, service) : undefined
  if (sick) warnings.push(sick)
  return warnings
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
