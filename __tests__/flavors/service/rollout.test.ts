import {
  type Deployment,
  ListServiceDeploymentsCommand,
  type Service,
  type ServiceDeployment,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { Ecs } from '../../../src/ecs/client.ts'
import { rolloutOf } from '../../../src/flavors/service/history.ts'
import {
  type LiveService,
  type Memo,
  primaryDeployment,
  type ServiceParticle,
} from '../../../src/flavors/service/live.ts'
import { pauseOf } from '../../../src/flavors/service/pause.ts'
import { describeRollout, judgeRollout, whatEnded } from '../../../src/flavors/service/rollout.ts'
import { isUnderWay, unhealthyWarning } from '../../../src/flavors/service/tasks.ts'
import { withoutMarks } from '../../../src/untrusted.ts'
import { family, main, serviceOf, stated, told } from '../../world/particles.ts'
import { read, Shop } from '../../world/shop.ts'

const manifest = stated(main, family('web', 'web:1'), serviceOf('web', { desiredCount: 2 }))
const web = read(manifest).find(({ flavor }) => flavor === 'ecs_service') as unknown as ServiceParticle

const arn = (revision: number) => `arn:aws:ecs:us-east-1:123456789012:task-definition/web:${revision}`
const old: Deployment = { id: 'ecs-svc/1', taskDefinition: arn(1), rolloutState: 'COMPLETED', runningCount: 2 }
const ours: Deployment = { id: 'ecs-svc/2', taskDefinition: arn(2), rolloutState: 'COMPLETED', runningCount: 2 }
const live = (deployments: Deployment[], more: Partial<Service> = {}): LiveService => ({
  service: { status: 'ACTIVE', desiredCount: 2, runningCount: 2, deployments, ...more },
  redeploy: false,
})
const memo: Memo = { deployment: 'ecs-svc/2', since: 0 }

describe('several hooks of a stage wait for an answer, and without one', () => {
  const at = (minute: number, timeoutAction: 'CONTINUE' | 'ROLLBACK') => ({
    status: 'AWAITING_ACTION' as const,
    expiresAt: new Date(Date.UTC(2026, 10, 28, 14, minute)),
    timeoutAction,
  })
  test.each([
    ['the first one rolls back', [at(30, 'ROLLBACK'), at(10, 'ROLLBACK')], 'ROLLBACK', '2026-11-28T14:10:00Z'],
    [
      'one rolls back after others went on',
      [at(10, 'CONTINUE'), at(20, 'ROLLBACK')],
      'ROLLBACK',
      '2026-11-28T14:20:00Z',
    ],
    ['the last one goes on', [at(10, 'CONTINUE'), at(30, 'CONTINUE')], 'CONTINUE', '2026-11-28T14:30:00Z'],
  ])('%s', (_name, lifecycleHookDetails, then, until) => {
    const current: ServiceDeployment = {
      status: 'IN_PROGRESS',
      lifecycleStage: 'POST_SCALE_UP',
      targetServiceRevision: { arn: 'arn:aws:ecs:us-east-1:123456789012:service-revision/main/web/2' },
      lifecycleHookDetails,
    }
    const paused = pauseOf({ ...live([{ ...ours, status: 'PRIMARY' }]), current })
    expect(paused?.pause).toMatchObject({ until, then })
  })
})

describe('another deployment is PRIMARY, and our service deployment is', () => {
  const breaker = { status: 'TRIGGERED', failureCount: 3, threshold: 3 } as const
  test.each<[string, ServiceDeployment, 'moving' | 'failed', RegExp]>([
    ['asked to go back', { status: 'ROLLBACK_REQUESTED' }, 'moving', /^ECS is rolling back to web:1/],
    ['going back', { status: 'ROLLBACK_IN_PROGRESS' }, 'moving', /^ECS is rolling back to web:1/],
    [
      'back, for the breaker',
      { status: 'ROLLBACK_SUCCESSFUL', deploymentCircuitBreaker: breaker },
      'failed',
      /^RolledBack: the deployment circuit breaker \(3 of 3 tasks failed\) ended the deployment; web:1 runs again, 2 of 2 tasks$/,
    ],
    [
      'back, for a hook',
      { status: 'ROLLBACK_SUCCESSFUL', rollback: { reason: 'PRE_SCALE_UP lifecycle hook(s) failed.' } },
      'failed',
      /^RolledBack: PRE_SCALE_UP lifecycle hook\(s\) failed\.; web:1 runs again/,
    ],
    [
      'not even back',
      { status: 'ROLLBACK_FAILED', alarms: { status: 'TRIGGERED', triggeredAlarmNames: ['a', 'b'] } },
      'failed',
      /^RolledBack: the alarms a, b ended the deployment; The rollback failed too: web:1 runs, 2 of 2 tasks$/,
    ],
    ['replaced', { status: 'STOPPED' }, 'failed', /^DeployedMeanwhile: deployment ecs-svc\/1 of web:1 took its place/],
    [
      'ended, and then replaced',
      { status: 'STOPPED', deploymentCircuitBreaker: breaker },
      'failed',
      /^DeployedMeanwhile: the deployment circuit breaker .* ended its own deployment, and then deployment .* took its place/,
    ],
    [
      'successful',
      { status: 'SUCCESSFUL' },
      'failed',
      /^DeployedMeanwhile: its own deployment completed, and then deployment .* took its place/,
    ],
    ['under way', { status: 'IN_PROGRESS' }, 'moving', /^the deployment is not visible yet$/],
  ])('%s', (_name, rollout, is, because) => {
    const seen = live([{ ...old, status: 'PRIMARY' }])
    const progress = judgeRollout({ ...seen, rollout }, memo, web, 0)
    expect(progress.is).toBe(is)
    expect(told(progress)).toMatch(because)
  })

  test('is not asked for while the look itself says that ECS goes back', () => {
    const back = { ...old, status: 'PRIMARY', rolloutState: 'IN_PROGRESS' } as const
    const seen = live([
      { ...back, rolloutStateReason: 'ECS deployment circuit breaker: rolling back to deploymentId 1.' },
    ])
    expect(judgeRollout(seen, memo, web, 0)).toMatchObject({
      is: 'moving',
      because: expect.stringMatching(/^ECS is rolling back/),
    })
  })
})

describe('our deployment is PRIMARY, and', () => {
  const seen = (own: Partial<Deployment>, others: Deployment[] = [], more: Partial<Service> = {}) =>
    judgeRollout(live([{ ...ours, status: 'PRIMARY', ...own }, ...others], more), memo, web, 0)
  const early = { earlySuccessCriteria: { enable: true, healthyPercent: 50 } }
  test.each<[string, ReturnType<typeof seen>, 'moving' | 'settled', RegExp]>([
    [
      'complete beside old tasks',
      seen({}, [old], { runningCount: 4 }),
      'settled',
      /^2 of 2 tasks run web:2, 2 of web:1/,
    ],
    ['complete with too few tasks', seen({ runningCount: 1 }, [old]), 'moving', /./],
    ['complete with tasks too many', seen({ runningCount: 3 }, [old]), 'moving', /./],
    [
      'early complete with enough of them',
      seen({ runningCount: 1, pendingCount: 1 }, [old], { deploymentConfiguration: early }),
      'settled',
      /^1 of 2 tasks run web:2, 2 of web:1 not cleaned up yet$/,
    ],
    ['without a state, full, beside old tasks', seen({ rolloutState: undefined }, [old]), 'moving', /./],
    ['without a state, full and alone', seen({ rolloutState: undefined }), 'settled', /^2 of 2 tasks run web:2$/],
    [
      'without a state, and still on its way',
      seen({ rolloutState: undefined }, [], { runningCount: 2, pendingCount: 1 }),
      'moving',
      /./,
    ],
    ['without a state, and empty', seen({ rolloutState: undefined, runningCount: 0 }, [old]), 'moving', /./],
  ])('%s', (_name, verdict, is, because) => {
    expect(verdict).toMatchObject({ is, because: expect.stringMatching(because) })
  })
})

describe('a rollout is under way', () => {
  const since = new Date('2026-01-02T03:04:05Z')
  const steady = (seconds: number) => [
    { message: '(service web) has reached a steady state.', createdAt: new Date(since.getTime() + seconds * 1000) },
  ]
  const stateless = { ...ours, status: 'PRIMARY', rolloutState: undefined, createdAt: since, runningCount: 1 } as const
  test.each<[string, Service, boolean]>([
    ['while it says so', live([{ ...ours, status: 'PRIMARY', rolloutState: 'IN_PROGRESS' }]).service, true],
    ['until it is complete', live([{ ...ours, status: 'PRIMARY' }], { runningCount: 0 }).service, false],
    ['without a state, while older tasks run', live([stateless, old], { events: steady(60) }).service, true],
    ['without a state, until it was steady', live([stateless], { runningCount: 1, events: steady(-60) }).service, true],
    ['without a state, not once it was', live([stateless], { runningCount: 1, events: steady(60) }).service, false],
    ['of no deployment at all: never', live([], { runningCount: 0 }).service, false],
  ])('%s', (_name, service, expected) => {
    expect(isUnderWay(service)).toBe(expected)
    const sick = !expected && (service.runningCount ?? 0) < 2
    expect(unhealthyWarning(web, service) !== undefined).toBe(sick)
  })
})

test('what ended a service deployment is the breaker, the alarms, a person, or what ECS says', () => {
  expect(whatEnded({ deploymentCircuitBreaker: { status: 'TRIGGERED' } })).toBe('the deployment circuit breaker')
  expect(whatEnded({ alarms: { status: 'TRIGGERED', alarmNames: ['a', 'b'] } })).toBe('an alarm of a, b')
  expect(withoutMarks(whatEnded({ statusReason: 'Stopped by user.' }))).toBe('a person (Stopped by user)')
  expect(withoutMarks(whatEnded({ statusReason: 'A hook timed out.' }))).toBe('ECS (A hook timed out)')
  expect(whatEnded({})).toBe('ECS')
})

test('a service deployment is described in one line', () => {
  expect(
    describeRollout({
      status: 'IN_PROGRESS',
      lifecycleStage: 'BAKE_TIME',
      deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 1, threshold: 3 },
      alarms: { status: 'MONITORING', alarmNames: ['web-5xx'] },
    }),
  ).toBe(
    'service deployment IN_PROGRESS, stage BAKE_TIME, circuit breaker 1 of 3 tasks failed, alarms web-5xx MONITORING',
  )
})

test('the service deployment of an update is found by its number, though others came after', async () => {
  const shop = await Shop.open()
  await shop.apply(manifest)
  const update = new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true })
  const { service } = await shop.somebody().send(update)
  const made = service && primaryDeployment(service)
  await shop.somebody().send(update)
  shop.simulator.advance(120)
  const ecs = new Ecs('us-east-1', { clock: shop.clock, maxConcurrency: 1 })
  const now = await ecs.service('main', 'web')
  const calls = shop.simulator.calls.length
  const since = made?.createdAt?.getTime() ?? 0
  const found = await rolloutOf(
    { service: now ?? {}, redeploy: false },
    { ...(made?.id && { deployment: made.id }), since },
    { ecs, say: () => {} },
  )
  const { serviceDeployments = [] } = await shop
    .somebody()
    .send(new ListServiceDeploymentsCommand({ cluster: 'main', service: 'web' }))
  expect(serviceDeployments.map(({ status }) => status)).toEqual(['SUCCESSFUL', 'STOPPED', 'SUCCESSFUL'])
  expect(found).toMatchObject({
    status: 'STOPPED',
    serviceDeploymentArn: serviceDeployments[1]?.serviceDeploymentArn,
  })
  expect(shop.counted(calls)).toEqual({ DescribeServiceDeployments: 2, ListServiceDeployments: 2 })
})

test('without the right to describe revisions, the plan warns that the past is not known', async () => {
  const web = (image: string) =>
    stated(
      main,
      family('web', image),
      serviceOf('web', { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }),
    )
  const shop = await Shop.running(web('web:1'))
  shop.simulator.behave('web:2', { startSeconds: 1, runSeconds: 1, exitCode: 7 })
  expect((await shop.apply(web('web:2'))).report.result).toBe('failed')
  shop.simulator.deny(['DescribeServiceRevisions'])
  const { plan } = await shop.plan(web('web:2'))
  expect(plan.steps).toMatchObject([{ particle: 'ecs_service:web', transition: 'update' }])
  expect(plan.warnings).toEqual([
    'ecs_service:web: whether what it is to run was rolled back before is not known; allow the action ecs:DescribeServiceRevisions in the policy of the role that this workflow assumes',
  ])
})

test.each([
  ['stated', {}, 'moving'],
  ['stated and ignored', { ignore: ['desiredCount'] }, 'settled'],
])('a count that is %s, on its way down by an autoscaler', (_name, options, is) => {
  const scaled = { desiredCount: 2, runningCount: 3 }
  const seen = live([{ ...ours, status: 'PRIMARY', runningCount: 3 }], scaled)
  expect(judgeRollout(seen, memo, { ...web, options }, 0).is).toBe(is)
})
