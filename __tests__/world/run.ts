/** A run of the action, as a job that remembers everything. */
import type { Plan, Report } from '../../src/engine/document.ts'
import type { Runner } from '../../src/github/runner.ts'
import type { InputName } from '../../src/inputs.ts'
import { type Problem, sayProblem } from '../../src/particle.ts'

/** Inputs of a run. */
export type Given = Partial<Record<InputName, string>>

/** The release variable TAG. */
export const tag = (value: string, more: Given = {}): Given => ({
  variables: `TAG=${value}`,
  'release-variables': 'TAG',
  ...more,
})

/** What one run left behind. */
export interface Ran {
  readonly id: number
  readonly failed: boolean
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
  readonly said: readonly string[]
  readonly outputs: Readonly<Record<string, string | boolean>>
  readonly summary: string
  readonly files: ReadonlyMap<string, string>
  readonly plan:
    | (Plan & { readonly claims?: { readonly version: number; readonly hashes: readonly string[] } })
    | undefined
  readonly report: Report | undefined
}

/** Runs the action in a process of its own, and says what it left behind. */
export type Play = (env: NodeJS.ProcessEnv) => Promise<Omit<Ran, 'id'>>

/** As the runner hands them to an action. */
export const inputVariables = (inputs: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]))

export function recorder(id: number): { runner: Runner; ran: () => Ran } {
  const problems: Problem[] = []
  const warnings: string[] = []
  const said: string[] = []
  const outputs: Record<string, string | boolean> = {}
  const files = new Map<string, string>()
  let failed = false
  let summary = ''
  const runner: Runner = {
    log: { say: (particle, sentence) => void said.push(`${particle} ${sentence}`), close: () => undefined },
    info: text => void said.push(text),
    warn: text => void warnings.push(text),
    fail(all) {
      failed = true
      problems.push(...all)
    },
    output(name, value) {
      outputs[name] = value
    },
    async summary(markdown) {
      summary += markdown
    },
    file(name, text) {
      files.set(name, text)
      return `/kept/${name}`
    },
    left: name => files.get(name),
  }
  const parsed = <T>(end: string): T | undefined => {
    const text = [...files].find(([name]) => name.endsWith(end))?.[1]
    return text === undefined ? undefined : JSON.parse(text)
  }
  const ran = (): Ran => ({
    id,
    failed,
    problems: problems.map(sayProblem),
    warnings,
    said,
    outputs,
    summary,
    files,
    plan: parsed('.plan.json'),
    report: parsed('.report.json'),
  })
  return { runner, ran }
}
