import { createHash } from 'node:crypto'
import { type Node, nodeAt, type Particle, type ParticleId, type Path, pathKey, plain, Unknown } from '../particle.ts'
import type { FoundChange, Value } from './change.ts'
import { holdsVariable, type Veil, written } from './curtain.ts'
import type { Decision } from './decide.ts'
import type { Step } from './document.ts'

/** The form of claims. Claims of another form are not understood, never guessed. */
export const claimsVersion = 1

/** What a step asks a reviewer to allow. */
export interface StepClaims {
  /** One for each change; for what goes, one for its going. */
  readonly changes: readonly string[]
  /** One for the whole desired definition: it covers whatever is still missing of it. Missing for what goes. */
  readonly whole?: string
}

/** What becomes of a claim: its hash, unless somebody asks for the claim itself. */
type Write = (claim: readonly unknown[]) => string

/** 16 hex digits of a claim. */
export const hash: Write = claim => createHash('sha256').update(JSON.stringify(claim)).digest('hex').slice(0, 16)

/** JSON with sorted keys: the same value, the same text. */
function sorted(value: unknown): unknown {
  if (value instanceof Unknown) return { unknown: value.unknown }
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inside]) => [key, sorted(inside)]),
  )
}

/**
 * A stated value as claims know it: release and secret variables by name, every other variable by its value;
 * a hidden value as the manifest writes it, so that nobody can guess from a claim what went into it.
 */
function claimed(node: Node, path: Path, hidden: ReadonlySet<string>, veil: Veil): unknown {
  const inside = (item: Node, step: string | number) => claimed(item, [...path, step], hidden, veil)
  if (node.kind === 'list') return node.items.map(inside)
  if (node.kind === 'map') {
    return Object.fromEntries([...node.entries].map(([key, { node: value }]) => [key, inside(value, key)]))
  }
  if (node.inherit) return { inherit: node.inherit.from, key: node.inherit.key }
  if (!node.parts) return node.value
  const byName = hidden.has(pathKey(path))
  return written(node.parts, name => byName || veil.releaseVariables.has(name) || veil.secretVariables.has(name))
}

/** Whether the difference can come from release variables alone: the text can produce what is there. */
function isRelease(node: Node, live: unknown, veil: Veil): boolean {
  if (!holdsVariable(node, veil.releaseVariables)) return false
  if (node.kind === 'scalar') {
    const pattern = (node.parts ?? [])
      .map(part => {
        const literal =
          typeof part === 'string' ? part : veil.releaseVariables.has(part.variable) ? undefined : part.value
        return literal === undefined ? '.*' : literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
      })
      .join('')
    return (typeof live === 'string' || typeof live === 'number') && new RegExp(`^${pattern}$`, 's').test(String(live))
  }
  if (node.kind === 'list') {
    if (!Array.isArray(live) || live.length !== node.items.length) return false
    return node.items.every((item, index) => matches(item, live[index], veil))
  }
  return false
}

const matches = (node: Node, live: unknown, veil: Veil): boolean =>
  isRelease(node, live, veil) || JSON.stringify(sorted(plain(node))) === JSON.stringify(sorted(live))

/** Claims of what one particle's step does. */
export function claimsOf(
  decision: Decision,
  veil: Veil,
  decisions: ReadonlyMap<ParticleId, Decision>,
  write: Write = hash,
): StepClaims {
  const { particle, transition, changes } = decision
  const { region, id } = particle
  if (!transition || transition === 'wait' || decision.sanctioned) return { changes: [] }
  if (transition === 'stop' || transition === 'terminate') return { changes: [write(['gone', region, id, transition])] }
  const claims = changes.flatMap(change => claimOf(change, decision, veil, decisions, write))
  return { changes: [...new Set(claims)].sort(), whole: wholeClaim(decision, veil, write) }
}

function claimOf(
  change: FoundChange,
  decision: Decision,
  veil: Veil,
  decisions: ReadonlyMap<ParticleId, Decision>,
  write: Write = hash,
): string[] {
  const { region, id, source } = decision.particle
  const { path, before, sensitive, at, asked } = change
  if (asked) return []
  const parent = decision.filled.get(path)
  if (parent) {
    // What a parent fills is claimed by the parent's name: a revision's number says nothing.
    const own = decisions.get(parent)
    // It follows a revision that nobody needs to review: what it runs differs by release variables alone.
    const behind = own && typeof before === 'string' ? own.behind.get(before) : undefined
    if (own && behind?.every(one => claimOf(one, own, veil, decisions).length === 0)) return []
    return [write(['follow', region, id, path, parent])]
  }
  const node = at && nodeAt(source, at)
  if (node && isRelease(node, change.live ?? before, veil)) return []
  const stated = node ? claimed(node, at, decision.hidden, veil) : sorted(change.after)
  // What AWS holds behind a hidden value is in no claim, nor is what a release variable was before.
  const unsaid = sensitive || (node && holdsVariable(node, veil.releaseVariables) && before === undefined)
  // Hidden values stand in a claim by their hash, so that the claim itself may be shown to whoever posts it.
  const after = sensitive ? { hidden: hash([stated]) } : stated
  return [write(['change', region, id, path, ...(unsaid ? [] : [sorted(before) ?? null]), sorted(after) ?? null])]
}

/** The whole of what is stated, with its options: what a reviewed start allows to be finished. */
function wholeClaim(decision: Decision, veil: Veil, write: Write): string {
  const { region, id, source, options } = decision.particle
  const definition = hash([sorted(claimed(source, [], decision.hidden, veil)), sorted(options)])
  return write(['whole', region, id, definition])
}

/** Whether a step may be carried out: every change was reviewed, or a start of exactly this definition was. */
export function isCovered(claims: StepClaims, transition: Step['transition'], reviewed: ReadonlySet<string>): boolean {
  if (claims.whole ? reviewed.has(claims.whole) : claims.changes.length === 0) return true
  if (transition === 'start' || transition === 'replace') return false
  return claims.changes.every(claim => reviewed.has(claim))
}

/** Steps that ask for something that nobody reviewed, in the plan's order. */
export function unreviewed(
  steps: readonly Step[],
  decisions: ReadonlyMap<ParticleId, Decision>,
  veil: Veil,
  reviewed: ReadonlySet<string>,
): Step[] {
  return steps.filter(({ particle, transition }) => {
    const decision = decisions.get(particle)
    return decision !== undefined && !isCovered(claimsOf(decision, veil, decisions), transition, reviewed)
  })
}

/** Names what a particle and its parents state, release variables by name; undefined when none stands in it. */
export function releaseSignature(particle: Particle, parents: readonly Particle[], veil: Veil): string | undefined {
  const all = [particle, ...parents]
  if (!all.some(({ source }) => holdsVariable(source, veil.releaseVariables))) return undefined
  return hash([
    'release',
    ...all.map(({ id, region, source }) => [region, id, sorted(claimed(source, [], new Set(), veil))]),
  ])
}

/** What a plan publishes to be reviewed. A whole definition is claimed by starts and replacements alone. */
export function publishedClaims(decisions: ReadonlyMap<ParticleId, Decision>, veil: Veil): string[] {
  const all = [...decisions.values()].flatMap(decision => published(decision, veil, decisions))
  return [...new Set(all)].sort()
}

function published(
  decision: Decision,
  veil: Veil,
  decisions: ReadonlyMap<ParticleId, Decision>,
  write: Write = hash,
): string[] {
  const { changes, whole } = claimsOf(decision, veil, decisions, write)
  const starts = decision.transition === 'start' || decision.transition === 'replace'
  return [...changes, ...(whole && starts ? [whole] : [])]
}

/** A claim before it is hashed. */
export type Claim = readonly unknown[]

/** The same claims before they are hashed, by particle. They hold nothing that a plan hides: what is hidden is hashed in them. */
export function claimsMade(
  decisions: ReadonlyMap<ParticleId, Decision>,
  veil: Veil,
): Readonly<Record<ParticleId, readonly Claim[]>> {
  const made = [...decisions].map(([id, decision]) => {
    const texts = [...new Set(published(decision, veil, decisions, JSON.stringify))].sort()
    return [id, texts.map((text): Claim => JSON.parse(text))] as const
  })
  return Object.fromEntries(made.filter(([, claims]) => claims.length > 0))
}

/** What a claim says, read from where its members stand. */
export interface ClaimRead {
  readonly kind: string
  readonly particle: unknown
  /** The path of a change; the transition of what goes. */
  readonly what: unknown
  /** Of a change, where it is no secret and no release variable hides it. */
  readonly before?: unknown
  readonly after?: unknown
}

export function readClaim([kind, , particle, what, ...values]: Claim): ClaimRead {
  const read = { kind: String(kind), particle, what }
  if (kind !== 'change') return read
  const [before, after] = values
  return values.length > 1 ? { ...read, before, after } : { ...read, after: before }
}

/** `sha256:…` over every step but those that only wait: what is shown, how hidden values are written, the claims. */
export function digestOf(steps: readonly Step[], decisions: ReadonlyMap<ParticleId, Decision>, veil: Veil): string {
  const told = steps
    .filter(({ transition }) => transition !== 'wait')
    .map(({ particle, transition, to, changes, protected: left }) => {
      const decision = decisions.get(particle)
      return sorted({
        particle,
        transition,
        to,
        changes,
        left,
        hidden: decision ? hiddenTexts(decision, veil) : [],
        claims: decision ? claimsOf(decision, veil, decisions) : undefined,
      })
    })
  const hex = createHash('sha256')
    .update(JSON.stringify([claimsVersion, told]))
    .digest('hex')
  return `sha256:${hex}`
}

function hiddenTexts(decision: Decision, veil: Veil): Value[] {
  return decision.changes
    .filter(({ sensitive }) => sensitive)
    .map(({ at }) => {
      const node = at && nodeAt(decision.particle.source, at)
      return node ? (sorted(claimed(node, at, decision.hidden, veil)) as Value) : null
    })
}
