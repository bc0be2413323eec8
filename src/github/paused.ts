/** At which service deployments applies of a branch were paused, as their checks have it. */
import type { GitHub } from './api.ts'
import { unlessRefused } from './apiErrors.ts'
import { findChecks, pausedCheck } from './check.ts'

/** ARNs of the service deployments that checks of these commits name; why not, where GitHub refuses. */
export const deploymentsOnRecord = (
  github: GitHub,
  environment: string,
  commits: readonly string[],
): Promise<ReadonlySet<string> | string> =>
  unlessRefused(
    async () => {
      const all = await Promise.all(
        commits.map(commit => findChecks(github, commit, pausedCheck(environment), 'neutral')),
      )
      return new Set(all.flatMap(({ successful }) => successful.flatMap(({ text }) => (text ?? '').split('\n'))))
    },
    problem => problem,
  )
