import type { CreateServiceRequest } from '@aws-sdk/client-ecs'
import { additions, unstated } from '../../compare/compare.ts'
import { creationOf } from '../../compare/merge.ts'
import { nothingSensitive, type Sensitivity } from '../../compare/sensitivity.ts'
import { isEcs } from '../../ecs/errors.ts'
import type { Comparison, Flavor, Observed } from '../../engine/flavor.ts'
import { consistencyLag } from '../../engine/poll.ts'
import { stopping } from '../containers.ts'
import { type Retryable, retryWhile } from '../retry.ts'
import { setTags } from '../tags.ts'
import { answerRollout } from './answer.ts'
import { comparison } from './comparison.ts'
import { nextDefinition, unreleasedDefinition } from './definitions.ts'
import { diagnoseRollout, watchService } from './events.ts'
import { blocksOfOtherStrategies } from './fit.ts'
import { pausableDeployment, rolloutHistory, rolloutOf, wouldDeploy } from './history.ts'
import {
  addressOf,
  compareOptions,
  isWaitedFor,
  type LiveService,
  liveService,
  type Memo,
  member,
  memoOf,
  ofPrimary,
  primaryDeployment,
  reasonGiven,
  type ServiceParticle,
  shortTaskDefinition,
} from './live.ts'
import { pauseOf } from './pause.ts'
import { createRequest, redeployment, updateRequest, updateService, withLive } from './request.ts'
import { rollBack } from './rollback.ts'
import { gone, judgeRollout } from './rollout.ts'
import { onRevisionOnly } from './rules.ts'
import { startRisks } from './strategy.ts'
import { isUnderWay, rolloutSummary, taskCounts } from './tasks.ts'
import { vocabulary } from './vocabulary.ts'

/** ECS sees new roles and load balancers late: a refusal of CreateService and UpdateService. */
const seenLate: Retryable = {
  when: [
    'verify that the ECS service role being passed has the proper permissions',
    'Unable to assume the service linked role',
    'does not have an associated load balancer',
  ],
  atMost: 120_000,
  because: 'ECS does not see yet what the service needs',
}

/** Refusals of CreateService that end once the resources it needs are visible. */
const createNotYet = [
  {
    when: ['Unable to Start a service that is still Draining'],
    atMost: Number.POSITIVE_INFINITY,
    because: 'the service of this name is still draining',
  },
  seenLate,
  { when: ['ClusterNotFoundException'], atMost: 30_000, because: 'ECS does not see the cluster yet' },
] satisfies Retryable[]

/** Refusals of DeleteService while the service scales down. */
const deleteNotYet: Retryable = {
  when: ['cannot be stopped while it is scaled above 0', 'cannot be stopped while deployments are active'],
  atMost: 900_000,
  because: 'ECS cannot delete the service yet',
}

function observe(particle: ServiceParticle, live: LiveService | undefined): Observed {
  if (!live) return { state: 'terminated' }
  const { service } = live
  if (service.status === 'DRAINING') {
    const why = `the service is DRAINING, ${taskCounts(service)}`
    return { state: 'pending', why, ...(particle.desired === 'running' ? { incomplete: true } : { unsettled: true }) }
  }
  // The end of a service does not wait for its rollout.
  if (particle.desired !== 'running') return { state: 'running' }
  const deployment = primaryDeployment(service)
  if (deployment?.rolloutState === 'FAILED') {
    return {
      state: 'running',
      failed: true,
      why: `its deployment of ${shortTaskDefinition(deployment)} FAILED: ${reasonGiven(deployment.rolloutStateReason)}; change it, or name ${particle.id} in redeploy`,
    }
  }
  if (isWaitedFor(particle) && isUnderWay(service)) {
    const paused = pauseOf(live)
    const why = paused ? `${paused.pause.awaitsAnswer ? 'paused ' : ''}${paused.because}` : rolloutSummary(service)
    return { state: 'pending', unsettled: true, why, ...(paused && { paused: paused.pause }) }
  }
  return { state: 'running' }
}

const countOfDaemon = {
  at: ['custom_config', 'initial_desired_count'],
  message: 'custom_config.initial_desired_count is not possible with schedulingStrategy DAEMON: leave it out',
}

function additionsOf(particle: ServiceParticle, live: LiveService | undefined, sensitivity: Sensitivity): Comparison {
  const definition = createRequest(particle)
  const isDaemon = particle.definition.schedulingStrategy === 'DAEMON'
  const isCountMissing = !isDaemon && definition.desiredCount === undefined
  const isThere = live?.service.status === 'ACTIVE'
  const message = `aws_resource.desiredCount is missing and the service ${isThere ? 'is made anew' : 'does not exist yet'}; state it, or custom_config.initial_desired_count when an autoscaler is to own it`
  const draining = 'the service of this name is still draining: it is waited for'
  const rollout = startRisks(particle)
  return {
    changes: additions(definition, compareOptions(particle, sensitivity)),
    problems: [
      ...(isCountMissing ? [{ at: ['desiredCount'], message }] : []),
      ...(isDaemon && definition.desiredCount !== undefined ? [countOfDaemon] : []),
      ...blocksOfOtherStrategies(particle),
    ],
    ...rollout,
    risks: [...(live?.service.status === 'DRAINING' ? [draining] : []), ...rollout.risks],
  }
}

function removalRisk({ desired }: ServiceParticle, { service }: LiveService): string {
  const stops = stopping(service.runningCount ?? 0)
  return desired === 'stopped'
    ? `a service that is to be stopped is deleted, and ${stops}`
    : `it is deleted and ${stops}`
}

const memoUnderWay = (live: LiveService | undefined): Memo => ({
  ...memoOf(live?.service, 0),
  underWay: live !== undefined && isUnderWay(live.service),
})

/** `ecs_service`, found by cluster and name; its rollout is judged by the deployment's id. */
export const service: Flavor<CreateServiceRequest, LiveService, Memo> = {
  ...vocabulary,

  calls: [
    'DescribeServices',
    'DescribeTaskDefinition',
    'DescribeServiceRevisions',
    'DescribeServiceDeployments',
    'ListServiceDeployments',
    'ListTasks',
    'DescribeTasks',
    'CreateService',
    'UpdateService',
    'DeleteService',
    'ContinueServiceDeployment',
    'StopServiceDeployment',
    'TagResource',
    'UntagResource',
  ],

  foundByName: true,

  alreadyThere: 'Creation of service was not idempotent',

  assess: (particle, live, sensitivity) => ({
    observed: observe(particle, live),
    reference: particle.definition.serviceName,
    currentDefinition: live && { ...live.service, cluster: live.service.clusterArn },
    memo: memoUnderWay(live),
    additions: () => additionsOf(particle, live, sensitivity),
    ...(live && {
      differences: () => comparison(particle, live, sensitivity),
      unstated: () => unstated(particle.definition, liveService(live), compareOptions(particle, sensitivity)),
      removalRisks: () => [removalRisk(particle, live)],
    }),
  }),

  progress(particle, live, goal, memo, elapsed) {
    if (goal === 'running') {
      if (live) return judgeRollout(live, memo, particle, elapsed)
      return elapsed < consistencyLag
        ? { is: 'moving', because: 'the service is not visible yet', near: true }
        : gone('was deleted by somebody else meanwhile')
    }
    if (!live) return { is: 'settled', because: 'gone' }
    const { service } = live
    return {
      is: 'moving',
      because: `the service is ${service.status}, ${taskCounts(service)}`,
      near: service.runningCount === 0,
    }
  },

  async describe(particle, context) {
    const { ecs, requested } = context
    const { cluster = 'default', serviceName } = particle.definition
    // No service can be in a cluster whose name is unknown until apply.
    if (typeof cluster !== 'string' || typeof serviceName !== 'string') return undefined
    const found = await ecs.service(cluster, serviceName)
    if (!found) return undefined
    const needed =
      particle.desired === 'running' && onRevisionOnly.some(name => particle.definition[name] !== undefined)
    const arns = needed ? (found.currentServiceRevisions ?? []).flatMap(({ arn }) => arn ?? []) : []
    const revision = ofPrimary(found, await Promise.all(arns.map(arn => ecs.serviceRevision(arn))))
    const current = await pausableDeployment(found, ecs)
    const unreleased = await unreleasedDefinition(particle, found, context)
    return { service: found, revision, current, unreleased, redeploy: requested }
  },

  async examine(particle, live, changes, context, known) {
    const look = () => (known ? known.past : rolloutHistory(particle, live, changes, context.ecs))
    const past = wouldDeploy(changes) ? await look() : undefined
    const next = await nextDefinition(particle, changes, context)
    return past || next ? { ...live, past, next } : live
  },

  async pollClosely(_particle, live, memo, context) {
    return live && { ...live, rollout: await rolloutOf(live, memo, context) }
  },

  answered(_particle, before, { answer }) {
    // UpdateService answers without tags.
    const service = answer && { ...answer, tags: answer.tags ?? before?.service.tags }
    return service && { service, revision: before?.revision, redeploy: false }
  },

  async start(particle, _live, context) {
    const input = {
      ...creationOf(createRequest(particle), compareOptions(particle, nothingSensitive)),
      clientToken: context.token,
    }
    const { service } = await retryWhile(() => context.ecs.call('CreateService', input), createNotYet, context)
    return { ...memoOf(service, context.clock.now()), answer: service }
  },

  async update(particle, live, changes, context, before) {
    const since = context.clock.now()
    const changed = new Set(changes.map(member))
    let memo = memoUnderWay(live)
    const input = updateRequest(particle, live, changed, before)
    if (input) {
      const { service } = await retryWhile(() => updateService(input, context.ecs), seenLate, context)
      const made = memoOf(service, since)
      memo = { ...made, answer: service, kept: made.deployment === memo.deployment }
    }
    const isMoved = changed.has('desiredCount') || changed.has(redeployment.path)
    if (!isMoved && (memo.kept || !input)) memo = { ...memo, unmoved: true }
    if (changed.has('tags')) {
      // The answer has the tags of before.
      memo = { ...memo, answer: undefined }
      await setTags(context.ecs, live.service.serviceArn ?? '', withLive(particle, live).tags, live.service.tags)
    }
    return memo
  },

  async terminate(particle, live, context) {
    const address = addressOf(particle)
    const since = context.clock.now()
    if (live.service.status === 'DRAINING') return { since }
    const daemon = live.service.schedulingStrategy === 'DAEMON'
    let scaled = !daemon && (live.service.desiredCount ?? 0) > 0
    const deleteService = (force: boolean) => context.ecs.call('DeleteService', { ...address, ...(force && { force }) })
    const remove = async () => {
      try {
        if (scaled) await context.ecs.call('UpdateService', { ...address, desiredCount: 0 })
        scaled = false
        await deleteService(daemon)
      } catch (error) {
        // Once the target group is gone, ECS deletes the service by force alone.
        if (isEcs(error, 'The target group ')) return void (await deleteService(true))
        // An autoscaler may have put tasks back between the two calls.
        scaled = isEcs(error, 'while it is scaled above 0')
        throw error
      }
    }
    try {
      await retryWhile(remove, deleteNotYet, context)
    } catch (error) {
      // Somebody else may have deleted the service meanwhile.
      if (!isEcs(error, 'ServiceNotFoundException', 'ServiceNotActiveException', 'ClusterNotFoundException'))
        throw error
    }
    return { since }
  },

  watch: watchService,

  answerPause: answerRollout,

  diagnose: diagnoseRollout,

  rollBack,
}
