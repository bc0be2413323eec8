import { createHash } from 'node:crypto';
import { EcsError, isEcs } from "../ecs/errors.js";
import { canonical, describe } from "../engine/compare.js";
import { Unknown } from "../particle.js";
import { summarizeStopped } from "./containers.js";
import { inHand, request, } from "./ecs_task_definition.js";
import { hasRunBefore, recordOf, recordTag, surplus } from "./record.js";
import { taskRules } from "./rules/task.js";
import { liveTaskDefinition, taskDefinitionRules } from "./rules/taskDefinition.js";
import { ownTagPrefix } from "./tags.js";
import { nameOf, vocabulary } from "./vocabulary.js";
const words = vocabulary.ecs_task;
/** An intent that is younger is taken up again with its own token, which ECS remembers longer than that. */
const takenUp = 45 * 60;
/** A started task may be MISSING for a moment. */
const notVisibleYet = 30_000;
/** The digest's form: a later form keeps its own number, so that finished jobs stay finished. */
const digestVersion = 1;
const keptRunning = ({ options }) => options.wait === 'running';
const isRecorded = (particle) => !keptRunning(particle) && particle.options.record !== false;
const countOf = ({ definition }) => definition.count ?? 1;
const plural = (count, noun) => `${count} ${noun}${count === 1 ? '' : 's'}`;
const hash = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex');
const openCurtain = { secret: () => false, revealed: () => true };
/** How a task of a job ended, or that it has not. Only essential containers count: a killed sidecar means nothing. */
function outcome(task, essential) {
    if (task.lastStatus !== 'STOPPED')
        return 'running';
    const codes = (task.containers ?? [])
        .filter(({ name }) => essential.length === 0 || essential.includes(name ?? ''))
        .map(({ exitCode }) => exitCode);
    if (codes.every(code => code === undefined))
        return 'never started';
    return codes.every(code => code === 0) ? 'succeeded' : 'failed';
}
function sort(live) {
    const by = (wanted) => live.runs.filter(task => outcome(task, live.essential) === wanted);
    return {
        running: by('running'),
        succeeded: by('succeeded'),
        failed: by('failed'),
        neverStarted: by('never started'),
    };
}
export const task = {
    ...words,
    read(particle, live) {
        if (!live)
            return { state: 'terminated' };
        if (particle.desired !== 'running')
            return readLeaving(live);
        return keptRunning(particle) ? readKept(particle, live) : readJob(particle, live);
    },
    compare(particle, live) {
        const { running, succeeded } = sort(live);
        const have = running.length + (keptRunning(particle) ? 0 : succeeded.length);
        if (have <= countOf(particle))
            return { changes: [] };
        return {
            changes: [],
            problems: [
                {
                    at: ['count'],
                    message: `${plural(have, 'task')} of this run are running or have succeeded, more than aws_resource.count (${countOf(particle)}); stop what is too much, or raise count`,
                },
            ],
        };
    },
    describe(particle, live, curtain) {
        const { taskName: _name, stopReason: _reason, ...asked } = particle.definition;
        const changes = describe(asked, { schema: words.model, rules: taskRules, whole: false, ignore: [], curtain });
        // Run again by a person who names it, or run before but for the values of release variables.
        const sanctioned = (live?.asked && live.record !== undefined) || live?.knownRelease;
        return {
            changes,
            ...(sanctioned && { sanctioned }),
            risks: keptRunning(particle)
                ? (live?.others.length ?? 0) > 0
                    ? [`${plural(live?.others.length ?? 0, 'task')} of its earlier definition stop when the new one runs`]
                    : []
                : [live?.asked ? 'runs once more: retry-tasks names it' : 'runs once'],
        };
    },
    goodbye(_particle, live) {
        const { running } = sort(live);
        return [`${plural(running.length + live.others.length, 'running task')} stop`];
    },
    reference: particle => particle.definition.taskName,
    current: (_particle, live) => live?.runs[0] && { ...live.runs[0] },
    resume(_particle, live) {
        const runs = live?.runs ?? [];
        return { arns: runs.map(({ taskArn = '' }) => taskArn), failures: [], ...(live?.record && { record: live.record }) };
    },
    settled(particle, live, goal, memo, elapsed) {
        if (goal !== 'running') {
            const left = live ? sort(live).running.length + live.others.length : 0;
            return left > 0
                ? { is: 'moving', because: `${plural(left, 'task')} still running` }
                : { is: 'settled', because: 'no task is running' };
        }
        const runs = (live?.runs ?? []).filter(({ taskArn = '' }) => memo.arns.includes(taskArn));
        if (runs.length < memo.arns.length) {
            return elapsed < notVisibleYet
                ? { is: 'moving', because: `${plural(memo.arns.length - runs.length, 'task')} not visible yet` }
                : { is: 'failed', because: 'ECS has no trace of the task that it started' };
        }
        return keptRunning(particle) ? settledKept(runs) : settledJob(runs, live?.essential ?? [], memo);
    },
    async look(particle, around) {
        const parts = await runOf(particle, around);
        const signature = around.releaseSignature;
        const base = {
            asked: around.asked,
            at: around.clock.now(),
            essential: parts.essential,
            ...(signature && { signature }),
            knownRelease: signature !== undefined && hasRunBefore(signature, parts.tagLists),
        };
        const holder = parts.holder && { holder: parts.holder };
        if (parts.digest === undefined || parts.family === undefined)
            return { ...base, ...holder, runs: [], others: [] };
        const { digest, family } = parts;
        const record = isRecorded(particle) ? recordOf(digest, parts.tagLists) : undefined;
        const key = runKey(digest, record?.attempt ?? 0);
        const cluster = particle.definition.cluster ?? 'default';
        const name = startedBy(particle, around.environment, key);
        const alsoOthers = keptRunning(particle) || particle.desired !== 'running';
        const [started, stopped, family_] = await Promise.all([
            around.ecs.tasksStartedBy(cluster, name),
            particle.desired === 'running' ? around.ecs.tasksOfFamily(cluster, family, 'STOPPED') : [],
            alsoOthers ? around.ecs.tasksOfFamily(cluster, family, 'RUNNING') : [],
        ]);
        const all = new Map([...started, ...stopped].map(run => [run.taskArn, run]));
        const runs = [...all.values()].filter(run => run.startedBy === name && isOurs(run, key)).sort(byAge);
        const prefix = startedByPrefix(particle, around.environment);
        const others = family_.filter(run => run.startedBy?.startsWith(prefix) && run.startedBy !== name).sort(byAge);
        return { ...base, ...holder, digest, runs, others, ...(record && { record }) };
    },
    async watch(particle, live, memo, act) {
        if (!live)
            return task.look(particle, act);
        const cluster = particle.definition.cluster ?? 'default';
        // What has stopped stays as it was seen: ECS forgets it while its siblings may run for hours.
        const stopped = live.runs.filter(({ taskArn = '', lastStatus }) => lastStatus === 'STOPPED' && memo.arns.includes(taskArn));
        const over = new Set(stopped.map(({ taskArn }) => taskArn));
        const [moving, others] = await Promise.all([
            act.ecs.tasks(cluster, memo.arns.filter(arn => !over.has(arn))),
            act.ecs.tasks(cluster, live.others.map(({ taskArn = '' }) => taskArn)),
        ]);
        const runs = [...stopped, ...moving].sort(byAge);
        return { ...live, runs, others: others.filter(({ lastStatus }) => lastStatus !== 'STOPPED') };
    },
    async start(particle, live, act) {
        if (!live?.digest)
            throw new Error(`what ${particle.id} is to run is not known: its task definition is missing`);
        const { running, succeeded, neverStarted } = sort(live);
        const asked = live.asked && !keptRunning(particle);
        const kept = asked ? [] : [...running, ...(keptRunning(particle) ? [] : succeeded)];
        const missing = countOf(particle) - kept.length;
        const attempt = (live.record?.attempt ?? 0) + (asked ? 1 : 0);
        const record = {
            status: 'intent',
            at: Math.floor(act.clock.now() / 1000),
            attempt,
            token: asked ? 0 : nextToken(live, neverStarted.length),
            ...(live.signature && { claim: live.signature }),
        };
        // Before anything runs: a run that nobody could remember must not begin.
        if (isRecorded(particle))
            await remember(live, record, act);
        return run(particle, live, { missing, kept: kept.map(({ taskArn = '' }) => taskArn), record }, act);
    },
    update: () => Promise.reject(new Error('a task is never updated: a changed task is a new run')),
    async terminate(particle, live, act) {
        const running = [...sort(live).running, ...live.others];
        await stop(particle, running, act);
        return { arns: running.map(({ taskArn = '' }) => taskArn), failures: [] };
    },
    async conclude(particle, live, memo, verdict, act) {
        if (!live || particle.desired !== 'running')
            return;
        if (keptRunning(particle)) {
            // The new ones run: only now may the earlier ones go.
            if (verdict.is === 'settled')
                await stop(particle, live.others, act);
            return;
        }
        if (!isRecorded(particle))
            return;
        const { running, failed, succeeded } = sort(live);
        if (running.length > 0)
            return;
        const status = failed.length > 0 ? 'failed' : succeeded.length >= countOf(particle) ? 'done' : 'refused';
        const known = memo.record ?? { attempt: 0, token: 0, ...(live.signature && { claim: live.signature }) };
        await remember(live, { ...known, status, at: Math.floor(act.clock.now() / 1000) }, act);
    },
    explain: async (_particle, live) => summarizeStopped((live?.runs ?? []).filter(({ lastStatus }) => lastStatus === 'STOPPED')),
};
function readLeaving(live) {
    return sort(live).running.length + live.others.length > 0 ? { state: 'running' } : { state: 'stopped' };
}
function readKept(particle, live) {
    const { running } = sort(live);
    if (running.length < countOf(particle)) {
        return running.length > 0 ? { state: 'pending', incomplete: true } : { state: 'stopped' };
    }
    const starting = running.filter(({ lastStatus }) => lastStatus !== 'RUNNING');
    if (starting.length > 0)
        return { state: 'pending', unsettled: true, why: `the task is ${starting[0]?.lastStatus}` };
    if (live.others.length > 0) {
        return {
            state: 'running',
            unsettled: true,
            why: `${plural(live.others.length, 'task')} of its earlier definition still running`,
        };
    }
    return { state: 'running' };
}
function readJob(particle, live) {
    const { running, succeeded, failed, neverStarted } = sort(live);
    const { record } = live;
    const have = running.length + succeeded.length;
    if (running.length > 0) {
        if (have < countOf(particle))
            return { state: 'pending', incomplete: true };
        return { state: 'pending', unsettled: true, why: `its task is ${running[0]?.lastStatus}` };
    }
    if (live.asked)
        return { state: 'terminated' };
    const assumed = particle.options.assume === 'done';
    if (assumed || record?.status === 'done')
        return { state: 'stopped', done: true };
    const again = `change what it runs, raise custom_config.retry, or name ${particle.id} in retry-tasks`;
    if (failed.length > 0) {
        const [words = 'its task failed'] = summarizeStopped(failed);
        // The outcome has yet to be remembered: a look-back in two hours must find it.
        return { state: 'stopped', failed: true, why: `its last run failed: ${words}; ${again}` };
    }
    if (record?.status === 'failed')
        return { state: 'stopped', failed: true, why: `its last run failed; ${again}` };
    if (have >= countOf(particle)) {
        if (isRecorded(particle)) {
            return { state: 'stopped', unsettled: true, why: 'it has succeeded, which is not on record yet' };
        }
        return { state: 'stopped', done: true };
    }
    if (record?.status === 'intent' && have + neverStarted.length === 0 && live.at / 1000 - record.at > takenUp) {
        return {
            state: 'stopped',
            failed: true,
            why: `whether it ran is unknown: its start was recorded at ${new Date(record.at * 1000).toISOString()} and ECS has no trace of it; find out, then set custom_config.assume: done, or name ${particle.id} in retry-tasks to run it again`,
        };
    }
    return { state: 'terminated' };
}
function settledKept(runs) {
    const stopped = runs.filter(({ lastStatus }) => lastStatus === 'STOPPED');
    if (stopped.length > 0) {
        return {
            is: 'failed',
            because: `${plural(stopped.length, 'task')} stopped instead of running`,
            details: summarizeStopped(stopped),
        };
    }
    const starting = runs.filter(({ lastStatus }) => lastStatus !== 'RUNNING');
    const arns = runs.map(({ taskArn = '' }) => taskArn);
    if (starting.length > 0)
        return { is: 'moving', because: `the task is ${starting[0]?.lastStatus}` };
    return { is: 'settled', because: `${plural(runs.length, 'task')} running`, task: { arns, exitCodes: [] } };
}
function settledJob(runs, essential, memo) {
    const running = runs.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
    if (running.length > 0)
        return { is: 'moving', because: `the task is ${running[0]?.lastStatus}` };
    const ended = runs.map(run => outcome(run, essential));
    const report = {
        arns: runs.map(({ taskArn = '' }) => taskArn),
        exitCodes: runs.map(run => Object.fromEntries((run.containers ?? []).flatMap(({ name, exitCode }) => exitCode === undefined ? [] : [[name ?? '', exitCode]]))),
    };
    if (ended.includes('failed') || ended.includes('never started')) {
        const bad = runs.filter(run => outcome(run, essential) !== 'succeeded');
        const codes = [...new Set(bad.flatMap(exitCodes(essential)))];
        const because = ended.includes('failed')
            ? `its task failed${codes.length > 0 ? `: exit code ${codes.join(', ')}` : ''}`
            : 'its task never started';
        return { is: 'failed', because, details: summarizeStopped(bad), task: report };
    }
    if (memo.failures.length > 0) {
        return { is: 'failed', because: `ECS did not start all of it: ${memo.failures.join('; ')}`, task: report };
    }
    return { is: 'settled', because: 'exit code 0', task: report };
}
const exitCodes = (essential) => (run) => (run.containers ?? []).flatMap(({ name, exitCode }) => exitCode !== undefined && exitCode !== 0 && (essential.length === 0 || essential.includes(name ?? ''))
    ? [exitCode]
    : []);
const byAge = (one, other) => (one.createdAt?.getTime() ?? 0) - (other.createdAt?.getTime() ?? 0) ||
    ((one.taskArn ?? '') < (other.taskArn ?? '') ? -1 : 1);
async function stop({ definition }, tasks, { ecs }) {
    const cluster = definition.cluster ?? 'default';
    const reason = definition.stopReason ?? 'PCF default stop action';
    for (const { taskArn } of tasks)
        await ecs.call('StopTask', { cluster, task: taskArn, reason });
}
async function runOf(particle, around) {
    const parentId = particle.parents.find(id => id.startsWith('ecs_task_definition:'));
    const parent = parentId && around.particle(parentId);
    if (parent) {
        const live = (await around.live(parent.id));
        const hand = inHand(parent, live);
        const known = [hand, live?.latest, ...(live?.running ?? [])].filter(revision => revision !== undefined);
        return {
            ...content(particle, request(parent.definition), parent.options.ignore),
            ...holder(hand),
            tagLists: known.map(({ tags }) => tags ?? []),
        };
    }
    const named = particle.definition.taskDefinition;
    if (typeof named !== 'string')
        return { essential: [], tagLists: [] };
    // Somebody else's definition: what it says is what is to run, its latest revision is where records may stand too.
    const revision = await around.ecs.taskDefinition(nameOf(named));
    const family = revision?.taskDefinition?.family;
    const latest = family && /:\d+$/.test(named) ? await around.ecs.taskDefinition(family) : revision;
    if (!revision?.taskDefinition)
        return { essential: [], tagLists: [] };
    return {
        ...content(particle, liveTaskDefinition(revision), undefined),
        ...holder(revision),
        tagLists: [revision.tags ?? [], latest?.tags ?? []],
    };
}
const holder = (revision) => revision?.taskDefinition?.taskDefinitionArn
    ? { holder: { arn: revision.taskDefinition.taskDefinitionArn, tags: revision.tags ?? [] } }
    : {};
/** Names what is to run: everything that makes two runs different things, and nothing that does not. */
function content({ definition, options }, taskDefinition, ignore) {
    const { tags: _tags, ...stated } = taskDefinition;
    const containers = (stated.containerDefinitions ?? []);
    const essential = containers.filter(container => container.essential !== false).map(({ name }) => name ?? '');
    const family = stated.family;
    const { cluster, taskName, count: _count, startedBy: _by, stopReason: _why, tags: _own, taskDefinition: _td, ...launch } = definition;
    const what = {
        version: digestVersion,
        cluster: nameOf(cluster ?? 'default'),
        taskName,
        retry: options.retry ?? 0,
        definition: canonical(stated, {
            schema: vocabulary.ecs_task_definition.model,
            rules: taskDefinitionRules,
            whole: true,
            ignore: ignore ?? [],
            curtain: openCurtain,
        }),
        launch: canonical(launch, {
            schema: words.model,
            rules: taskRules,
            whole: false,
            ignore: [],
            curtain: openCurtain,
        }),
    };
    if (holdsUnknown(what))
        return { family, essential };
    // 128 bits: short enough for startedBy beside a name, long enough to be nobody else's.
    return { digest: hash(what).slice(0, 32), family, essential };
}
function holdsUnknown(value) {
    if (value instanceof Unknown)
        return true;
    return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown);
}
/** What one attempt at a run is called: an attempt that a person asked for must not find the tasks of the last one. */
const runKey = (digest, attempt) => attempt === 0 ? digest : hash([digest, 'attempt', attempt]).slice(0, 32);
const spelled = (text) => text.replace(/[^A-Za-z0-9_-]/g, '-');
/** `particles/<environment>/<pcf_name>/`, in the characters that startedBy allows. */
const startedByPrefix = ({ name }, environment) => `particles/${spelled(environment)}/${spelled(name)}`.slice(0, 128 - 33).concat('/');
const startedBy = (particle, environment, key) => particle.definition.startedBy ?? `${startedByPrefix(particle, environment)}${key}`;
/** Tasks started under a manifest's own `startedBy` carry the run's key, because their name does not. */
const runTag = `${ownTagPrefix}run`;
function isOurs(run, key) {
    const tag = run.tags?.find(tag => tag.key === runTag);
    // Without the tag nobody can tell: at most once is the promise, so it counts as ours.
    return tag === undefined || tag.value === key;
}
/** A token that ECS is known to have started nothing with is not used again: it would be answered with that nothing. */
function nextToken({ record, runs }, neverStarted) {
    if (!record)
        return 0;
    const spent = record.status === 'refused' || (record.status === 'intent' && neverStarted > 0 && runs.length === neverStarted);
    return spent ? record.token + 1 : record.token;
}
async function remember(live, record, { ecs }) {
    const { digest, holder } = live;
    if (!holder || !digest)
        throw new Error('there is no task definition revision to record the run on');
    const tooMany = surplus(digest, holder.tags);
    try {
        if (tooMany.length > 0)
            await ecs.call('UntagResource', { resourceArn: holder.arn, tagKeys: tooMany });
        await ecs.call('TagResource', { resourceArn: holder.arn, tags: [recordTag(digest, record)] });
    }
    catch (error) {
        if (!(error instanceof EcsError))
            throw error;
        throw new EcsError(error.call, error.code, error.said, `the run cannot be recorded on ${nameOf(holder.arn)}, ${record.status === 'intent' ? 'so nothing was started' : `so its outcome (${record.status}) is not remembered`}: ${error.message}; allow it, or set custom_config.record: false if an hour's memory is enough`, error.unsure);
    }
}
async function run(particle, live, { missing, kept, record }, act) {
    const { taskName: _name, stopReason: _reason, ...asked } = particle.definition;
    const digest = live.digest ?? '';
    const key = runKey(digest, record.attempt);
    // A task that is kept running is started again for each that has stopped; a job's token is counted in its record.
    const turn = keptRunning(particle)
        ? live.runs.filter(({ lastStatus }) => lastStatus === 'STOPPED').map(({ taskArn }) => taskArn)
        : isRecorded(particle)
            ? record.token
            : sort(live).neverStarted.length;
    const clientToken = hash([digest, act.environment, record.attempt, turn, missing, kept.length]);
    const input = {
        ...asked,
        count: missing,
        startedBy: startedBy(particle, act.environment, key),
        clientToken,
        ...(asked.startedBy && { tags: [...(asked.tags ?? []), { key: runTag, value: key }] }),
    };
    const memo = { record };
    try {
        const { tasks = [], failures = [] } = await act.ecs.call('RunTask', input);
        const words = failures.map(({ reason, detail, arn }) => [reason, detail, arn && nameOf(arn)].filter(Boolean).join(' '));
        if (tasks.length === 0) {
            if (isRecorded(particle))
                await remember(live, { ...record, status: 'refused' }, act);
            const said = words.join('; ') || 'ECS gives no reason';
            throw new EcsError('RunTask', failures[0]?.reason ?? 'Failure', said, `ECS started nothing: ${said}; the next apply tries again`, false);
        }
        return { ...memo, arns: [...kept, ...tasks.map(({ taskArn = '' }) => taskArn)], failures: words };
    }
    catch (error) {
        // The token has started it before, asked for in other words (another revision that says the same): that is the run.
        if (!isEcs(error, 'ConflictException') || error.resourceIds.length === 0)
            throw error;
        return { ...memo, arns: [...kept, ...error.resourceIds], failures: [] };
    }
}
