import { join } from 'node:path';
import picomatch from 'picomatch';
import { Ecs } from "./ecs/ecs.js";
import { EcsError } from "./ecs/errors.js";
import { apply } from "./engine/apply.js";
import { claimsVersion, publishedClaims, unreviewed } from "./engine/claims.js";
import { graphOf } from "./engine/graph.js";
import { Journal } from "./engine/journal.js";
import { observe, Pass } from "./engine/observe.js";
import { decideAll, hasChanges, planOf } from "./engine/plan.js";
import { redactor } from "./engine/redact.js";
import { removedSince } from "./engine/removed.js";
import { flavors } from "./flavors/index.js";
import { vocabulary } from "./flavors/vocabulary.js";
import { Conversation } from "./github/conversation.js";
import { commandFor, EventError, readEvent } from "./github/event.js";
import { textsAt } from "./github/removed.js";
import { readHistory, reviewedForMergeGroup, reviewedForPush, supersededBy } from "./github/review.js";
import { readInputs } from "./inputs.js";
import { choosesManifest, findManifests } from "./manifest/files.js";
import { load } from "./manifest/load.js";
import { isGone } from "./particle.js";
import { renderPlanText, renderReportText } from "./render/text.js";
/** Manifests in; a plan, or an apply, out. */
export async function main(edge) {
    const { env, runner, clock, signal } = edge;
    const read = readInputs(env);
    if ('problems' in read)
        return runner.fail(read.problems);
    const { inputs } = read;
    const event = await readEvent(env);
    const command = chosen(event, inputs, runner);
    if (!command)
        return;
    const loaded = readManifests(inputs);
    if (command === 'validate')
        return validate(loaded, inputs, runner);
    const conversation = new Conversation(event, inputs, clock, signal, text => runner.warn(text));
    const job = { ...edge, inputs, event, conversation };
    if (command === 'plan')
        await plan(job, loaded);
    else
        await applyPlan(job, loaded);
    if (conversation.commentUrl)
        runner.output('comment-url', conversation.commentUrl);
}
function chosen(event, inputs, runner) {
    try {
        const { command, because } = commandFor(event, inputs.command);
        if (because)
            runner.info(`${command}: ${because}`);
        return command;
    }
    catch (error) {
        if (!(error instanceof EventError))
            throw error;
        runner.fail([{ message: error.message }]);
        return undefined;
    }
}
function readManifests(inputs) {
    const directory = join(inputs.workspace, inputs.workingDirectory);
    const { texts, problems } = findManifests(inputs.manifests, directory, inputs.workspace);
    const loaded = load(texts, { ...inputs, vocabularies: vocabulary });
    return { ...loaded, problems: [...problems, ...loaded.problems] };
}
function validate({ particles, problems, counts }, { environment }, runner) {
    if (problems.length > 0) {
        runner.fail(problems);
        return;
    }
    const byFlavor = new Map();
    for (const { flavor } of particles)
        byFlavor.set(flavor, (byFlavor.get(flavor) ?? 0) + 1);
    runner.info(`${counts.files} manifest${counts.files === 1 ? '' : 's'} read for the environment ${environment}:`);
    for (const [flavor, count] of [...byFlavor].sort())
        runner.info(`  ${count} ${flavor}`);
    if (counts.absent > 0)
        runner.info(`  ${counts.absent} not in this environment`);
}
async function plan(job, loaded) {
    const { inputs, runner, event, conversation } = job;
    const made = await makePlan(job, loaded);
    if ('skipped' in made) {
        const { skipped } = made;
        runner.info(`plan skipped: ${skipped}`);
        await runner.summary(conversation.planSummary({ skipped }));
        return conversation.showPlan({ skipped });
    }
    const problems = [...made.problems];
    const { planned, world } = made;
    if (!planned || !world)
        return refuse(job, undefined, problems);
    if (event.mergeGroup)
        problems.push(...(await unshownInGroup(job, planned, world)));
    tell(job, planned.plan);
    if (problems.length > 0)
        return refuse(job, planned.plan, problems);
    const claims = { version: claimsVersion, hashes: publishedClaims(planned.decisions, world.veil) };
    await runner.summary(conversation.planSummary({ plan: planned.plan }));
    await conversation.showPlan({ plan: planned.plan, claims });
    if (inputs.failOnChanges && hasChanges(planned.plan)) {
        runner.fail([
            { message: 'the plan has changes and fail-on-changes is set; apply them, or bring the manifests up to date' },
        ]);
    }
}
/** Nothing is done: every problem is said, on the pull request too. */
async function refuse(job, plan, problems) {
    const { runner, conversation } = job;
    runner.fail(problems);
    const news = { ...(plan && { plan }), problems };
    await runner.summary(conversation.planSummary(news));
    await conversation.showPlan(news);
}
/** The plan in the log, in a file and in the outputs. */
function tell({ runner, inputs }, plan) {
    runner.info(renderPlanText(plan));
    for (const warning of plan.warnings ?? [])
        runner.warn(warning);
    runner.output('has-changes', hasChanges(plan));
    runner.output('digest', plan.digest);
    runner.output('summary', JSON.stringify(plan.summary));
    runner.output('plan-file', runner.file(`${fileName(inputs)}.plan.json`, `${JSON.stringify(plan, null, 2)}\n`));
}
const fileName = ({ environment }) => environment.replace(/[^A-Za-z0-9._-]/g, '-');
async function makePlan(job, loaded) {
    const { inputs, event } = job;
    if (loaded.problems.length > 0)
        return { problems: loaded.problems };
    const world = worldOf(job);
    const unknown = unknownIds(loaded.particles, inputs);
    if (unknown.length > 0)
        return { problems: unknown };
    try {
        const stranger = await strangeAccount(world, inputs);
        if (stranger)
            return { problems: [stranger] };
        const removed = await findRemoved(job, loaded.particles, world);
        const all = inputs.onRemoved === 'terminate' ? [...loaded.particles, ...removed.particles] : loaded.particles;
        const graph = graphOf(all);
        const { lives, errors } = await observe(graph, new Pass(graph, world));
        if (errors.length > 0)
            throw errors;
        const account = world.ecs(regionOf(inputs, all)).account;
        const planned = planOf(graph, decideAll(graph, lives, world), {
            environment: inputs.environment,
            region: regionOf(inputs, all),
            veil: world.veil,
            maxTerminations: inputs.maxTerminations,
            removed: removed.reported,
            warnings: removed.warnings,
            ...(account && { account }),
        });
        return { planned, graph, world, problems: planned.problems };
    }
    catch (thrown) {
        const errors = Array.isArray(thrown) ? thrown : [thrown];
        if (!errors.every(error => error instanceof EcsError))
            throw thrown;
        const fork = event.pullRequest?.fromFork && errors.every(({ code }) => code === 'NoCredentials');
        if (fork)
            return { skipped: 'a pull request from a fork gets no AWS credentials; its manifests are valid' };
        return { problems: errors.map(({ message }) => ({ message })) };
    }
}
const regionOf = ({ region }, particles) => region ?? particles[0]?.region ?? '';
function worldOf({ inputs, clock, signal }) {
    const regions = new Map();
    const settings = { clock, signal, maxConcurrency: inputs.maxConcurrency };
    return {
        flavors,
        clock,
        environment: inputs.environment,
        asked: new Set([...inputs.retryTasks, ...inputs.redeploy]),
        veil: veilOf(inputs),
        ecs(region) {
            const known = regions.get(region) ?? new Ecs(region, settings);
            regions.set(region, known);
            return known;
        },
    };
}
function veilOf({ secretVariables, releaseVariables, revealEnvironment }) {
    const revealed = revealEnvironment.length > 0 ? picomatch([...revealEnvironment]) : () => false;
    return { secretVariables, releaseVariables, revealed: name => revealed(name) };
}
/** An id that an input names and nobody declares is a typo that would pass for "nothing to do". */
function unknownIds(particles, { retryTasks, redeploy }) {
    const declared = new Set(particles.map(({ id }) => id));
    const missing = (input, ids) => ids.filter(id => !declared.has(id)).map(id => ({ message: `input ${input}: ${id} is not declared` }));
    return [...missing('retry-tasks', retryTasks), ...missing('redeploy', redeploy)];
}
async function strangeAccount(world, inputs) {
    const { allowedAccountIds, region } = inputs;
    if (allowedAccountIds.length === 0)
        return undefined;
    const account = await world.ecs(region ?? 'us-east-1').findAccount();
    if (account && allowedAccountIds.includes(account))
        return undefined;
    return {
        message: `these credentials are for the account ${account ?? '(unknown)'}, which is not among allowed-account-ids (${allowedAccountIds.join(', ')}); check the role that the workflow assumes`,
    };
}
/** What was declared at the last applied commit, or at a pull request's base, is not any more, and is still there. */
async function findRemoved({ inputs, event, conversation }, particles, world) {
    const none = { particles: [], reported: [], warnings: [] };
    const { github } = conversation;
    const since = await declaredBefore(event, inputs, github);
    if (!since)
        return none;
    const directory = join(inputs.workspace, inputs.workingDirectory);
    const wanted = choosesManifest(inputs.manifests, directory, inputs.workspace);
    const found = await textsAt(github, since, wanted, { workspace: inputs.workspace });
    if ('why' in found)
        return { ...none, warnings: [`what is not declared any more is not known: ${found.why}`] };
    // What could not be read then is not declared before; a pull request may well be there to mend it.
    const before = load(found.texts, { ...inputs, vocabularies: vocabulary }).particles;
    const gone = removedSince(before, particles, vocabulary);
    if (gone.length === 0)
        return none;
    const graph = graphOf([...before.filter(({ id }) => !gone.some(one => one.id === id)), ...gone]);
    const pass = new Pass(graph, world);
    const looked = await Promise.all(gone.map(async (particle) => {
        const flavor = flavors[particle.flavor];
        const state = flavor?.read(particle, await pass.live(particle.id)).state ?? 'terminated';
        return { particle, state };
    }));
    const there = looked.filter(({ state }) => !isGone(state));
    const reported = there.map(({ particle, state }) => ({ particle: particle.id, state }));
    return {
        particles: there.map(({ particle }) => particle),
        reported: inputs.onRemoved === 'report' ? reported : [],
        warnings: [],
    };
}
async function declaredBefore({ name, pullRequest, sha, push }, { environment }, github) {
    if (pullRequest)
        return pullRequest.baseSha;
    if (name !== 'push' || !sha || !github)
        return undefined;
    const { applied } = await readHistory(github, environment, sha);
    return applied === sha ? undefined : (applied ?? push?.before);
}
/** A merge group must hold nothing that its pull requests did not show. */
async function unshownInGroup({ event, inputs, conversation }, planned, world) {
    const { github } = conversation;
    if (!event.mergeGroup || !github || !inputs.requireReview)
        return [];
    const history = await readHistory(github, inputs.environment, event.mergeGroup.headSha);
    const question = { environment: inputs.environment, version: claimsVersion };
    const { claims, notes } = await reviewedForMergeGroup(github, history, event.mergeGroup, question);
    return notReviewed(planned, world, claims, [...(history.problem ? [history.problem] : []), ...notes]);
}
function notReviewed({ plan, decisions }, world, claims, notes) {
    const steps = unreviewed(plan.steps, decisions, world.veil, claims);
    if (steps.length === 0)
        return [];
    const why = notes.length > 0 ? ` (${notes.join('; ')})` : '';
    const [first] = steps;
    return [
        ...steps.map(({ particle, transition, changes, source }) => {
            const paths = changes.slice(0, 5).map(({ path }) => path);
            const what = `${particle}: ${transition}${paths.length > 0 ? ` (${paths.join(', ')}${changes.length > 5 ? ', …' : ''})` : ''}`;
            return { place: { ...source, column: 1 }, message: `${what} was not reviewed` };
        }),
        {
            message: `nothing was applied: ${steps.length === 1 && first ? first.particle : `${steps.length} particles`} would change in a way that no merged pull request showed${why}; open a pull request that shows it (drift in AWS counts as a change too), or let it through with approved-digest: ${plan.digest}`,
        },
    ];
}
async function applyPlan(job, loaded) {
    const { runner, inputs, conversation } = job;
    const superseded = await supersedes(job);
    if (superseded) {
        const journal = journalOf(job);
        const why = `commit ${superseded.slice(0, 7)}, which is newer, is applied already: nothing is done`;
        const report = journal.finish('superseded', { code: 'Superseded', message: why, details: [] });
        runner.info(why);
        await runner.summary(conversation.reportSummary(report, undefined));
        return;
    }
    const made = await makePlan(job, loaded);
    if ('skipped' in made)
        return runner.fail([{ message: made.skipped }]);
    const { planned, world, graph, problems } = made;
    if (planned)
        tell(job, planned.plan);
    if (!planned || !world || !graph || problems.length > 0) {
        const journal = journalOf(job);
        journal.finish('failed', {
            code: 'Refused',
            message: problems.map(({ message }) => message).join('; '),
            details: [],
        });
        return refuse(job, planned?.plan, problems);
    }
    const review = await reviewOf(job, planned, world);
    if (review.problems.length > 0) {
        const message = review.problems.map(problem => problem.message).join('; ');
        journalOf(job).finish('refused', { code: 'Refused', message, details: [] });
        runner.fail(review.problems);
        await runner.summary(conversation.planSummary({ plan: planned.plan, problems: review.problems, merges: false }));
        return conversation.showRefusal(planned.plan, review.problems);
    }
    const hide = redactor(planned.decisions);
    const report = await apply(planned, graph, world, journalOf(job, hide), {
        waitTimeout: inputs.waitTimeout,
        onFailure: inputs.onFailure,
        signal: job.signal,
        log: { say: (id, sentence) => runner.log.say(id, hide(sentence)), close: id => runner.log.close(id) },
    });
    await conclude(job, report, planned.plan, review.pullRequests);
}
async function conclude(job, report, plan, pullRequests) {
    const { runner, event, conversation } = job;
    runner.info(renderReportText(report, plan));
    if (report.result !== 'succeeded')
        runner.fail(failures(report, plan));
    await runner.summary(conversation.reportSummary(report, plan));
    const onDefaultBranch = event.ref !== undefined && event.ref === `refs/heads/${event.defaultBranch}`;
    await conversation.showReport(report, plan, pullRequests, onDefaultBranch);
}
/** What failed, each at its manifest's line. */
function failures({ steps, error, result }, plan) {
    const places = new Map(plan.steps.map(({ particle, source }) => [particle, { ...source, column: 1 }]));
    const failed = steps
        .filter(step => step.result === 'failed')
        .map(step => {
        const place = places.get(step.particle);
        const message = `${step.particle} failed: ${[step.error?.message, ...(step.error?.details ?? []).slice(-3)].filter(Boolean).join('; ')}`;
        return { ...(place && { place }), message };
    });
    if (error)
        failed.push({ message: error.message });
    if (failed.length > 0)
        return failed;
    return [{ message: result === 'cancelled' ? 'the run was cancelled' : 'the apply failed' }];
}
function journalOf({ runner, inputs, clock }, hide) {
    const name = `${fileName(inputs)}.report.json`;
    let told = false;
    return new Journal(inputs.environment, clock, report => {
        const path = runner.file(name, `${JSON.stringify(report, null, 2)}\n`);
        // At once: outputs of a step that is killed are those that it has written.
        if (!told)
            runner.output('report-file', path);
        told = true;
    }, hide);
}
async function supersedes({ event, inputs, conversation, runner }) {
    const { sha, defaultBranch, name } = event;
    if (!conversation.github || !sha || !defaultBranch || name !== 'push')
        return undefined;
    const { by, warning } = await supersededBy(conversation.github, inputs.environment, sha, defaultBranch);
    if (warning)
        runner.warn(warning);
    return by;
}
/** Whether everything that the plan does was reviewed, and by which pull requests. */
async function reviewOf({ inputs, event, conversation }, planned, world) {
    const { approvedDigest, requireReview, environment } = inputs;
    const { plan } = planned;
    const { github } = conversation;
    if (approvedDigest) {
        if (approvedDigest === plan.digest)
            return { problems: [], pullRequests: [] };
        const message = `nothing was applied: the plan is not the approved one any more: its digest is ${plan.digest}, approved-digest is ${approvedDigest}; look at the plan again and approve that`;
        return { problems: [{ message }], pullRequests: [] };
    }
    if (!requireReview && !(github && event.push))
        return { problems: [], pullRequests: [] };
    if (!github || !event.sha) {
        const why = github ? 'the event names no commit' : 'there is no github-token to look up what was reviewed';
        return { problems: notReviewed(planned, world, new Set(), [why]), pullRequests: [] };
    }
    const history = await readHistory(github, environment, event.sha);
    const question = {
        environment,
        version: claimsVersion,
        enough: (claims) => unreviewed(plan.steps, planned.decisions, world.veil, claims).length === 0,
    };
    const { claims, pullRequests, notes } = await reviewedForPush(github, history, event.push, question);
    const said = history.problem ? [history.problem, ...notes] : notes;
    // Without review the look-up is for the comments alone, which then tell what was applied.
    return { problems: requireReview ? notReviewed(planned, world, claims, said) : [], pullRequests };
}
