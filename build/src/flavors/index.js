import { ec2Instance } from "./ec2_instance.js";
import { cluster } from "./ecs_cluster.js";
import { instance } from "./ecs_instance.js";
import { service } from "./ecs_service.js";
import { task } from "./ecs_task.js";
import { taskDefinition } from "./ecs_task_definition.js";
/** Every flavor that there is. The engine knows none of them by name. */
export const flavors = {
    ecs_cluster: cluster,
    ecs_task_definition: taskDefinition,
    ecs_service: service,
    ecs_task: task,
    ecs_instance: instance,
    ec2_instance: ec2Instance,
};
