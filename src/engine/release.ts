/** Changes that come from release variables alone need no review. */
import { holdsVariable, partsByName, type SensitivityPolicy, writtenText } from '../compare/sensitivity.ts'
import { canonicalJson, sha256, withSortedKeys } from '../digest.ts'
import {
  holdsUnknown,
  inheritsIn,
  type Node,
  type Particle,
  plain,
  plainWith,
  type TextPart,
  valueAt,
} from '../particle.ts'
import { type ClaimContext, claimHash, subjectOf } from './claimSubject.ts'

type ReleasePolicy = Pick<SensitivityPolicy, 'releaseVariables'>

/** Whether other values of release variables can turn the manifest's text into the live value. */
export function isRelease(node: Node, live: unknown, policy: ReleasePolicy): boolean {
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

const matches = (node: Node, live: unknown, policy: ReleasePolicy): boolean =>
  isRelease(node, live, policy) || canonicalJson(plain(node)) === canonicalJson(live)

/** Texts between release variables; other variables count by value. */
function literalsOf(parts: readonly TextPart[], release: ReadonlySet<string>): string[] {
  const literals = ['']
  for (const part of parts) {
    if (typeof part !== 'string' && release.has(part.variable)) literals.push('')
    else literals.push(`${literals.pop()}${typeof part === 'string' ? part : part.value}`)
  }
  return literals
}

/**
 * Whether the text has the literals in this order, from its first to its last character. The first fit of each leaves
 * most room for the next.
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

/** Signatures of a job in its record: a run with the same one differs by release variables alone. */
export interface ReleaseSignatures {
  /** 32 hex digits, as written today; missing while a part is known only after apply. */
  readonly signature?: string
  /** 16 hex digits, as earlier releases wrote; missing when those would have left something out. */
  readonly former?: string
}

/** The definition of a job: a declared task definition, or the content of one that is not declared. */
export interface JobContent {
  readonly definition?: Particle<object>
  readonly undeclared?: unknown
}

/**
 * Signs a job and its task definition, release variables by name and all others by value. Undefined without release variables.
 * Secret variables count by value, as in the run's digest: signatures are kept in tags in AWS and in no published claim.
 */
export function releaseSignatures(
  job: Particle<object>,
  { definition, undeclared }: JobContent,
  parents: readonly Particle<object>[],
  context: ClaimContext,
): ReleaseSignatures | undefined {
  const runs = definition ? [job, definition] : [job]
  const { releaseVariables } = context.sensitivity
  if (!runs.some(({ source }) => holdsVariable(source, releaseVariables))) return undefined
  const stated = runs.map(one => signed(one, releaseVariables))
  // While no answer has named the account, no record was found either.
  if (context.account === undefined || holdsUnknown(stated)) return {}
  // A release variable may choose a task definition that is not declared here: its content is not signed.
  const taskDefinition = job.source.entries.get('taskDefinition')?.node
  const isChosen = taskDefinition !== undefined && holdsVariable(taskDefinition, releaseVariables)
  const content = runs.map((one, index) => [one.id, ...subjectOf(one, context), stated[index], one.options])
  const signature = claimHash([
    'release',
    withSortedKeys(content),
    [...job.parents].sort(),
    isChosen ? null : (withSortedKeys(undeclared) ?? null),
  ])
  const former = isWhollyInFormer(job, definition, context.sensitivity)
    ? formerReleaseSignature(job, parents, context.sensitivity)
    : undefined
  return { signature, ...(former && { former }) }
}

/**
 * A manifest's value with release variables by name, and everything else, inherited values too, by the value that is
 * sent.
 */
const signed = ({ source, definition }: Particle<object>, release: ReadonlySet<string>): unknown =>
  plainWith(source, ({ inherit, parts, value }, path) => {
    if (inherit) return { ...inherit, value: valueAt(definition, path) }
    return parts ? partsByName(parts, name => release.has(name)) : value
  })

/** Whether earlier releases would have signed all of the job: they left out options, secret variables and inherited values. */
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

/** The signature of releases before claims of format 2. Only read, so that jobs they ran need no new review. */
function formerReleaseSignature(
  job: Particle<object>,
  parents: readonly Particle<object>[],
  policy: SensitivityPolicy,
): string {
  const byName = (name: string) => policy.releaseVariables.has(name) || policy.secretVariables.has(name)
  const written = (source: Node) =>
    plainWith(source, ({ inherit, parts, value }) => {
      if (inherit) return { inherit: inherit.from, key: inherit.key }
      return parts ? writtenText(parts, byName) : value
    })
  const all = [job, ...parents].map(({ id, region, source }) => [region, id, withSortedKeys(written(source))])
  return sha256(JSON.stringify(['release', ...all])).slice(0, 16)
}
