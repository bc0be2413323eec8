import type { Clock } from '../clock.ts'
import type { Levels } from '../ecs/rate.ts'
import { pausedDeployments, type Report } from '../engine/document.ts'
import { Journal } from '../engine/journal.ts'
import type { GitHubEvent } from '../github/event.ts'
import type { CommitManifestReader } from '../github/manifestsAt.ts'
import type { PullRequestReporter } from '../github/reporter.ts'
import type { Runner } from '../github/runner.ts'
import type { Inputs } from '../inputs.ts'
import type { Redactor } from '../redact/redactor.ts'
import { messageOf } from '../thrown.ts'
import { fileName } from './fileName.ts'

/** Everything outside of the process that a command reaches: environment variables, the runner, time. */
export interface Host {
  readonly env: NodeJS.ProcessEnv
  readonly runner: Runner
  readonly clock: Clock
  /** Aborted when the workflow run is cancelled. */
  readonly signal: AbortSignal
}

/** One call of the action: what the user asked for, and where results are reported. */
export interface Invocation extends Host {
  readonly inputs: Inputs
  readonly event: GitHubEvent
  readonly reporter: PullRequestReporter
  /** Every text passes it once, on its way out. */
  readonly redactor: Redactor
  /** Manifests as other commits have them. */
  readonly manifestsAt: CommitManifestReader
  /** How full ECS's token buckets are, by region. */
  readonly levels: Map<string, Levels>
  /** The report in its latest version, for a run that is cancelled in the middle. */
  readonly last: { report?: Report }
}

/** What the report of an apply needs. */
interface ReportInvocation extends Pick<Invocation, 'runner' | 'clock' | 'redactor' | 'last'> {
  readonly inputs: Pick<Inputs, 'environment'>
}

/**
 * The journal of an apply; every entry rewrites the report file in RUNNER_TEMP. An apply goes on without a report that cannot be
 * written, since what it has begun goes on in ECS.
 */
export function openJournal({ runner, inputs, clock, redactor, last }: ReportInvocation): Journal {
  const name = `${fileName(inputs)}.report.json`
  let hasOutput = false
  let isLost = false
  const attempt = (write: () => void) => {
    try {
      write()
    } catch (error) {
      if (!isLost) runner.warn(`the apply goes on without its report: ${messageOf(error)}`)
      isLost = true
    }
  }
  return new Journal(inputs.environment, clock, report => {
    last.report = report
    attempt(() => {
      const path = runner.file(name, `${JSON.stringify(redactor.data(report), null, 2)}\n`)
      // Outputs of a step that is killed are those written until then, so the path is written with the first entry.
      if (!hasOutput) runner.output('report-file', path)
      hasOutput = true
    })
    attempt(() => {
      runner.output('result', report.result)
      runner.output('deployment', pausedDeployments(report).join('\n'))
    })
  })
}
