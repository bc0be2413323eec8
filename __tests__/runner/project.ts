/** A repository, its settings and two accounts, on which act plays workflows. */
import type { Pull } from '../../simulator/github/repository.ts'
import { FakeGitHub } from '../../simulator/github/server.ts'
import { type RunningSimulator, startSimulator } from '../../simulator/server.ts'
import { accountA, accountB } from '../workflows/accounts.ts'
import { afterTest } from '../world/afterwards.ts'
import { type Event, githubVariables, payloadOf, pullRequestEvent, pushEvent } from '../world/github.ts'
import { play, type RunEnd } from './act.ts'

/** Seconds of a wait take milliseconds. */
const speed = 200

export interface Project {
  readonly github: FakeGitHub
  /** Plays a workflow, given as text, for the event of a pull request. */
  pull(workflow: string, pull: Pull): Promise<RunEnd>
  /** The push that merges a pull request. */
  merge(workflow: string, pull: Pull): Promise<RunEnd>
  schedule(workflow: string): Promise<RunEnd>
  dispatch(workflow: string): Promise<RunEnd>
  /** Calls that changed something in an account. */
  changes(account: string): string[]
}

export async function openProject(
  files: Readonly<Record<string, string>>,
  vars: Readonly<Record<string, string>> = {},
): Promise<Project> {
  // A check that was written in the second of a merge is none from before it.
  let later = 0
  const github = new FakeGitHub(() => Date.now() + later, files)
  const url = await github.start()
  const accounts = new Map<string, RunningSimulator>()
  for (const accountId of [accountA, accountB])
    accounts.set(accountId, await startSimulator({ speed, throttling: false, accountId }))
  afterTest(async () => {
    await github.stop()
    for (const account of accounts.values()) await account.close()
  })
  const { repository } = github
  const endpoints = Object.fromEntries([...accounts].map(([id, account]) => [`ENDPOINT_${id}`, account.url]))
  let runs = 1_000
  const run = (workflow: string, event: Event, isFork = false): Promise<RunEnd> => {
    const level = isFork ? 'read' : 'write'
    const token = `ghs_${++runs}`
    const permissions = { contents: 'read', checks: level, 'pull-requests': level } as const
    github.tokens.set(token, { login: 'github-actions[bot]', app: 'github-actions', permissions })
    return play({
      event: event.name,
      payload: payloadOf(github, event),
      workflow,
      env: {
        ...githubVariables(github, url, event, runs),
        ...endpoints,
        AWS_EC2_METADATA_DISABLED: 'true',
        ...(!isFork && { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://127.0.0.1:9' }),
      },
      // Neither these nor an identity reach a run of a fork's pull request.
      vars: isFork ? {} : vars,
      token,
      files: event.files ?? repository.files(event.sha),
    })
  }
  const ofBranch = (name: string): Event => ({ name, sha: repository.head(), ref: 'refs/heads/main', payload: {} })
  return {
    github,
    pull: (workflow, pull) =>
      run(workflow, { ...pullRequestEvent(pull), files: repository.proposal(pull) }, pull.fork !== false),
    merge: (workflow, { number }) => {
      later += 2_000
      const push = repository.merge({ number }, 'squash')
      later += 2_000
      return run(workflow, pushEvent(push))
    },
    schedule: workflow => run(workflow, ofBranch('schedule')),
    dispatch: workflow => run(workflow, ofBranch('workflow_dispatch')),
    changes: account =>
      (accounts.get(account)?.calls ?? [])
        .map(({ operation }) => operation)
        .filter(operation => !/^(List|Describe)/.test(operation)),
  }
}
