/** Check runs: what a plan showed, kept where a later apply finds it. */
import type { Problem } from '../particle.ts'
import { type GitHub, GitHubError } from './api.ts'
import { isOf, readSubject, type Subject, subjectLine } from './subject.ts'

/** `particles / production` */
export const planCheck = (environment: string): string => `particles / ${environment}`
export const appliedCheck = (environment: string): string => `${planCheck(environment)} / applied`
/** Neutral: it says that an apply writes from now on, and nothing of how it ends. */
export const begunCheck = (environment: string): string => `${planCheck(environment)} / begun`
export const refusedCheck = (environment: string): string => `${planCheck(environment)} / refused`

export const continued = (name: string, part: number): string => (part === 1 ? name : `${name} (${part})`)

export type Conclusion = 'success' | 'failure' | 'neutral'

/** What was shown, as thirty-two hex digits each, and the version of their format. This room does not look into them. */
export interface Claims {
  readonly version: number
  readonly hashes: readonly string[]
}

export interface CheckRequest {
  readonly name: string
  /** The commit that it stands on. */
  readonly commit: string
  readonly conclusion: Conclusion
  readonly title: string
  /** Markdown. */
  readonly summary: string
  /** The plan's digest, by which the continuations of one plan are known to belong together. */
  readonly digest?: string
  readonly claims?: Claims
  /** What the claims are of: without it they are nobody's. */
  readonly subject?: Subject
  /** What it keeps for later runs where those are no claims: the first text, then one for each continuation. */
  readonly texts?: readonly [string, ...string[]]
  /** Those with a place become annotations; the others are the summary's to tell. */
  readonly problems?: readonly Problem[]
  /** The run that wrote it. */
  readonly url?: string
}

export interface Checked {
  readonly url?: string
  /** Why it is not there, in one sentence. */
  readonly warning?: string
}

/** GitHub's own for a title, a summary and a text. */
export const textLimit = 65_535
const annotationLimit = 50
/** 64 KB, in characters of which none takes more than four bytes. */
const messageLimit = 16_000

const header = (version: number, part: number, parts: number): string =>
  `ecs-particles claims, format ${version}, part ${part} of ${parts}`
const headerForm = /^ecs-particles claims, format (\d+), part (\d+) of (\d+)$/
const claimForm = /^[0-9a-f]{32}$/
/** Claims of other formats have other lengths: such a check is still one of claims, and says which format. */
const anyForm = /^[0-9a-f]+$/
export const isClaim = (text: string): boolean => claimForm.test(text)

// Thirty-three characters a claim, and two lines before them that are never longer than this: a branch has 255 bytes at most.
const claimsPerCheck = Math.floor((textLimit - 500) / 33)

/** The claims as one text for each check. Sorted, so that equal plans leave equal checks. */
export function claimTexts({ version, hashes }: Claims, subject: Subject): [string, ...string[]] {
  const sorted = [...new Set(hashes)].sort()
  const parts = Math.max(1, Math.ceil(sorted.length / claimsPerCheck))
  const text = (part: number) =>
    [
      header(version, part, parts),
      subjectLine(subject),
      ...sorted.slice((part - 1) * claimsPerCheck, part * claimsPerCheck),
    ].join('\n')
  return [text(1), ...Array.from({ length: parts - 1 }, (_, index) => text(index + 2))]
}

/** One check's part of the claims, or undefined when the text is none of ours. */
export function readClaims(
  text: string | null,
): { version: number; part: number; parts: number; subject?: Subject; hashes: string[] } | undefined {
  const [first = '', ...lines] = (text ?? '').trim().split(/\r?\n/)
  const [, version, part, parts] = headerForm.exec(first.trim()) ?? []
  const subject = readSubject(lines[0]?.trim() ?? '')
  // Earlier releases did not say what a plan was of.
  const hashes = (subject ? lines.slice(1) : lines).map(line => line.trim())
  return version && part && parts && hashes.every(hash => anyForm.test(hash))
    ? { version: Number(version), part: Number(part), parts: Number(parts), ...(subject && { subject }), hashes }
    : undefined
}

interface Annotation {
  readonly path: string
  readonly start_line: number
  readonly end_line: number
  readonly start_column?: number
  readonly end_column?: number
  readonly annotation_level: 'failure'
  readonly message: string
}

function annotations(problems: readonly Problem[]): Annotation[] {
  return problems.flatMap(({ place, message }) =>
    place
      ? {
          path: place.file,
          start_line: place.line,
          end_line: place.line,
          start_column: place.column,
          end_column: place.column,
          annotation_level: 'failure' as const,
          message: message.slice(0, messageLimit),
        }
      : [],
  )
}

const cut = (text: string, limit: number): string => (text.length <= limit ? text : `${text.slice(0, limit - 1)}…`)

/**
 * Writes a completed check run, with as many continuations as its claims need.
 *
 * Never fails: what GitHub refuses is a warning.
 */
export async function postCheck(github: GitHub, check: CheckRequest): Promise<Checked> {
  try {
    const { claims, subject } = check
    const [text, ...more] = claims && subject ? claimTexts(claims, subject) : (check.texts ?? [undefined])
    // The continuations first: whoever finds the first part finds them all.
    for (const [index, part] of more.entries()) await create(github, check, index + 2, part, [])
    return { url: await create(github, check, 1, text, annotations(check.problems ?? [])) }
  } catch (error) {
    if (error instanceof GitHubError) return { warning: error.message }
    throw error
  }
}

async function create(
  github: GitHub,
  check: CheckRequest,
  part: number,
  text: string | undefined,
  notes: readonly Annotation[],
): Promise<string> {
  const name = continued(check.name, part)
  const needs = 'checks: write'
  const output = (batch: readonly Annotation[]) => ({
    title: cut(part === 1 ? check.title : `${check.title} (${part})`, 255),
    summary: cut(part === 1 ? check.summary : `Continues "${check.name}".`, textLimit),
    ...(text === undefined ? {} : { text }),
    annotations: [...batch],
  })
  const { data } = await github.call({ to: `write the check "${name}"`, needs }, request =>
    request('POST /repos/{owner}/{repo}/check-runs', {
      ...github.repository,
      name,
      head_sha: check.commit,
      // One that is never completed would hold back the merge when this process dies.
      status: 'completed',
      conclusion: check.conclusion,
      ...(check.digest ? { external_id: check.digest } : {}),
      ...(check.url ? { details_url: check.url } : {}),
      output: output(notes.slice(0, annotationLimit)),
    }),
  )
  for (let from = annotationLimit; from < notes.length; from += annotationLimit)
    await github.call({ to: `annotate the check "${name}"`, needs }, request =>
      request('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
        ...github.repository,
        check_run_id: Number(data.id),
        output: output(notes.slice(from, from + annotationLimit)),
      }),
    )
  return data.html_url ?? data.url
}

/** A check run as it was found. */
export interface FoundCheck {
  readonly id: number
  readonly digest?: string
  readonly text: string | null
  /** ISO 8601, UTC, to the second. */
  readonly completedAt: string
}

/** The check runs of one name and conclusion on a commit that the token's own app wrote, newest first, and what else was there. */
export async function findChecks(
  github: GitHub,
  commit: string,
  name: string,
  conclusion: Conclusion = 'success',
): Promise<{ successful: FoundCheck[]; others: ('failed' | 'another app')[] }> {
  const { app } = await github.identity()
  const successful: FoundCheck[] = []
  const others: ('failed' | 'another app')[] = []
  const pages = github.pages({ to: 'read the checks', needs: 'checks: read' }, async (request, page) => {
    const { data, headers } = await request('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
      ...github.repository,
      ref: commit,
      check_name: name,
      // `latest` would hide a success behind a later failure.
      filter: 'all',
      ...page,
    })
    return { data: data.check_runs, headers }
  })
  for await (const runs of pages)
    for (const run of runs) {
      if (run.name !== name) continue
      // Any app may choose our name; only what our own app wrote can have come from a workflow of this repository.
      if (!app || run.app?.slug !== app) others.push('another app')
      else if (run.conclusion !== conclusion) others.push('failed')
      else
        successful.push({
          id: Number(run.id),
          ...(run.external_id ? { digest: run.external_id } : {}),
          text: run.output.text,
          completedAt: run.completed_at ?? '',
        })
    }
  successful.sort((a, b) => b.id - a.id)
  return { successful, others }
}

/** In the same second counts. A time that cannot be read is no time. */
const isInTime = (completed: string, merged: string): boolean => Date.parse(completed) <= Date.parse(merged)

/** What a plan check says, or why it says nothing: claims of another format are not understood. */
export type ShownClaims =
  | { readonly claims: readonly string[] }
  | { readonly why: string }
  | { readonly format: number }

/** What is to be read of a plan check. */
export interface ShownClaimsQuery {
  readonly environment: string
  /** The format of the claims that this release understands. */
  readonly version: number
}

/** The pull request whose plan is looked for. Another one may have the same head commit. */
export interface Proposed {
  readonly number: number
  readonly head: string
  /** The branch that it goes into. */
  readonly base: string
  /** As GitHub tells it: what is shown after the merge, nobody can have looked at before. */
  readonly merged?: string
}

/** The claims of the newest successful plan check of a pull request, which must have been made for the base that it has. */
export async function shownClaims(
  github: GitHub,
  { number, head: commit, base, merged }: Proposed,
  { environment, version }: ShownClaimsQuery,
): Promise<ShownClaims> {
  const name = planCheck(environment)
  const { successful: all, others } = await findChecks(github, commit, name)
  const subjects = new Map(all.map(({ id, text }) => [id, readClaims(text)?.subject]))
  const foreign = (id: number) => subjects.get(id) !== undefined && !isOf(subjects.get(id), number)
  const successful = all.filter(({ id }) => !foreign(id))
  const newest = successful.find(({ completedAt }) => !merged || isInTime(completedAt, merged))
  if (!newest) {
    const [late] = successful
    if (late && merged)
      return {
        why: `its plan "${name}" was completed at ${late.completedAt}, after it was merged at ${merged}, so nobody can have reviewed it; wait for the plan before merging`,
      }
    const [other] = [...subjects.values()].filter(subject => subject !== undefined)
    if (other)
      return {
        why: `the plans "${name}" of its head commit are of ${subjectLine(other)}, not of this one; have this one planned too`,
      }
    const { app, login } = await github.identity()
    if (!app)
      return { why: `the token is ${login}'s own, and only checks of the token's own app count; use GITHUB_TOKEN` }
    if (others.includes('failed')) return { why: `its plan "${name}" did not succeed` }
    if (others.includes('another app'))
      return { why: `its check "${name}" was written by another app, which does not count` }
    return { why: `it has no check "${name}"` }
  }
  const first = readClaims(newest.text)
  if (first?.part !== 1) return { why: `its check "${name}" holds no claims` }
  if (first.version !== version) return { format: first.version }
  const { subject } = first
  if (!subject)
    return { why: `its plan "${name}" does not say which pull request it is of; have it planned again by this release` }
  if (subject.base !== base)
    return {
      why: `its newest plan "${name}" was made for the base ${subject.base}, not for ${base}; have it planned again after its base is changed (on: pull_request, types: edited)`,
    }
  const claims = [...first.hashes]
  for (let part = 2; part <= first.parts; part++) {
    const { successful: parts } = await findChecks(github, commit, continued(name, part))
    // One digest is one set of claims, so any continuation with it belongs to this plan.
    const found = parts
      .filter(({ digest }) => digest !== undefined && digest === newest.digest)
      .map(({ text }) => readClaims(text))
      .find(
        read =>
          read?.version === version &&
          read.part === part &&
          read.parts === first.parts &&
          isOf(read.subject, number) &&
          read.subject?.base === base,
      )
    if (!found) return { why: `its plan is incomplete: "${continued(name, part)}" is missing` }
    claims.push(...found.hashes)
  }
  return claims.every(isClaim) ? { claims } : { why: `its check "${name}" holds no claims` }
}
