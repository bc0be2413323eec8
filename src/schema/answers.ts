import { Cluster$, ContainerInstance$, Service$, Task$, TaskDefinition$ } from '@aws-sdk/client-ecs'
import type { StaticStructureSchema } from '@smithy/types'
import { type StructType, typeOf } from './types.ts'

/** What ECS describes a particle of each flavor by. */
const schemas: Readonly<Record<string, StaticStructureSchema>> = {
  ecs_cluster: Cluster$,
  ecs_task_definition: TaskDefinition$,
  ecs_service: Service$,
  ecs_task: Task$,
  ecs_instance: ContainerInstance$,
}

/** The shape of ECS's answer; undefined for what ECS does not describe. */
export function answerOf(flavor: string): StructType | undefined {
  const schema = Object.hasOwn(schemas, flavor) ? schemas[flavor] : undefined
  return schema && typeOf(schema)
}

/** What children know a particle by, which stands beside the answer. */
const references: Readonly<Record<string, string>> = {
  ecs_cluster: 'cluster',
  ecs_task_definition: 'taskDefinition',
  ecs_service: 'cluster',
}

/** What can be inherited from a particle, beside the members of ECS's answer. */
export const referenceOf = (flavor: string): string | undefined => references[flavor]
