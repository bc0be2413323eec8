/** Runs of the bundle in virtual time, each a process of its own. */
import { run } from '../../simulator/runner.ts'
import { awsVariables } from './aws.ts'
import { bundle } from './bundle.ts'
import { errorsOf, inVirtualTime } from './checkout.ts'
import type { Play } from './run.ts'

/** @param signal such as `SIGTERM@21`: so many virtual seconds after its first call to AWS the process gets it. */
export function bundled(signal = ''): Play {
  return async env => {
    const { code, stdout, stderr, outputs, summary, plan, report } = await run({
      bundle: bundle(),
      workspace: env.GITHUB_WORKSPACE ?? '',
      env: {
        ...(env as Record<string, string>),
        ...awsVariables(process.env.AWS_ENDPOINT_URL_ECS ?? ''),
        ...inVirtualTime(),
        VIRTUAL_SIGNAL: signal,
      },
    })
    if (stderr !== '') throw new Error(stderr)
    return {
      failed: code !== 0,
      problems: errorsOf({ stdout }).map(({ message }) => message),
      warnings: [],
      said: stdout.split('\n'),
      outputs,
      summary,
      files: new Map(),
      plan,
      report,
    }
  }
}
