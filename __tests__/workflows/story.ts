/** Rows of the table: what an event starts in a workflow, and what comes of it. */
import type { RunEnd } from './interpreter/model.ts'
import type { Project, Settings } from './project.ts'

/** What comes of an event, as the table says it: one text for each job, check and comment. */
export interface Outcome {
  readonly event: string
  readonly jobs: readonly string[]
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
    checks: checks
      .slice(from)
      .map(
        ({ name, conclusion, output }) =>
          `${name.replace('particles / ', '')}: ${conclusion}, ${withoutTimes(output.title)}`,
      ),
    comments: comments.filter(({ id, body }) => before.get(id) !== body).map(({ body }) => gist(body)),
  }
}

function jobsOf({ conclusion, problem, jobs }: RunEnd): string[] {
  if (conclusion === 'none') return ['not started']
  if (conclusion === 'startup_failure') return [`startup failure: ${problem}`]
  return jobs.map(({ name, result, problem: why }) => `${name}: ${result}${why ? ` (${why})` : ''}`)
}

/** Its heading and the first sentence, without what differs from run to run. */
function gist(body: string): string {
  const [, heading = '', first = ''] = /^### ECS particles · (.*)\n+(.*)$/m.exec(body) ?? []
  const [bold] = /^(?:> )?\*\*.*?\*\*/.exec(first) ?? [first]
  return withoutTimes(`${heading}: ${bold.replaceAll('**', '')}`)
}

const withoutTimes = (text: string): string => text.replace(/ (?:in|after) (?:under )?[\d a-z]+?(?=:|$)/g, '')
