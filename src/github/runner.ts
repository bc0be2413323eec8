import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as core from '@actions/core'
import type { Log } from '../engine/settings.ts'
import type { ParticleId, Problem } from '../particle.ts'
import { sayProblem } from '../particle.ts'
import type { Redactor } from '../redact/redactor.ts'
import { logLine } from '../render/escape.ts'

/** GitHub shows so many annotations of a step; the rest stands in the log. */
const annotationsShown = 10

/** The job that runs this: its log, its annotations, its summary, its outputs and its files. */
export interface Runner {
  readonly log: Log
  info(text: string): void
  warn(text: string): void
  /** Every problem on one line, as annotations where it has a place; the step fails. */
  fail(problems: readonly Problem[]): void
  output(name: string, value: string | boolean): void
  summary(markdown: string): Promise<void>
  /** Writes a file that outlives the step, whole or not at all, and says where. */
  file(name: string, text: string): string
}

/** A runner that may be told anything, and passes on what may be said. Files are written as they are: see `Redactor.data`. */
export function redactingRunner(runner: Runner, redactor: Redactor): Runner {
  const hide = (text: string) => redactor.sentence(text)
  return {
    log: {
      say: (particle, sentence) => runner.log.say(hide(particle) as ParticleId, hide(sentence)),
      close: particle => runner.log.close(hide(particle) as ParticleId),
    },
    info: text => runner.info(hide(text)),
    warn: text => runner.warn(hide(text)),
    fail: problems => runner.fail(problems.map(problem => redactor.problem(problem))),
    output: (name, value) => runner.output(name, typeof value === 'string' ? hide(value) : value),
    summary: markdown => runner.summary(hide(markdown)),
    file: (name, text) => runner.file(name, text),
  }
}

/** The runner that GitHub Actions is. */
export function actionsRunner(env: NodeJS.ProcessEnv): Runner {
  const folder = join(env.RUNNER_TEMP || tmpdir(), 'ecs-particles')
  return {
    log: groupedLog(),
    info: text => core.info(text),
    warn: text => core.warning(logLine(text)),
    fail(problems) {
      for (const [index, problem] of problems.entries()) {
        const { place, message } = problem
        const text = logLine(message)
        if (!place) core.error(text)
        else if (index < annotationsShown) {
          // Annotations leave the place to GitHub's own words; the log has it in ours.
          core.error(logLine(sayProblem(problem)), {
            file: place.file,
            startLine: place.line,
            startColumn: place.column,
          })
        } else core.info(`Error: ${logLine(sayProblem(problem))}`)
      }
      process.exitCode = core.ExitCode.Failure
    },
    output: (name, value) => core.setOutput(name, value),
    async summary(markdown) {
      if (!env.GITHUB_STEP_SUMMARY) return
      await core.summary.addRaw(markdown, true).write()
    },
    file(name, text) {
      mkdirSync(folder, { recursive: true })
      const path = join(folder, name)
      // Whoever reads it while it is written, or after a crash, finds the last whole one.
      writeFileSync(`${path}.new`, text)
      renameSync(`${path}.new`, path)
      return path
    },
  }
}

/**
 * A group for each particle. Steps run side by side and the log is one: when another particle speaks, its group is
 * opened again.
 */
function groupedLog(): Log {
  let open: ParticleId | undefined
  const seen = new Set<ParticleId>()
  const close = () => {
    if (open) core.endGroup()
    open = undefined
  }
  return {
    say(particle, sentence) {
      if (open !== particle) {
        close()
        core.startGroup(logLine(seen.has(particle) ? `${particle} (continued)` : particle))
        seen.add(particle)
        open = particle
      }
      core.info(logLine(`${particle} ${sentence}`))
    },
    close(particle) {
      if (open === particle) close()
    },
  }
}
