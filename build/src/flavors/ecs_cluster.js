import { compare, describe } from "../engine/compare.js";
import { insist } from "./insist.js";
import { merged } from "./merge.js";
import { clusterRules, liveCluster } from "./rules/cluster.js";
import { setTags } from "./tags.js";
import { vocabulary } from "./vocabulary.js";
const words = vocabulary.ecs_cluster;
const options = (particle, curtain) => ({
    schema: words.model,
    rules: clusterRules,
    whole: false,
    ignore: particle.options.ignore ?? [],
    curtain,
});
/** What DeleteCluster says while something is still on its way out. */
const stillUsed = [
    'ClusterContainsServicesException',
    'ClusterContainsTasksException',
    'ClusterContainsContainerInstancesException',
    'UpdateInProgressException',
];
const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;
/** What a cluster still holds, in words; undefined when it is empty. */
function holds(live) {
    const held = [
        [live.activeServicesCount ?? 0, 'service'],
        [(live.runningTasksCount ?? 0) + (live.pendingTasksCount ?? 0), 'task'],
        [live.registeredContainerInstancesCount ?? 0, 'container instance'],
    ];
    const said = held.filter(([count]) => count > 0).map(([count, noun]) => plural(count, noun));
    return said.length > 0 ? said.join(', ') : undefined;
}
export const cluster = {
    ...words,
    read(particle, live) {
        if (!live)
            return { state: 'terminated' };
        if (live.status === 'ACTIVE') {
            if (live.attachmentsStatus !== 'UPDATE_IN_PROGRESS' || particle.desired !== 'running')
                return { state: 'running' };
            return { state: 'running', unsettled: true, why: 'its capacity providers are being changed' };
        }
        if (live.status === 'FAILED')
            return { state: 'running', failed: true, why: 'ECS says that the cluster FAILED' };
        return { state: 'pending', unsettled: true, why: `the cluster is ${live.status}` };
    },
    compare: (particle, live, curtain) => ({
        changes: compare(particle.definition, liveCluster(live), options(particle, curtain)),
    }),
    describe: (particle, _live, curtain) => ({ changes: describe(particle.definition, options(particle, curtain)) }),
    goodbye(particle, live) {
        const held = holds(live);
        return [
            ...(particle.desired === 'stopped' ? ['a cluster that is to be stopped is deleted'] : []),
            ...(held ? [`it is deleted; now it holds ${held}`] : []),
        ];
    },
    reference: particle => particle.definition.clusterName,
    current: (_particle, live) => live && { ...live, cluster: live.clusterName },
    resume: () => undefined,
    settled(_particle, live, goal) {
        if (goal === 'running') {
            if (!live)
                return { is: 'moving', because: 'the cluster is not there yet' };
            if (live.status !== 'ACTIVE') {
                return { is: live.status === 'FAILED' ? 'failed' : 'moving', because: `the cluster is ${live.status}` };
            }
            if (live.attachmentsStatus === 'UPDATE_IN_PROGRESS') {
                return { is: 'moving', because: 'its capacity providers are being changed' };
            }
            if (live.attachmentsStatus === 'UPDATE_FAILED') {
                return { is: 'failed', because: 'ECS could not change its capacity providers (UPDATE_FAILED)' };
            }
            return { is: 'settled', because: 'the cluster is ACTIVE' };
        }
        return live ? { is: 'moving', because: `the cluster is ${live.status}` } : { is: 'settled', because: 'gone' };
    },
    look: (particle, { ecs }) => ecs.cluster(particle.definition.clusterName ?? 'default'),
    async start(particle, _live, { ecs }) {
        await ecs.call('CreateCluster', particle.definition);
        return undefined;
    },
    async update(particle, live, changes, act) {
        const { ecs } = act;
        const { definition } = particle;
        const changed = new Set(changes.map(({ path }) => path.split(/[.[]/, 1)[0]));
        const name = live.clusterName ?? definition.clusterName;
        // An update under way blocks the next one for a moment.
        const patiently = (call) => insist(call, { when: ['UpdateInProgressException'], atMost: 300_000, because: 'waiting for the cluster' }, act);
        if (changed.has('settings') || changed.has('configuration') || changed.has('serviceConnectDefaults')) {
            await patiently(() => ecs.call('UpdateCluster', {
                cluster: name,
                ...(changed.has('settings') && { settings: definition.settings }),
                ...(changed.has('configuration') && { configuration: merged(live.configuration, definition.configuration) }),
                ...(changed.has('serviceConnectDefaults') && {
                    serviceConnectDefaults: { namespace: definition.serviceConnectDefaults?.namespace ?? '' },
                }),
            }));
        }
        if (changed.has('capacityProviders') || changed.has('defaultCapacityProviderStrategy')) {
            // The call replaces both lists: what the manifest leaves to AWS is said again as it is.
            await patiently(() => ecs.call('PutClusterCapacityProviders', {
                cluster: name,
                capacityProviders: definition.capacityProviders ?? live.capacityProviders ?? [],
                defaultCapacityProviderStrategy: definition.defaultCapacityProviderStrategy ?? live.defaultCapacityProviderStrategy ?? [],
            }));
        }
        if (changed.has('tags'))
            await setTags(ecs, live.clusterArn ?? '', definition.tags ?? [], live.tags ?? []);
        return undefined;
    },
    async terminate(_particle, live, act) {
        await insist(() => act.ecs.call('DeleteCluster', { cluster: live.clusterName }), { when: stillUsed, atMost: 300_000, because: 'waiting until the cluster is empty' }, act);
        return undefined;
    },
};
