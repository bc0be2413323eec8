/**
 * Plan and report as Markdown: for the pull request's comment (65,536), a check run's summary (65,535) and the job summary
 * (1 MiB). First what a reviewer must decide, folded the rest; what does not fit is left out, and the text says so.
 */
import type { Plan, Removed, Report, ReportStep, Step } from '../engine/document.ts'
import type { ParticleId, Problem } from '../particle.ts'
import { amount, diffLines, stepDiff } from './diff.ts'
import { code, cut, fence, fencedLine, inComment, link, thousands } from './escape.ts'
import { type Diff, type Draft, firstThatFits, type Rendered, type Rung } from './fit.ts'
import { graph, waves } from './graph.ts'
import {
  alert,
  bold,
  bullets,
  details,
  particle,
  phrase,
  sourceCode,
  sourceLink,
  sourceTag,
  table,
  words,
} from './markdown.ts'
import {
  type Around,
  around,
  asTheyShouldBe,
  changing,
  count,
  danger,
  dangerCounts,
  dangerous,
  done,
  emojiOf,
  ending,
  failedBefore,
  flavorOf,
  listed,
  opened,
  outcome,
  protectedDifferences,
  resultWords,
  risksOf,
  sentence,
  standing,
  stepResultEmoji,
  toDo,
  took,
  whatHappens,
  why,
  wordOf,
} from './words.ts'

export type { Rendered } from './fit.ts'

/** What a text says beside the plan or the report itself. Values only: nothing is looked up. */
export interface Context {
  readonly environment: string
  /** Where the plan names none. */
  readonly account?: string
  readonly regions: readonly string[]
  /** The commit that was planned: on a pull request its head. */
  readonly head: string
  readonly runId: string | number
  readonly attempt: string | number
  readonly runUrl?: string
  readonly planUrl?: string
  /** Bytes of UTF-8, which no way of counting characters exceeds. */
  readonly limit: number
  /** What stops the plan: errors of manifests, and what is refused. */
  readonly problems?: readonly Problem[]
  /** Why there is no plan although nothing is wrong: a pull request from a fork has no credentials. */
  readonly skipped?: string
  /** The commit that an apply is for. */
  readonly mergeCommit?: string
  /** False where no merge follows: a plan by schedule or by hand, a refused one. */
  readonly merges?: boolean
  /** False with `require-review: false`: then more may be applied than what was shown. */
  readonly reviewed?: boolean
  /** Address of the repository's files at the planned commit, `…/blob/<sha>`: source lines become links. */
  readonly sourceUrl?: string
}

/** What a comment of this environment begins with, and is found by. Environments are compared as they are written here. */
export const marker = (environment: string): string => `<!-- ecs-particles:${inComment(environment)} -->`

/** The marker, and which run wrote the text, on one line. */
const firstLine = ({ environment, runId, attempt, head }: Context): string =>
  `${marker(environment)}<!-- run=${inComment(String(runId))}/${inComment(String(attempt))} head=${inComment(head)} -->`

const heading = ({ environment }: Context, end = ''): string =>
  `### ECS particles · ${words(environment, 100)}${end && ` · ${end}`}`

const commit = (sha: string): string => code(/^[0-9a-f]{8,}$/i.test(sha) ? sha.slice(0, 7) : cut(sha, 60))

/** `account 123456789012, us-east-1` */
function target(plan: Plan | undefined, { account, regions }: Context): string {
  const number = plan?.account ?? account
  const all = [...new Set(regions.length > 0 ? regions : plan ? [plan.region] : [])].filter(Boolean)
  return [number && `account ${words(number, 40)}`, all.length > 0 && words(listed(all, 5), 200)]
    .filter(Boolean)
    .join(', ')
}

/** `Planned for 3f2a9c1 against account 123456789012, us-east-1.` */
function plannedFor(plan: Plan | undefined, context: Context): string {
  const where = target(plan, context)
  return `Planned for ${commit(context.head)}${where && ` ${where.startsWith('account') ? 'against' : 'in'} ${where}`}.`
}

const links = ({ runUrl, planUrl }: Context): string =>
  [runUrl && link('Run', runUrl), planUrl && link('Plan as JSON', planUrl)]
    .filter((each): each is string => typeof each === 'string' && each.startsWith('['))
    .join(' · ')

const sentences = (...parts: readonly (string | false | undefined)[]): string => parts.filter(Boolean).join(' ')

const note =
  (context: Context) =>
  (leftOut: readonly string[]): string =>
    alert('NOTE', [
      sentences(
        `Left out, because it does not fit here: ${leftOut.map(each => words(each, 240)).join('; ')}.`,
        context.planUrl
          ? `${link('The plan as JSON', context.planUrl)} has everything.`
          : context.runUrl && `${link('The run', context.runUrl)} has everything.`,
      ),
    ])

/** The first entries, and a line that counts the others. */
const atMost = (items: readonly string[], most: number, what = ''): readonly string[] =>
  items.length > most ? [...items.slice(0, most), `and ${thousands(items.length - most)} more${what}`] : items

// ---- the plan -----------------------------------------------------------------------------------------------------

/** A plan as Markdown; without one, why there is none. */
export function renderPlan(plan: Plan | undefined, context: Context): Rendered {
  return firstThatFits(
    context.limit,
    rung => (plan ? planDraft(plan, context, rung) : noPlan(context, rung)),
    note(context),
  )
}

function noPlan(context: Context, rung: Rung): Draft {
  const problems = context.problems ?? []
  if (problems.length === 0) {
    const reason = context.skipped ?? 'there is nothing to plan'
    return {
      before: [
        firstLine(context),
        heading(context),
        sentences(
          `**No plan:** ${words(sentence(reason), rung.characters)} Nothing is wrong with the manifests of ${commit(context.head)}.`,
          links(context),
        ),
      ],
      diffs: [],
      after: [],
      leftOut: [],
    }
  }
  const inManifests = problems.every(({ place }) => place !== undefined)
  const number = count(problems.length, 'problem')
  return {
    before: [
      firstLine(context),
      heading(context, `❌ ${number}`),
      sentences(
        `**Nothing was planned** for ${commit(context.head)}: ${
          inManifests ? `the manifests have ${number}.` : `${number} must be solved first.`
        }`,
        context.skipped && words(sentence(context.skipped), rung.characters),
        links(context),
      ),
      problemList(problems, context, rung),
    ],
    diffs: [],
    after: [],
    leftOut: problems.length > rung.entries ? [`${thousands(problems.length - rung.entries)} problems`] : [],
  }
}

function problemList(problems: readonly Problem[], context: Context, rung: Rung): string {
  const entries = problems.map(({ place, message }) =>
    place
      ? `${sourceCode(place, context.sourceUrl)} ${words(message, rung.characters)}`
      : words(message, rung.characters),
  )
  return bullets(atMost(entries, rung.entries)).join('\n')
}

function planDraft(plan: Plan, context: Context, rung: Rung): Draft {
  const steps = plan.steps
  const leftOut: string[] = []
  const problems = context.problems ?? []
  const before = [
    firstLine(context),
    heading(context, problems.length > 0 ? `❌ ${count(problems.length, 'problem')}` : ''),
    headline(plan, context, rung),
    problems.length > 0 ? alert('CAUTION', problemList(problems, context, rung).split('\n')) : '',
    warning(plan, rung),
    overview(plan, context, rung, leftOut),
  ]
  const after = [
    ...leftAlone(plan, rung),
    failures(plan, rung),
    removed(plan.removed ?? [], rung),
    warnings(plan.warnings ?? [], rung),
    ...(rung.extras ? [order(plan), staying(plan, rung)] : []),
    steps.length > 0 || failedBefore(plan).length > 0 ? footer(plan, context) : '',
  ]
  if (!rung.extras && steps.length > 0) leftOut.push('the order and what stays as it is')
  return { before, diffs: rung.table === 'none' ? [] : planDiffs(plan, context, rung), after, leftOut }
}

function headline(plan: Plan, context: Context, rung: Rung): string {
  const stays = standing(plan)
  const nothing = changing(plan).length === 0
  const todo = toDo(plan)
  const counts = nothing
    ? `**Nothing to do**${[todo, stays].some(Boolean) ? `: ${[todo, stays].filter(Boolean).join(', ')}` : ''}.`
    : `**${todo}**${stays && `, ${stays}`}.`
  return sentences(
    counts,
    plannedFor(plan, context),
    context.skipped && words(sentence(context.skipped), rung.characters),
    plan.steps.length === 0 && failedBefore(plan).length === 0 && links(context),
  )
}

/** What is deleted, replaced or restarted: counted, then named. */
function warning(plan: Plan, rung: Rung): string {
  const steps = dangerous(plan)
  if (steps.length === 0) return ''
  const entries = steps.map(
    step => `${emojiOf[wordOf(step)]} ${particle(step.particle)}: ${words(sentence(risksOf(step)), rung.characters)}`,
  )
  const most = Math.min(rung.entries, rung.table === 'none' ? 0 : 40)
  return alert('WARNING', [
    `**${dangerCounts(plan)}.**`,
    ...(most > 0 ? ['', ...bullets(atMost(entries, most, ', in the table below'))] : []),
  ])
}

const row = (step: Step, others: Around, context: Context): readonly string[] => [
  `${emojiOf[wordOf(step)]}&nbsp;${wordOf(step)}`,
  sourceLink(particle(step.particle), step.source, context.sourceUrl),
  phrase(whatHappens(step, others)),
  phrase(why(step)),
]

function overview(plan: Plan, context: Context, rung: Rung, leftOut: string[]): string {
  const { steps } = plan
  if (steps.length === 0) return ''
  const shown = rung.table === 'dangerous' ? dangerous(plan) : rung.table === 'none' ? [] : steps
  if (shown.length < steps.length)
    leftOut.push(
      rung.table === 'none'
        ? `all ${count(steps.length, 'particle')} and their changes`
        : `the rows of ${count(steps.length - shown.length, 'particle')} whose change holds no danger`,
    )
  if (shown.length === 0) return ''
  if (rung.table === 'lines')
    return bullets(
      shown.map(
        step =>
          `${emojiOf[wordOf(step)]} ${wordOf(step)} ${particle(step.particle)}${step.transition === 'stop' || step.transition === 'terminate' ? '' : `, ${amount(step)}`}`,
      ),
    ).join('\n')
  const others = around(steps)
  return table(
    ['', 'particle', 'what happens', 'why'],
    shown.map(step => row(step, others, context)),
  )
}

/** Diffs this short, all together, are not folded. */
const UNFOLDED = 12

function planDiffs(plan: Plan, context: Context, rung: Rung, unfolded = UNFOLDED): readonly Diff[] {
  const all = changing(plan).map(step => ({ step, lines: stepDiff(step, rung.characters * 2) }))
  const open = all.reduce((sum, { lines }) => sum + lines.length, 0) <= unfolded
  return all
    .filter(({ lines }) => lines.length > 0)
    .map(({ step, lines }) => ({
      particle: step.particle,
      rank: danger(step),
      lines,
      frame: body =>
        details(
          `${bold(cut(step.particle, 160))} · ${amount(step)} · ${sourceTag(step.source, context.sourceUrl)}`,
          body,
          open,
        ),
    }))
}

/** What differs and is left as it is, with what differs. */
function leftAlone(plan: Plan, rung: Rung): readonly string[] {
  const differences = protectedDifferences(plan)
  if (differences.length === 0) return []
  const most = Math.min(rung.entries, 20)
  const blocks = differences.slice(0, most).map(({ particle: id, changes }) => {
    const lines = diffLines(changes, { particle: id, most: rung.characters })
    const few = lines.length > 40 ? [...lines.slice(0, 40), `  … ${thousands(lines.length - 40)} more lines`] : lines
    return `${particle(id)}${lines.length > 0 ? `\n${fence('diff', few)}` : ''}`
  })
  const more = differences.length - blocks.length
  return [
    details(
      `<b>Protected</b> · ${count(differences.length, 'particle')} ${differences.length === 1 ? 'differs and is' : 'differ and are'} left as ${differences.length === 1 ? 'it is' : 'they are'}`,
      rung.extras
        ? [...blocks, ...(more > 0 ? [`and ${thousands(more)} more`] : [])].join('\n\n')
        : listedParticles(
            differences.map(({ particle: id }) => id),
            rung.entries,
          ),
    ),
  ]
}

const listedParticles = (ids: readonly ParticleId[], most: number): string => atMost(ids.map(particle), most).join(', ')

/** What failed before and will again: a failure does not turn into success by being looked at twice. */
function failures(plan: Plan, rung: Rung): string {
  const failed = failedBefore(plan)
  if (failed.length === 0) return ''
  return alert('CAUTION', [
    `**${count(failed.length, 'particle')} failed earlier, and every apply fails until ${failed.length === 1 ? 'it changes or is' : 'they change or are'} tried again on request.**`,
    '',
    ...bullets(
      atMost(
        failed.map(
          ({ particle: id, why: cause }) => `❌ ${particle(id)}${cause ? `: ${words(cause, rung.characters)}` : ''}`,
        ),
        rung.entries,
      ),
    ),
  ])
}

function removed(all: readonly Removed[], rung: Rung): string {
  if (all.length === 0) return ''
  return [
    `**Not declared any more, still there, and left alone:**`,
    ...bullets(
      atMost(
        all.map(({ particle: id, state }) => `👻 ${particle(id)}, ${words(state, 40)}`),
        rung.entries,
      ),
    ),
  ].join('\n')
}

function warnings(all: readonly string[], rung: Rung): string {
  if (all.length === 0) return ''
  const entries = all.map(each => `⚠️ ${words(each, rung.characters)}`)
  return [`**${count(all.length, 'warning')}:**`, ...bullets(atMost(entries, rung.entries))].join('\n')
}

/** How it will be applied: wave after wave, then the picture. */
function order(plan: Plan): string {
  if (plan.steps.length < 2) return ''
  const all = waves(plan)
  const shown = all.slice(0, 30).map(
    (wave, index) =>
      `${index + 1}. ${listedParticles(
        wave.map(step => step.particle),
        10,
      )}`,
  )
  const picture = graph(plan)
  const more = all.length - shown.length
  return details(
    `<b>Order</b> · ${count(all.length, 'stage')}`,
    [
      [
        'Each begins when what it depends on is done; a failure skips what depends on it and nothing else.',
        '',
        ...shown,
        ...(more > 0 ? ['', `and ${count(more, 'more stage')}`] : []),
      ].join('\n'),
      picture?.text ?? '',
      picture && picture.missing > 0 ? `The picture leaves out ${count(picture.missing, 'particle')}.` : '',
    ]
      .filter(Boolean)
      .join('\n\n'),
  )
}

function staying(plan: Plan, rung: Rung): string {
  const settled = asTheyShouldBe(plan)
  if (settled.length === 0 || plan.steps.length === 0) return ''
  const reasons = [...new Set(settled.map(({ reason }) => reason))]
  return details(
    `<b>Stays as it is</b> · ${count(settled.length, 'particle')}`,
    bullets(
      reasons.map(reason => {
        const ids = settled.filter(each => each.reason === reason).map(each => each.particle)
        return `${staysBecause[reason] ?? words(reason, 40)}: ${listedParticles(ids, rung.entries)}`
      }),
    ).join('\n'),
  )
}

const staysBecause: Readonly<Record<string, string>> = {
  equivalent: 'equivalent',
  done: 'done, and never runs again',
  pinned: 'pinned',
  reference: 'a reference, never changed',
}

function footer(plan: Plan, context: Context): string {
  const hidden = plan.steps.flatMap(({ changes }) => changes).filter(({ sensitive }) => sensitive).length
  const changes = changing(plan).length > 0
  const applies =
    (context.merges ?? true) && changes
      ? (context.problems ?? []).length > 0
        ? '**Merging applies nothing** while the problems above stand.'
        : (context.reviewed ?? true)
          ? '**Merging applies exactly this**, or nothing.'
          : 'Merging applies what is different by then: `require-review` is off.'
      : ''
  return sentences(
    applies,
    hidden > 0 &&
      `${count(hidden, 'value')} ${hidden === 1 ? 'is' : 'are'} hidden; ${hidden === 1 ? 'it counts' : 'they count'} by the manifest’s text.`,
    links(context),
  )
}

// ---- the report ---------------------------------------------------------------------------------------------------

/** What an apply has done, as Markdown. With the plan it also says what was changed, and where it is written. */
export function renderReport(report: Report, plan: Plan | undefined, context: Context): Rendered {
  return firstThatFits(context.limit, rung => reportDraft(report, plan, context, rung), note(context))
}

function reportDraft(report: Report, plan: Plan | undefined, context: Context, rung: Rung): Draft {
  const leftOut: string[] = []
  const [emoji] = resultWords[report.result]
  const before = [
    firstLine(context),
    heading(context, `${emoji} ${ending(report)}`),
    opening(report, plan, context, rung),
    results(report, rung, leftOut),
    ...(rung.extras || rung.table === 'full' ? [said(report, rung)] : []),
    toGoOn(report, plan, context, rung),
  ]
  if (plan === undefined || rung.table === 'none') return { before, diffs: [], after: [], leftOut }
  const planned =
    report.result === 'refused'
      ? [warning(plan, rung), overview(plan, context, rung, leftOut)]
      : ['**What was planned:**']
  // What was done needs no decision: it folds, and nothing in it is more urgent than the rest.
  const diffs = planDiffs(plan, context, rung, 0).map(diff => ({
    ...diff,
    rank: report.result === 'refused' ? diff.rank : 2,
  }))
  return { before: [...before, ...(diffs.length > 0 ? planned : [])], diffs, after: [], leftOut }
}

const isDone = ({ result }: ReportStep): boolean => result === 'succeeded'

function opening(report: Report, plan: Plan | undefined, context: Context, rung: Rung): string {
  const sha = context.mergeCommit ?? context.head
  const merge =
    context.mergeCommit === undefined ? '' : (context.merges ?? true) ? ', the merge of this pull request' : ''
  const where = target(plan, context)
  const forCommit = `for ${commit(sha)}${merge}${where && `, in ${where}`}.`
  const failed = report.steps.filter(({ result }) => result === 'failed')
  const cause = report.error ? words(opened(sentence(report.error.message)), rung.characters) : ''
  const causes = bullets(
    atMost(
      failed.map(step => failure(step, rung)),
      rung.entries,
    ),
  )
  switch (report.result) {
    case 'succeeded':
      return sentences(
        report.steps.length > 0 ? `**${done(report)}** ${forCommit}` : `**Nothing to do** ${forCommit}`,
        links(context),
      )
    case 'refused':
      return sentences(`**Refused before anything was changed**, ${forCommit}`, cause, links(context))
    case 'superseded':
      return sentences(
        `**A newer commit has been applied already**; nothing was done ${forCommit}`,
        cause,
        links(context),
      )
    case 'cancelled':
      return sentences(`**Cancelled: ${done(report)}** ${forCommit}`, cause, links(context))
    case 'running':
      return sentences(
        `**Begun, and no end is recorded: ${done(report)}** ${forCommit}`,
        'Either it is still under way, or its process died.',
        cause,
        links(context),
      )
    default:
      return [
        sentences(
          failed.length === 1 && failure(failed[0], rung),
          failed.length === 1 ? `${done(report)} ${forCommit}` : `**${done(report)}** ${forCommit}`,
          cause,
          links(context),
        ),
        ...(failed.length > 1 ? ['', ...causes] : []),
      ].join('\n')
  }
}

/** `ecs_service:web` failed: … */
function failure(step: ReportStep | undefined, rung: Rung): string {
  if (step === undefined) return ''
  const message = step.error?.message || outcome(step)
  return `**${particle(step.particle)} failed**${message ? `: ${words(sentence(message), rung.characters)}` : '.'}`
}

function results(report: Report, rung: Rung, leftOut: string[]): string {
  const { steps } = report
  if (steps.length === 0) return ''
  const open = steps.filter(step => !isDone(step))
  const shown = rung.table === 'dangerous' ? open : rung.table === 'none' ? [] : steps
  if (shown.length < steps.length)
    leftOut.push(
      shown.length === 0
        ? `all ${count(steps.length, 'step')}`
        : `${thousands(steps.length - shown.length)} of ${count(steps.length, 'step')}, all of them done`,
    )
  if (shown.length === 0) return ''
  if (rung.table !== 'full')
    return bullets(
      shown.map(step => `${stepResultEmoji[step.result]} ${wordOf(step)} ${particle(step.particle)}, ${step.result}`),
    ).join('\n')
  return table(
    ['', 'particle', 'took', ''],
    shown.map(step => [
      `${stepResultEmoji[step.result]}&nbsp;${wordOf(step)}`,
      particle(step.particle),
      took(step.startedAt, step.finishedAt),
      words(outcome(step), Math.min(rung.characters, 300)),
    ]),
  )
}

/** ECS's own words, newest last. Where there are too many, the oldest go first: the end explains more than the beginning. */
function said(report: Report, rung: Rung): string {
  const errors = [
    ...(report.error ? [{ of: '', error: report.error }] : []),
    ...report.steps.flatMap(({ particle: id, error }) => (error ? [{ of: id, error }] : [])),
  ].filter(({ error }) => error.details.length > 0 || error.code !== '')
  const most = rung.extras ? 60 : 15
  const blocks = errors.slice(0, rung.entries).flatMap(({ of, error }) => {
    const lines = error.details.flatMap(detail => detail.split(/\r?\n/))
    // What was skipped has nothing to tell but why, and the table says that.
    if (lines.length === 0) return []
    const shown = lines.slice(-most).map(line => fencedLine(cut(line, rung.characters)))
    const earlier = lines.length - shown.length
    return details(
      of === '' ? '<b>In detail</b>' : `<b>What ECS said</b> · ${bold(cut(of, 160))}`,
      fence('text', [...(earlier > 0 ? [`… ${count(earlier, 'earlier line')}`] : []), ...shown]),
      // Which claims nobody reviewed is what a person has to decide on.
      report.result === 'refused',
    )
  })
  return blocks.join('\n')
}

/** What a person can do now. */
function toGoOn(report: Report, plan: Plan | undefined, context: Context, rung: Rung): string {
  const failed = report.steps.filter(({ result }) => result === 'failed')
  switch (report.result) {
    case 'failed': {
      if (failed.length === 0)
        return '**To go on:** remove the cause, then run the workflow again. What is done stays done.'
      const fixes = failed.slice(0, 5).map(step => {
        const source = plan?.steps.find(other => other.particle === step.particle)?.source
        return `${particle(step.particle)}${source ? ` at ${sourceCode(source, context.sourceUrl)}` : ''}`
      })
      const more = failed.length - fixes.length
      const jobs = failed.filter(step => flavorOf(step.particle) === 'ecs_task')
      return sentences(
        `**To go on:** change ${listed(more > 0 ? [...fixes, `${thousands(more)} more`] : fixes, 6)} in a new pull request, or revert this one.`,
        jobs.length > 0 &&
          `A failed task runs again when what it runs changes, when ${code('custom_config.retry')} goes up, or when ${code('retry-tasks')} names it.`,
        'What is done stays done: the next apply begins with what AWS has.',
      )
    }
    case 'refused':
      return sentences(
        '**To go on:** open a new pull request, whose plan shows what is to be applied; or, having read what stands here, run the workflow with',
        plan
          ? `${code(`approved-digest: ${cut(plan.digest, 100)}`)}.`
          : `${code('approved-digest')}, the digest of this plan.`,
      )
    case 'cancelled':
      return '**To go on:** nothing, if a newer commit has taken over; otherwise run the workflow again. What is done stays done, and what was begun is taken up where AWS has it.'
    case 'running':
      return '**To go on:** look at the run. If it is over, run the workflow again: what is done stays done, and no task that was begun is run twice.'
    default:
      return report.result === 'succeeded' && rung.extras ? protectedNote(plan) : ''
  }
}

/** What an apply has left alone, so that "applied" is not read as "everything is as declared". */
function protectedNote(plan: Plan | undefined): string {
  const differences = plan ? protectedDifferences(plan) : []
  if (differences.length === 0) return ''
  return `Protected, and left as ${differences.length === 1 ? 'it is' : 'they are'}: ${listedParticles(
    differences.map(({ particle: id }) => id),
    20,
  )}.`
}
