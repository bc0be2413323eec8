import { flavors } from '../../../src/flavors/index.ts'
import { checkDefinition } from '../../../src/manifest/definition.ts'
import { parseManifest } from '../../../src/manifest/parse.ts'
import { reportTo } from '../../../src/manifest/problems.ts'
import { substitute } from '../../../src/manifest/variables.ts'
import type { DesiredState, MapNode, Particle, ParticleId, Problem } from '../../../src/particle.ts'
import { plain } from '../../../src/particle.ts'

export type FlavorName = keyof typeof flavors

/** A map as it is read. */
export function parsed(text: string): MapNode {
  const problems: Problem[] = []
  const [root] = parseManifest('web.yml', text, reportTo(problems))
  if (root?.kind !== 'map' || problems.length > 0) throw new Error(`no map: ${JSON.stringify(problems)}`)
  return root
}

/** An `aws_resource` as a manifest states it, with variables put in. */
export function stated(text: string, variables: Readonly<Record<string, string>> = {}): MapNode {
  const problems: Problem[] = []
  const node = substitute(parsed(text), new Map(Object.entries(variables)), reportTo(problems))
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return node
}

/** The checked definition without places, and the problems as `line:column message`. */
export function check(flavor: FlavorName, text: string, variables: Readonly<Record<string, string>> = {}) {
  const { node, problems } = checkDefinition(stated(text, variables), flavors[flavor])
  return {
    definition: plain(node),
    problems: problems.map(({ place, message }) => `${place?.line}:${place?.column} ${message}`),
  }
}

/** A particle, checked, in a file of its own: `web.yml` of `ecs_service:web`. */
export function particle(
  id: ParticleId,
  text: string,
  {
    parents = [],
    desired = 'running',
    variables = {},
  }: { parents?: ParticleId[]; desired?: DesiredState; variables?: Readonly<Record<string, string>> } = {},
): Particle {
  const [flavor = '', name = ''] = id.split(':')
  const { node, problems } = checkDefinition(stated(text, variables), flavors[flavor as FlavorName])
  if (problems.length > 0) throw new Error(JSON.stringify(problems))
  return {
    id,
    flavor,
    name,
    place: { file: `${flavor}.yml`, line: 3, column: 1 },
    desired,
    desiredIsOwn: true,
    parents,
    persistOnTermination: false,
    persistOnUpdate: false,
    region: 'us-east-1',
    definition: plain(node) as Readonly<Record<string, unknown>>,
    options: {},
    source: node,
  }
}
