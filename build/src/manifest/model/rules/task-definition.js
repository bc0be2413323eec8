import { elements, given, member, partlyUnknown, scalar, scalars, text } from "../reading.js";
import { sayValue } from "../written.js";
import { checkReferences, isEssential } from "./containers.js";
import { checkDependencies } from "./dependencies.js";
import { checkFargate } from "./fargate.js";
import { checkLogs } from "./logs.js";
import { checkMemory } from "./memory.js";
import { checkNetwork } from "./network.js";
import { jsonLength, root } from "./say.js";
import { checkVolumes } from "./volumes.js";
/** 64 KiB. */
const longestDefinition = 65_536;
/** All that a task definition says of itself. */
export function checkTaskDefinition(node, sound, say) {
    const containers = elements(node, 'containerDefinitions', root).map(element => ({
        ...element,
        name: text(element.node, 'name'),
    }));
    const names = new Map();
    for (const container of containers) {
        const { node: definition, name, path } = container;
        if (sound && !given(definition, 'image'))
            say(definition, `${path} lacks image: ECS needs one for every container`);
        // Names that are missing, or there twice, are said where particles are told from each other.
        if (name !== undefined && !names.has(name))
            names.set(name, container);
    }
    const context = {
        node,
        containers,
        names,
        open: partlyUnknown(node, 'containerDefinitions', 'name'),
        fargate: scalars(node, 'requiresCompatibilities').some(([, value]) => value === 'FARGATE'),
        // Left out it is bridge, but what an inherited mode will be nobody knows.
        network: given(node, 'networkMode') ? text(node, 'networkMode') : 'bridge',
        sound,
        say,
    };
    checkEssential(context);
    checkReferences(context);
    checkDependencies(context);
    checkMemory(context);
    checkNetwork(context);
    checkVolumes(context);
    checkLogs(context);
    checkContainerRest(context);
    if (context.fargate)
        checkFargate(context);
    const length = jsonLength(node);
    if (length > longestDefinition) {
        context.say(node, `${root} must have at most ${longestDefinition} characters as JSON, and has ${length}`);
    }
}
function checkEssential({ node, containers, open, say }) {
    const list = member(node, 'containerDefinitions');
    if (list && containers.length > 0 && !open && !containers.some(isEssential)) {
        say(list, `${root}.containerDefinitions needs at least one essential container: all say essential: false`);
    }
}
function checkContainerRest({ containers, sound, say }) {
    for (const container of containers) {
        const variables = new Set(elements(container.node, 'environment', '').map(({ node }) => text(node, 'name')));
        for (const { node: secret, path } of elements(container.node, 'secrets', container.path)) {
            const name = scalar(secret, 'name');
            if (name && variables.has(String(name.value))) {
                say(name, `${path}.name ${sayValue(name)} is set twice: by an environment variable or another secret as well`);
            }
            if (name)
                variables.add(String(name.value));
        }
        const check = member(container.node, 'healthCheck');
        const command = member(check, 'command');
        const first = command?.kind === 'list' ? command.items[0] : undefined;
        if (sound && first?.kind === 'scalar' && !first.inherit && !/^(CMD|CMD-SHELL|NONE)$/.test(String(first.value))) {
            say(first, `${container.path}.healthCheck.command must begin with CMD or CMD-SHELL, not ${sayValue(first)}`);
        }
        for (const { node: requirement, path } of elements(container.node, 'resourceRequirements', container.path)) {
            if (sound && !given(requirement, 'value') && !given(requirement, 'sharingStrategy')) {
                say(requirement, `${path} needs a value`);
            }
        }
    }
}
