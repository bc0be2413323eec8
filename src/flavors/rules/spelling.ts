import { resourceName } from '../../schema/address.ts'

type Spelling = (value: unknown) => unknown

const spell =
  (normal: (text: string) => string): Spelling =>
  value =>
    typeof value === 'string' ? normal(value) : value

const quantity = (unit: RegExp): Spelling =>
  spell(text => {
    const match = unit.exec(text)
    // A vCPU is 1024 CPU units, a GB 1024 MiB.
    return match?.[1] === undefined ? text : String(Math.round(Number(match[1]) * 1024))
  })

/** Task sizes as ECS answers them: `.5 vCPU` is `512`, in any case. */
export const cpuUnits = quantity(/^\s*(\d+|\d*\.\d+)\s*vcpu\s*$/i)

/** `0.5 GB` is `512`, in any case. */
export const mebibytes = quantity(/^\s*(\d+|\d*\.\d+)\s*gb\s*$/i)

/** Roles, clusters and task definitions go by name or by ARN. An account and region cannot hold two of one name. */
export const byName = spell(text => (text.startsWith('arn:') ? resourceName(text) : text))

/** The field of a placement strategy: `host` is `instanceId`, and case means nothing. */
export const placementField = spell(text => {
  const field = text.toLowerCase()
  return field === 'host' || field === 'instanceid' ? 'instanceId' : field
})

/** The root of a file system may be left empty. */
export const rootDirectory = spell(text => (text === '' ? '/' : text))

/**
 * A Cloud Map namespace goes by name or by ARN, and the ARN holds its id, not its name: which name an ARN stands for only
 * Cloud Map can tell. The drawback: going from a name to the ARN of another namespace is not seen.
 */
export const sameNamespace = (stated: unknown, live: unknown): boolean =>
  typeof stated === 'string' &&
  typeof live === 'string' &&
  stated !== '' &&
  live !== '' &&
  stated.startsWith('arn:') !== live.startsWith('arn:')
