import {
  type DesiredState,
  isGone,
  type MapEntry,
  type MapNode,
  type Node,
  type Particle,
  type Place,
  type ScalarNode,
} from '../particle.ts'
import { identityOf } from '../schema/address.ts'
import { arnRegion, nameOf } from '../schema/arn.ts'
import type { Linking, ParticleDraft } from './draft.ts'
import { nameNode } from './naming.ts'
import { lineOf, quote, scalarText, sourceText } from './words.ts'

// Needs of a particle: its parents' names, and that the parents exist.

/** A parent that fills a member, and the place of the link to it. */
interface Filling {
  readonly parent: ParticleDraft
  readonly place: Place
}

const fillings = ({ id }: ParticleDraft, { parents, drafts }: Linking): Filling[] =>
  [...(parents.get(id) ?? [])].flatMap(([above, place]) => {
    const parent = drafts.get(above)
    return parent ? [{ parent, place }] : []
  })

/** The definition with what its parents fill. A revision is left to the plan: only AWS knows it. */
export function fillFromParents(source: MapNode, draft: ParticleDraft, linking: Linking): MapNode {
  const entries = new Map(source.entries)
  for (const [flavor, member] of Object.entries(draft.vocabulary.needs)) {
    const [first, second] = fillings(draft, linking).filter(({ parent }) => parent.vocabulary.name === flavor)
    const stated = entries.get(member)?.node
    if (!first) checkWithoutParent(stated, flavor, member, draft, linking)
    else if (second) {
      const labels = `${first.parent.label} and ${second.parent.label}`
      const lines = `${lineOf(first.place)}, ${lineOf(second.place)}`
      linking.report(second.place, `parents: ${labels} (${lines}) would both fill ${member}; keep one ${flavor}`)
    } else if (draft.region && first.parent.region && draft.region !== first.parent.region) {
      const { label, place } = first.parent
      linking.report(
        first.place,
        `parents: ${label} (${lineOf(place)}) is in another region than this one; give both the same region_name`,
      )
    } else fill(entries, member, first, draft, linking)
  }
  return { ...source, entries }
}

/** Without a parent that would fill it, a member must be stated. */
function checkWithoutParent(
  stated: Node | undefined,
  flavor: string,
  member: string,
  draft: ParticleDraft,
  { incomplete, report }: Linking,
): void {
  const path = `aws_resource.${member}`
  if (stated && stated.kind !== 'scalar') return
  if (draft.vocabulary.spares?.(member, draft.definition)) return
  if (!stated || stated.value === null || stated.value === '') {
    // A parent that is named but wrong is reported already; one that cannot be read may be there.
    if (incomplete || draft.misread || draft.parents.some(({ to }) => to.startsWith(`${flavor}:`))) return
    const remedy = `name one ${flavor} among the parents, or state ${member} in aws_resource`
    report(stated?.place ?? draft.place, `${path} is missing; ${remedy}`)
  } else if (stated.inherit && draft.vocabulary.identifiedBy.includes(member)) {
    const remedy = `name the ${flavor} among the parents, or write ${member} out`
    report(stated.place, `${path} must be known before AWS is asked; ${remedy}`)
  }
}

function fill(
  entries: Map<string, MapEntry>,
  member: string,
  { parent, place }: Filling,
  draft: ParticleDraft,
  { made, report }: Linking,
): void {
  const particle = made.get(parent.id)
  const name = particle && nameNode(particle.source, parent.vocabulary)
  // A missing name is reported already, and nothing can be compared without one.
  if (!particle || name?.kind !== 'scalar' || !scalarText(name)) return
  const stated = entries.get(member)?.node
  const known = parent.vocabulary.referredByName ? identityOf(particle, parent.vocabulary) : undefined
  const isOpen = !stated || (stated.kind === 'scalar' && stated.inherit?.from === parent.id)
  if (!isOpen && !agrees(stated, name, particle, draft.region)) {
    const shown = stated.kind === 'scalar' ? quote(sourceText(stated)) : `a ${stated.kind}`
    const revision = known === undefined && /:\d+$/.test(scalarText(stated) ?? '') ? ', a revision' : ''
    const other = `the parent ${parent.label} (${lineOf(place)}) stands for ${quote(sourceText(name))}`
    report(stated.place, `aws_resource.${member} is ${shown}${revision}, and ${other}; keep one of them`)
  } else if (known === undefined) entries.delete(member)
  else if (isOpen) entries.set(member, { at: place, node: { ...name, value: known, place } })
}

/** Whether a stated name or ARN means the parent. A revision agrees only with a parent that is pinned to it. */
function agrees(stated: Node, name: ScalarNode, parent: Particle, region: string | undefined): boolean {
  const text = scalarText(stated)
  if (text === undefined || (arnRegion(text) ?? region) !== region) return false
  const [family, revision] = nameOf(text).split(':')
  if (family !== scalarText(name)) return false
  return revision === undefined || revision === String(parent.definition.revision ?? '')
}

/** The draft's own state; without one that of its cluster when the cluster is to go; otherwise running. */
export function desiredState(draft: ParticleDraft, linking: Linking): { state: DesiredState; place: Place } {
  const going = fillings(draft, linking).flatMap(({ parent }) => {
    const state = linking.made.get(parent.id)?.desired
    const place = linking.statePlaces.get(parent.id)
    const member = draft.vocabulary.needs[parent.vocabulary.name]
    return state && place && member && isGone(state) ? [{ parent, member, state, place }] : []
  })
  const cluster = going.find(({ member }) => member === 'cluster')
  const { state, place } = draft.desired ?? cluster ?? { state: 'running' as const, place: draft.place }
  if (!isGone(state)) {
    for (const { parent, state: other, place: otherPlace } of going) {
      const what = `${draft.label} is to run under ${parent.label}, which is to be ${other}`
      linking.report(place, `desired_state: ${what} (${lineOf(otherPlace)}); let both run or both go`)
    }
  }
  return { state, place }
}
