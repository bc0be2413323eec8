/** The comment of a plan: steps to review, nothing to do, problems, or no plan at all. */

import { failedBefore, type Plan } from '../engine/document.ts'
import type { Problem } from '../particle.ts'
import { oneOrMany } from '../wording.ts'
import {
  type Context,
  firstBlocks,
  forCommit,
  mergesNothing,
  neverAppliedPhrase,
  runLink,
  shortCommit,
  target,
} from './comment.ts'
import { diffLines } from './diff.ts'
import { code, fence, thousands } from './escape.ts'
import { firstThatFits, type Rendered, type Rung, type RungDraft } from './fit.ts'
import {
  alert,
  blocks,
  bullets,
  folded,
  message,
  OPEN_ENTRIES,
  particleCode,
  particleList,
  phraseMarkdown,
  sentences,
  sourceCode,
} from './markdown.ts'
import { orderSection } from './order.ts'
import { countsByOrigin } from './origin.ts'
import { answerNotes } from './pauses.ts'
import { leftInAws } from './removed.ts'
import { overview, planDiffs, warning } from './steps.ts'
import {
  beginning,
  beginsIdle,
  capital,
  capitalSentence,
  changing,
  count,
  failedBeforeTitle,
  protectedDifferences,
  sentence,
  toDo,
  upToDate,
  upToDateSummary,
} from './words.ts'

/** A plan as Markdown of at most `context.limit` bytes; without a plan, why there is none. */
export function renderPlan(plan: Plan | undefined, context: Context): Rendered {
  return firstThatFits(context, rung => (plan ? planDraft(plan, context, rung) : noPlanDraft(context, rung)))
}

function noPlanDraft(context: Context, rung: Rung): RungDraft {
  const { problems = [], skipped = 'there is nothing to plan', head } = context
  if (problems.length === 0) {
    const text = `**No plan:** ${message(sentence(skipped), rung.characters)}`
    const commit = head && `Commit ${code(shortCommit(head))}.`
    return { before: [...firstBlocks(context), sentences(text, commit, runLink(context))] }
  }
  const number = count(problems.length, 'problem')
  const areInManifests = problems.every(({ place }) => place !== undefined)
  const cause = areInManifests
    ? 'the manifests are wrong.'
    : `${oneOrMany(problems.length, 'this', 'these')} must be solved first.`
  return {
    before: [
      ...firstBlocks(context, `❌ ${number}`),
      sentences(`**Nothing was planned**${forCommit(head)}: ${cause}`, runLink(context)),
      problemList(problems, context, rung),
    ],
    leftOut: problems.length > rung.entries ? [count(problems.length - rung.entries, 'problem')] : [],
  }
}

function problemList(problems: readonly Problem[], { sourceUrl }: Context, rung: Rung): string {
  const entries = problems.map(
    ({ place, message: text }) => `${place ? `${sourceCode(place, sourceUrl)} ` : ''}${message(text, rung.characters)}`,
  )
  return bullets(entries, rung.entries)
}

function planDraft(plan: Plan, context: Context, rung: Rung): RungDraft {
  const { steps, warnings = [] } = plan
  const { problems = [] } = context
  const { text: table, leftOut } = overview(plan, context, rung)
  return {
    before: [
      ...firstBlocks(context, problems.length > 0 ? `❌ ${count(problems.length, 'problem')}` : ''),
      notice(plan),
      headline(plan, context),
      problems.length > 0 ? alert('CAUTION', problemList(problems, context, rung)) : '',
      failedBeforeAlert(plan, rung),
      warning(plan, rung),
      table,
      answerNotes(steps, rung),
      leftInAws(plan, context, rung),
      warningList(warnings, rung, steps.length > 0),
    ],
    diffs: rung.table === 'none' ? [] : planDiffs(plan, context, rung),
    after: [protectedSection(plan, rung), ...(rung.extras ? [orderSection(plan), upToDateSection(plan, rung)] : [])],
    leftOut: !rung.extras && steps.length > 0 ? [...leftOut, 'the order and what stays as it is'] : leftOut,
  }
}

/** Before everything else: a new environment, or a plan that starts everything. */
function notice(plan: Plan): string {
  const text = beginning(plan)
  return text && alert('WARNING', `**${message(sentence(capitalSentence(text)), 1000)}**`)
}

function headline(plan: Plan, context: Context): string {
  const todo = countsByOrigin(plan).map((text, index) => `**${message(index === 0 ? capital(text) : text, 200)}**`)
  const rest = upToDateSummary(plan)
  const waiting = [toDo(plan), rest].filter(Boolean).join(', ')
  const [first, then = ''] = [beginsIdle(plan), waiting].filter(Boolean)
  const isIdle = changing(plan).length === 0
  return sentences(
    isIdle ? `**${first}**${then && `: ${then}`}.` : `${todo.join('; ')}${rest && `, ${rest}`}.`,
    !isIdle && mergeEffect(context),
    plannedFor(plan, context),
    hiddenValues(plan),
    runLink(context),
  )
}

/** What merging will do to AWS, beside the counts: what is planned may be done by no merge. */
function mergeEffect({ neverApplied, merges, problems = [], reviewed }: Context): string {
  if (neverApplied) return `**${mergesNothing}**: ${phraseMarkdown(neverAppliedPhrase(neverApplied))}`
  if (!merges) return ''
  if (problems.length > 0) return `**${mergesNothing}** while the problems below stand.`
  return reviewed
    ? '**Merging applies exactly this**, or nothing.'
    : 'Merging applies what is different by then: `require-review` is off.'
}

function hiddenValues({ steps }: Plan): string {
  const all = steps.flatMap(({ changes }) => changes)
  // Of what goes no text is left to count.
  const hidden = all.filter(({ sensitive, action }) => sensitive && action !== 'remove').length
  return hidden > 0
    ? `${count(hidden, 'value')} ${oneOrMany(hidden, 'is hidden; it counts', 'are hidden; they count')} by the manifest’s text.`
    : ''
}

/** `Planned for 3f2a9c1 against account 123456789012, us-east-1.` */
function plannedFor(plan: Plan, context: Context): string {
  const where = target(plan, context)
  const text = `${forCommit(context.head)}${where && ` ${plan.account ? 'against' : 'in'} ${where}`}`
  return text && `Planned${text}.`
}

/** Jobs and rollouts that failed before and fail each apply: no run repeats them until their manifests change. */
function failedBeforeAlert(plan: Plan, rung: Rung): string {
  const failed = failedBefore(plan)
  if (failed.length === 0) return ''
  const entries = failed.map(
    ({ particle, why }) => `${particleCode(particle)}${why ? `: ${message(why, rung.characters)}` : ''}`,
  )
  return alert('CAUTION', blocks(`**${failedBeforeTitle}:**`, bullets(entries, rung.entries)))
}

/** Differences that nobody may carry out, with their diffs where there is room. */
function protectedSection(plan: Plan, rung: Rung): string {
  const differences = protectedDifferences(plan)
  if (differences.length === 0) return ''
  const differ = oneOrMany(differences.length, 'differs and is left as it is', 'differ and are left as they are')
  const most = Math.min(rung.entries, 20)
  const shown = differences.slice(0, most).map(({ particle, changes }) => {
    const lines = diffLines(changes, { particle, most: rung.characters })
    const few = lines.length > 40 ? [...lines.slice(0, 40), `  … ${count(lines.length - 40, 'more line')}`] : lines
    return `${particleCode(particle)}${lines.length > 0 ? `\n${fence('diff', few)}` : ''}`
  })
  const more = differences.length > most && `and ${thousands(differences.length - most)} more`
  const ids = differences.map(({ particle }) => particle)
  return folded(
    `<b>Protected</b> · ${count(differences.length, 'particle')} ${differ}`,
    rung.extras ? blocks(...shown, more) : particleList(ids, rung.entries),
  )
}

/** Warnings are open beside steps that a reviewer reads; where there is nothing to do they fold. */
export function warningList(warnings: readonly string[], rung: Rung, isOpen: boolean): string {
  if (warnings.length === 0) return ''
  const entries = warnings.map(warning => message(warning, rung.characters))
  const list = bullets(entries, rung.entries)
  const number = count(warnings.length, 'warning')
  return isOpen && warnings.length <= OPEN_ENTRIES ? `⚠️ **${number}:**\n\n${list}` : folded(`<b>${number}</b>`, list)
}

const upToDateReasons: Readonly<Record<string, string>> = {
  equivalent: 'equivalent',
  done: 'done, and never runs again',
  pinned: 'pinned',
  reference: 'a reference, never changed',
}

function upToDateSection(plan: Plan, rung: Rung): string {
  const all = upToDate(plan)
  if (all.length === 0 || plan.steps.length === 0) return ''
  const entries = [...new Set(all.map(({ reason }) => reason))].map(reason => {
    const ids = all.filter(each => each.reason === reason).map(({ particle }) => particle)
    return `${upToDateReasons[reason] ?? message(reason, 40)}: ${particleList(ids, rung.entries)}`
  })
  return folded(`<b>Stays as it is</b> · ${count(all.length, 'particle')}`, bullets(entries))
}
