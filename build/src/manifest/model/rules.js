import { elements, scalar } from "./reading.js";
import { checkCluster } from "./rules/cluster.js";
import { root } from "./rules/say.js";
import { checkService } from "./rules/service.js";
import { checkTask } from "./rules/task.js";
import { checkTaskDefinition } from "./rules/task-definition.js";
import { sayValue } from "./written.js";
/**
 * What ECS would only say at run time, as far as one definition tells. The facts are those of the SDK's
 * documentation comments and of ECS's own refusals.
 *
 * `sound`: the definition fits the model. If it does not, nothing is said about what seems to be missing:
 * it may only be misspelt.
 */
export function checkRules(node, flavor, sound, problems) {
    const say = (at, message) => problems.push({ place: at.place, message });
    const rules = byFlavor[flavor];
    if (!rules)
        return;
    checkTags(node, say);
    rules(node, sound, say);
}
const byFlavor = {
    ecs_cluster: checkCluster,
    ecs_task_definition: checkTaskDefinition,
    ecs_service: checkService,
    ecs_task: checkTask,
};
function checkTags(node, say) {
    const seen = new Set();
    for (const tag of elements(node, 'tags', root)) {
        const key = scalar(tag.node, 'key');
        if (!key)
            continue;
        const value = String(key.value);
        const quoted = sayValue(key);
        if (/^aws:/i.test(value))
            say(key, `${tag.path}.key must not begin with "aws:", which is AWS's own, like ${quoted}`);
        if (/^ecs-particles:/i.test(value)) {
            say(key, `${tag.path}.key must not begin with "ecs-particles:", which is this tool's own, like ${quoted}`);
        }
        if (seen.has(value))
            say(key, `${tag.path}.key ${quoted} is there twice: keep one`);
        seen.add(value);
    }
}
