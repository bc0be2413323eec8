import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import * as core from '@actions/core'
import type { Log } from '../engine/settings.ts'
import type { ParticleId, Problem } from '../particle.ts'
import { sayProblem } from '../particle.ts'
import type { Redactor } from '../redact/redactor.ts'
import { logLine } from '../render/escape.ts'
import { messageOf } from '../thrown.ts'

/** GitHub shows so many annotations of a step; the rest is in the log. */
const annotationsShown = 10

/** The job: its log, annotations, summary, outputs and files. */
export interface Runner {
  readonly log: Log
  info(text: string): void
  warn(text: string): void
  /** Fails the step. Each problem is one line, and an annotation when it has a place. */
  fail(problems: readonly Problem[]): void
  output(name: string, value: string | boolean): void
  summary(markdown: string): Promise<void>
  /** Writes a file in RUNNER_TEMP atomically and returns its path. */
  file(name: string, text: string): string
  /** The text of a file that this step, or one before it in the job, has written; undefined without one. */
  left(name: string): string | undefined
}

/** A runner that redacts hidden values from every text. Files are written unchanged: see `Redactor.data`. */
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
    left: name => runner.left(name),
  }
}

/** The runner of GitHub Actions. */
export function actionsRunner(env: NodeJS.ProcessEnv): Runner {
  const folder = join(env.RUNNER_TEMP || tmpdir(), 'ecs-particles')
  return {
    log: groupedLog(),
    info: text => core.info(text),
    warn: text => core.warning(logLine(text)),
    fail(problems) {
      for (const [index, problem] of problems.entries()) annotate(problem, index < annotationsShown)
      process.exitCode = core.ExitCode.Failure
    },
    output: (name, value) => core.setOutput(name, value),
    async summary(markdown) {
      if (!env.GITHUB_STEP_SUMMARY) return
      try {
        await core.summary.addRaw(markdown, true).write()
      } catch (error) {
        // By then an apply has done its work, which the checks still have to say.
        core.warning(logLine(`the job summary was not written: ${messageOf(error)}`))
      }
    },
    file: (name, text) => written(folder, name, text),
    left(name) {
      const path = join(folder, name)
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined
    },
  }
}

/** One problem in the log, and as an annotation where it has a place and GitHub shows more of these. */
function annotate(problem: Problem, isShown: boolean): void {
  const { place, message } = problem
  if (!place) core.error(logLine(message))
  // GitHub words the place of an annotation itself; the log shows ours.
  else if (isShown)
    core.error(logLine(sayProblem(problem)), { file: place.file, startLine: place.line, startColumn: place.column })
  else core.info(`Error: ${logLine(sayProblem(problem))}`)
}

/** Each folder by itself: below /proc Node would try for ever to make several at once. */
function makeFolder(folder: string): void {
  if (existsSync(folder)) return
  makeFolder(dirname(folder))
  try {
    mkdirSync(folder)
  } catch (error) {
    // Another step may have made it since.
    if (!existsSync(folder)) throw error
  }
}

/** The path of a file with this text. A reader during the write or after a crash finds the last complete one. */
function written(folder: string, name: string, text: string): string {
  const path = join(folder, name)
  try {
    makeFolder(folder)
    writeFileSync(`${path}.new`, text)
    renameSync(`${path}.new`, path)
  } catch (error) {
    const why = messageOf(error)
    throw new Error(`${path} cannot be written, check the space and the rights in RUNNER_TEMP: ${why}`, {
      cause: error,
    })
  }
  return path
}

/** A log group per particle. Steps run side by side, so a group is opened again when another particle interrupted it. */
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
