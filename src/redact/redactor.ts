/**
 * The one place where hidden values are taken out of texts. There are two rules, because two kinds of values are
 * hidden:
 * - The value of a secret variable is taken out of every text, this tool's own words included.
 * - Every other hidden value is taken out of words that others wrote (`untrusted`), as servers repeat what they were
 * sent. This tool's own sentences hold no hidden value, and a word that is blanked because it equals one would give the
 * value away.
 *
 * The tool's own ids, names, paths and open members are kept in others' words too, even where they equal a hidden
 * value.
 */

import type { FoundChange } from '../compare/change.ts'
import { leavesOf } from '../compare/hidden.ts'
import { holdsVariable, type SensitivityPolicy } from '../compare/sensitivity.ts'
import { type Node, type Particle, type Problem, sayProblem, scalarsIn } from '../particle.ts'
import { holdsUntrusted, piecesOf } from '../untrusted.ts'
import type { Reading, Span } from './encodings.ts'
import { blank, Haystack, type Match, Needles } from './haystack.ts'
import { needlesOf, secretNeedles } from './needles.ts'

/** A run's digest in `startedBy` or in a tag: with it, hidden values could be guessed. */
const digestInName = /\b(particles\/[\w-]+\/[\w-]+|ecs-particles:run)\/[0-9a-f]{32}\b/g

/** Members of ECS's answers whose values are names. */
const naming = /(?:arn|name|family|cluster|id|definition|region|zone|group|subnets|groups|startedBy)$/i

/** Members of plans and reports that programs read: this tool's own words, or numbers. */
const fixedMembers: ReadonlySet<string> = new Set(
  `version environment region account digest summary transition from to reason state result code kind startedAt finishedAt
claims`.split(/\s+/),
)

/** Members whose keys are names from manifests. */
const chosenKeys: ReadonlySet<string> = new Set(['before', 'after', 'exitCodes', 'made'])

/** A particle with its live definition and their differences. */
export interface Learnable {
  readonly particle: Particle
  readonly live?: unknown
  readonly changes?: readonly FoundChange[]
}

/** Learns hidden values from manifests and from answers of AWS, and takes them out of everything that is written. */
export class Redactor {
  readonly #policy: SensitivityPolicy
  readonly #secrets = new Needles()
  readonly #hidden = new Needles()
  /** Texts that may be shown: ids, names, and open members of definitions. */
  readonly #open = new Set<string>()
  /** These, and names in ECS's answers: a part of a name is no hidden value. */
  readonly #names = new Needles()
  /** Values and names that were learned and never searched for: most plans hold no word of others. */
  readonly #unsought = { hidden: new Set<string>(), names: new Set<string>() }
  /** Particles and answers that were learned: most come again with each decision. */
  readonly #learned = new WeakSet<object>()

  constructor(policy: SensitivityPolicy, own: readonly string[] = []) {
    this.#policy = policy
    for (const needle of (policy.secretValues ?? []).flatMap(secretNeedles)) this.#secrets.add(needle)
    for (const name of own) this.#show(name)
  }

  learn({ particle, live, changes = [] }: Learnable): void {
    if (this.#isNew(particle)) this.#learnParticle(particle)
    if (this.#isNew(live)) this.#learnAnswer(live)
    for (const { sensitive, before, live: found } of changes) {
      if (sensitive || before === undefined) for (const { text } of leavesOf(found, () => true)) this.#hide(text)
    }
  }

  #isNew(value: unknown): value is object {
    if (typeof value !== 'object' || value === null || this.#learned.has(value)) return false
    this.#learned.add(value)
    return true
  }

  #learnParticle(particle: Particle): void {
    const { revealed, secretVariables } = this.#policy
    const made = new Set(textsMadeWith(particle.source, secretVariables))
    for (const text of made) this.#hide(text)
    for (const own of [particle.id, particle.name, particle.region, particle.place.file]) this.#show(own)
    for (const { text, hidden } of leavesOf(particle.definition, revealed)) {
      if (hidden) this.#hide(text)
      else if (!made.has(text)) this.#show(text)
    }
  }

  #learnAnswer(live: object): void {
    for (const { text, hidden, member } of leavesOf(live, this.#policy.revealed)) {
      if (hidden) this.#hide(text)
      else if (naming.test(member) && !/\s/.test(text)) this.#unsought.names.add(text)
    }
  }

  #hide(value: string): void {
    this.#unsought.hidden.add(value)
  }

  #show(text: string): void {
    this.#open.add(text)
    this.#unsought.names.add(text)
  }

  #seek(): void {
    const { hidden, names } = this.#unsought
    for (const value of hidden) for (const needle of needlesOf(value)) this.#hidden.add(needle)
    for (const text of names) this.#names.add({ text, where: 'whole' })
    hidden.clear()
    names.clear()
  }

  /** A sentence of this tool, with others' words in it. */
  sentence(text: string): string {
    const whole = piecesOf(text)
      .map(piece => (piece.untrusted ? this.words(piece.text) : this.#own(piece.text)))
      .join('')
    return whole.replace(digestInName, '$1')
  }

  /** Others' words alone. */
  words(text: string): string {
    this.#seek()
    const haystack = new Haystack(text)
    const spans = this.#secretsIn(haystack, true)
    for (const reading of haystack.readings) {
      const found = [...this.#hidden.find(haystack, reading, true)].filter(({ needle }) => !this.#open.has(needle.text))
      spans.push(...this.#outsideNames(found, haystack, reading))
    }
    return blank(text, spans)
  }

  /** Matches that are neither parts of longer names in the text nor names themselves, encoded or in other letters. */
  #outsideNames(matches: readonly Match[], haystack: Haystack, reading: Reading): Span[] {
    if (matches.length === 0) return []
    const namesIn = (inside: Reading | undefined) => (inside ? [...this.#names.find(haystack, inside)] : [])
    const [folded] = haystack.readings
    const names = namesIn(reading)
    const wholes = reading === folded ? [] : namesIn(folded)
    return matches
      .filter(
        ({ needle: { text }, span }) =>
          !names.some(name => name.needle.text !== text && isAround(name.span, span)) &&
          !wholes.some(name => isAround(name.span, span)),
      )
      .map(({ span }) => span)
  }

  #own(text: string): string {
    return this.#secrets.isEmpty ? text : blank(text, this.#secretsIn(new Haystack(text)))
  }

  #secretsIn(haystack: Haystack, cut = false): Span[] {
    return haystack.readings.flatMap(reading => [...this.#secrets.find(haystack, reading, cut)].map(({ span }) => span))
  }

  /** The problem as it may be shown. A quotation from a manifest counts as others' words. */
  problem({ place, message, cause }: Problem): Problem {
    const hidden = this.sentence(message.replace(quoted, text => (holdsUntrusted(message) ? text : this.words(text))))
    if (!place) return { message: hidden, ...(cause && { cause: this.sentence(cause) }) }
    // An annotation of a file with another name leads nowhere: the place becomes a part of the message.
    if (this.#own(place.file) !== place.file) return { message: this.#own(sayProblem({ place, message: hidden })) }
    return { place, message: hidden }
  }

  /** A plan, a report or a part of one. Details without marks are others' words as a whole. */
  data<T>(value: T): T {
    return this.#data(value, '', false) as T
  }

  #data(value: unknown, member: string, chosen: boolean): unknown {
    if (typeof value === 'string') {
      if (fixedMembers.has(member)) return value
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

const isAround = (outer: Span, { from, to }: Span): boolean => outer.from <= from && outer.to >= to

/** A text in quotes, as problems quote manifests. */
const quoted = /"(?:[^"\\]|\\.)*"/g

/** Values that one of these variables went into. */
const textsMadeWith = (node: Node, variables: ReadonlySet<string>): string[] =>
  scalarsIn(node).flatMap(scalar => (holdsVariable(scalar, variables) ? String(scalar.value) : []))
