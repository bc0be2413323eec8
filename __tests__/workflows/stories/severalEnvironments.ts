import type { Story } from '../story.ts'
import { cluster, noRole, rolesOfTwo } from './given.ts'

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
    ],
  },
]
