/** What follows from release variables alone, and so needs no review. */
import { holdsVariable, partsByName, type SensitivityPolicy, writtenText } from '../compare/sensitivity.ts'
import { canonicalJson, sha256, withSortedKeys } from '../digest.ts'
import { inheritsIn, type Node, type Part, type Particle, type Path, plain, Unknown, valueAt } from '../particle.ts'
import { type ClaimContext, claimHash, subjectOf } from './claimSubject.ts'

/** Whether the difference can come from release variables alone: the text can produce what is there. */
export function isRelease(node: Node, live: unknown, policy: SensitivityPolicy): boolean {
  if (!holdsVariable(node, policy.releaseVariables)) return false
  if (node.kind === 'scalar') {
    const literals = literalsOf(node.parts ?? [], policy.releaseVariables)
    return (typeof live === 'string' || typeof live === 'number') && canProduce(literals, String(live))
  }
  if (node.kind === 'list') {
    if (!Array.isArray(live) || live.length !== node.items.length) return false
    return node.items.every((item, index) => matches(item, live[index], policy))
  }
  return false
}

const matches = (node: Node, live: unknown, policy: SensitivityPolicy): boolean =>
  isRelease(node, live, policy) || canonicalJson(plain(node)) === canonicalJson(live)

/** The texts before, between and behind release variables, every other variable by its value. */
function literalsOf(parts: readonly Part[], release: ReadonlySet<string>): string[] {
  const literals = ['']
  for (const part of parts) {
    if (typeof part !== 'string' && release.has(part.variable)) literals.push('')
    else literals.push(`${literals.pop()}${typeof part === 'string' ? part : part.value}`)
  }
  return literals
}

/**
 * Whether some text between each two literals makes the whole. Each literal is taken where it first fits: what is left for
 * the next ones is never less than with a later place, so nothing needs to be tried twice.
 */
function canProduce(literals: readonly string[], text: string): boolean {
  const [first = '', ...more] = literals
  const last = more.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let position = first.length
  for (const literal of more) {
    const found = text.indexOf(literal, position)
    if (found < 0) return false
    position = found + literal.length
  }
  return text.length - last.length >= position && text.endsWith(last)
}

/** A job as its record knows it: with these, a run with other values of release variables needs no new review. */
export interface ReleaseSignatures {
  /** 32 hex digits, the form that is written; missing where a part is known only after apply. */
  readonly signature?: string
  /** 16 hex digits, the form that earlier releases wrote; missing where they left out something that the job says. */
  readonly former?: string
}

/** What a job runs: a task definition that is declared, or what somebody else's says. */
export interface JobContent {
  readonly definition?: Particle<object>
  readonly foreign?: unknown
}

/**
 * Names everything of a job and of what it runs, release variables by name, all others by their values: two runs with one
 * signature differ by release variables and by nothing else. Undefined where none stands in it.
 *
 * Secret variables count by their values, as they do in the run's digest. The signature is kept in tags in AWS alone, and
 * is in no claim that is published.
 */
export function releaseSignatures(
  job: Particle<object>,
  { definition, foreign }: JobContent,
  parents: readonly Particle<object>[],
  context: ClaimContext,
): ReleaseSignatures | undefined {
  const runs = definition ? [job, definition] : [job]
  const { releaseVariables } = context.sensitivity
  if (!runs.some(({ source }) => holdsVariable(source, releaseVariables))) return undefined
  const stated = runs.map(one => signed(one.source, one.definition, [], releaseVariables))
  // Where no answer has named the account, nothing was found that could remember a run.
  if (context.account === undefined || holdsUnknown(stated)) return {}
  // What a release variable chooses among somebody else's definitions is what it stands for.
  const named = job.source.entries.get('taskDefinition')?.node
  const chosen = named !== undefined && holdsVariable(named, releaseVariables)
  const said = runs.map((one, index) => [one.id, ...subjectOf(one, context), stated[index], one.options])
  const signature = claimHash([
    'release',
    withSortedKeys(said),
    [...job.parents].sort(),
    chosen ? null : (withSortedKeys(foreign) ?? null),
  ])
  const former = isWhollyInFormer(job, definition, context.sensitivity)
    ? formerReleaseSignature(job, parents, context.sensitivity)
    : undefined
  return { signature, ...(former && { former }) }
}

/** A stated value with release variables by name, and everything else as it is sent, what is inherited too. */
function signed(node: Node, definition: object, path: Path, release: ReadonlySet<string>): unknown {
  if (node.kind === 'list') return node.items.map((item, index) => signed(item, definition, [...path, index], release))
  if (node.kind === 'map') {
    const entries = [...node.entries].map(
      ([key, { node: value }]) => [key, signed(value, definition, [...path, key], release)] as const,
    )
    return Object.fromEntries(entries)
  }
  if (node.inherit) return { ...node.inherit, value: valueAt(definition, path) }
  return node.parts ? partsByName(node.parts, name => release.has(name)) : node.value
}

function holdsUnknown(value: unknown): boolean {
  if (value instanceof Unknown) return true
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsUnknown)
}

/** Whether earlier releases signed all that the job says: they left out options, secret variables, what is inherited. */
function isWhollyInFormer(
  job: Particle<object>,
  definition: Particle<object> | undefined,
  policy: SensitivityPolicy,
): boolean {
  if (!definition) return false
  return [job, definition].every(
    ({ options, source }) =>
      Object.keys(options).length === 0 &&
      !holdsVariable(source, policy.secretVariables) &&
      inheritsIn(source).length === 0,
  )
}

/**
 * The signature as releases before claims of format 2 wrote it into records: what a job and its parents state. It is only
 * read, so that a job that they ran goes on without a new review.
 */
function formerReleaseSignature(
  job: Particle<object>,
  parents: readonly Particle<object>[],
  policy: SensitivityPolicy,
): string {
  const byName = (name: string) => policy.releaseVariables.has(name) || policy.secretVariables.has(name)
  const said = (node: Node): unknown => {
    if (node.kind === 'list') return node.items.map(said)
    if (node.kind === 'map') {
      return Object.fromEntries([...node.entries].map(([key, { node: value }]) => [key, said(value)]))
    }
    if (node.inherit) return { inherit: node.inherit.from, key: node.inherit.key }
    return node.parts ? writtenText(node.parts, byName) : node.value
  }
  const all = [job, ...parents].map(({ id, region, source }) => [region, id, withSortedKeys(said(source))])
  return sha256(JSON.stringify(['release', ...all])).slice(0, 16)
}
