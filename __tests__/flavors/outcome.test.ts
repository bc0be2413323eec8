import type { Container, Task } from '@aws-sdk/client-ecs'
import { describe, expect, test } from '@jest/globals'
import { isCapacity, lackedCapacity, type Outcome, outcome } from '../../src/flavors/task/outcome.ts'

const stopped = (task: Partial<Task>, ...containers: readonly Partial<Container>[]): Task => ({
  lastStatus: 'STOPPED',
  launchType: 'FARGATE',
  containers: (containers.length > 0 ? containers : [{}]).map(container => ({ name: 'app', ...container })),
  ...task,
})

describe('how a task ended', () => {
  test.each<[what: string, task: Task, how: Outcome]>([
    ['it has not', { lastStatus: 'RUNNING' }, 'running'],
    ['exit code 0', stopped({ startedAt: new Date() }, { exitCode: 0 }), 'succeeded'],
    ['an exit code before RUNNING', stopped({ stopCode: 'TaskFailedToStart' }, { exitCode: 0 }), 'succeeded'],
    ['one of two failed', stopped({}, { exitCode: 0 }, { exitCode: 1 }), 'failed'],
    ['one of two has no exit code', stopped({}, { exitCode: 0 }, {}), 'failed'],
    ['no exit code, and it was RUNNING', stopped({ startedAt: new Date() }), 'failed'],
    ['ECS says that it never started', stopped({ stopCode: 'TaskFailedToStart' }), 'never started'],
    [
      'ECS says so, and Docker had started one',
      stopped({ stopCode: 'TaskFailedToStart' }, { runtimeId: 'a' }),
      'failed',
    ],
    [
      'no container could be made',
      stopped({ stopCode: 'TaskFailedToStart' }, { runtimeId: 'a', reason: 'CannotCreateContainerError: no' }),
      'never started',
    ],
    [
      'an image is missing, whatever the stop code',
      stopped({ stopCode: 'EssentialContainerExited' }, { reason: 'CannotPullContainerError: no' }),
      'never started',
    ],
    [
      'a start that failed may have begun',
      stopped({ stopCode: 'EssentialContainerExited' }, { reason: 'CannotStartContainerError: failed to get status' }),
      'failed',
    ],
    [
      'stopped by somebody before it started',
      stopped({ stopCode: 'UserInitiated', connectivity: 'CONNECTED' }),
      'never started',
    ],
    [
      'stopped while its agent was away',
      stopped({ stopCode: 'UserInitiated', connectivity: 'DISCONNECTED' }),
      'failed',
    ],
    ['its host is gone', stopped({ stopCode: 'TerminationNotice', pullStoppedAt: new Date() }), 'failed'],
    ['its host is gone before anything was told', stopped({ stopCode: 'InfrastructureHealth' }), 'failed'],
    ['an instance that it never had', stopped({ launchType: 'EC2' }), 'never started'],
    ['an instance that it had', stopped({ launchType: 'EC2', containerInstanceArn: 'arn' }), 'failed'],
    ['ECS says nothing at all', stopped({}), 'failed'],
    ['ECS knows no container', { lastStatus: 'STOPPED', stopCode: 'EssentialContainerExited' }, 'failed'],
  ])('%s', (_, task, how) => {
    expect(outcome(task, [])).toBe(how)
  })

  test('is told by essential containers', () => {
    const task = stopped({ startedAt: new Date() }, { exitCode: 0 }, { name: 'sidecar', exitCode: 137 })
    expect(outcome(task, ['app'])).toBe('succeeded')
  })
})

describe('capacity', () => {
  test.each([
    'RESOURCE:CPU',
    'RESOURCE:MEMORY',
    'RESOURCE:PORTS',
    'RESOURCE:ENI',
    'RESOURCE:GPU',
    'AGENT',
    'TaskFailedToStart: RESOURCE:MEMORY',
    'TaskFailedToStart: EMPTY CAPACITY PROVIDER',
    'NO ACTIVE INSTANCES',
    'Capacity is unavailable at this time. Please try again later or in a different availability zone',
    'DistinctInstance placement constraint unsatisfied.',
    "You've reached the limit on the number of vCPUs you can run concurrently",
  ])('may come: %s', reason => {
    expect(isCapacity(reason)).toBe(true)
  })

  test.each([
    undefined,
    'ATTRIBUTE',
    'LOCATION',
    'MISSING',
    'No Container Instances were found in your cluster.',
    'MemberOf placement constraint unsatisfied.',
    'TaskFailedToStart: ATTRIBUTE',
    'AGENTS',
    'Task failed for want of RESOURCE:CPU',
  ])('does not come by waiting: %s', reason => {
    expect(isCapacity(reason)).toBe(false)
  })

  test('lacks for tasks that never started alone', () => {
    const stoppedReason = 'TaskFailedToStart: RESOURCE:CPU'
    expect(lackedCapacity(stopped({ stopCode: 'TaskFailedToStart', stoppedReason }), [])).toBe(true)
    expect(lackedCapacity(stopped({ startedAt: new Date(), stoppedReason }), [])).toBe(false)
  })
})
