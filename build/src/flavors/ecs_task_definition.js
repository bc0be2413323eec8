import { compare, describe } from "../engine/compare.js";
import { Unknown } from "../particle.js";
import { insist } from "./insist.js";
import { carriedForward } from "./record.js";
import { liveTaskDefinition, taskDefinitionRules } from "./rules/taskDefinition.js";
import { isReservedTag, setTags } from "./tags.js";
import { nameOf, vocabulary } from "./vocabulary.js";
const words = vocabulary.ecs_task_definition;
const options = (particle, curtain) => ({
    schema: words.model,
    rules: taskDefinitionRules,
    whole: true,
    ignore: particle.options.ignore ?? [],
    curtain,
});
/** Without the revision, which is this tool's word and not the request's. */
export function request({ revision: _pin, ...definition }) {
    return definition;
}
const arnOf = (revision) => revision?.taskDefinition?.taskDefinitionArn;
/** `web:7` of a revision or its ARN. */
export const shortReference = (revision) => `${revision.taskDefinition?.family}:${revision.taskDefinition?.revision}`;
const differences = (particle, revision, curtain) => compare(request(particle.definition), liveTaskDefinition(revision), options(particle, curtain));
const isTag = ({ path }) => path.startsWith('tags');
/** Nothing is hidden from the question whether two definitions say the same. */
const openCurtain = { secret: () => false, revealed: () => true };
const saysTheSame = (particle, revision) => differences(particle, revision, openCurtain).every(isTag);
/**
 * The revision in hand: the one its services run, if it says what the manifest says, of several the newest;
 * otherwise the family's latest ACTIVE one.
 */
export function inHand(particle, live) {
    if (!live)
        return undefined;
    return live.pinned ?? live.running.find(revision => saysTheSame(particle, revision)) ?? live.latest;
}
export const taskDefinition = {
    ...words,
    read: (particle, live) => ({ state: inHand(particle, live) ? 'running' : 'terminated' }),
    compare(particle, live, curtain) {
        const revision = inHand(particle, live);
        if (!revision)
            return { changes: [] };
        const changes = differences(particle, revision, curtain);
        if (particle.definition.revision === undefined)
            return { changes };
        const different = changes.filter(change => !isTag(change));
        if (different.length === 0)
            return { changes, pinned: true };
        return {
            changes: [],
            problems: [
                {
                    at: ['revision'],
                    message: `aws_resource.revision pins ${shortReference(revision)}, which says something else: ${different.map(({ path }) => path).join(', ')}; state what it says, or leave revision out to register a new one`,
                },
            ],
        };
    },
    describe(particle, _live, curtain) {
        const changes = describe(request(particle.definition), options(particle, curtain));
        if (particle.definition.revision === undefined)
            return { changes };
        const pinned = `${particle.definition.family}:${particle.definition.revision}`;
        return {
            changes,
            problems: [
                {
                    at: ['revision'],
                    message: `aws_resource.revision pins ${pinned}, which is not there or not ACTIVE; name an ACTIVE revision, or leave revision out to register a new one`,
                },
            ],
        };
    },
    goodbye: () => ['every ACTIVE revision of the family is deregistered'],
    reference(particle, live, changes) {
        const revision = inHand(particle, live);
        return revision && changes.every(isTag) ? shortReference(revision) : new Unknown(particle.id);
    },
    behind(particle, live, curtain) {
        const others = live.running.filter(revision => !saysTheSame(particle, revision));
        return new Map(others.map(revision => [
            shortReference(revision),
            differences(particle, revision, curtain).filter(change => !isTag(change)),
        ]));
    },
    current(particle, live) {
        const revision = inHand(particle, live);
        return revision?.taskDefinition && { ...revision.taskDefinition, taskDefinition: shortReference(revision) };
    },
    resume: () => ({}),
    settled(particle, live, goal, memo) {
        if (goal !== 'running') {
            return live?.latest
                ? { is: 'moving', because: 'some revisions are still ACTIVE' }
                : { is: 'settled', because: 'no revision is ACTIVE any more' };
        }
        const revision = inHand(particle, live);
        if (!revision)
            return { is: 'moving', because: 'the new revision is not visible yet' };
        if (memo.arn && !revisions(live).some(seen => arnOf(seen) === memo.arn)) {
            return { is: 'moving', because: 'the new revision is not visible yet' };
        }
        return { is: 'settled', because: shortReference(revision) };
    },
    async look(particle, around) {
        const { family, revision } = particle.definition;
        if (!family)
            return undefined;
        const [latest, pinned, run] = await Promise.all([
            around.ecs.taskDefinition(family),
            revision === undefined ? undefined : around.ecs.taskDefinition(`${family}:${revision}`),
            revisionsOfServices(family, around),
        ]);
        const running = [];
        for (const reference of run) {
            const known = latest && shortReference(latest) === reference ? latest : await around.ecs.taskDefinition(reference);
            if (known?.taskDefinition?.status === 'ACTIVE')
                running.push(known);
        }
        running.sort((one, other) => (other.taskDefinition?.revision ?? 0) - (one.taskDefinition?.revision ?? 0));
        if (revision !== undefined && particle.desired === 'running') {
            return pinned?.taskDefinition?.status === 'ACTIVE' ? { ...(latest && { latest }), running, pinned } : undefined;
        }
        return latest || running.length > 0 ? { ...(latest && { latest }), running } : undefined;
    },
    start: (particle, live, act) => register(particle, live, act),
    async update(particle, live, changes, act) {
        const revision = inHand(particle, live);
        if (!revision || !changes.every(isTag))
            return register(particle, live, act);
        await setTags(act.ecs, arnOf(revision) ?? '', particle.definition.tags ?? [], revision.tags ?? []);
        return {};
    },
    async terminate(particle, _live, { ecs }) {
        const arns = await ecs.revisions(particle.definition.family ?? '');
        // Oldest first: should it be cut off, the family's latest revision still is what it was.
        for (const arn of arns.reverse())
            await ecs.call('DeregisterTaskDefinition', { taskDefinition: arn });
        return {};
    },
};
function revisions(live) {
    if (!live)
        return [];
    return [...live.running, ...(live.latest ? [live.latest] : []), ...(live.pinned ? [live.pinned] : [])];
}
/** `family:revision` of the revisions of this family that the particle's own services run. */
async function revisionsOfServices(family, around) {
    const services = around.children.filter(id => id.startsWith('ecs_service:'));
    const lives = (await Promise.all(services.map(id => around.live(id))));
    const references = lives.map(live => nameOf(live?.service.taskDefinition ?? ''));
    return new Set(references.filter(reference => reference.startsWith(`${family}:`)));
}
async function register(particle, live, act) {
    const known = revisions(live);
    // Tags that the manifest has no opinion about stay with the family, as they stay with a resource that is updated.
    const stated = particle.definition.tags ?? (inHand(particle, live)?.tags ?? []).filter(({ key }) => !isReservedTag(key ?? ''));
    const tags = [...stated, ...carriedForward(known.map(revision => revision.tags ?? []))];
    const { tags: _stated, ...definition } = request(particle.definition);
    const answer = await insist(() => act.ecs.call('RegisterTaskDefinition', { ...definition, ...(tags.length > 0 && { tags }) }), {
        when: ['Too many concurrent attempts'],
        atMost: 120_000,
        because: 'another revision of the family is being registered',
    }, act);
    const arn = answer.taskDefinition?.taskDefinitionArn;
    return arn ? { arn } : {};
}
