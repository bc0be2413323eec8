/** What the stories begin with, and what several of them do. */

import type { Edits } from '../../../simulator/github/repository.ts'
import { accountA, accountB } from '../accounts.ts'
import type { Project, Started, Workflow } from '../project.ts'

export const cluster = (name = 'main', insights = 'enabled'): Readonly<Record<string, string>> => ({
  [`particles/${name}.yml`]: `flavor: ecs_cluster
pcf_name: ${name}
aws_resource:
  clusterName: ${name}
  settings:
    - name: containerInsights
      value: ${insights}
`,
})

export const role = (name: string, account: string): string => `arn:aws:iam::${account}:role/${name}`

/** A newcomer's two roles. */
export const roles = { ECS_PLAN_ROLE: role('plan', accountA), ECS_APPLY_ROLE: role('apply', accountA) }

/** With the role of those who answer paused rollouts. */
export const rolesToDecide = { ...roles, ECS_DECIDE_ROLE: role('decide', accountA) }

/** With the role that pushes images. */
export const rolesToRelease = { ...roles, ECR_PUSH_ROLE: role('push-images', accountA) }

export const rolesOfTwo = {
  STAGING_PLAN_ROLE: role('plan', accountB),
  STAGING_APPLY_ROLE: role('apply', accountB),
  PRODUCTION_PLAN_ROLE: role('plan', accountA),
  PRODUCTION_APPLY_ROLE: role('apply', accountA),
}

/** A role that nobody made. */
export const noRole = role('nobody', '999999999999')

/** A target of the reusable workflow. */
export const target = (name: string, more: object = {}, account = accountA) => ({
  name,
  region: 'us-east-1',
  account,
  'plan-role': role('plan', account),
  'apply-role': role('apply', account),
  ...more,
})

/** The push of a merge, seconds after the workflow has planned its pull request. */
export async function mergeOfPlanned(project: Project, workflow: Workflow, edits: Edits): Promise<Started> {
  const pull = project.repository.open([edits])
  await project.run(workflow, project.pull(pull))
  project.advance(5)
  return project.push(project.repository.merge(pull, 'squash'))
}

/** What a merge queue begins with pull request 1. */
export function firstQueued(project: Project): Started {
  const [group] = project.repository.enqueue([...project.repository.pulls.values()].slice(0, 1))
  if (!group) throw new Error('no group')
  return project.mergeGroup(group)
}

/** The digest that the last refusal names, as a person copies it. */
export function refusedDigest({ github }: Project): string {
  const refusal = github.checks.findLast(({ name }) => name.endsWith(' / refused'))
  return /sha256:[0-9a-f]{64}/.exec(refusal?.output.summary ?? '')?.[0] ?? ''
}
