import type { AnyFlavor } from '../engine/flavor.ts'
import { cluster } from './cluster/index.ts'
import { ec2Instance } from './ec2Instance/index.ts'
import { instance } from './instance/index.ts'
import { service } from './service/index.ts'
import { task } from './task/index.ts'
import { taskDefinition } from './taskDefinition/index.ts'

/** The registry of flavors. The engine knows none of them by name. */
export const flavors = {
  ecs_cluster: cluster,
  ecs_task_definition: taskDefinition,
  ecs_service: service,
  ecs_task: task,
  ecs_instance: instance,
  ec2_instance: ec2Instance,
} satisfies Readonly<Record<string, AnyFlavor>>
