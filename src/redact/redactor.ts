/**
 * The one place where hidden values are taken out of what is said. There are two rules, because two things are hidden:
 *
 * - What a secret variable holds is taken out of everything, our own words included.
 * - Every other hidden value is taken out of words that others wrote (`said`): they repeat what they were sent. Our own
 *   sentences hold no hidden value, and a word of theirs that is blanked because it equals one would give that value away.
 *
 * Our ids, names, paths and open members stay in others' words too, whatever a hidden value equals.
 */

import type { FoundChange } from '../compare/change.ts'
import { leavesOf } from '../compare/hidden.ts'
import { holdsVariable, type SensitivityPolicy } from '../compare/sensitivity.ts'
import { type Node, type Particle, type Problem, sayProblem } from '../particle.ts'
import { holdsUntrusted, piecesOf } from '../untrusted.ts'
import { blank, Haystack, type Needle, needlesOf, type Span, secretNeedles } from './needles.ts'

/** The digest of a run, where `startedBy` or a tag names one: with it, hidden values could be guessed. */
const runDigest = /\b(particles\/[\w-]+\/[\w-]+|ecs-particles:run)\/[0-9a-f]{32}\b/g

/** Members of ECS's answers that name something. */
const naming = /(?:arn|name|family|cluster|id|definition|region|zone|group|subnets|groups|startedBy)$/i

/** Members of plans and reports that are this tool's own words or numbers, and are read by programs. */
const fixed: ReadonlySet<string> = new Set(
  [
    'version environment region account digest summary transition from to reason state result code kind startedAt finishedAt claims',
  ].flatMap(names => names.split(' ')),
)

/** Members whose keys are names that somebody chose. */
const chosenKeys: ReadonlySet<string> = new Set(['before', 'after', 'exitCodes', 'made'])

/** What is known of one particle. */
export interface Learnable {
  readonly particle: Particle
  /** ECS's answer. */
  readonly live?: unknown
  readonly changes?: readonly FoundChange[]
}

/** Learns what is hidden while manifests are read and AWS is looked at, and takes it out of everything that leaves. */
export class Redactor {
  readonly #veil: SensitivityPolicy
  readonly #secrets: readonly Needle[]
  readonly #hidden = new Map<string, Needle>()
  /** What is ours to say. */
  readonly #open = new Set<string>()
  /** Names in ECS's answers: a part of one is no hidden value. */
  readonly #names = new Set<string>()

  constructor(policy: SensitivityPolicy, own: readonly string[] = []) {
    this.#veil = policy
    this.#secrets = (policy.secretValues ?? []).flatMap(secretNeedles)
    for (const name of own) this.#open.add(name)
  }

  learn({ particle, live, changes = [] }: Learnable): void {
    const { revealed } = this.#veil
    const made = new Set(textsMadeWith(particle.source, this.#veil.secretVariables))
    for (const text of made) this.#hide(text)
    for (const own of [particle.id, particle.name, particle.region, particle.place.file]) this.#open.add(own)
    for (const { text, hidden } of leavesOf(particle.definition, name => revealed(name))) {
      if (hidden) this.#hide(text)
      else if (!made.has(text)) this.#open.add(text)
    }
    for (const { text, hidden, member } of leavesOf(live, name => revealed(name))) {
      if (hidden) this.#hide(text)
      else if (naming.test(member) && !/\s/.test(text)) this.#names.add(text)
    }
    for (const { sensitive, before, live: found } of changes) {
      if (sensitive || before === undefined) for (const { text } of leavesOf(found, () => true)) this.#hide(text)
    }
  }

  #hide(value: string): void {
    for (const needle of needlesOf(value)) this.#hidden.set(needle.text, needle)
  }

  /** A sentence of ours, with others' words in it. */
  sentence(text: string): string {
    const whole = piecesOf(text)
      .map(piece => (piece.untrusted ? this.words(piece.text) : this.#own(piece.text)))
      .join('')
    return whole.replace(runDigest, '$1')
  }

  /** Others' words alone. */
  words(text: string): string {
    const haystack = new Haystack(text)
    const spans = this.#secretsIn(haystack)
    for (const needle of this.#secrets) spans.push(...haystack.findCut(needle))
    for (const needle of this.#hidden.values()) {
      if (this.#open.has(needle.text)) continue
      const found = [...haystack.find(needle), ...haystack.findCut(needle)]
      if (found.length > 0) spans.push(...found.filter(span => !this.#isName(needle, span, haystack)))
    }
    return blank(text, spans)
  }

  /** Whether a match is a part of a name that stands there. */
  #isName({ text }: Needle, { from, to }: Span, haystack: Haystack): boolean {
    for (const names of [this.#open, this.#names]) {
      for (const name of names) {
        if (name.length <= text.length || !name.includes(text)) continue
        if (haystack.find({ text: name, where: 'whole' }).some(span => span.from <= from && span.to >= to)) return true
      }
    }
    return false
  }

  #own(text: string): string {
    return this.#secrets.length === 0 ? text : blank(text, this.#secretsIn(new Haystack(text)))
  }

  #secretsIn(haystack: Haystack): Span[] {
    return this.#secrets.flatMap(needle => haystack.find(needle))
  }

  /** The problem as it may be said. What it quotes from a manifest is somebody's words. */
  problem({ place, message }: Problem): Problem {
    const hidden = this.sentence(message.replace(quoted, text => (holdsUntrusted(message) ? text : this.words(text))))
    if (!place) return { message: hidden }
    // GitHub knows no file of another name.
    if (this.#own(place.file) !== place.file) return { message: this.#own(sayProblem({ place, message: hidden })) }
    return { place, message: hidden }
  }

  /** A plan, a report or a part of one. Details are others' words, where they do not mark which. */
  data<T>(value: T): T {
    return this.#data(value, '', false) as T
  }

  #data(value: unknown, member: string, chosen: boolean): unknown {
    if (typeof value === 'string') {
      if (fixed.has(member)) return value
      return member === 'details' && !holdsUntrusted(value) ? this.sentence(this.words(value)) : this.sentence(value)
    }
    if (Array.isArray(value)) return value.map(item => this.#data(item, member, chosen))
    if (typeof value !== 'object' || value === null) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        chosen ? this.#own(key) : key,
        this.#data(inner, chosen ? '' : key, chosen || chosenKeys.has(key)),
      ]),
    )
  }
}

/** A text in quotes, as problems quote manifests. */
const quoted = /"(?:[^"\\]|\\.)*"/g

/** Values that one of these variables went into. */
function* textsMadeWith(node: Node, variables: ReadonlySet<string>): Generator<string> {
  if (node.kind === 'scalar') {
    if (holdsVariable(node, variables)) yield String(node.value)
    return
  }
  const inside = node.kind === 'list' ? node.items : [...node.entries.values()].map(entry => entry.node)
  for (const inner of inside) yield* textsMadeWith(inner, variables)
}
