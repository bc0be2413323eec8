import type { CreateServiceRequest, Service, ServiceRevision } from '@aws-sdk/client-ecs'
import { describe } from '../../compare/compare.ts'
import { requestOf } from '../../compare/merge.ts'
import { openCurtain } from '../../compare/sensitivity.ts'
import { isEcs } from '../../ecs/errors.ts'
import type { Comparison, Flavor } from '../../engine/flavor.ts'
import { said } from '../../untrusted.ts'
import { stopping, summarizeStopped } from '../containers.ts'
import { insist, type NotYet } from '../retry.ts'
import { setTags } from '../tags.ts'
import { vocabulary } from '../vocabulary.ts'
import { comparison } from './comparison.ts'
import { pastOf, rolloutOf, wouldDeploy } from './history.ts'
import { counts, type LiveService, type Memo, member, memoOf, options, primary, reference, saidOr } from './live.ts'
import { forStart, onRevisionOnly, tokenOf, updateOf } from './request.ts'
import { rollBack } from './rollback.ts'
import { describeRollout, isUnderWay, judge, notVisibleYet, progress } from './rollout.ts'

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

  foundByName: true,

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
        why: `its deployment of ${reference(deployment)} FAILED: ${saidOr(deployment.rolloutStateReason)}; change it, or name ${particle.id} in redeploy`,
      }
    }
    if (isUnderWay(service)) return { state: 'pending', unsettled: true, why: progress(service) }
    return { state: 'running' }
  },

  compare: comparison,

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

  async explain(particle, live, memo, act) {
    if (!live) return []
    const { definition } = particle
    const events = (live.service.events ?? [])
      .filter(event => (event.createdAt?.getTime() ?? 0) >= memo.since - 1_000)
      .reverse()
      .slice(-20)
      .map(event => `${event.createdAt?.toISOString().slice(11, 19)}  ${said(event.message ?? '')}`)
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

/** Of several revisions in use, the newest of those that run what the primary deployment runs. */
function ofPrimary(service: Service, revisions: readonly (ServiceRevision | undefined)[]): ServiceRevision | undefined {
  const wanted = primary(service)?.taskDefinition
  const all = revisions.filter(revision => revision !== undefined)
  const same = all.filter(({ taskDefinition }) => taskDefinition === wanted)
  const made = ({ createdAt }: ServiceRevision) => createdAt?.getTime() ?? 0
  return (same.length > 0 ? same : all).sort((one, other) => made(other) - made(one))[0]
}
