/** Lines that let go: what was declared once, is not any more, and is nobody's here from now on. */

import type { MapNode, Node, Particle, Place, Problem } from '../particle.ts'
import {
  addressOf,
  formatAddress,
  membersIn,
  parseAddress,
  type Vocabularies,
  vocabularyOf,
} from '../schema/address.ts'
import { isRegion } from '../schema/arn.ts'
import { complain } from './draft.ts'
import { inEnvironment } from './patch.ts'
import { refuseSecrets } from './secrets.ts'
import { didYouMean } from './suggest.ts'
import { substitute } from './variables.ts'
import { inQuotes, kindOf, lineOf, quote, scalarText, sourceText } from './words.ts'

/** One line: `ecs_service us-east-1 shop/web`, as plans spell it. */
export interface Unmanaged {
  readonly address: string
  readonly place: Place
}

/** What a document that lets go may say: it declares nothing. */
export const UNMANAGED_KEYS = ['unmanaged', 'environments'] as const

export const isUnmanaged = ({ entries }: MapNode): boolean => entries.has('unmanaged') && !entries.has('flavor')

/** What manifests are read with, as far as it matters here. */
interface Settings {
  readonly environment: string
  readonly variables: ReadonlyMap<string, string>
  readonly secretVariables: ReadonlySet<string>
  readonly vocabularies: Vocabularies
}

const EXAMPLE = 'ecs_service us-east-1 shop/web'

/** The lines of one document, as far as they can be read. */
export function readUnmanaged(node: MapNode, settings: Settings, problems: Problem[]): Unmanaged[] {
  const wrong = complain(problems)
  for (const [key, { at }] of node.entries) {
    if (!UNMANAGED_KEYS.some(known => known === key))
      wrong(
        at,
        `${quote(key)} cannot stand beside unmanaged, which declares nothing; write it as a document of its own`,
      )
  }
  const present = inEnvironment(node, settings.environment, UNMANAGED_KEYS, problems)
  if (!present) return []
  const before = problems.length
  const map = substitute(present, settings.variables, problems)
  refuseSecrets(map, settings.secretVariables, new Set(), problems)
  if (problems.length > before) return []
  const list = map.entries.get('unmanaged')?.node
  if (list?.kind !== 'list') {
    const what = list ? `not ${kindOf(list)}` : 'which a patch has removed'
    wrong(list?.place ?? map.place, `unmanaged must be a list of things such as ${EXAMPLE}, ${what}`)
    return []
  }
  return list.items.flatMap(item => {
    const problem = refusalOf(item, settings.vocabularies)
    if (problem) wrong(item.place, `unmanaged ${problem}`)
    return problem ? [] : [{ address: scalarText(item) ?? '', place: item.place }]
  })
}

function refusalOf(item: Node, vocabularies: Vocabularies): string | undefined {
  const thing = parseAddress(scalarText(item) ?? '')
  const shown = item.kind === 'scalar' && !item.inherit ? inQuotes(sourceText(item)) : kindOf(item)
  if (!thing)
    return `must hold things as plans spell them, flavor, region and name: ${EXAMPLE}, not ${shown}; copy the line of the plan`
  const { flavor, region, identity } = thing
  const words = vocabularyOf(flavor, vocabularies)
  if (!words) {
    const known = Object.keys(vocabularies)
    return `${shown}: flavor ${quote(flavor)} is not known${didYouMean(flavor, known) || `; there are ${known.join(', ')}`}`
  }
  if (words.open)
    return `${shown}: ${flavor} is a reference and never changed, so there is nothing to let go; remove it`
  if (!isRegion(region)) return `${shown}: the second word must be a region such as us-east-1, not ${quote(region)}`
  if (!membersIn(identity, words)) return `${shown}: ${flavor} is named by ${words.identifiedBy.join('/')}; write both`
  return undefined
}

/** What is let go cannot be declared as well, and once is enough. */
export function checkUnmanaged(
  lines: readonly Unmanaged[],
  particles: readonly Particle[],
  vocabularies: Vocabularies,
  problems: Problem[],
): void {
  const wrong = complain(problems)
  const declared = new Map<string, Particle>()
  for (const particle of particles) {
    const thing = addressOf(particle, vocabularies)
    if (thing) declared.set(formatAddress(thing), particle)
  }
  const seen = new Map<string, Place>()
  for (const { address: thing, place } of lines) {
    const particle = declared.get(thing)
    if (particle)
      wrong(
        place,
        `unmanaged: ${inQuotes(thing)} is still declared, as ${quote(particle.id)} at ${lineOf(particle.place)}; remove one of them`,
      )
    const first = seen.get(thing)
    if (first) wrong(place, `unmanaged: ${inQuotes(thing)} stands at ${lineOf(first)} as well; keep one of them`)
    else seen.set(thing, place)
  }
}
