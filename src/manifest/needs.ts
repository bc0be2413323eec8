import {
  type DesiredState,
  isGone,
  type MapNode,
  type Node,
  type Particle,
  type ParticleId,
  type Place,
  type Problem,
  type ScalarNode,
} from '../particle.ts'
import { identityOf } from '../schema/address.ts'
import { arnRegion, nameOf } from '../schema/arn.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { complain, type ParticleDraft } from './draft.ts'
import { namingMembers } from './resource.ts'
import { lineOf, quote, scalarText, sourceText } from './words.ts'

// What a particle needs its parents for: their names, and that they are there.

/** The definition with what its parents fill. A revision is left to the plan: only AWS knows it. */
export function fillFromParents(
  source: MapNode,
  draft: ParticleDraft,
  above: ReadonlyMap<ParticleId, Place>,
  drafts: ReadonlyMap<ParticleId, ParticleDraft>,
  made: ReadonlyMap<ParticleId, Particle>,
  incomplete: boolean,
  problems: Problem[],
): MapNode {
  const wrong = complain(problems)
  const entries = new Map(source.entries)
  for (const [flavor, member] of Object.entries(draft.vocabulary.needs)) {
    const path = `aws_resource.${member}`
    const stated = entries.get(member)?.node
    const [first, second] = [...above.keys()].filter(id => drafts.get(id)?.vocabulary.name === flavor)
    const parent = first && drafts.get(first)
    const place = first && above.get(first)
    if (!parent || !place) {
      if (!stated || (stated.kind === 'scalar' && (stated.value === null || stated.value === ''))) {
        // A parent that is named but wrong has been spoken of; one that cannot be read may be there.
        if (incomplete || draft.misread || draft.parents.some(({ to }) => to.startsWith(`${flavor}:`))) continue
        const message = `${path} is missing; name one ${flavor} among the parents, or state ${member} in aws_resource`
        wrong(stated?.place ?? draft.place, message)
      } else if (stated.kind === 'scalar' && stated.inherit && draft.vocabulary.identifiedBy.includes(member)) {
        wrong(
          stated.place,
          `${path} must be known before AWS is asked; name the ${flavor} among the parents, or write ${member} out`,
        )
      }
      continue
    }
    if (second) {
      const places = [place, above.get(second)].filter(place => place !== undefined)
      const ids = [first, second].map(id => drafts.get(id)?.label).join(' and ')
      wrong(
        places[1] ?? place,
        `parents: ${ids} (${places.map(lineOf).join(', ')}) would both fill ${member}; keep one ${flavor}`,
      )
      continue
    }
    if (draft.region && parent.region && draft.region !== parent.region) {
      wrong(
        place,
        `parents: ${parent.label} (${lineOf(parent.place)}) is in another region than this one; give both the same region_name`,
      )
      continue
    }
    const particle = made.get(first)
    const name = particle && nameNode(particle, parent.vocabulary)
    // Without a name, which has been said, nothing can be compared.
    if (!particle || !name) continue
    const known = parent.vocabulary.referredByName ? identityOf(particle, parent.vocabulary) : undefined
    const ofParent = !stated || (stated.kind === 'scalar' && stated.inherit?.from === first)
    if (!ofParent && !agrees(stated, name, particle, draft.region)) {
      const shown = stated.kind === 'scalar' ? quote(sourceText(stated)) : `a ${stated.kind}`
      const revision = known === undefined && /:\d+$/.test(scalarText(stated) ?? '') ? ', a revision' : ''
      wrong(
        stated.place,
        `${path} is ${shown}${revision}, and the parent ${parent.label} (${lineOf(place)}) stands for ${quote(sourceText(name))}; keep one of them`,
      )
    } else if (known === undefined) entries.delete(member)
    else if (ofParent) entries.set(member, { at: place, node: { ...name, value: known, place } })
  }
  return { ...source, entries }
}

function nameNode(particle: Particle, vocabulary: Vocabulary): ScalarNode | undefined {
  const [member] = namingMembers(vocabulary)
  const node = member ? particle.source.entries.get(member)?.node : undefined
  return node?.kind === 'scalar' && scalarText(node) ? node : undefined
}

/** Whether a stated name or ARN means the parent. A revision agrees only with a parent that is pinned to it. */
function agrees(stated: Node, name: ScalarNode, parent: Particle, region: string | undefined): boolean {
  const text = scalarText(stated)
  if (text === undefined || (arnRegion(text) ?? region) !== region) return false
  const [family, revision] = nameOf(text).split(':')
  if (revision === undefined) return family === scalarText(name)
  return family === scalarText(name) && revision === String(parent.definition.revision ?? '')
}

/** Its own; without one that of its cluster when the cluster is to go; otherwise running. */
export function desiredState(
  draft: ParticleDraft,
  above: ReadonlyMap<ParticleId, Place>,
  drafts: ReadonlyMap<ParticleId, ParticleDraft>,
  states: ReadonlyMap<ParticleId, { readonly state: DesiredState; readonly place: Place }>,
  problems: Problem[],
): { state: DesiredState; place: Place } {
  const needed = [...above.keys()].flatMap(id => {
    const parent = drafts.get(id)
    const state = states.get(id)
    const member = parent && draft.vocabulary.needs[parent.vocabulary.name]
    return parent && state && member && isGone(state.state) ? [{ parent, member, ...state }] : []
  })
  const cluster = needed.find(({ member }) => member === 'cluster')
  const state = draft.desired?.state ?? cluster?.state ?? 'running'
  const place = draft.desired?.place ?? cluster?.place ?? draft.place
  if (isGone(state)) return { state, place }
  for (const { parent, state: goes, place: where } of needed) {
    const message = `desired_state: ${draft.label} is to run under ${parent.label}, which is to be ${goes} (${lineOf(where)}); let both run or both go`
    problems.push({ place, message })
  }
  return { state, place }
}
