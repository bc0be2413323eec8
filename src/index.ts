import { setMaxListeners } from 'node:events'
import { setFailed } from '@actions/core'
import { wallClock } from './clock.ts'
import { CancelledRun } from './commands/cancellation.ts'
import type { Host } from './commands/invocation.ts'
import { runAndExit } from './commands/unsettledExit.ts'
import { actionsRunner } from './github/runner.ts'
import { main } from './main.ts'
import { post } from './post.ts'
import { logLine } from './render/escape.ts'
import { targets } from './targets.ts'
import { messageOf } from './thrown.ts'
import { withoutMarks } from './untrusted.ts'

/** What an action of this repository does, by its folder's index.js. */
const actions: Readonly<Record<string, (host: Host) => Promise<void>>> = { post, targets }

async function run(): Promise<void> {
  const cancel = new AbortController()
  // Everything that waits listens, which is as much as there are particles, and no leak.
  setMaxListeners(0, cancel.signal)
  // The runner sends two signals before it kills; transitions under way in ECS go on there.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => cancel.abort(new CancelledRun(signal)))
  try {
    const host: Host = {
      env: process.env,
      runner: actionsRunner(process.env),
      clock: wallClock,
      signal: cancel.signal,
    }
    // Set by index.js of the folder: all actions of the repository share one bundle.
    await (actions[process.env.ECS_PARTICLES_ACTION ?? ''] ?? main)(host)
  } catch (error) {
    setFailed(logLine(withoutMarks(messageOf(error))))
  }
}

// No `await` here: the bundler wraps a program that has one, which Node would read twice (docs/decisions/0026-a-small-start.md).
void runAndExit(run)
