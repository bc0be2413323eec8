/** `unmanaged` lists resources that were declared once and are left alone from now on. */

import { type MapNode, memberOf, type Node, type Particle, type Place } from '../particle.ts'
import { addressText, membersIn, parseAddress, type Vocabularies, vocabularyOf } from '../schema/address.ts'
import { isRegion } from '../schema/arn.ts'
import type { ReportProblem } from './problems.ts'
import { didYouMean } from './suggest.ts'
import { inQuotes, kindOf, lineOf, quote, scalarText, sourceText } from './words.ts'

/** One line: `ecs_service us-east-1 shop/web`, as plans spell it. */
export interface Unmanaged {
  readonly address: string
  readonly place: Place
}

/** The keys of a document with `unmanaged`, which declares nothing. */
export const UNMANAGED_KEYS: readonly string[] = ['unmanaged', 'environments']

/** The document lists what the manifests leave alone, and declares no particle. */
export const isUnmanaged = ({ entries }: MapNode): boolean => entries.has('unmanaged') && !entries.has('flavor')

/** Reports every key that an `unmanaged` document may not have. */
export function checkUnmanagedKeys(node: MapNode, report: ReportProblem): void {
  for (const [key, { at }] of node.entries) {
    if (UNMANAGED_KEYS.includes(key)) continue
    const remedy = 'write it as a document of its own'
    report(at, `${quote(key)} cannot stand beside unmanaged, which declares nothing; ${remedy}`)
  }
}

const EXAMPLE = 'ecs_service us-east-1 shop/web'

/** The lines of one document, patched and with its variables put in, as far as they can be read. */
export function readUnmanaged(map: MapNode, vocabularies: Vocabularies, report: ReportProblem): Unmanaged[] {
  const list = memberOf(map, 'unmanaged')
  if (list?.kind !== 'list') {
    const what = list ? `not ${kindOf(list)}` : 'which a patch has removed'
    report(list?.place ?? map.place, `unmanaged must be a list of resources such as ${EXAMPLE}, ${what}`)
    return []
  }
  return list.items.flatMap(item => {
    const problem = addressProblem(item, vocabularies)
    if (problem) report(item.place, `unmanaged ${problem}`)
    return problem ? [] : [{ address: scalarText(item) ?? '', place: item.place }]
  })
}

function addressProblem(item: Node, vocabularies: Vocabularies): string | undefined {
  const address = parseAddress(scalarText(item) ?? '')
  const shown = item.kind === 'scalar' && !item.inherit ? inQuotes(sourceText(item)) : kindOf(item)
  if (!address)
    return `must hold resources as plans spell them, flavor, region and name: ${EXAMPLE}, not ${shown}; copy the line of the plan`
  const { flavor, region, identity } = address
  const vocabulary = vocabularyOf(flavor, vocabularies)
  if (!vocabulary) {
    const known = Object.keys(vocabularies)
    return `${shown}: flavor ${quote(flavor)} is not known${didYouMean(flavor, known) || `; there are ${known.join(', ')}`}`
  }
  if (vocabulary.open)
    return `${shown}: ${flavor} is a reference and never changed, so there is nothing to let go; remove it`
  if (!isRegion(region)) return `${shown}: the second word must be a region such as us-east-1, not ${quote(region)}`
  if (!membersIn(identity, vocabulary))
    return `${shown}: ${flavor} is named by ${vocabulary.identifiedBy.join('/')}; write both`
  return undefined
}

/** Reports lines whose resource is declared as well, or named by another line. */
export function checkUnmanaged(
  lines: readonly Unmanaged[],
  particles: readonly Particle[],
  vocabularies: Vocabularies,
  report: ReportProblem,
): void {
  const declared = new Map<string, Particle>()
  for (const particle of particles) {
    const address = addressText(particle, vocabularies)
    if (address) declared.set(address, particle)
  }
  const seen = new Map<string, Place>()
  for (const { address, place } of lines) {
    const [particle, first] = [declared.get(address), seen.get(address)]
    if (particle) {
      const at = `as ${quote(particle.id)} at ${lineOf(particle.place)}`
      report(place, `unmanaged: ${inQuotes(address)} is still declared, ${at}; remove one of them`)
    }
    if (first) report(place, `unmanaged: ${inQuotes(address)} stands at ${lineOf(first)} as well; keep one of them`)
    else seen.set(address, place)
  }
}
