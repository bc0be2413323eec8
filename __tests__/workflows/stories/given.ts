/** What the stories begin with. */
import { accountA, accountB } from '../accounts.ts'

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

const role = (name: string, account: string): string => `arn:aws:iam::${account}:role/${name}`

/** A newcomer's two roles. */
export const roles = { ECS_PLAN_ROLE: role('plan', accountA), ECS_APPLY_ROLE: role('apply', accountA) }

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
