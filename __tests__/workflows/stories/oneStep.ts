import type { Story } from '../story.ts'
import { cluster, roles } from './given.ts'

const workflow = 'examples/workflows/one-step.yml'

export const oneStep: readonly Story[] = [
  {
    workflow,
    settings: { vars: roles },
    rows: [
      {
        event: 'pull request',
        play: project => project.run(workflow, project.pull(project.repository.open([cluster()]))),
      },
      {
        event: 'its merge',
        play: project => project.run(workflow, project.push(project.repository.merge({ number: 1 }, 'squash'))),
      },
      {
        event: 'pull request from a fork',
        play: project =>
          project.run(workflow, project.pull(project.repository.open([cluster('other')], { fork: true }))),
      },
      {
        event: 'pull request whose fork was deleted',
        play: project =>
          project.run(workflow, project.pull(project.repository.open([cluster('other')], { fork: 'deleted' }))),
      },
      {
        event: 'pull request by Dependabot',
        play: project =>
          project.run(workflow, project.pull(project.repository.open([cluster('bot')]), { actor: 'dependabot[bot]' })),
      },
      {
        event: 'merge group',
        play: project => {
          const [group] = project.repository.enqueue([project.repository.open([cluster('queued')])])
          if (!group) throw new Error('no group')
          return project.run(workflow, project.mergeGroup(group))
        },
      },
      {
        event: 'merge, and `ECS_APPLY_ROLE` is not set',
        play: project => {
          project.vars = { ECS_PLAN_ROLE: roles.ECS_PLAN_ROLE }
          return project.run(workflow, project.push(project.repository.merge({ number: 4 }, 'squash')))
        },
      },
    ],
  },
]
