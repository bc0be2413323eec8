import type { MapNode, Place, Problem } from '../particle.ts'
import { type PairMembers, requestName, type Type, typeOf } from '../schema/types.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'

/** What a definition has that was copied from an answer of ECS or from a console: members of answers, and nulls. */
export class Pasted {
  readonly nulls: { readonly place: Place; readonly path: string }[] = []
  readonly #answered: { readonly place: Place; readonly key: string }[] = []
  readonly #vocabulary: Vocabulary

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary
  }

  /** Whether only answers have the member, which is reported with all others of its kind. */
  isAnswered(key: string, place: Place): boolean {
    const { answer, open, options } = this.#vocabulary
    if (open || !answer || Object.hasOwn(options, key) || !typeOf(answer).members.has(key)) return false
    this.#answered.push({ key, place })
    return true
  }

  /**
   * Whether a null can mean nothing but absence: where what is left out is none. Not for tags, which a missing list leaves
   * alone, nor for the value of a name, which may have been forgotten.
   */
  isAbsent(type: Type, pair: PairMembers | undefined): boolean {
    return this.#vocabulary.whole === true && !pair && !(type.kind === 'list' && type.pairs?.[0] === 'key')
  }

  /** One problem for all of them, so that a pasted definition is cleared up in one go. */
  problems({ entries }: MapNode): Problem[] {
    const [first, ...more] = [...this.#answered, ...this.nulls]
    if (!first) return []
    const [answered] = this.#answered
    if (more.length > 0) return [{ place: first.place, message: this.#together(entries) }]
    const message = answered
      ? `aws_resource.${answered.key} is not a member of ${requestName(this.#vocabulary)}; only answers of ECS have it, so leave it out`
      : `${this.nulls[0]?.path} is null: leave it out or give it a value`
    return [{ place: first.place, message: message + this.#counted(entries) }]
  }

  #together(entries: MapNode['entries']): string {
    const answered = this.#answered.map(({ key }) => key).join(', ')
    const nulls = this.nulls.map(({ path }) => path.replace(/^aws_resource\./, '')).join(', ')
    if (!answered) return `aws_resource has nulls: leave them out or give them a value: ${nulls}`
    const beside = nulls && `; and what is null: ${nulls}`
    return `aws_resource is an answer of ECS: leave out what only answers have: ${answered}${beside}${this.#counted(entries)}`
  }

  /** A member of answers that means something of this tool's own, and so is no mistake: a revision pins. */
  #counted(entries: MapNode['entries']): string {
    const { answer, ownMembers, descriptions } = this.#vocabulary
    if (this.#answered.length === 0 || !answer) return ''
    const own = Object.keys(ownMembers).filter(name => entries.has(name) && typeOf(answer).members.has(name))
    return own.map(name => `; ${name} counts: ${lowerCase(descriptions[name] ?? '')}`).join('')
  }
}

/** A sentence for the middle of another. */
const lowerCase = (sentence: string): string => sentence.charAt(0).toLowerCase() + sentence.slice(1).replace(/\.$/, '')
