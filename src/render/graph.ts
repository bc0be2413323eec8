/** In which order steps run, as a list and as a picture. */
import type { Plan, Step } from '../engine/document.ts'
import { waves } from '../order.ts'
import type { ParticleId } from '../particle.ts'
import { fence, mermaidLabel } from './escape.ts'
import { danger } from './explain.ts'
import { flavorOf, nameOf, wordOf } from './words.ts'

/** More than this nobody reads, and GitHub draws it slowly. */
const NODES = 40
/** Of particles that nothing connects to others, more than this only push the rest apart. */
const ALONE = 3

/** Steps in waves, each beginning as soon as all that it depends on is done: no step waits for the rest of a wave. */
export function stages(plan: Plan): readonly (readonly Step[])[] {
  const steps = new Map(plan.steps.map(step => [step.particle, step]))
  const needs = new Map(plan.steps.map(step => [step.particle, neighbours(step).filter(id => id !== step.particle)]))
  return waves(needs).map(wave => wave.flatMap(id => steps.get(id) ?? []))
}

const kinds: Readonly<Record<ReturnType<typeof wordOf>, string>> = {
  start: 'new',
  update: 'changed',
  replace: 'replaced',
  delete: 'gone',
  stop: 'gone',
  wait: 'waiting',
}

const colours: readonly (readonly [string, string])[] = [
  ['new', 'fill:#d3f5d3,stroke:#2da44e,color:#1f2328'],
  ['changed', 'fill:#fff1c2,stroke:#bf8700,color:#1f2328'],
  ['replaced', 'fill:#ffe2cc,stroke:#bc4c00,color:#1f2328'],
  ['gone', 'fill:#ffd8d3,stroke:#cf222e,color:#1f2328'],
  ['waiting', 'fill:#ddf4ff,stroke:#0969da,color:#1f2328'],
  ['still', 'fill:#f6f8fa,stroke:#afb8c1,color:#1f2328'],
]

interface Picture {
  readonly text: string
  /** Particles without any connection that are not drawn. */
  readonly alone: number
  /** Others that have no room. */
  readonly missing: number
}

/** What changes and what it depends on, as Mermaid; undefined where nothing is connected. */
export function orderDiagram(plan: Plan): Picture | undefined {
  const steps = new Map(plan.steps.map(step => [step.particle, step]))
  const everything = new Set<ParticleId>([
    ...[...plan.steps].sort((a, b) => danger(a) - danger(b)).map(step => step.particle),
    ...plan.steps.flatMap(step => neighbours(step)),
  ])
  const connected = new Set(
    plan.steps.flatMap(step => neighbours(step).flatMap(id => (id === step.particle ? [] : [id, step.particle]))),
  )
  if (connected.size === 0) return undefined
  const unconnected = everything.size - connected.size
  const alone = unconnected > ALONE ? unconnected : 0
  const drawn = [...everything].filter(id => alone === 0 || connected.has(id))
  const shown = new Set(drawn.slice(0, NODES))
  // In the plan's order, which reads in the direction of time.
  const nodes = [...new Set([...steps.keys(), ...shown])].filter(id => shown.has(id))
  const names = new Map(nodes.map((id, index) => [id, `n${index}`]))
  const edges = nodes.flatMap(id =>
    neighbours(steps.get(id)).flatMap(parent => {
      const [from, to] = [names.get(parent), names.get(id)]
      return from && to && from !== to ? [`  ${from} --> ${to}`] : []
    }),
  )
  const kindOf = (id: ParticleId) => {
    const step = steps.get(id)
    return step ? kinds[wordOf(step)] : 'still'
  }
  const used = colours.filter(([kind]) => nodes.some(id => kindOf(id) === kind))
  const lines = [
    'graph LR',
    ...nodes.map(id => `  ${names.get(id)}["${mermaidLabel(label(id))}"]`),
    ...edges,
    ...used.map(([kind, style]) => `  classDef ${kind} ${style}`),
    ...used.map(([kind]) => {
      const members = nodes.filter(id => kindOf(id) === kind).map(id => names.get(id))
      return `  class ${members.join(',')} ${kind}`
    }),
  ]
  return { text: fence('mermaid', lines), alone, missing: drawn.length - shown.size }
}

/** What a step waits for, and whose values it takes. */
const neighbours = (step: Step | undefined): readonly ParticleId[] => [...new Set(step?.dependsOn ?? [])]

/** `service web`: without the prefix that all flavors share. */
const label = (id: ParticleId): string => `${flavorOf(id).replace(/^ecs_/, '').replace(/_/g, ' ')} ${nameOf(id)}`
