import { setFailed } from '@actions/core'

/**
 * Runs the program to its end, and ends the process. Node leaves with 0 and without a word when everything waits for something
 * that nothing will bring: that is a mistake of this program, and fails the step like any other.
 */
export async function runAndExit(program: () => Promise<void>): Promise<void> {
  let settled = false
  process.once('exit', code => {
    if (settled || code !== 0) return
    setFailed(
      'ecs-particles waited for something that will never come, which is a mistake of its own; please report it with the manifests that led here',
    )
  })
  await program()
  settled = true
  // Connections that are kept alive would keep the step alive too. A pipe holds 64 KiB that its reader has not read: the rest of
  // the log is written first. https://nodejs.org/api/process.html#a-note-on-process-io
  process.stdout.write('', () => process.exit())
}
