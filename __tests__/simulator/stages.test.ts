import {
  ContinueServiceDeploymentCommand,
  type DeploymentConfiguration,
  type DeploymentLifecycleHook,
  type ECSClient,
  type ServiceDeployment,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import type { Simulator } from '../../simulator/simulator.ts'
import { errorOf } from '../world/aws.ts'
import { look, newest, openWeb, release } from './web.ts'

/** A settled service of these settings. Its hooks are added when it has settled, so that its creation waits for none. */
async function open({ lifecycleHooks, ...deploymentConfiguration }: DeploymentConfiguration) {
  const opened = await openWeb({ deploymentConfiguration })
  opened.simulator.advance(4 * 3600)
  const hooks = new UpdateServiceCommand({
    cluster: 'main',
    service: 'web',
    deploymentConfiguration: { lifecycleHooks },
  })
  if (lifecycleHooks) await opened.client.send(hooks)
  return opened
}

const pause = (stage: string, more: Partial<DeploymentLifecycleHook> = {}): DeploymentLifecycleHook => ({
  targetType: 'PAUSE',
  lifecycleStages: [stage as 'PRE_SCALE_UP'],
  ...more,
})

/** The stages that a rollout is seen in, second by second, with the weights of the new revision. */
async function seen(simulator: Simulator, client: ECSClient, seconds: number): Promise<string[]> {
  const found: string[] = []
  for (let second = 0; second < seconds; second++) {
    const { lifecycleStage, targetServiceRevision: target } = (await newest(client)) ?? {}
    const line = `${lifecycleStage} ${target?.requestedTestTrafficWeight}/${target?.requestedProductionTrafficWeight}`
    if (found.at(-1) !== line) found.push(line)
    simulator.advance(1)
  }
  return found
}

const answer = async (client: ECSClient, action?: 'CONTINUE' | 'ROLLBACK') => {
  const { serviceDeploymentArn, lifecycleHookDetails: [hook] = [] } = (await newest(client)) ?? {}
  await client.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: hook?.hookId, action }))
}

const running = async (client: ECSClient) =>
  ((await look(client)).deployments ?? []).map(
    ({ status, runningCount, taskDefinition }) => `${status} ${taskDefinition?.split('/')[1]} ${runningCount}`,
  )

const weights = ({ sourceServiceRevisions, targetServiceRevision }: Partial<ServiceDeployment> = {}) =>
  [...(sourceServiceRevisions ?? []), targetServiceRevision].map(
    revision => `${revision?.requestedTestTrafficWeight}/${revision?.requestedProductionTrafficWeight}`,
  )

test('a blue/green deployment goes through its stages, and both revisions run until it cleans up', async () => {
  const { simulator, client } = await open({ strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1 })
  await release(client, 'web:2')
  expect(await seen(simulator, client, 60)).toEqual([
    'PRE_SCALE_UP 0/0',
    'SCALE_UP 0/0',
    'POST_SCALE_UP 0/0',
    'TEST_TRAFFIC_SHIFT 100/0',
    'POST_TEST_TRAFFIC_SHIFT 100/0',
    'PRE_PRODUCTION_TRAFFIC_SHIFT 100/0',
    'PRODUCTION_TRAFFIC_SHIFT 100/100',
    'POST_PRODUCTION_TRAFFIC_SHIFT 100/100',
    'BAKE_TIME 100/100',
  ])
  expect(weights(await newest(client))).toEqual(['0/0', '100/100'])
  expect(await running(client)).toEqual(['PRIMARY web:2 2', 'ACTIVE web:1 2'])
  simulator.advance(90)
  expect(await running(client)).toEqual(['PRIMARY web:2 2'])
  expect(await newest(client)).toMatchObject({ status: 'SUCCESSFUL', lifecycleStage: 'CLEAN_UP' })
})

test.each<[string, DeploymentConfiguration, number, string[]]>([
  [
    'a canary',
    { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 12.5, canaryBakeTimeInMinutes: 2 } },
    2,
    ['12.5', '100'],
  ],
  [
    'a linear one',
    { strategy: 'LINEAR', linearConfiguration: { stepPercent: 40, stepBakeTimeInMinutes: 1 } },
    2,
    ['40', '80', '100'],
  ],
])('%s shifts production traffic in steps, and waits between them', async (_, configuration, minutes, expected) => {
  const { simulator, client } = await open(configuration)
  await release(client, 'web:2')
  const lines = await seen(simulator, client, 60 * minutes + 90)
  expect(lines.filter(line => line.startsWith('PRODUCTION')).map(line => line.split('/')[1])).toEqual(expected)
  expect(await newest(client)).toMatchObject({ status: 'SUCCESSFUL' })
  const { startedAt, finishedAt } = (await newest(client)) ?? {}
  expect(((finishedAt?.getTime() ?? 0) - (startedAt?.getTime() ?? 0)) / 60_000).toBeGreaterThan(minutes)
})

describe('a hook that waits', () => {
  const configuration: DeploymentConfiguration = {
    strategy: 'BLUE_GREEN',
    lifecycleHooks: [pause('POST_TEST_TRAFFIC_SHIFT')],
  }

  test('is shown with what happens when nobody answers', async () => {
    const { simulator, client } = await open(configuration)
    await release(client, 'web:2')
    simulator.advance(3600)
    const paused = await newest(client)
    expect(paused).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT' })
    expect(paused?.lifecycleHookDetails).toEqual([
      {
        hookId: expect.stringMatching(/^ecs-pause-[\w-]{43}$/),
        targetType: 'PAUSE',
        status: 'AWAITING_ACTION',
        expiresAt: expect.any(Date),
        timeoutAction: 'ROLLBACK',
      },
    ])
    expect(weights(paused)).toEqual(['0/100', '100/0'])
    expect(await running(client)).toEqual(['PRIMARY web:2 2', 'ACTIVE web:1 2'])
    expect((await look(client)).deployments?.[0]?.rolloutState).toBe('IN_PROGRESS')
  })

  test('goes on when it is answered, and is answered once', async () => {
    const { simulator, client } = await open(configuration)
    await release(client, 'web:2')
    simulator.advance(120)
    await answer(client)
    expect(await errorOf(answer(client))).toMatchObject({ name: 'InvalidParameterException' })
    simulator.advance(60)
    expect(await newest(client)).toMatchObject({ status: 'SUCCESSFUL' })
    expect(await running(client)).toEqual(['PRIMARY web:2 2'])
  })

  test.each(['by its answer', 'when it is stopped'])('goes back %s', async how => {
    const { simulator, client } = await open(configuration)
    await release(client, 'web:2')
    simulator.advance(120)
    if (how === 'by its answer') await answer(client, 'ROLLBACK')
    else {
      const { serviceDeploymentArn } = (await newest(client)) ?? {}
      await client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' }))
    }
    expect(await newest(client)).toMatchObject({ status: 'ROLLBACK_REQUESTED' })
    simulator.advance(60)
    expect(await newest(client)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
    expect(weights(await newest(client))).toEqual(['100/100', '0/0'])
    expect(await running(client)).toEqual(['PRIMARY web:1 2'])
  })

  test.each([
    ['ROLLBACK', 'ROLLBACK_SUCCESSFUL', 'web:1'],
    ['CONTINUE', 'SUCCESSFUL', 'web:2'],
  ] as const)('times out with %s', async (action, status, image) => {
    const timeoutConfiguration = { timeoutInMinutes: 30, action }
    const { simulator, client } = await open({
      strategy: 'BLUE_GREEN',
      lifecycleHooks: [pause('POST_SCALE_UP', { timeoutConfiguration })],
    })
    await release(client, 'web:2')
    simulator.advance(1500)
    expect(await newest(client)).toMatchObject({ status: 'IN_PROGRESS' })
    simulator.advance(600)
    expect(await newest(client)).toMatchObject({ status, lifecycleHookDetails: [{ status: 'TIMED_OUT' }] })
    expect(await running(client)).toEqual([`PRIMARY ${image} 2`])
  })

  test('waits before each step of the traffic, with a new id', async () => {
    const { simulator, client } = await open({
      strategy: 'CANARY',
      canaryConfiguration: { canaryBakeTimeInMinutes: 0 },
      lifecycleHooks: [pause('PRE_PRODUCTION_TRAFFIC_SHIFT')],
    })
    await release(client, 'web:2')
    simulator.advance(120)
    const first = (await newest(client))?.lifecycleHookDetails?.[0]?.hookId
    await answer(client)
    simulator.advance(60)
    const second = await newest(client)
    expect(second).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' })
    expect(weights(second)).toEqual(['0/95', '100/5'])
    expect(second?.lifecycleHookDetails?.[0]?.hookId).not.toBe(first)
  })

  test('waits no longer once its deployment is replaced, and the one that serves goes on', async () => {
    const { simulator, client } = await open(configuration)
    await release(client, 'web:2')
    simulator.advance(120)
    const { serviceDeploymentArn, lifecycleHookDetails: [hook] = [] } = (await newest(client)) ?? {}
    await release(client, 'web:3')
    const late = new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId: hook?.hookId })
    expect(await errorOf(client.send(late))).toMatchObject({ name: 'InvalidParameterException' })
    expect(await newest(client)).toMatchObject({ lifecycleStage: 'RECONCILE_SERVICE' })
    simulator.advance(120)
    expect(await running(client)).toEqual(['PRIMARY web:3 2', 'ACTIVE web:1 2'])
  })
})

test('the creation of a service goes through the same stages, and waits for its hooks', async () => {
  const { simulator, client } = await openWeb({
    deploymentConfiguration: { strategy: 'BLUE_GREEN', lifecycleHooks: [pause('POST_SCALE_UP')] },
  })
  expect(await newest(client)).toMatchObject({ status: 'IN_PROGRESS', lifecycleStage: 'POST_SCALE_UP' })
  await answer(client)
  simulator.advance(60)
  expect(await newest(client)).toMatchObject({ status: 'SUCCESSFUL' })
})

test('a function that fails takes the deployment back', async () => {
  const hookTargetArn = 'arn:aws:lambda:us-east-1:123456789012:function:check'
  const { simulator, client } = await open({
    strategy: 'BLUE_GREEN',
    lifecycleHooks: [{ hookTargetArn, lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'] }],
  })
  simulator.setHookStatus(hookTargetArn, 'IN_PROGRESS')
  await release(client, 'web:2')
  simulator.advance(120)
  expect(await newest(client)).toMatchObject({
    lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
    lifecycleHookDetails: [{ targetArn: hookTargetArn, status: 'IN_PROGRESS' }],
  })
  simulator.setHookStatus(hookTargetArn, 'FAILED')
  simulator.advance(120)
  expect(await newest(client)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL' })
})

test('an alarm during the bake time takes the deployment back at once', async () => {
  const { simulator, client } = await open({
    strategy: 'BLUE_GREEN',
    bakeTimeInMinutes: 60,
    alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true },
  })
  await release(client, 'web:2')
  simulator.advance(300)
  expect(await newest(client)).toMatchObject({ lifecycleStage: 'BAKE_TIME' })
  simulator.setAlarm('web-5xx', true)
  simulator.advance(60)
  expect(await newest(client)).toMatchObject({ status: 'ROLLBACK_SUCCESSFUL', alarms: { status: 'TRIGGERED' } })
  expect(await running(client)).toEqual(['PRIMARY web:1 2'])
})

test('a deployment that is aborted stays as it is', async () => {
  const { simulator, client } = await open({ strategy: 'BLUE_GREEN', lifecycleHooks: [pause('POST_SCALE_UP')] })
  await release(client, 'web:2')
  simulator.advance(120)
  const { serviceDeploymentArn } = (await newest(client)) ?? {}
  await client.send(new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ABORT' }))
  expect(await newest(client)).toMatchObject({ status: 'STOP_REQUESTED' })
  simulator.advance(600)
  expect(await newest(client)).toMatchObject({ status: 'STOPPED' })
  expect(await running(client)).toEqual(['PRIMARY web:2 2', 'ACTIVE web:1 2'])
  const again = new StopServiceDeploymentCommand({ serviceDeploymentArn, stopType: 'ROLLBACK' })
  expect(await errorOf(client.send(again))).toMatchObject({ name: 'ConflictException' })
})

test('what serves is kept at its size while a deployment waits', async () => {
  const { simulator, client } = await open({ strategy: 'BLUE_GREEN', lifecycleHooks: [pause('POST_SCALE_UP')] })
  await release(client, 'web:2')
  simulator.advance(120)
  const [old] = [...simulator.region().cluster('main').tasks.values()]
  simulator.exitTask(old?.arn ?? '', 1)
  simulator.advance(120)
  expect(await running(client)).toEqual(['PRIMARY web:2 2', 'ACTIVE web:1 2'])
})

test('the containers of a running task show the interface of their task', async () => {
  const { simulator } = await openWeb()
  const [task] = [...simulator.region().cluster('main').tasks.values()]
  const [attachment] = task?.wire.attachments ?? []
  const address = attachment?.details?.find(({ name }) => name === 'privateIPv4Address')?.value
  expect(task?.containers.map(({ wire }) => wire)).toMatchObject([
    {
      networkInterfaces: [{ attachmentId: attachment?.id, privateIpv4Address: address }],
      runtimeId: expect.stringMatching(new RegExp(`^${task?.id}-\\d{10}$`)),
    },
  ])
})
