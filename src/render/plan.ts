/** The faces of a plan: something to decide, nothing to do, problems, no plan at all. */

import type { Plan, Step } from '../engine/document.ts'
import type { Problem } from '../particle.ts'
import {
  atMost,
  type Context,
  firstLine,
  forCommit,
  heading,
  listedParticles,
  note,
  runLink,
  sentences,
  target,
} from './context.ts'
import { amount, diffLines, stepDiff } from './diff.ts'
import { code, cut, fence, thousands } from './escape.ts'
import {
  danger,
  dangerCounts,
  dangerous,
  neighboursOf,
  risksOf,
  type StepNeighbours,
  whatHappens,
  why,
} from './explain.ts'
import { type FoldedDiff, firstThatFits, type Rendered, type Rung, type RungDraft } from './fit.ts'
import { orderDiagram, stages } from './graph.ts'
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
import { removedSections } from './removed.ts'
import {
  changing,
  count,
  emojiOf,
  failedBefore,
  protectedDifferences,
  sentence,
  toDo,
  upToDate,
  upToDateSummary,
  wordOf,
} from './words.ts'

/** A plan as Markdown; without one, why there is none. */
export function renderPlan(plan: Plan | undefined, context: Context): Rendered {
  return firstThatFits(
    context.limit,
    rung => (plan ? planDraft(plan, context, rung) : noPlan(context, rung)),
    note(context),
  )
}

function noPlan(context: Context, rung: Rung): RungDraft {
  const problems = context.problems ?? []
  if (problems.length === 0) {
    const reason = context.skipped ?? 'there is nothing to plan'
    return {
      before: [
        firstLine(context),
        heading(context),
        sentences(
          `**No plan:** ${words(sentence(reason), rung.characters)} Nothing is wrong with the manifests${forCommit(context.head, 'of')}.`,
          runLink(context),
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
        `**Nothing was planned**${forCommit(context.head)}: ${
          inManifests ? `the manifests have ${number}.` : `${number} must be solved first.`
        }`,
        runLink(context),
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

function planDraft(plan: Plan, context: Context, rung: Rung): RungDraft {
  const steps = plan.steps
  const leftOut: string[] = []
  const problems = context.problems ?? []
  const before = [
    firstLine(context),
    heading(context, problems.length > 0 ? `❌ ${count(problems.length, 'problem')}` : ''),
    headline(plan, context),
    problems.length > 0 ? alert('CAUTION', problemList(problems, context, rung).split('\n')) : '',
    failures(plan, rung),
    warning(plan, rung),
    overview(plan, context, rung, leftOut),
    removedSections(plan.removed ?? [], rung, context.sourceUrl),
    warnings(plan.warnings ?? [], rung, steps.length > 0),
  ]
  const after = [
    ...leftAlone(plan, rung),
    ...(rung.extras ? [order(plan), staying(plan, rung)] : []),
    steps.length > 0 || failedBefore(plan).length > 0 ? footer(plan, context) : '',
  ]
  if (!rung.extras && steps.length > 0) leftOut.push('the order and what stays as it is')
  return { before, diffs: rung.table === 'none' ? [] : planDiffs(plan, context, rung), after, leftOut }
}

function headline(plan: Plan, context: Context): string {
  const stays = upToDateSummary(plan)
  const nothing = changing(plan).length === 0
  const todo = toDo(plan)
  const counts = nothing
    ? `**Nothing to do**${[todo, stays].some(Boolean) ? `: ${[todo, stays].filter(Boolean).join(', ')}` : ''}.`
    : `**${todo}**${stays && `, ${stays}`}.`
  return sentences(
    counts,
    plannedFor(plan, context),
    plan.steps.length === 0 && failedBefore(plan).length === 0 && runLink(context),
  )
}

/** What is deleted, replaced or restarted: counted, then named. */
export function warning(plan: Plan, rung: Rung): string {
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

const row = (step: Step, others: StepNeighbours, context: Context): readonly string[] => [
  `${emojiOf[wordOf(step)]}&nbsp;${wordOf(step)}`,
  sourceLink(particle(step.particle), step.source, context.sourceUrl),
  phrase(whatHappens(step, others)),
  phrase(why(step)),
]

export function overview(plan: Plan, context: Context, rung: Rung, leftOut: string[]): string {
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
  const others = neighboursOf(steps)
  return table(
    ['', 'particle', 'what happens', 'why'],
    shown.map(step => row(step, others, context)),
  )
}

/** Diffs this short, all together, are not folded. */
const UNFOLDED = 12

export function planDiffs(plan: Plan, context: Context, rung: Rung, unfolded = UNFOLDED): readonly FoldedDiff[] {
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
          ({ particle: id, why: cause }) => `${particle(id)}${cause ? `: ${words(cause, rung.characters)}` : ''}`,
        ),
        rung.entries,
      ),
    ),
  ])
}

/** Longer lists fold, so that the table above and the changes below stay on one screen. */
const FEW = 5

/** Beside something to decide a few are read at once. Where nothing is to be done they fold: nobody has to do anything. */
export function warnings(all: readonly string[], rung: Rung, open: boolean): string {
  if (all.length === 0) return ''
  const entries = all.map(each => words(each, rung.characters))
  const list = bullets(atMost(entries, rung.entries)).join('\n')
  const number = count(all.length, 'warning')
  return open && all.length <= FEW ? `⚠️ **${number}:**\n\n${list}` : details(`<b>${number}</b>`, list)
}

/** How it will be applied: stage after stage, then the picture. */
function order(plan: Plan): string {
  if (plan.steps.length < 2) return ''
  const all = stages(plan)
  const shown = all.slice(0, 30).map(
    (wave, index) =>
      `${index + 1}. ${listedParticles(
        wave.map(step => step.particle),
        10,
      )}`,
  )
  const picture = orderDiagram(plan)
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
      picture && picture.alone > 0
        ? `Not in the picture: ${count(picture.alone, 'particle')} that ${picture.alone === 1 ? 'waits' : 'wait'} for nothing and that nothing waits for.`
        : '',
      picture && picture.missing > 0 ? `The picture leaves out ${count(picture.missing, 'particle')}.` : '',
    ]
      .filter(Boolean)
      .join('\n\n'),
  )
}

function staying(plan: Plan, rung: Rung): string {
  const settled = upToDate(plan)
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
    context.merges && changes
      ? context.neverApplied
        ? `Merging applies nothing: ${code(context.neverApplied.base)} is not among ${code('apply-branches')} (${words(context.neverApplied.applied, 200)}).`
        : (context.problems ?? []).length > 0
          ? '**Merging applies nothing** while the problems above stand.'
          : context.reviewed
            ? '**Merging applies exactly this**, or nothing.'
            : 'Merging applies what is different by then: `require-review` is off.'
      : ''
  return sentences(
    applies,
    hidden > 0 &&
      `${count(hidden, 'value')} ${hidden === 1 ? 'is' : 'are'} hidden; ${hidden === 1 ? 'it counts' : 'they count'} by the manifest’s text.`,
    runLink(context),
  )
}

/** `Planned for 3f2a9c1 against account 123456789012, us-east-1.` */
function plannedFor(plan: Plan | undefined, context: Context): string {
  const where = target(plan, context)
  const what = `${forCommit(context.head)}${where && ` ${where.startsWith('account') ? 'against' : 'in'} ${where}`}`
  return what && `Planned${what}.`
}
