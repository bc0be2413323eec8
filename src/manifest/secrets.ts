import type { MapNode, Node, Problem } from '../particle.ts'
import type { Vocabulary } from '../schema/vocabulary.ts'
import { namingMembers } from './resource.ts'
import { quote } from './words.ts'

// Ids, names, states, counts and regions stand in comments, checks, ARNs and file names. Only what is sent to AWS can be
// hidden, and of that not the names by which things are found again.

/**
 * Refuses secret variables wherever their values would be shown: in everything that a particle, a quasiparticle and its
 * members say, but the definition's own members that are no names.
 */
export function refuseSecrets(
  particle: MapNode,
  secrets: ReadonlySet<string>,
  names: ReadonlySet<string>,
  problems: Problem[],
): void {
  if (secrets.size === 0) return
  for (const [key, { node }] of particle.entries) {
    if (key === 'particles' && node.kind === 'list') {
      for (const member of node.items) {
        if (member.kind === 'map') refuseSecrets(member, secrets, names, problems)
        else refuse(member, key, secrets, problems)
      }
    } else if (key !== 'aws_resource') refuse(node, key, secrets, problems)
    else if (node.kind === 'map') {
      for (const shown of ['region_name', 'custom_config', ...names]) {
        const entry = node.entries.get(shown)
        if (entry) refuse(entry.node, `${key}.${shown}`, secrets, problems)
      }
    }
  }
}

function refuse(node: Node, path: string, secrets: ReadonlySet<string>, problems: Problem[]): void {
  if (node.kind === 'list') for (const item of node.items) refuse(item, path, secrets, problems)
  else if (node.kind === 'map') {
    for (const [key, entry] of node.entries) refuse(entry.node, `${path}.${quote(key)}`, secrets, problems)
  } else {
    const secret = node.parts?.find(part => typeof part !== 'string' && secrets.has(part.variable))
    if (secret === undefined || typeof secret === 'string') return
    const message = `${path}: \${${secret.variable}} is a secret variable, and what stands here is shown; write it out, or take the name out of secret-variables`
    problems.push({ place: node.place, message })
  }
}

/** Members of definitions that say which thing is meant, in ECS's words and in PCF's. */
export function namesOf(vocabularies: Readonly<Record<string, Vocabulary>>): ReadonlySet<string> {
  const all = Object.values(vocabularies)
  const names = new Set(all.flatMap(one => [...namingMembers(one), ...Object.values(one.needs)]))
  const aliases = all.flatMap(one => Object.entries(one.aliases))
  return new Set([...names, ...aliases.flatMap(([alias, name]) => (names.has(name) ? alias : []))])
}
