import { flavors } from '../../src/flavors/index.ts'
import { type Loaded, load } from '../../src/manifest/load.ts'
import type { Particle } from '../../src/particle.ts'

export const CLUSTER = `flavor: ecs_cluster
pcf_name: main
aws_resource: {clusterName: main}
`

export const DEFINITION = `flavor: ecs_task_definition
pcf_name: web
aws_resource:
  family: web
  containerDefinitions: [{name: web, image: nginx, memory: 128}]
`

export const SERVICE = `flavor: ecs_service
pcf_name: web
parents: [ecs_cluster:main, ecs_task_definition:web]
aws_resource: {serviceName: web, desiredCount: 1}
`

/** A cluster with something of its own. */
export const cluster = (rest: string): string => `flavor: ecs_cluster\npcf_name: main\n${rest}`

export const documents = (...texts: readonly string[]): string => texts.join('---\n')

interface Surroundings {
  readonly environment?: string
  readonly variables?: Readonly<Record<string, string>>
  readonly secretVariables?: readonly string[]
  readonly region?: string | undefined
}

/** Loads texts by file name. */
export function read(files: Readonly<Record<string, string>>, around: Surroundings = {}): Loaded {
  const texts = Object.entries(files).map(([file, text]) => ({ file, text }))
  const environment = around.environment ?? 'production'
  return load(texts, {
    environment,
    variables: new Map(Object.entries({ ENVIRONMENT: environment, ...around.variables })),
    secretVariables: new Set(around.secretVariables),
    region: 'region' in around ? around.region : 'us-east-1',
    vocabularies: flavors,
  })
}

/** The particles of a text that has no problems, by id. */
export function particles(text: string, around: Surroundings = {}): Record<string, Particle> {
  const loaded = read({ 'a.yml': text }, around)
  if (loaded.problems.length > 0) throw new Error(JSON.stringify(loaded.problems))
  return Object.fromEntries(loaded.particles.map(particle => [particle.id, particle]))
}
