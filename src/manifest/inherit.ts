import { type MapNode, nodeAt, type Particle, type ParticleId, type Problem, type ScalarNode } from '../particle.ts'
import { complain, type Draft } from './draft.ts'
import { inheritedAstray } from './model/paths.ts'
import { namingMembers } from './resource.ts'
import { closest } from './suggest.ts'
import { replaceScalars } from './walk.ts'
import { quote, written } from './words.ts'

/** Whom a particle may inherit from. */
export interface Ancestors {
  /** Whom an id means, seen from the particle. */
  find(id: string): readonly Draft[] | undefined
  /** Whether it is a parent, or a parent of one. */
  has(id: ParticleId): boolean
  /** Those that are particles already. */
  readonly made: ReadonlyMap<ParticleId, Particle>
}

/** The definition with what is inherited: names at once, as the parents' own definitions say them; the rest by id. */
export function inherit(draft: Draft, { find, has, made }: Ancestors, problems: Problem[]): MapNode {
  const wrong = complain(problems)
  const source = replaceScalars(draft.definition, 'aws_resource', {
    matters: node => node.inherit !== undefined,
    scalar: (node, where) => {
      if (!node.inherit) return node
      const [parent, another] = find(node.inherit.from) ?? []
      if (parent && !another && has(parent.id)) {
        const astray = nowhere(node.inherit.key, parent)
        if (astray) {
          const why = node.parts ? '' : `: ${astray}`
          wrong(node.place, `${where()}: ${quote(written(node))} leads nowhere in ${parent.label}${why}`)
        }
        return inherited(node, node.inherit.key, parent, made)
      }
      const why = another ? 'means several particles; name one of them' : noParent(node.inherit.from, draft)
      wrong(node.place, `${where()}: ${quote(written(node))} ${why}`)
      return node
    },
  })
  for (const member of namingMembers(draft.vocabulary)) {
    const node = source.entries.get(member)?.node
    // Of one that names no parent, worse has been said.
    if (node?.kind !== 'scalar' || !node.inherit || !made.has(node.inherit.from)) continue
    const message = `must be known before AWS is asked, and ${quote(written(node))} is not; write it out`
    wrong(node.place, `aws_resource.${member} ${message}`)
  }
  return source
}

/** Why a key is none of what AWS will say of a parent. It would be known only after an apply that never comes. */
function nowhere(key: string, { vocabulary, definition }: Draft): string | undefined {
  if (namingMembers(vocabulary).includes(key)) return undefined
  if (!vocabulary.open) return inheritedAstray(key, vocabulary.name)
  // A reference is all that is known of what is only referred to.
  return nodeAt(definition, key.split('.')) ? undefined : `${vocabulary.name} is not looked at; state it there`
}

function inherited(node: ScalarNode, key: string, parent: Draft, made: Ancestors['made']): ScalarNode {
  const isName = namingMembers(parent.vocabulary).includes(key)
  const stated = isName ? made.get(parent.id)?.source.entries.get(key)?.node : undefined
  if (stated?.kind === 'scalar' && !stated.inherit) return { ...stated, place: node.place }
  return { ...node, inherit: { from: parent.id, key } }
}

function noParent(id: string, draft: Draft): string {
  const labels = new Map(draft.parents.map(({ to, label }) => [to, label]))
  const near = labels.get(closest(id, labels.keys()) ?? '')
  return `names no parent of this particle${near ? ` (did you mean ${near}?)` : ''}; add it to parents`
}
