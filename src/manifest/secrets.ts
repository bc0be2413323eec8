import { type MapNode, memberOf, type Node } from '../particle.ts'
import type { ReportProblem } from './problems.ts'
import { quote } from './words.ts'

// Ids, names, states, counts and regions stand in comments, checks, ARNs and file names. Only what is sent to AWS can be
// hidden, and of that not the names by which resources are found again.

/**
 * Reports secret variables wherever their values would be shown: in everything that a particle, a quasiparticle and its
 * members say, but in members of the definition only where those are among `shown`.
 */
export function checkSecrets(
  particle: MapNode,
  secrets: ReadonlySet<string>,
  shown: ReadonlySet<string>,
  report: ReportProblem,
): void {
  if (secrets.size === 0) return
  for (const [key, { node }] of particle.entries) {
    if (key === 'particles' && node.kind === 'list') {
      for (const member of node.items) {
        if (member.kind === 'map') checkSecrets(member, secrets, shown, report)
        else reportSecrets(member, key, secrets, report)
      }
    } else if (key === 'environments' && node.kind === 'map') {
      for (const { node: patch } of node.entries.values())
        if (patch.kind === 'map') checkSecrets(patch, secrets, shown, report)
    } else if (key !== 'aws_resource') reportSecrets(node, key, secrets, report)
    else if (node.kind === 'map') {
      for (const name of ['region_name', 'custom_config', ...shown]) {
        const member = memberOf(node, name)
        if (member) reportSecrets(member, `${key}.${name}`, secrets, report)
      }
    }
  }
}

function reportSecrets(node: Node, path: string, secrets: ReadonlySet<string>, report: ReportProblem): void {
  if (node.kind === 'list') for (const item of node.items) reportSecrets(item, path, secrets, report)
  else if (node.kind === 'map') {
    for (const [key, entry] of node.entries) reportSecrets(entry.node, `${path}.${quote(key)}`, secrets, report)
  } else {
    const secret = node.parts?.find(part => typeof part !== 'string' && secrets.has(part.variable))
    if (secret === undefined || typeof secret === 'string') return
    const why = `\${${secret.variable}} is a secret variable, and what stands here is shown`
    report(node.place, `${path}: ${why}; write it out, or take the name out of secret-variables`)
  }
}
