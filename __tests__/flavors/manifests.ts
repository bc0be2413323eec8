/** Manifests that tests are told about, with what each test is about left open. */

export const cluster = `
flavor: ecs_cluster
pcf_name: main
aws_resource:
  clusterName: main
---
`

interface Definition {
  readonly family?: string
  readonly image?: string
  readonly more?: string
}

/** A task definition with one container. `more` is YAML inside `aws_resource`, indented by two. */
export const definition = ({ family = 'web', image = 'web:1', more = '' }: Definition = {}) => `
flavor: ecs_task_definition
pcf_name: ${family}
aws_resource:
  family: ${family}
  networkMode: awsvpc
  requiresCompatibilities: [FARGATE]
  cpu: 256
  memory: 512
  containerDefinitions:
    - name: ${family}
      image: ${image}
${more}
---
`

interface Job {
  readonly name?: string
  readonly family?: string
  readonly options?: string
  readonly more?: string
  readonly parents?: readonly string[]
  readonly top?: string
}

/** A task of the definition of the same name. `options` is YAML of `custom_config`, on one line. */
export const job = ({
  name = 'migrate',
  family = 'migrate',
  options = '',
  more = '',
  parents = [],
  top = '',
}: Job = {}) => `
flavor: ecs_task
pcf_name: ${name}
parents: [ecs_cluster:main, ${[`ecs_task_definition:${family}`, ...parents].join(', ')}]
${top}
aws_resource:
  taskName: ${name}
  launchType: FARGATE
  networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1]}}
${more}
  custom_config: {${options}}
---
`

interface Service {
  readonly name?: string
  readonly family?: string
  readonly count?: number
  readonly more?: string
  readonly options?: string
  readonly parents?: readonly string[]
  readonly top?: string
}

/** A service of the definition of the same name. */
export const service = ({
  name = 'web',
  family = 'web',
  count = 1,
  more = '',
  options = '',
  parents = [],
  top = '',
}: Service = {}) => `
flavor: ecs_service
pcf_name: ${name}
parents: [ecs_cluster:main, ${[`ecs_task_definition:${family}`, ...parents].join(', ')}]
${top}
aws_resource:
  serviceName: ${name}
  desiredCount: ${count}
  launchType: FARGATE
  networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1]}}
${more}
  custom_config: {${options}}
---
`

export const migrate = definition({ family: 'migrate', image: 'migrate:1' })
