import { nameOf } from '../../schema/arn.ts'
import { cpuSize, memorySize } from '../../schema/sizes.ts'

type Spelling = (value: unknown) => unknown

const spell =
  (normal: (text: string) => string): Spelling =>
  value =>
    typeof value === 'string' ? normal(value) : value

/** Task sizes as ECS answers them: `.5 vCPU` is `512`, in any case. */
export const cpuUnits: Spelling = cpuSize.normalize

/** `0.5 GB` is `512`, in any case. */
export const mebibytes: Spelling = memorySize.normalize

/** Roles, clusters and task definitions are stated by name or by ARN. An account and region cannot hold two of one name. */
export const byName = spell(text => (text.startsWith('arn:') ? nameOf(text) : text))

/** The field of a placement strategy: `host` is `instanceId`, and case means nothing. */
export const placementField = spell(text => {
  const field = text.toLowerCase()
  return field === 'host' || field === 'instanceid' ? 'instanceId' : field
})

/** The root of a file system may be left empty. */
export const rootDirectory = spell(text => (text === '' ? '/' : text))

/**
 * A Cloud Map namespace is stated by name or by ARN. The ARN holds the namespace's id, and only Cloud Map knows the name of
 * an id. The drawback: a change from a name to the ARN of another namespace is not seen.
 */
export const sameNamespace = (stated: unknown, live: unknown): boolean =>
  typeof stated === 'string' &&
  typeof live === 'string' &&
  stated !== '' &&
  live !== '' &&
  stated.startsWith('arn:') !== live.startsWith('arn:')
