/** The shop that the golden texts tell of: its manifests, by their path, and changes of them. */
import type { Edits } from '../../simulator/github/repository.ts'
import * as manifest from '../world/manifests.ts'
import { clusterWith, file, type Insights } from '../world/manifests.ts'

type Files = Readonly<Record<string, string>>

const definition = (name: string, tag: string, settings = '', more = ''): string =>
  manifest.definition({ family: name, image: `registry.example/${name}:${tag}`, settings, more })

const service = (name: string, count: number, more = '', top = ''): string =>
  manifest.service({ name, family: name, count, more, top, parents: name === 'web' ? ['ecs_task:migrate'] : [] })

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

const cluster = (insights: Insights): string =>
  `${clusterWith('main', insights)}---
flavor: ecs_cluster
pcf_name: tools
aws_resource:
  clusterName: tools
`

/** Where a container of the shop writes, which its execution role may. */
const writesLog = (family: string) => ({
  settings: '  executionRoleArn: arn:aws:iam::123456789012:role/shop-execution\n',
  more: `      logConfiguration:
        logDriver: awslogs
        options: { awslogs-group: /shop/${family}, awslogs-region: us-east-1, awslogs-stream-prefix: ecs }
`,
})

const job = (name: string, family: string, more = '', top = ''): string => manifest.job({ name, family, more, top })

const migration = `  overrides:
    containerOverrides:
      - name: migrate
        command: [npm, run, migrate]
        environment: [{ name: DATABASE_URL, value: postgres://shop.internal/shop }]
`

/** Everything of the shop. Web is a release of its own: definition, migration, service. */
export interface Release {
  readonly insights?: Insights
  readonly tag?: string
  readonly level?: string
  readonly startPeriod?: number
  readonly count?: number
  readonly migration?: string
  /** YAML of the service's `deploymentConfiguration`, in place of its circuit breaker. */
  readonly deployment?: string
}

export const release = (given: Release = {}): Files => {
  const { insights = 'disabled', tag = '1.8.2', level = 'info', startPeriod, count = 4 } = given
  const [webLog, migrateLog] = [writesLog('web'), writesLog('migrate')]
  const web = `${environment(level)}${healthCheck}${startPeriod === undefined ? '' : `        startPeriod: ${startPeriod}\n`}`
  return {
    'particles/main.yml': cluster(insights),
    'particles/web.yml': file(
      definition('web', tag, webLog.settings, `${web}${webLog.more}`),
      service('web', count, given.deployment ?? circuitBreaker),
    ),
    'particles/migrate.yml': file(
      definition('migrate', given.migration ?? tag, migrateLog.settings, migrateLog.more),
      job('migrate', 'migrate', migration),
    ),
  }
}

const legacy = (state: string): string => file(definition('legacy-api', '7'), service('legacy-api', 4, '', state))

const rest: Files = {
  'particles/legacy.yml': legacy(''),
  'particles/search.yml': file(definition('search', '3.1'), service('search', 2)),
  'particles/proxy.yml': file(definition('proxy', '1', '  revision: 1\n'), service('proxy', 1)),
  'particles/seed.yml': file(definition('seed', '1'), job('seed', 'seed')),
  'particles/machines.yml': `flavor: ec2_instance
pcf_name: reports
aws_resource: { InstanceId: i-0a1b2c3d4e5f60718 }
`,
}

export const shop: Files = { ...release(), ...rest }

/** Blue and green, with a pause on test traffic that a person answers within four hours. */
export const answered = `  deploymentConfiguration:
    strategy: BLUE_GREEN
    bakeTimeInMinutes: 5
    lifecycleHooks:
      - targetType: PAUSE
        lifecycleStages: [POST_TEST_TRAFFIC_SHIFT]
        timeoutConfiguration: { timeoutInMinutes: 240, action: ROLLBACK }
`

/** What follows the web: it changes with the release, once the web is there. */
export const follower: Edits = {
  'particles/search.yml': file(
    definition('search', '3.2'),
    manifest.service({ name: 'search', family: 'search', count: 2, parents: ['ecs_service:web'] }),
  ),
}

/** A release, more of it, and the end of what it replaces. */
export const newRelease: Edits = {
  ...release({ insights: 'enhanced', tag: '1.9.0', level: 'warn', startPeriod: 30, count: 6 }),
  'particles/legacy.yml': legacy('desired_state: terminated\n'),
}

const onMachines = (name: string, tag: string, more = ''): string => `flavor: ecs_task_definition
pcf_name: ${name}
aws_resource:
  family: ${name}
  networkMode: bridge
  containerDefinitions:
    - name: ${name}
      image: registry.example/${name}:${tag}
      memory: 128
${more}`

const daemon = (scheduling: string): string => `flavor: ecs_service
pcf_name: api
parents: [ecs_cluster:main, ecs_task_definition:api]
aws_resource:
  custom_config: { allow_replace: true }
  serviceName: api
  launchType: EC2
${scheduling}`

const machine = (name: string, id: string, state = ''): string => `flavor: ec2_instance
pcf_name: ${name}
aws_resource: { InstanceId: ${id} }
---
flavor: ecs_instance
pcf_name: ${name}
parents: [ecs_cluster:main, ec2_instance:${name}]
${state}aws_resource: {}
`

const worker = (state: string): string => job('worker', 'slow', '  custom_config: { wait: running }\n', state)

const api = (tag: string, features: string, command: string, scheduling: string): string =>
  [
    onMachines(
      'api',
      tag,
      `      command: [${command}]
      environment: [{ name: FEATURES, value: ${features} }, { name: ${features.toUpperCase()}, value: "1" }]
    - name: sidecar
      image: registry.example/sidecar:${tag}
      memory: 64
`,
    ),
    daemon(scheduling),
  ].join('---\n')

/** One of each of what else can happen to a particle. */
export const besides: Readonly<Record<'machine' | 'before' | 'after', Edits>> = {
  machine: {
    'particles/main.yml': cluster('disabled'),
    'particles/api.yml': [onMachines('api', '1'), daemon('  desiredCount: 0\n')].join('---\n'),
  },
  before: {
    'particles/api.yml': api('1', 'none', 'serve, --workers, "4"', '  desiredCount: 3\n'),
    'particles/green.yml': file(definition('green', '1'), service('green', 2, '', 'persist_on_update: true\n')),
    'particles/slow.yml': file(definition('slow', '1'), service('slow', 2), worker('')),
    'particles/forgotten.yml': file(definition('forgotten', '1'), service('forgotten', 1)),
    'particles/machines.yml': machine('reports', 'i-0a1b2c3d4e5f60718'),
    'particles/report.yml': file(definition('report', '1-fail'), job('report', 'report')),
  },
  after: {
    'particles/api.yml': api('2', 'all', 'serve, --workers, "8"', '  schedulingStrategy: DAEMON\n'),
    'particles/green.yml': file(definition('green', '1'), service('green', 3, '', 'persist_on_update: true\n')),
    'particles/slow.yml': file(definition('slow', '1'), service('slow', 2), worker('desired_state: stopped\n')),
    'particles/forgotten.yml': null,
    'particles/machines.yml': [
      machine('reports', 'i-0a1b2c3d4e5f60718', 'desired_state: stopped\n'),
      machine('new', 'i-0f1e2d3c4b5a69788'),
    ].join('---\n'),
  },
}

const numbered = (number: number): string => String(number).padStart(2, '0')

/** Service after service of one definition, each in a file of its own; some have one of their own. */
const services = (edit: (number: number) => string | null): Edits =>
  Object.fromEntries(
    Array.from({ length: 40 }, (_, number) => [`particles/shop-${numbered(number)}.yml`, edit(number)]),
  )

const member = (number: number, count: number, tag: string, state = ''): string => {
  const name = `shop-${numbered(number)}`
  return file(definition(name, tag), service(name, count, circuitBreaker, state))
}

/** Forty services: one in ten is deleted, one in ten breaks. */
export const crowds = {
  before: { ...release(), ...services(number => member(number, 1, '1')) } as Files,
  after: services(number => {
    if (number % 10 === 9) return member(number, 1, '1', 'desired_state: terminated\n')
    if (number % 10 === 3) return member(number, 2, '2-oom')
    return member(number, 2, number % 7 === 0 ? '2' : '1')
  }),
}

/** Clusters, as many as one likes, and a job. */
export const crowd = (size: number): Edits => ({
  'particles/crowd.yml': Array.from(
    { length: size },
    (_, number) => `flavor: ecs_cluster
pcf_name: crowd-${number}
aws_resource: { clusterName: crowd-${number} }
`,
  ).join('---\n'),
  'particles/last.yml': file(definition('last', '1'), job('last', 'last')),
})

/** What a reader of manifests finds at once, each at its place. */
export const mistakes: Edits = {
  'particles/web.yml': file(
    definition('web', '1'),
    service('web', 1).replace('desiredCount: 1', 'desiredCount: two').replace('ecs_cluster:main', 'ecs_cluster:mian'),
  ),
  'particles/db.yml': file(definition('db', '${DB_TAG}')),
}

/** A machine whose agent has not joined: nothing can be done, and a warning says so. */
export const absentMachine: Edits = { 'particles/machines.yml': machine('new', 'i-0f1e2d3c4b5a69788') }

/** What ECS cannot change in place, where nobody allows a replacement. */
export const impossible: Edits = {
  'particles/api.yml': [
    onMachines('api', '1'),
    daemon('  schedulingStrategy: DAEMON\n').replace(/ *custom_config.*\n/, ''),
  ].join('---\n'),
}

const attack =
  '</details>`````|<img src=x onerror=alert(1)>@octocat #1 https://evil.example [x](https://evil.example) ```'

/** Names that would like to be more than names. */
export const hostile: Edits = {
  'particles/<img src=x>`|`@octocat.yml': file(
    definition(
      'hostile',
      '1',
      `  tags: [{ key: ${JSON.stringify('@octocat')}, value: "www.evil.example" }]
`,
      `      command: ${JSON.stringify([attack, '\n::error::x\n| --> '])}
      dockerLabels: { ${JSON.stringify(attack)}: ${JSON.stringify(attack)} }
`,
    ),
  ),
}
