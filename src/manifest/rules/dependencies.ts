import type { ScalarNode } from '../../particle.ts'
import { sayText } from '../written.ts'
import { isEssential, mustBeContainer, type TaskContext } from './containers.ts'
import { elements, given, scalar } from './reading.ts'
import type { Say } from './say.ts'

/** What containers wait for exists, can come about, and goes in no circle. */
export function checkDependencies(context: TaskContext): void {
  const { containers, names, say } = context
  const edges = new Map<string, Edges>()
  for (const container of containers) {
    const own: { to: string; at: ScalarNode; path: string }[] = []
    for (const { node: item, path } of elements(container.node, 'dependsOn', container.path)) {
      const wanted = scalar(item, 'containerName')
      mustBeContainer(wanted, `${path}.containerName`, context)
      const other = wanted && names.get(String(wanted.value))
      if (!wanted || !other) continue
      own.push({ to: String(wanted.value), at: wanted, path })
      const condition = scalar(item, 'condition')
      if (condition?.value === 'HEALTHY' && context.sound && !given(other.node, 'healthCheck')) {
        say(
          condition,
          `${path}.condition ${sayText(condition)} needs a healthCheck in ${other.path}; one in the image does not count`,
        )
      }
      if ((condition?.value === 'COMPLETE' || condition?.value === 'SUCCESS') && isEssential(other) && context.sound) {
        say(condition, `${path}.condition ${sayText(condition)} needs essential: false in ${other.path}`)
      }
    }
    const named = scalar(container.node, 'name')
    if (named && container.name !== undefined) edges.set(container.name, { said: sayText(named), to: own })
  }
  sayCycles(edges, say)
}

/** What one container waits for. */
interface Edges {
  /** Its name as it is written. */
  readonly said: string
  readonly to: readonly { readonly to: string; readonly at: ScalarNode; readonly path: string }[]
}

/** One problem for each edge that closes a circle. */
function sayCycles(edges: ReadonlyMap<string, Edges>, say: Say): void {
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (name: string): void => {
    if (done.has(name)) return
    trail.push(name)
    for (const { to, at, path } of edges.get(name)?.to ?? []) {
      const start = trail.indexOf(to)
      if (start < 0) {
        visit(to)
        continue
      }
      const circle = [...trail.slice(start), to].map(step => edges.get(step)?.said)
      say(at, `${path}.containerName closes a circle: ${circle.join(' → ')}; leave one of them out`)
    }
    trail.pop()
    done.add(name)
  }
  for (const name of edges.keys()) visit(name)
}
