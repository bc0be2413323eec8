import type { Story } from '../story.ts'
import { cluster, firstQueued, noRole, refusedDigest, rolesOfTwo } from './given.ts'

const workflow = 'examples/workflows/several-environments.yml'

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
        event: 'by hand for production',
        play: project => project.run(workflow, project.dispatch({ environment: 'production' })),
      },
    ],
  },
]
