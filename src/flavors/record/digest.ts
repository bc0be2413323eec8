import { RegisterTaskDefinitionRequest$, type RunTaskRequest, RunTaskRequest$ } from '@aws-sdk/client-ecs'
import { canonical, comparedBy } from '../../compare/compare.ts'
import { nothingSensitive } from '../../compare/sensitivity.ts'
import { sha256 } from '../../digest.ts'
import { holdsUnknown, type Particle } from '../../particle.ts'
import { nameOf } from '../../schema/arn.ts'
import { taskRules } from '../task/rules.ts'
import { taskDefinitionRules } from '../taskDefinition/rules.ts'

/** The version of the digest's form, `canonical` included. Another version runs every finished job again. */
const digestVersion = 1

const launchOptions = comparedBy(RunTaskRequest$, taskRules)
const definitionOptions = comparedBy(RegisterTaskDefinitionRequest$, taskDefinitionRules, true)

/** 64 hex digits: SHA-256 of the value's JSON. */
export const hash = (value: unknown): string => sha256(JSON.stringify(value))

/**
 * The digest of a job, 32 hex digits: equal for two runs that do the same. It is made of the cluster's name,
 * `taskName`, `custom_config.retry`, and of the task definition and RunTask's input in canonical form, where defaults,
 * spelling and order make no difference. `tags`, `count`, `startedBy`, `stopReason` and ignored paths are no part of
 * it. Undefined while a member is known only after apply.
 */
export function runDigest(
  { definition, options }: Pick<Particle<object>, 'definition' | 'options'>,
  taskDefinition: object,
  ignore: unknown,
): string | undefined {
  const {
    cluster,
    taskName,
    count: _count,
    startedBy: _startedBy,
    stopReason: _stopReason,
    tags: _tags,
    taskDefinition: _taskDefinition,
    ...launch
  } = definition as RunTaskRequest & { readonly taskName?: string; readonly stopReason?: string }
  const { tags: _definitionTags, ...registered } = taskDefinition as Readonly<Record<string, unknown>>
  if (holdsUnknown([cluster, taskName, registered, launch])) return undefined
  const what = {
    version: digestVersion,
    cluster: nameOf(cluster ?? 'default'),
    taskName,
    retry: options.retry ?? 0,
    definition: definitionContent(registered, ignore),
    launch: canonical(launch, launchOptions({ options }, nothingSensitive)),
  }
  // 128 bits fit into startedBy beside a name, and do not collide by chance.
  return hash(what).slice(0, 32)
}

/** A task definition in canonical form, without its tags. */
export function definitionContent(taskDefinition: object, ignore: unknown): unknown {
  const { tags: _tags, ...registered } = taskDefinition as Readonly<Record<string, unknown>>
  return canonical(registered, definitionOptions({ options: { ignore } }, nothingSensitive))
}
