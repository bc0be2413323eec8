/** The shop that the golden texts tell of: its manifests, by their path, and changes of them. */
import type { Edits } from '../../simulator/github/repository.ts'

type Files = Readonly<Record<string, string>>

const network = `  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-0a1b2c3d4e5f60718]
`

export const definition = (name: string, tag: string, more = '', container = ''): string => `flavor: ecs_task_definition
pcf_name: ${name}
aws_resource:
  family: ${name}
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 512
${more}  containerDefinitions:
    - name: ${name}
      image: registry.example/${name}:${tag}
${container}`

export const service = (name: string, count: number, more = '', options = ''): string => `flavor: ecs_service
pcf_name: ${name}
parents: [ecs_cluster:main, ecs_task_definition:${name}${name === 'web' ? ', ecs_task:migrate' : ''}]
${options}aws_resource:
  serviceName: ${name}
  desiredCount: ${count}
${network}${more}`

const circuitBreaker = `  deploymentConfiguration:
    deploymentCircuitBreaker: { enable: true, rollback: true }
`

const environment = (level: string): string => `      environment:
        - name: LOG_LEVEL
          value: ${level}
`

const healthCheck = `      healthCheck:
        command: [CMD-SHELL, curl -f http://localhost/]
`

const cluster = (insights: string): string => `flavor: ecs_cluster
pcf_name: main
aws_resource:
  clusterName: main
  settings: [{ name: containerInsights, value: ${insights} }]
---
flavor: ecs_cluster
pcf_name: tools
aws_resource:
  clusterName: tools
`

const job = (name: string, parents: string, more = ''): string => `flavor: ecs_task
pcf_name: ${name}
parents: [ecs_cluster:main, ${parents}]
aws_resource:
  taskName: ${name}
${network}${more}`

const migration = `  overrides:
    containerOverrides:
      - name: migrate
        command: [npm, run, migrate]
        environment: [{ name: DATABASE_URL, value: postgres://shop.internal/shop }]
`

/** Everything of the shop. Web is a release of its own: definition, migration, service. */
export interface Release {
  readonly insights?: string
  readonly tag?: string
  readonly level?: string
  readonly startPeriod?: number
  readonly count?: number
  readonly migration?: string
}

export const release = (given: Release = {}): Files => {
  const { insights = 'disabled', tag = '1.8.2', level = 'info', startPeriod, count = 4 } = given
  const web = `${environment(level)}${healthCheck}${startPeriod === undefined ? '' : `        startPeriod: ${startPeriod}\n`}`
  return {
    'particles/main.yml': cluster(insights),
    'particles/web.yml': [
      definition('web', tag, '', web),
      service('web', count, circuitBreaker),
    ].join('---\n'),
    'particles/migrate.yml': [
      definition('migrate', given.migration ?? tag),
      job('migrate', 'ecs_task_definition:migrate', migration),
    ].join('---\n'),
  }
}

const legacy = (state: string): string =>
  [definition('legacy-api', '7'), service('legacy-api', 4, '', state)].join('---\n')

const rest: Files = {
  'particles/legacy.yml': legacy(''),
  'particles/search.yml': [definition('search', '3.1'), service('search', 2)].join('---\n'),
  'particles/proxy.yml': [definition('proxy', '1', '  revision: 1\n'), service('proxy', 1)].join('---\n'),
  'particles/seed.yml': [definition('seed', '1'), job('seed', 'ecs_task_definition:seed')].join('---\n'),
  'particles/machines.yml': `flavor: ec2_instance
pcf_name: reports
aws_resource: { InstanceId: i-0a1b2c3d4e5f60718 }
`,
}

export const shop: Files = { ...release(), ...rest }

/** A release, more of it, and the end of what it replaces. */
export const newRelease: Edits = {
  ...release({ insights: 'enhanced', tag: '1.9.0', level: 'warn', startPeriod: 30, count: 6 }),
  'particles/legacy.yml': legacy('desired_state: terminated\n'),
}
