import { manifests } from '../../world/manifests.ts'
import type { Story } from '../story.ts'
import { cluster, refusedDigest, roles, rolesOfTwo } from './given.ts'

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
        event: 'pull request into a branch that is never applied',
        play: project => {
          project.repository.branch('next')
          return project.run(workflow, project.pull(project.repository.open([cluster('aside')], { base: 'next' })))
        },
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
      {
        event: 'pull request, and the role is of another account',
        play: project => {
          project.vars = { ECS_PLAN_ROLE: rolesOfTwo.STAGING_PLAN_ROLE }
          return project.run(workflow, project.pull(project.repository.open([cluster('elsewhere')])))
        },
      },
      {
        event: 'its merge, and so is the other role',
        play: project => {
          project.vars = { ECS_APPLY_ROLE: rolesOfTwo.STAGING_APPLY_ROLE }
          return project.run(workflow, project.push(project.repository.merge({ number: 6 }, 'squash')))
        },
      },
    ],
  },
  {
    workflow,
    given: 'by hand, as what went wrong says',
    settings: { vars: roles },
    rows: [
      {
        event: 'push without a pull request',
        play: project => project.run(workflow, project.push(project.repository.push(manifests.shop))),
      },
      {
        event: 'by hand with the digest that this refusal names',
        play: project => project.run(workflow, project.dispatch({ 'approved-digest': refusedDigest(project) })),
      },
      {
        event: 'by hand with the same digest again',
        play: project => project.run(workflow, project.dispatch({ 'approved-digest': refusedDigest(project) })),
      },
      {
        event: 'by hand with `redeploy`',
        play: project => project.run(workflow, project.dispatch({ redeploy: 'ecs_service:web' })),
      },
      {
        event: 'by hand with `retry-tasks`, of a task that has succeeded',
        play: project => project.run(workflow, project.dispatch({ 'retry-tasks': 'ecs_task:migrate' })),
      },
      {
        event: 'by hand, on another branch',
        play: project => {
          project.repository.branch('feature')
          return project.run(workflow, project.dispatch({}, 'feature'))
        },
      },
    ],
  },
]
