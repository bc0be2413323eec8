import type { Story } from '../story.ts'
import { cluster, firstQueued, noRole, refusedDigest, roles } from './given.ts'

const workflow = 'examples/workflows/rights-apart.yml'

export const rightsApart: readonly Story[] = [
  {
    workflow,
    settings: { vars: roles },
    rows: [
      {
        event: 'pull request',
        play: project => project.run(workflow, project.pull(project.repository.open([cluster()])), { runId: 7 }),
      },
      { event: 'merge group', play: project => project.run(workflow, firstQueued(project)) },
      {
        event: 'second attempt, whose plan fails',
        play: project => {
          project.vars = { ...roles, ECS_PLAN_ROLE: noRole }
          const pull = project.repository.pulls.get(1)
          if (!pull) throw new Error('no pull request')
          return project.run(workflow, project.pull(pull), { runId: 7, attempt: 2 })
        },
      },
      {
        event: 'pull request from a fork',
        play: project => {
          project.vars = roles
          return project.run(workflow, project.pull(project.repository.open([cluster('other')], { fork: true })))
        },
      },
      {
        event: 'push without a pull request',
        play: project => project.run(workflow, project.push(project.repository.push(cluster('second')))),
      },
      {
        event: 'by hand with the digest that this refusal names',
        play: project => project.run(workflow, project.dispatch({ 'approved-digest': refusedDigest(project) })),
      },
    ],
  },
]
