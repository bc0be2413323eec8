/** What failed containers wrote: where it is, and with `log-tail` its end. */
import { describe, expect, jest, test } from '@jest/globals'
import { startLogs } from '../../simulator/cloudWatchLogs.ts'
import { afterTest } from '../world/afterwards.ts'
import { checkout, type Ended, simulatedEcs } from '../world/checkout.ts'

jest.setTimeout(60_000)

const password = 'hunter-22-and-more'

const shop = `flavor: ecs_cluster
pcf_name: main
aws_resource:
  clusterName: main
---
flavor: ecs_task_definition
pcf_name: migrate
aws_resource:
  family: migrate
  networkMode: awsvpc
  requiresCompatibilities: [FARGATE]
  cpu: "256"
  memory: "512"
  executionRoleArn: arn:aws:iam::123456789012:role/shop-execution
  containerDefinitions:
    - name: proxy
      image: registry.example/proxy:1
      essential: false
    - name: migrate
      image: registry.example/migrate:1
      environment: [{ name: PASSWORD, value: ${password} }]
      logConfiguration:
        logDriver: awslogs
        options:
          awslogs-group: /ecs/shop
          awslogs-region: us-east-1
          awslogs-stream-prefix: job
---
flavor: ecs_task
pcf_name: migrate
parents: [ecs_cluster:main, ecs_task_definition:migrate]
aws_resource:
  taskName: migrate
  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration: { subnets: [subnet-1] }
`

const written = ['first', 'connecting', `no access with ${password}`, '::error::not a command', '</details> @octocat']

/** A job that fails, and whatever its container wrote. */
async function failing(
  given: Record<string, string>,
  linesOf = (): readonly string[] | undefined => written,
  emptyPages = 0,
) {
  const ecs = await simulatedEcs()
  ecs.behave('registry.example/migrate:1', { exitCode: 3 })
  const { here } = await checkout()
  const logs = await startLogs(linesOf, emptyPages)
  afterTest(() => logs.close())
  here.write({ 'particles/all.yml': shop })
  const apply = (more: Record<string, string> = {}): Promise<Ended> =>
    here.step(
      { command: 'apply', 'require-review': 'false', ...given, ...more },
      { env: { AWS_ENDPOINT_URL_ECS: ecs.url, AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs.url } },
    )
  return { apply, logs }
}

const failedStep = ({ report }: Ended) =>
  report?.steps.find(({ particle }: { particle: string }) => particle === 'ecs_task:migrate')

describe('A failed job', () => {
  test('names the log of the container that failed, and reads nothing', async () => {
    const { apply, logs } = await failing({})
    const ended = await apply()
    const task = failedStep(ended)?.task?.arns[0]?.split('/').pop()
    expect(failedStep(ended)?.error?.logs).toEqual([
      { container: 'migrate', task, region: 'us-east-1', group: '/ecs/shop', stream: `job/migrate/${task}` },
    ])
    expect(ended.stdout).toContain(
      `log of container migrate in task ${task}: group /ecs/shop, stream job/migrate/${task} in us-east-1`,
    )
    expect(ended.summary).toContain(
      `https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Fecs$252Fshop/log-events/job$252Fmigrate$252F${task}`,
    )
    expect(logs.calls).toEqual([])
  })

  test('shows its last lines where they are wanted, without what is hidden, and none of them acts', async () => {
    const { apply, logs } = await failing({ 'log-tail': '4' })
    const ended = await apply()
    expect(logs.calls).toEqual([expect.objectContaining({ limit: 4, startFromHead: false })])
    expect(failedStep(ended)?.error?.logs?.[0]?.lines).toEqual([
      'connecting',
      'no access with (hidden)',
      '::error::not a command',
      '</details> @octocat',
    ])
    expect(ended.stdout).not.toMatch(/^::error::not a command/m)
    expect(ended.summary).toContain('no access with (hidden)')
    expect([ended.stdout, ended.summary, JSON.stringify(ended.report)].join('\n')).not.toContain(password)
    expect(ended.summary).not.toContain('first')
  })

  test.each([
    ['written before pages that are empty', written, 2, ['</details> @octocat'], 3],
    ['none where nothing was written', [], 0, [], 2],
  ])('shows lines %s', async (_, all, emptyPages, lines, pages) => {
    const { apply, logs } = await failing({ 'log-tail': '1' }, () => all, emptyPages)
    expect(failedStep(await apply())?.error?.logs?.[0]?.lines ?? []).toEqual(lines)
    expect(logs.calls).toHaveLength(pages)
  })

  test('fails as it did without the right to read logs, and says which is missing', async () => {
    const { apply, logs } = await failing({ 'log-tail': '10' })
    logs.deny()
    const ended = await apply()
    expect(ended.report?.result).toBe('failed')
    expect(failedStep(ended)?.error?.message).toContain('exited 3')
    expect(failedStep(ended)?.error?.logs?.[0]?.unread).toMatch(/AccessDenied.*logs:GetLogEvents/)
    expect(ended.summary).toContain('its lines could not be read')
  })

  test('whose container wrote nothing says so', async () => {
    const { apply } = await failing({ 'log-tail': '10' }, () => undefined)
    const ended = await apply()
    expect(failedStep(ended)?.error?.logs?.[0]?.unread).toContain('The specified log stream does not exist.')
  })
})
