import { type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { look, newest, openWeb, release } from './web.ts'

const said = ({ events = [] }: Service): string[] => events.map(({ message = '' }) => message).reverse()

test('a deployment and the service revision that it rolls out have one number', async () => {
  const { client } = await openWeb()
  const { deployments } = await look(client)
  const [, number] = deployments?.[0]?.id?.split('/') ?? []
  expect((await newest(client))?.targetServiceRevision?.arn).toMatch(
    new RegExp(`:service-revision/main/web/${number}$`),
  )
})

test('what the circuit breaker counted is told after the rollback is over', async () => {
  const { simulator, client } = await openWeb({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  await release(client, 'web:broken')
  simulator.advance(900)
  expect(await newest(client)).toMatchObject({
    status: 'ROLLBACK_SUCCESSFUL',
    statusReason: 'Service deployment rolled back because the circuit breaker threshold was exceeded.',
    deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 3, threshold: 3 },
    alarms: { status: 'DISABLED' },
    rollback: { reason: expect.stringContaining('circuit breaker') },
  })
})

test.each([true, false])('an alarm ends a deployment, with rollback %s', async rollback => {
  const alarms = { alarmNames: ['web-5xx', 'web-latency'], enable: true, rollback }
  const { simulator, client } = await openWeb({ deploymentConfiguration: { alarms } })
  await release(client, 'web:2')
  simulator.setAlarm('web-5xx', true)
  simulator.advance(120)
  expect(await newest(client)).toMatchObject({
    status: rollback ? 'ROLLBACK_SUCCESSFUL' : 'STOPPED',
    alarms: { status: 'TRIGGERED', alarmNames: ['web-5xx', 'web-latency'], triggeredAlarmNames: ['web-5xx'] },
    deploymentCircuitBreaker: { status: 'DISABLED' },
  })
  const service = await look(client)
  expect(service.taskDefinition).toMatch(rollback ? /web:1$/ : /web:2$/)
  expect(said(service)).toContainEqual(expect.stringMatching(/deployment failed: alarm detected\.$/))
})

test('an alarm that goes off while nothing is deployed ends nothing', async () => {
  const alarms = { alarmNames: ['web-5xx'], enable: true, rollback: true }
  const { simulator, client } = await openWeb({ deploymentConfiguration: { alarms } })
  simulator.setAlarm('web-5xx', true)
  simulator.advance(120)
  expect((await look(client)).deployments).toMatchObject([{ rolloutState: 'COMPLETED' }])
  expect(await newest(client)).toMatchObject({ status: 'SUCCESSFUL' })
})

test('each event has a later time than the one before', async () => {
  const { simulator, client } = await openWeb({
    deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
  })
  await release(client, 'web:broken')
  simulator.advance(900)
  const times = ((await look(client)).events ?? []).map(({ createdAt }) => createdAt?.getTime() ?? 0)
  expect(times.length).toBeGreaterThan(5)
  expect(new Set(times).size).toBe(times.length)
  expect(times).toEqual([...times].sort((one, other) => other - one))
})

test('a missing image is an event', async () => {
  const { simulator, client } = await openWeb()
  await release(client, 'web:missing')
  simulator.advance(60)
  expect(said(await look(client))).toContainEqual(
    expect.stringMatching(
      /^\(service web\) was unable to place a task\. Reason: CannotPullContainerError: pull image manifest has been retried/,
    ),
  )
})

test('a service that stays as it is does not say so again', async () => {
  const { simulator, client } = await openWeb()
  await client.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', enableExecuteCommand: true }))
  simulator.advance(60)
  const steady = said(await look(client)).filter(message => message.endsWith('has reached a steady state.'))
  expect(steady).toHaveLength(1)
})

test('an early success leaves the old tasks for a while where their clean-up is deferred', async () => {
  const { simulator, client } = await openWeb({
    deploymentConfiguration: {
      earlySuccessCriteria: { enable: true, healthyPercent: 50, sourceServiceRevisionCleanup: 'DEFERRED' },
    },
  })
  await release(client, 'web:2')
  simulator.advance(60)
  const early = await look(client)
  expect(early.deployments).toMatchObject([
    { status: 'PRIMARY', rolloutState: 'COMPLETED', runningCount: 2 },
    { status: 'ACTIVE', runningCount: 2 },
  ])
  expect([early.runningCount, early.desiredCount]).toEqual([4, 2])
  expect(await newest(client)).toMatchObject({ status: 'SUCCESSFUL' })
  simulator.advance(600)
  expect(await look(client)).toMatchObject({ runningCount: 2, deployments: [{ status: 'PRIMARY' }] })
})

test('a service behind a Classic Load Balancer answers no rolloutState', async () => {
  const { client } = await openWeb({
    loadBalancers: [{ loadBalancerName: 'classic', containerName: 'web', containerPort: 80 }],
  })
  const [deployment] = (await look(client)).deployments ?? []
  expect(deployment).toMatchObject({ status: 'PRIMARY', runningCount: 2 })
  expect(deployment?.rolloutState).toBeUndefined()
})
