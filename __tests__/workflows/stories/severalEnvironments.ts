import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../world/bundle.ts'
import { accountA, accountB } from '../accounts.ts'
import type { RunEnd } from '../interpreter/model.ts'
import type { Project, Started } from '../project.ts'
import type { Story } from '../story.ts'
import { answer, approve, shop } from './approveRollout.ts'
import { cluster, firstQueued, mergeOfPlanned, noRole, refusedDigest, role, rolesOfTwo } from './given.ts'

const workflow = 'examples/workflows/several-environments.yml'

/** As a user copies it for the other environment. */
const approveInStaging = {
  name: 'approve-in-staging.yml',
  text: readFileSync(join(root, approve), 'utf8').replaceAll('production', 'staging').replaceAll(accountA, accountB),
}

/** The merge of a pull request that was planned; once its production comes to be applied, something else happens. */
async function mergedDuring(project: Project, name: string, next: () => Started): Promise<RunEnd> {
  const push = await mergeOfPlanned(project, workflow, cluster(name))
  return project.runDuring(workflow, push, 'production', next)
}

export const severalEnvironments: readonly Story[] = [
  {
    workflow,
    settings: { vars: rolesOfTwo },
    rows: [
      {
        event: 'pull request',
        play: project => project.run(workflow, project.pull(project.repository.open([cluster()]))),
      },
      { event: 'merge group', play: project => project.run(workflow, firstQueued(project)) },
      {
        event: 'pull request from a fork',
        play: project =>
          project.run(workflow, project.pull(project.repository.open([cluster('other')], { fork: true }))),
      },
      {
        event: 'merge, and staging fails',
        play: project => {
          project.vars = { ...rolesOfTwo, STAGING_APPLY_ROLE: noRole }
          return project.run(workflow, project.push(project.repository.merge({ number: 1 }, 'squash')))
        },
      },
      {
        event: 'merge; while production is applied, a push whose staging fails',
        play: project => {
          project.vars = rolesOfTwo
          return mergedDuring(project, 'cut-off', () => {
            project.vars = { ...rolesOfTwo, STAGING_APPLY_ROLE: noRole }
            return project.push(project.repository.push({ 'README.md': 'more\n' }))
          })
        },
      },
      {
        event: 'merge; while production is applied, another push',
        play: project => {
          project.vars = rolesOfTwo
          return mergedDuring(project, 'again', () =>
            project.push(project.repository.push({ 'README.md': 'still more\n' })),
          )
        },
      },
      {
        event: 'push without a pull request',
        play: project => {
          project.vars = rolesOfTwo
          return project.run(workflow, project.push(project.repository.push(cluster('second'))))
        },
      },
      {
        event: 'by hand with the digest that this refusal names',
        play: project => {
          const given = { environment: 'staging', 'approved-digest': refusedDigest(project) }
          return project.run(workflow, project.dispatch(given))
        },
      },
      {
        event: 'by hand without an environment',
        play: project => project.run(workflow, project.dispatch()),
      },
      {
        event: 'by hand for production',
        play: project => project.run(workflow, project.dispatch({ environment: 'production' })),
      },
    ],
  },
  {
    workflow,
    given: 'a rollout that is paused in staging',
    settings: { vars: { ...rolesOfTwo, ECS_DECIDE_ROLE: role('decide', accountB) } },
    rows: [
      {
        event: 'merge: production waits until staging is as it should be',
        async play(project) {
          return project.run(workflow, await mergeOfPlanned(project, workflow, shop), { runId: 2_000 })
        },
      },
      { event: 'by hand in staging: continue', play: project => answer(project, 'continue', approveInStaging) },
      {
        event: 'second attempt of the merge, all jobs',
        play(project) {
          const { sha, parents } = project.repository.commit(project.repository.head())
          const push = project.push({ before: parents[0] ?? '', after: sha })
          return project.run(workflow, push, { runId: 2_000, attempt: 2 })
        },
      },
    ],
  },
]
