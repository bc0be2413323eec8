/** Rows of the table: what an event starts in a workflow, and what comes of it. */
import type { JobEnd, RunEnd } from './interpreter/model.ts'
import type { Project, Settings } from './project.ts'

/** What comes of an event, as the table says it: one text for each job, check and comment. */
export interface Outcome {
  readonly event: string
  readonly jobs: readonly string[]
  /** Roles that were assumed, each with the subject that it trusts. */
  readonly roles: readonly string[]
  /** Checks that were written, with their titles. */
  readonly checks: readonly string[]
  /** Comments that were written or edited, by what they say first. */
  readonly comments: readonly string[]
}

export interface Row {
  readonly event: string
  readonly play: (project: Project) => Promise<RunEnd>
}

/** Events in one repository, one after the other. */
export interface Story {
  readonly workflow: string
  /** What is special here. */
  readonly given?: string
  readonly settings: Settings
  readonly rows: readonly Row[]
}

/** Plays a row, and says what came of it in the words of the table. */
export async function outcomeOf(project: Project, { event, play }: Row): Promise<Outcome> {
  const { checks, comments } = project.github
  const from = checks.length
  const before = new Map(comments.map(({ id, body }) => [id, body]))
  const end = await play(project)
  return {
    event,
    jobs: jobsOf(end),
    roles: rolesOf(end),
    checks: checks
      .slice(from)
      .map(
        ({ name, conclusion, output }) =>
          `${name.replace('particles / ', '')}: ${conclusion}, ${withoutTimes(output.title)}`,
      ),
    comments: comments.filter(({ id, body }) => before.get(id) !== body).map(({ body }) => gist(body)),
  }
}

function jobsOf({ conclusion, problem, jobs, outputs }: RunEnd): string[] {
  if (conclusion === 'none') return ['not started']
  if (conclusion === 'startup_failure') return [`startup failure: ${problem}`]
  const skipped = jobs.filter(({ result }) => result === 'skipped').map(({ name }) => name)
  return [
    ...jobs.filter(({ result }) => result !== 'skipped').map(job => `${job.name}: ${job.result}${why(job)}`),
    ...(skipped.length > 0 ? [`skipped: ${skipped.join(', ')}`] : []),
    ...Object.entries(outputs).map(
      ([name, its]) => `outputs of ${name}: has-changes \`${its['has-changes']}\`, results ${results(its.results)}`,
    ),
  ]
}

function rolesOf({ jobs }: RunEnd): string[] {
  const logs = jobs.flatMap(({ steps }) => steps.map(({ log }) => /^assumed (.*)$/.exec(log)?.[1]))
  return [...new Set(logs.flatMap(found => found ?? []))]
}

/** What a called workflow hands on, without what differs from run to run. */
function results(text = ''): string {
  const all: Readonly<Record<string, Readonly<Record<string, unknown>>>> = JSON.parse(text)
  const known = Object.entries(all).map(([name, { digest: _, summary: __, 'comment-url': ___, ...its }]) => [name, its])
  return `\`${JSON.stringify(Object.fromEntries(known))}\``
}

/**
 * Why a job failed, in the words of its problem or of the annotations of its steps; and of a job that did not what its steps
 * give notice of, and which rights it lacks.
 */
function why({ problem, steps }: JobEnd): string {
  const failed = steps.filter(({ outcome }) => outcome === 'failure').map(({ log }) => log.trim())
  const passed = steps.filter(({ outcome }) => outcome !== 'failure')
  const notices = passed.flatMap(({ log }) =>
    [...log.matchAll(/^(?:::notice::(.*)|(?!Warning: )(?:::warning::)?(.* the token lacks .*))$/gm)].map(
      ([, notice, refusal = '']) => notice ?? refusal,
    ),
  )
  const said = [...(problem ? [problem] : []), ...failed, ...notices]
    .join('; ')
    .replace(/\n+/g, '; ')
    .replace(/\/\S*\/workspace\//g, '')
    .replace(/sha256:[0-9a-f]{64}/g, 'sha256:…')
  return said ? ` (${said})` : ''
}

/** Its heading and the first sentence, without what differs from run to run. */
function gist(body: string): string {
  // A warning before the first sentence, such as that the environment is new, is another test's matter.
  const [, heading = '', first = ''] = /^### ECS particles · (.*)\n+(?:(?:>.*\n)+\n)?(.*)$/m.exec(body) ?? []
  // Words that end in a colon say nothing without the rest.
  const [bold] = /^(?:> )?\*\*.*?(?::\*\*.*|\*\*)/.exec(first) ?? [first]
  return withoutTimes(`${heading}: ${bold.replaceAll('**', '')}`)
}

const withoutTimes = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, '…').replace(/ (?:in|after) (?:under )?[\d a-z]+?(?=:|$)/g, '')
