import type { ContainerDefinition, ContainerOverride } from '@aws-sdk/client-ecs'

/** How containers of an image behave. Times are virtual seconds. */
export interface Behaviour {
  /** From PENDING to RUNNING: pulling and starting. */
  readonly startSeconds?: number
  /** Seconds until the container exits by itself; without this, it runs until it is stopped. */
  readonly runSeconds?: number
  /** The exit code when it exits by itself, 0 by default. Given alone it implies `runSeconds: 5`. */
  readonly exitCode?: number
  /** Seconds between the request to stop and the end. */
  readonly stopSeconds?: number
  /** The task never runs; this is its `stoppedReason`, such as `CannotPullContainerError: …`. */
  readonly neverStarts?: string
  /** ECS finds no place for the task that it has taken on; this is its `stoppedReason`. */
  readonly neverPlaced?: string
  /** It exits without an exit code, as when Docker's daemon is lost. */
  readonly withoutExitCode?: true
  /** The container's `reason` when it exits, such as `OutOfMemoryError: Container killed due to memory usage`. */
  readonly reason?: string
  /** The result of its health check, when the task definition has one. */
  readonly healthy?: boolean
}

interface Rule {
  readonly matches: (image: string) => boolean
  readonly behaviours: readonly Behaviour[]
  used: number
}

/** The behaviour of this account's images: set by the test, or read from their names. */
export class Images {
  readonly #rules: Rule[] = []

  /**
   * From now on, newer rules before older ones. `*` in a text stands for anything. Of several behaviours each new
   * container takes the next, and the last one stays.
   */
  behave(image: string | RegExp, behaviour: Behaviour | readonly Behaviour[]): void {
    const behaviours: readonly Behaviour[] = Array.isArray(behaviour) ? behaviour : [behaviour]
    this.#rules.unshift({ matches: matcher(image), behaviours, used: 0 })
  }

  /** The behaviour of one container about to start. */
  of(container: ContainerDefinition, override: ContainerOverride | undefined, standalone: boolean): Behaviour {
    const image = container.image ?? ''
    const rule = this.#rules.find(({ matches }) => matches(image))
    if (rule) return complete(rule.behaviours[Math.min(rule.used++, rule.behaviours.length - 1)] ?? {})
    return complete(byCommand(override?.command ?? container.command ?? []) ?? byName(image, standalone) ?? {})
  }
}

function matcher(image: string | RegExp): (image: string) => boolean {
  if (image instanceof RegExp) return text => image.test(text)
  const pattern = image.split('*').map(part => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const expression = new RegExp(`^${pattern.join('.*')}$`)
  return text => expression.test(text)
}

const complete = (behaviour: Behaviour): Behaviour =>
  (behaviour.exitCode !== undefined || behaviour.withoutExitCode) && behaviour.runSeconds === undefined
    ? { ...behaviour, runSeconds: 5 }
    : behaviour

/** `["sh", "-c", "sleep 20; exit 3"]` describes its own behaviour. */
function byCommand(command: readonly string[]): Behaviour | undefined {
  const line = command.join(' ')
  const sleep = /\bsleep (\d+)/.exec(line)
  const exit = /\bexit (\d+)/.exec(line)
  if (!sleep && !exit) return undefined
  return { runSeconds: sleep ? Number(sleep[1]) : 1, exitCode: exit ? Number(exit[1]) : 0 }
}

/** Names with a meaning, so that a demonstration needs no setup; README.md has them as a table. */
function byName(image: string, standalone: boolean): Behaviour | undefined {
  const [, name = '', tag = ''] = /([^/:@]+)(?::([^@/]+))?(?:@.*)?$/.exec(image) ?? []
  const words = new Set([...name.split(/[-_.]/), ...tag.split(/[-_.]/)])
  const says = (...any: string[]) => any.some(word => words.has(word))
  if (says('missing'))
    return {
      startSeconds: 2,
      neverStarts: `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${image}: ${image}: not found`,
    }
  if (says('broken', 'crash')) return { runSeconds: 2, exitCode: 1 }
  if (says('oom'))
    return { runSeconds: 2, exitCode: 137, reason: 'OutOfMemoryError: Container killed due to memory usage' }
  if (says('unhealthy')) return { healthy: false }
  if (!standalone) return undefined
  if (says('fail', 'failing')) return { runSeconds: 5, exitCode: 1 }
  if (says('migrate', 'migration', 'migrations', 'job', 'seed')) return { runSeconds: 5, exitCode: 0 }
  return undefined
}
