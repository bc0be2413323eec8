/** What an apply carries out: its commit, the pull requests that come with it, and how to go back from there. */
import type { Plan, Report, ReportStep } from '../engine/document.ts'
import { type Context, shortCommit } from './comment.ts'
import { name, nameList, type Phrase, pullRequestList } from './words.ts'

/** What a text needs to know of the apply. */
export type Applied = Pick<Context, 'head' | 'mergeCommit' | 'carries'>

const thisPullRequest = 'this pull request'

/** A pull request as the comment of the pull request `here` names it. */
const pullRequestFrom = (here: number | undefined, number: number): string =>
  number === here ? thisPullRequest : `#${number}`

/** ` for d5d7435, the merge of #12, and what #10 and #11 left unapplied`; empty where no commit is known. */
export function carriedPhrase({ head, mergeCommit, carries }: Applied): Phrase {
  const commit = mergeCommit ?? head
  if (commit === '') return []
  const { merged, here, pullRequests = [] } = carries ?? {}
  const before = pullRequests.filter(number => number !== merged)
  const others = before.filter(number => number !== here)
  const earlier = [
    ...(before.length > others.length ? [thisPullRequest] : []),
    ...(others.length > 0 ? [pullRequestList(others)] : []),
  ]
  return [
    ' for ',
    name(shortCommit(commit)),
    ...(merged === undefined ? [] : [`, the merge of ${pullRequestFrom(here, merged)}`]),
    ...(earlier.length > 0 ? [`, and what ${earlier.join(' and ')} left unapplied`] : []),
  ]
}

/** A job that ran to its end. */
const isDoneJob = ({ result, task }: ReportStep): boolean =>
  result === 'succeeded' && (task?.exitCodes ?? []).some(codes => Object.keys(codes).length > 0)

const particlesOf = (steps: readonly ReportStep[], most: number): Phrase =>
  nameList(
    steps.map(({ particle }) => particle),
    most,
    160,
  )

const doneJobs = ({ steps }: Report): Phrase => particlesOf(steps.filter(isDoneJob), 3)

/** What another apply of the same commit does not do again; empty where nothing is done. */
export function staysDone(report: Report): Phrase {
  if (!report.steps.some(({ result }) => result === 'succeeded')) return []
  const jobs = doneJobs(report)
  return [
    'What is done stays done: the next apply begins with what AWS has.',
    ...(jobs.length > 0 ? [' It does not run ', ...jobs, ' again.'] : []),
  ]
}

/** How to undo the merge that was applied; empty where no merge is known. */
export function wayBack(report: Report, { mergeCommit, carries }: Applied): Phrase {
  if (mergeCommit === undefined || report.steps.length === 0) return []
  const { merged, here } = carries ?? {}
  const jobs = doneJobs(report)
  return [
    ...(merged === undefined
      ? ['revert ', name(shortCommit(mergeCommit))]
      : [`revert ${pullRequestFrom(here, merged)}`]),
    '; the plan of the revert shows what it changes',
    ...(jobs.length > 0 ? [', and it does not undo what ', ...jobs, ' did'] : []),
    '.',
  ]
}

/** The revision that a service runs on, because its step never began: `web:41 runs on`. Empty for any other step. */
export function runsOn({ particle, result, startedAt }: ReportStep, plan: Plan | undefined): string {
  if (startedAt !== undefined || (result !== 'skipped' && result !== 'cancelled')) return ''
  const step = plan?.steps.find(one => one.particle === particle && one.transition === 'update')
  const before = step?.changes.find(({ path }) => path === 'taskDefinition')?.before
  return typeof before === 'string' ? `${before} runs on` : ''
}

/** What a rollback on request leaves behind, and the two ways on from there. */
export function heldBackPhrase({ steps }: Report, { carries }: Applied): Phrase {
  return [
    `the revision that was rolled out is held back from now on, and every apply fails until it changes: revert ${broughtBy(carries)}, or name `,
    ...particlesOf(steps, 5),
    ' in ',
    name('redeploy'),
    ' to deploy it again.',
  ]
}

function broughtBy({ pullRequests, here }: NonNullable<Applied['carries']> = { pullRequests: [] }): string {
  const [only] = pullRequests
  if (only === undefined) return 'the commit that brought it'
  if (pullRequests.length > 1) return `the pull request that brought it (${pullRequestList(pullRequests)})`
  return pullRequestFrom(here, only)
}
