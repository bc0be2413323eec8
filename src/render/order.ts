/** In which order steps run, as a list and as a picture. */
import type { Plan, Step } from '../engine/document.ts'
import { waves } from '../order.ts'
import type { ParticleId } from '../particle.ts'
import { oneOrMany } from '../wording.ts'
import { fence, mermaidLabel } from './escape.ts'
import { danger } from './explain.ts'
import { blocks, folded, particleList } from './markdown.ts'
import { count, idParts, type Word, wordOf } from './words.ts'

/** Most particles in the picture: GitHub draws larger pictures slowly, and reviewers do not read them. */
const NODES = 40
/** Particles without a connection that are drawn: more of them push the others apart. */
const UNCONNECTED = 3
/** Stages, and particles of a stage, that are listed. */
const [STAGES, MEMBERS] = [30, 10]

/** How the plan will be applied: stage after stage, then the picture. */
export function orderSection(plan: Plan): string {
  if (plan.steps.length < 2) return ''
  const all = stages(plan)
  const listed = all
    .slice(0, STAGES)
    .map((stage, index) => `${index + 1}. ${particleList(stage, MEMBERS)}`)
    .join('\n')
  return folded(
    `<b>Order</b> · ${count(all.length, 'stage')}`,
    blocks(
      'Each begins when what it depends on is done; a failure skips what depends on it and nothing else.',
      listed,
      all.length > STAGES && `and ${count(all.length - STAGES, 'more stage')}`,
      ...picture(plan),
    ),
  )
}

/** Steps in waves. A step begins as soon as the steps it depends on are done, without waiting for the rest of their wave. */
function stages({ steps }: Plan): readonly (readonly ParticleId[])[] {
  return waves(new Map(steps.map(step => [step.particle, precedingSteps(step)])))
}

const classes: Readonly<Record<Word, string>> = {
  start: 'new',
  register: 'new',
  update: 'changed',
  replace: 'replaced',
  delete: 'gone',
  stop: 'gone',
  wait: 'waiting',
}

const styles: readonly (readonly [className: string, style: string])[] = [
  ['new', 'fill:#d3f5d3,stroke:#2da44e,color:#1f2328'],
  ['changed', 'fill:#fff1c2,stroke:#bf8700,color:#1f2328'],
  ['replaced', 'fill:#ffe2cc,stroke:#bc4c00,color:#1f2328'],
  ['gone', 'fill:#ffd8d3,stroke:#cf222e,color:#1f2328'],
  ['waiting', 'fill:#ddf4ff,stroke:#0969da,color:#1f2328'],
  ['still', 'fill:#f6f8fa,stroke:#afb8c1,color:#1f2328'],
]

/** The steps and what they depend on, as Mermaid, and what is not drawn; nothing where no step is connected. */
function picture({ steps }: Plan): readonly (string | false)[] {
  const all = new Set([
    ...[...steps].sort((a, b) => danger(a) - danger(b)).map(step => step.particle),
    ...steps.flatMap(precedingSteps),
  ])
  const connected = new Set(steps.flatMap(step => precedingSteps(step).flatMap(id => [id, step.particle])))
  if (connected.size === 0) return []
  const unconnected = all.size - connected.size
  const alone = unconnected > UNCONNECTED ? unconnected : 0
  const drawn = [...all].filter(id => alone === 0 || connected.has(id))
  const shown = new Set(drawn.slice(0, NODES))
  // In the plan's order, which reads in the direction of time.
  const nodes = [...new Set([...steps.map(step => step.particle), ...shown])].filter(id => shown.has(id))
  const missing = drawn.length - shown.size
  return [
    fence('mermaid', mermaid(nodes, steps)),
    alone > 0 &&
      `Not in the picture: ${count(alone, 'particle')} that ${oneOrMany(alone, 'waits', 'wait')} for nothing and that nothing waits for.`,
    missing > 0 && `The picture leaves out ${count(missing, 'particle')}.`,
  ]
}

function mermaid(nodes: readonly ParticleId[], all: readonly Step[]): readonly string[] {
  const steps = new Map(all.map(step => [step.particle, step]))
  const names = new Map(nodes.map((id, index) => [id, `n${index}`]))
  const edges = nodes.flatMap(id => {
    const step = steps.get(id)
    const parents = step ? precedingSteps(step) : []
    return parents.flatMap(parent => (names.has(parent) ? [`  ${names.get(parent)} --> ${names.get(id)}`] : []))
  })
  const members = new Map<string, string[]>()
  for (const [id, name] of names) {
    const step = steps.get(id)
    const className = step ? classes[wordOf(step)] : 'still'
    members.set(className, [...(members.get(className) ?? []), name])
  }
  const used = styles.filter(([className]) => members.has(className))
  return [
    'graph LR',
    ...nodes.map(id => `  ${names.get(id)}["${mermaidLabel(label(id))}"]`),
    ...edges,
    ...used.map(([className, style]) => `  classDef ${className} ${style}`),
    ...used.map(([className]) => `  class ${members.get(className)?.join(',')} ${className}`),
  ]
}

const precedingSteps = ({ particle, dependsOn }: Step): readonly ParticleId[] =>
  [...new Set(dependsOn)].filter(id => id !== particle)

/** `service web`: without the prefix that most flavors share. */
function label(id: ParticleId): string {
  const { flavor, name } = idParts(id)
  return `${flavor.replace(/^ecs_/, '').replace(/_/g, ' ')} ${name}`
}
