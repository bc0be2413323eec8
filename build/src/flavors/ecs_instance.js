import { vocabulary } from "./vocabulary.js";
const words = vocabulary.ecs_instance;
/** Attributes that ECS and its agent own: never compared, never written. */
const isProtected = (name) => name === 'instance-id' || name.startsWith('ecs.') || name.startsWith('com.amazonaws.ecs.');
/** PutAttributes and DeleteAttributes take ten at most. */
const attributesAtOnce = 10;
const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;
/** The attributes that a manifest may own, from a list or a map. */
function stated({ definition: { attributes } }) {
    const all = isList(attributes)
        ? attributes.map(({ name, value }, index) => ({
            name,
            value: value === undefined ? '' : value,
            at: ['attributes', index, 'value'],
        }))
        : Object.entries(attributes ?? {}).map(([name, value]) => ({ name, value, at: ['attributes', name] }));
    return all.filter(({ name }) => !isProtected(name));
}
const isList = (attributes) => Array.isArray(attributes);
function differences(particle, live) {
    const there = new Map(live?.attributes?.map(({ name = '', value = '' }) => [name, value]));
    const ignored = new Set(particle.options.ignore ?? []);
    return stated(particle).flatMap(({ name, value, at }) => {
        const path = `attributes[${name}]`;
        if (ignored.has(path) || ignored.has('attributes'))
            return [];
        const before = there.get(name);
        if (value === null)
            return before === undefined ? [] : [{ path, before }];
        if (before === value)
            return [];
        return [{ path, ...(before !== undefined && { before }), after: value, ...(at && { at }) }];
    });
}
export const instance = {
    ...words,
    read(particle, live) {
        if (!live)
            return { state: 'stopped' };
        const leaving = particle.desired !== 'running';
        if (live.status === 'DRAINING') {
            const running = live.runningTasksCount ?? 0;
            if (leaving && running > 0) {
                return { state: 'pending', unsettled: true, why: `draining, ${plural(running, 'task')} left` };
            }
            if (leaving && particle.options.deregister === true) {
                return { state: 'pending', unsettled: true, why: 'drained, not deregistered yet' };
            }
            return { state: 'stopped' };
        }
        if (live.agentConnected === false) {
            return leaving && particle.options.deregister === true ? { state: 'pending' } : { state: 'stopped' };
        }
        return { state: 'running' };
    },
    compare: (particle, live) => ({ changes: differences(particle, live) }),
    describe(particle, live) {
        if (!live) {
            return {
                changes: [],
                absent: `${particle.definition.ec2InstanceId} is not registered in the cluster ${particle.definition.cluster}: nothing can be done until its agent joins`,
            };
        }
        if (live.agentConnected === false) {
            return {
                changes: [],
                absent: `the agent of ${particle.definition.ec2InstanceId} is not connected: nothing can be done until it is`,
            };
        }
        return {
            changes: [{ path: 'status', before: live.status ?? 'DRAINING', after: 'ACTIVE' }, ...differences(particle, live)],
        };
    },
    goodbye(particle, live) {
        const running = live.runningTasksCount ?? 0;
        return [
            `it is drained, ${plural(running, 'running task')} must end or move`,
            ...(particle.options.deregister === true ? ['then it is deregistered'] : []),
        ];
    },
    reference: particle => particle.definition.ec2InstanceId,
    current: (_particle, live) => live && { ...live },
    resume: () => undefined,
    settled(particle, live, goal) {
        if (goal === 'running') {
            if (live?.status === 'ACTIVE')
                return { is: 'settled', because: 'the instance is ACTIVE' };
            return live
                ? { is: 'moving', because: `the instance is ${live.status}` }
                : { is: 'failed', because: 'the instance is not registered any more' };
        }
        if (!live)
            return { is: 'settled', because: 'no longer registered' };
        const running = live.runningTasksCount ?? 0;
        if (running > 0)
            return { is: 'moving', because: `draining, ${plural(running, 'task')} left` };
        if (live.status !== 'DRAINING')
            return { is: 'moving', because: `the instance is ${live.status}` };
        if (particle.options.deregister === true)
            return { is: 'settled', because: 'drained' };
        return { is: 'settled', because: 'drained: no task is left' };
    },
    look: ({ definition }, { ecs }) => ecs.instance(definition.cluster ?? 'default', definition.ec2InstanceId ?? ''),
    async start(particle, live, act) {
        if (!live)
            throw new Error(`${particle.definition.ec2InstanceId} is not registered in the cluster`);
        if (live.status !== 'ACTIVE')
            await setStatus(particle, live, 'ACTIVE', act.ecs);
        await putAttributes(particle, live, differences(particle, live), act.ecs);
        return undefined;
    },
    async update(particle, live, changes, act) {
        await putAttributes(particle, live, changes, act.ecs);
        return undefined;
    },
    async terminate(particle, live, act) {
        // DRAINING can only be reached from ACTIVE, and an instance whose agent is gone has nothing to drain.
        if (live.status === 'ACTIVE' && live.agentConnected !== false)
            await setStatus(particle, live, 'DRAINING', act.ecs);
        return undefined;
    },
    async conclude(particle, live, _memo, verdict, act) {
        if (!live || particle.desired === 'running' || verdict.is !== 'settled' || particle.options.deregister !== true)
            return;
        await act.ecs.call('DeregisterContainerInstance', {
            cluster: particle.definition.cluster ?? 'default',
            containerInstance: live.containerInstanceArn,
            // Tasks are gone; an agent that is lost cannot say so.
            force: live.agentConnected === false,
        });
    },
};
async function setStatus({ definition }, live, status, ecs) {
    const { failures = [] } = await ecs.call('UpdateContainerInstancesState', {
        cluster: definition.cluster ?? 'default',
        containerInstances: [live.containerInstanceArn ?? ''],
        status,
    });
    const [failure] = failures;
    if (failure)
        throw new Error(`ECS did not set ${definition.ec2InstanceId} to ${status}: ${failure.reason ?? 'no reason given'}`);
}
async function putAttributes({ definition }, live, changes, ecs) {
    const cluster = definition.cluster ?? 'default';
    const name = ({ path }) => path.slice('attributes['.length, -1);
    const target = { targetType: 'container-instance', targetId: live.containerInstanceArn };
    const put = changes
        .filter(({ after }) => after !== undefined)
        .map(change => ({ ...target, name: name(change), ...(change.after !== '' && { value: String(change.after) }) }));
    const gone = changes
        .filter(({ after }) => after === undefined)
        .map(change => ({ ...target, name: name(change) }));
    for (let from = 0; from < put.length; from += attributesAtOnce) {
        await ecs.call('PutAttributes', { cluster, attributes: put.slice(from, from + attributesAtOnce) });
    }
    for (let from = 0; from < gone.length; from += attributesAtOnce) {
        await ecs.call('DeleteAttributes', { cluster, attributes: gone.slice(from, from + attributesAtOnce) });
    }
}
