/** Where failed containers wrote, and their last lines where these are wanted. */
import type { Container, ContainerDefinition, Task } from '@aws-sdk/client-ecs'
import type { ContainerLog } from '../engine/document.ts'
import type { TransitionContext } from '../engine/flavor.ts'
import { nameOf } from '../schema/arn.ts'
import { untrusted } from '../untrusted.ts'
import { hasFailed, killed } from './containers.ts'

/** Tasks whose logs are named: those that stopped last. The others mostly say the same. */
const mostTasks = 3

/** Logs of the containers that made the tasks fail, of the newest tasks first. Never throws: a failure is reported without its logs too. */
export async function containerLogs(tasks: readonly Task[], context: TransitionContext): Promise<ContainerLog[]> {
  const stoppedAt = (task: Task) => (task.stoppedAt ?? task.createdAt)?.getTime() ?? 0
  const newest = [...tasks].sort((one, other) => stoppedAt(other) - stoppedAt(one)).slice(0, mostTasks)
  const found = await Promise.all(newest.map(task => logsOf(task, context)))
  return Promise.all(found.flat().map(log => withLines(log, context)))
}

async function logsOf(task: Task, { ecs }: TransitionContext): Promise<ContainerLog[]> {
  const failed = toBlame(task.containers ?? [])
  if (failed.length === 0) return []
  const answer = await ecs.taskDefinition(task.taskDefinitionArn ?? '').catch(() => undefined)
  const definitions = answer?.taskDefinition?.containerDefinitions ?? []
  return failed.flatMap(container => {
    const definition = definitions.find(({ name }) => name === container.name)
    const log = definition && logOf(definition, container, task, ecs.region)
    return log ? [log] : []
  })
}

/** Failed containers that ran; those that ECS killed beside another one only where no other failed. */
function toBlame(containers: readonly Container[]): readonly Container[] {
  const failed = containers.filter(
    container => hasFailed(container) && (container.exitCode !== undefined || container.runtimeId !== undefined),
  )
  const byThemselves = failed.filter(({ reason, exitCode = 0 }) => reason || !killed.has(exitCode))
  return byThemselves.length > 0 ? byThemselves : failed
}

/**
 * `PREFIX/CONTAINER/TASK`, or Docker's id of the container where no prefix is stated. Undefined for other log drivers.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
 */
function logOf(
  { logConfiguration }: ContainerDefinition,
  { name = '', runtimeId }: Container,
  { taskArn = '' }: Task,
  region: string,
): ContainerLog | undefined {
  const { logDriver, options = {} } = logConfiguration ?? {}
  const group = options['awslogs-group']
  if (logDriver !== 'awslogs' || !group) return undefined
  const task = nameOf(taskArn)
  const prefix = options['awslogs-stream-prefix']
  const stream = prefix ? `${prefix}/${name}/${task}` : runtimeId
  return stream ? { container: name, task, region: options['awslogs-region'] ?? region, group, stream } : undefined
}

async function withLines(log: ContainerLog, { readLog }: TransitionContext): Promise<ContainerLog> {
  if (!readLog) return log
  try {
    return { ...log, lines: (await readLog(log)).map(untrusted) }
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    return { ...log, unread: `${name}: ${untrusted(message)}` }
  }
}
