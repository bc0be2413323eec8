import { ec2Instance } from './ec2_instance.ts'
import { cluster } from './ecs_cluster.ts'
import { instance } from './ecs_instance.ts'
import { service } from './ecs_service.ts'
import { task } from './ecs_task.ts'
import { taskDefinition } from './ecs_task_definition.ts'
import type { AnyFlavor } from './flavor.ts'

/** Every flavor that there is. The engine knows none of them by name. */
export const flavors = {
  ecs_cluster: cluster,
  ecs_task_definition: taskDefinition,
  ecs_service: service,
  ecs_task: task,
  ecs_instance: instance,
  ec2_instance: ec2Instance,
} satisfies Record<string, unknown> as unknown as Readonly<Record<string, AnyFlavor>>
