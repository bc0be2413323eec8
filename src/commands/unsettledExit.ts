import { ExitCode, setFailed } from '@actions/core'

/** https://nodejs.org/api/process.html#exit-codes: Unsettled Top-Level Await. */
const unsettled = 13

/**
 * Node leaves with 13 and without a word when everything waits for something that nothing will bring. That is a mistake of
 * this program, and fails the step like any other.
 */
export function failOnUnsettledExit(): void {
  process.once('exit', code => {
    // Node 20 gives the listener no exit code, and has set its own already.
    if (code !== unsettled && process.exitCode !== unsettled) return
    setFailed(
      'ecs-particles waited for something that will never come, which is a mistake of its own; please report it with the manifests that led here',
    )
    process.exitCode = ExitCode.Failure
  })
}
