import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { exampleNames, readExample } from '../../script/examples.ts'
import type { RunEnd } from './interpreter/model.ts'
import { Project } from './project.ts'
import { cluster, rolesOfTwo, rolesToDecide, rolesToRelease } from './stories/given.ts'
import type { Outcome } from './story.ts'

const outcomes: readonly { readonly workflow: string; readonly rows: readonly Outcome[] }[] = JSON.parse(
  readFileSync('__tests__/fixtures/workflows/outcomes.json', 'utf8'),
)

describe('the trust that an example states', () => {
  // What is not stated no role trusts, so a run that needs it fails in the table.
  test.each(exampleNames)('%s.yml: each of its subjects is one that a run has', name => {
    const asked = outcomes
      .filter(({ workflow }) => workflow === `examples/workflows/${name}.yml`)
      .flatMap(({ rows }) => rows.flatMap(({ roles }) => roles))
    const stated = readExample('.', name).roles.flatMap(({ name: role, subjects }) =>
      subjects.map(subject => `${role} by ${subject}`),
    )
    expect(stated).not.toEqual([])
    expect(stated.filter(one => !asked.includes(one))).toEqual([])
  })
})

const everyRole = { ...rolesToRelease, ...rolesToDecide, ...rolesOfTwo }

const push = (project: Project) => project.push(project.repository.push(cluster('more')))
const byHand = (project: Project) => project.dispatch()
const answers = (project: Project) => project.dispatch({ command: 'continue', deployment: 'any' })
const inEnvironment = (environment: string) => (project: Project) => project.dispatch({ environment })

describe('a role that is not set stands for no other', () => {
  test.each([
    { example: 'one-step', unset: 'ECS_APPLY_ROLE', job: 'particles', event: push },
    { example: 'one-step', unset: 'ECS_APPLY_ROLE', job: 'particles', event: byHand },
    { example: 'release', unset: 'ECR_PUSH_ROLE', job: 'build', event: push },
    { example: 'release', unset: 'ECS_APPLY_ROLE', job: 'deploy', event: push },
    { example: 'release', unset: 'ECS_APPLY_ROLE', job: 'deploy', event: byHand },
    { example: 'several-environments', unset: 'STAGING_APPLY_ROLE', job: 'staging', event: push },
    { example: 'several-environments', unset: 'STAGING_APPLY_ROLE', job: 'staging', event: inEnvironment('staging') },
    {
      example: 'several-environments',
      unset: 'PRODUCTION_APPLY_ROLE',
      job: 'production',
      event: inEnvironment('production'),
    },
    { example: 'rights-apart', unset: 'ECS_APPLY_ROLE', job: 'apply', event: push },
    { example: 'rights-apart', unset: 'ECS_APPLY_ROLE', job: 'apply', event: byHand },
    { example: 'approved-digest', unset: 'ECS_APPLY_ROLE', job: 'apply', event: byHand },
    { example: 'approve-rollout', unset: 'ECS_DECIDE_ROLE', job: 'answer', event: answers },
  ])('$example.yml without $unset: $job ends without credentials', async ({ example, unset, job, event }) => {
    const { [unset]: _, ...vars } = everyRole as Readonly<Record<string, string>>
    const project = await Project.open({ vars, files: cluster() })
    let end: RunEnd
    try {
      end = await project.run(`examples/workflows/${example}.yml`, event(project))
    } finally {
      await project.close()
    }
    const steps = end.jobs.find(({ name }) => name === job)?.steps ?? []
    const { log } = steps.find(({ outcome }) => outcome === 'failure') ?? {}
    expect(log).toContain('Could not load credentials from any providers')
  })
})
