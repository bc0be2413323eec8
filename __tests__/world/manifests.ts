/** Manifests that tests are told in, with what each test is about left open. Each ends where another can follow. */

interface Cluster {
  readonly name?: string
  readonly more?: string
}

/** A cluster. `more` is YAML inside `aws_resource`, indented by two. */
export const clusterOf = ({ name = 'main', more = '' }: Cluster = {}): string => `flavor: ecs_cluster
pcf_name: ${name}
aws_resource:
  clusterName: ${name}
${lines(more)}---
`

export const cluster = clusterOf()

interface Definition {
  readonly family?: string
  readonly image?: string
  /** YAML before the containers. */
  readonly settings?: string
  readonly more?: string
}

/** A task definition with one container. `more` is YAML of that container, or inside `aws_resource` and indented by two. */
export const definition = ({ family = 'web', image = 'web:1', settings = '', more = '' }: Definition = {}): string =>
  `flavor: ecs_task_definition
pcf_name: ${family}
aws_resource:
  family: ${family}
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 512
${lines(settings)}  containerDefinitions:
    - name: ${family}
      image: ${image}
${lines(more)}---
`

interface Launched {
  readonly name?: string
  readonly family?: string
  /** YAML of `custom_config`, on one line. */
  readonly options?: string
  /** YAML inside `aws_resource`, indented by two. */
  readonly more?: string
  /** Beside the cluster and the task definition. */
  readonly parents?: readonly string[]
  /** Keys beside `aws_resource`. */
  readonly top?: string
}

/** What a service and a job have in common: `first` comes before the network. */
const launched = (flavor: string, name: string, family: string, first: string, rest: Launched): string => {
  const { options = '', more = '', parents = [], top = '' } = rest
  return `flavor: ${flavor}
pcf_name: ${name}
parents: [${['ecs_cluster:main', `ecs_task_definition:${family}`, ...parents].join(', ')}]
${lines(top)}aws_resource:
${first}  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-0a1b2c3d4e5f60718]
${lines(more)}${options === '' ? '' : `  custom_config: { ${options} }\n`}---
`
}

/** A task of the definition of the same name. */
export const job = ({ name = 'migrate', family = 'migrate', ...rest }: Launched = {}): string =>
  launched('ecs_task', name, family, `  taskName: ${name}\n`, rest)

/** A service of the definition of the same name. */
export const service = ({
  name = 'web',
  family = 'web',
  count = 1,
  ...rest
}: Launched & { readonly count?: number } = {}): string =>
  launched('ecs_service', name, family, `  serviceName: ${name}\n  desiredCount: ${count}\n`, rest)

export const migrate = definition({ family: 'migrate', image: 'migrate:1' })

/** Documents as a file has them, to which a test may add lines. */
export const file = (...documents: readonly string[]): string => documents.join('').replace(/---\n$/, '')

const main = { 'particles/main.yml': file(cluster) }
const web = { 'particles/web.yml': file(definition({ image: 'registry.example/web:1' }), service()) }

/** What the repositories of tests hold, by their path. */
export const manifests = {
  cluster: main,
  web: { ...main, ...web },
  shop: {
    ...main,
    ...web,
    'particles/migrate.yml': file(definition({ family: 'migrate', image: 'registry.example/migrate:1' }), job()),
  },
}

export type Insights = 'enabled' | 'disabled' | 'enhanced'

/** A cluster with a setting, which is the smallest thing that changes in place. */
export const clusterWith = (name: string, insights: Insights): string =>
  file(clusterOf({ name, more: `  settings: [{ name: containerInsights, value: ${insights} }]` }))

export const clusterAt = (name: string): string => `particles/${name}.yml`

/** The same as an edit of a repository. */
export const setting = (name: string, insights: Insights) => ({ [clusterAt(name)]: clusterWith(name, insights) })

/** With its last line ended, where there is any. */
function lines(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}
