import { invalidParameter } from './errors.ts'
import type { InstanceRecord } from './region.ts'

/**
 * The part of ECS's cluster query language that people use: `attribute:NAME` or `ec2InstanceId`, `agentConnected`,
 * `runningTasksCount` …, compared by `==`, `!=`, `in [a, b]`, `not_in [a, b]`, `exists`, `!exists`, joined by `and` or `&&`.
 */
export function matchesQuery(instance: InstanceRecord, expression: string): boolean {
  return expression.split(/\s+and\s+|\s*&&\s*/).every(part => matchesPart(instance, part.trim()))
}

function matchesPart(instance: InstanceRecord, part: string): boolean {
  const [, subject, operator = '', rest = ''] =
    /^([\w.:-]+)\s*(==|!=|\bnot_in\b|\bin\b|\bequals\b|\bexists\b|!exists)\s*(.*)$/.exec(part) ?? []
  if (subject === undefined) throw invalidParameter(`Invalid filter expression: ${part}`)
  const value = subjectOf(instance, subject)
  const listed = rest.replace(/^\[|\]$/g, '').split(/\s*,\s*/)
  switch (operator) {
    case '==':
    case 'equals':
      return value === rest
    case '!=':
      return value !== rest
    case 'in':
      return value !== undefined && listed.includes(value)
    case 'not_in':
      return value === undefined || !listed.includes(value)
    case 'exists':
      return value !== undefined
    default:
      return value === undefined
  }
}

function subjectOf(instance: InstanceRecord, subject: string): string | undefined {
  if (subject.startsWith('attribute:'))
    return instance.attributes.find(({ name }) => name === subject.slice('attribute:'.length))?.value
  switch (subject) {
    case 'ec2InstanceId':
      return instance.ec2InstanceId
    case 'agentConnected':
      return String(instance.agentConnected)
    case 'runningTasksCount':
      return String(tasksOn(instance).filter(({ wire }) => wire.lastStatus === 'RUNNING').length)
  }
  throw invalidParameter(`Invalid filter expression: unknown subject ${subject}`)
}

/** Everything on an instance that has not stopped yet. */
export function tasksOn(instance: InstanceRecord) {
  return [...instance.cluster.tasks.values()].filter(
    task => task.instance === instance && task.wire.lastStatus !== 'STOPPED',
  )
}
