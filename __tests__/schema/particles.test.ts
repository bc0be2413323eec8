import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parseAllDocuments } from 'yaml'

const schemaFile = new URL('../../schema/particles.schema.json', import.meta.url)
const schema = JSON.parse(readFileSync(schemaFile, 'utf8'))
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictRequired: false, allErrors: true })
// What editors show in place of a pattern; Ajv does not know the keyword.
ajv.addKeyword('errorMessage')
const validate = ajv.compile(schema)

const clear = ['additionalProperties', 'required', 'maxItems', 'minimum', 'anyOf']
const rank = (keyword: string): number => (clear.includes(keyword) ? clear.indexOf(keyword) : clear.length)

/** What is wrong: of the deepest findings, which editors underline, the one that says most. */
function wrong(text: string): string[] {
  return parseAllDocuments(text).flatMap(document => {
    if (validate(document.toJS())) return []
    const depth = (path: string) => path.split('/').length
    const [first] = (validate.errors ?? [])
      .filter(({ keyword }) => keyword !== 'if' && keyword !== 'allOf')
      .sort((a, b) => depth(b.instancePath) - depth(a.instancePath) || rank(a.keyword) - rank(b.keyword))
    return [`${first?.instancePath} ${first?.keyword}`]
  })
}

describe('manifests that are right', () => {
  const samples = new URL('../fixtures/task-definitions/', import.meta.url)
  test.each(readdirSync(samples).filter(name => name.endsWith('.json')))('%s', name => {
    const aws_resource = JSON.parse(readFileSync(new URL(name, samples), 'utf8'))
    expect(wrong(JSON.stringify({ flavor: 'ecs_task_definition', pcf_name: name, aws_resource }))).toEqual([])
  })

  const examples = new URL('../../examples/shop/particles/', import.meta.url)
  test.each(readdirSync(examples))('the example %s', name => {
    expect(wrong(readFileSync(new URL(name, examples), 'utf8'))).toEqual([])
  })

  test('the example of what is let go', () => {
    expect(wrong(readFileSync(new URL('../../examples/unmanaged.yml', import.meta.url), 'utf8'))).toEqual([])
  })

  test.each([
    ['one particle', 'flavor: ecs_cluster\npcf_name: main\naws_resource: {clusterName: main}'],
    [
      'a list of particles',
      '- {flavor: ecs_cluster, pcf_name: main, aws_resource: {clusterName: main}}\n- {flavor: ec2_instance, pcf_name: a, aws_resource: {InstanceId: i-1, anything: {else: 1}}}',
    ],
    [
      'many documents',
      'flavor: ecs_cluster\npcf_name: main\naws_resource: {clusterName: main}\n---\nflavor: ecs_cluster\npcf_name: other\naws_resource: {clusterName: other}',
    ],
    ['an empty list', '[]'],
    [
      'maps of names to values',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource: {family: web, tags: {a: b}, containerDefinitions: [{name: web, image: nginx, memory: 64, environment: {A: 1, B: true}}]}',
    ],
    [
      'paths in a patch',
      'flavor: ecs_task_definition\npcf_name: web\nenvironments:\n  a:\n    aws_resource:\n      containerDefinitions[web].environment[A].value: b\n      custom_config.ignore: [cpu]',
    ],
    [
      'the other spelling of a flag',
      'flavor: ecs_cluster\npcf_name: main\npersist_on_terminate: true\naws_resource: {clusterName: main}',
    ],
    [
      'a driver of the instances',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource: {family: web, containerDefinitions: [{name: web, image: nginx, memory: 64, logConfiguration: {logDriver: etwlogs}}]}',
    ],
    [
      'every key of a particle',
      `
flavor: ecs_service
pcf_name: web
desired_state: running
parents: [ecs_cluster:main, ecs_task_definition:web]
children: ['ecs_task:\${TASK}']
persist_on_termination: true
persist_on_update: false
aws_resource:
  region_name: eu-west-1
  clusterName: main
  taskDefinitionArn: web:3
  roleArn: role
  serviceName: web
  desiredCount: 2
  custom_config: {ignore: [desiredCount], initial_desired_count: 2, allow_replace: true}
environments:
  staging: {desired_state: stopped, aws_resource: {desiredCount: 1, networkConfiguration: {awsvpcConfiguration: {assignPublicIp: null}}, custom_config: null}}
  preview: false`,
    ],
    [
      'variables where numbers and booleans are due',
      'flavor: ecs_service\npcf_name: ${NAME}\naws_resource: {serviceName: "${NAME:-web} x", desiredCount: "${COUNT}", enableExecuteCommand: "${EXEC}", launchType: "${LAUNCH}", deploymentConfiguration: {maximumPercent: "200"}}',
    ],
    [
      'numbers where texts are due',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource: {family: 7, cpu: 256, memory: 0.5 GB, containerDefinitions: [{name: 1, image: nginx, environment: [{name: A, value: 1.5}, {name: B, value: true}]}]}',
    ],
    [
      'what is inherited',
      'flavor: ecs_service\npcf_name: web\naws_resource: {serviceName: web, desiredCount: "$inherit$ecs_service:a$desiredCount", networkConfiguration: "$inherit$ecs_service:a$networkConfiguration", loadBalancers: "$inherit$ecs_service:a$loadBalancers"}',
    ],
    [
      'what an environment completes',
      'flavor: ecs_service\npcf_name: web\naws_resource: {serviceName: web, networkConfiguration: {awsvpcConfiguration: {assignPublicIp: ENABLED}}}\nenvironments: {a: {aws_resource: {networkConfiguration: {awsvpcConfiguration: {subnets: [subnet-1]}}}}}',
    ],
    [
      'what an environment alone completes',
      'flavor: ecs_cluster\npcf_name: main\nenvironments: {a: {aws_resource: {clusterName: main}}}',
    ],
    [
      'members that an environment alone has',
      'flavor: quasiparticle\npcf_name: all\nenvironments: {a: {particles: [{flavor: ecs_cluster, aws_resource: {clusterName: main}}]}}',
    ],
    ['a flavor by variable', 'flavor: ${FLAVOR}\npcf_name: main\naws_resource: {clusterName: main}'],
    [
      'a job',
      'flavor: ecs_task\npcf_name: migrate\naws_resource: {taskName: migrate, stopReason: enough, count: 1, custom_config: {wait: exit, retry: 1, record: false, assume: done}}',
    ],
    [
      'attributes as a map',
      'flavor: ecs_instance\npcf_name: a\naws_resource: {ec2InstanceId: i-1, attributes: {stack: blue, old: null, n: 1}, custom_config: {deregister: true}}',
    ],
    [
      'attributes as a list',
      'flavor: ecs_instance\npcf_name: a\naws_resource: {attributes: [{name: stack, value: blue}, {name: old, value: null}, {name: bare}]}',
    ],
    [
      'a quasiparticle',
      `
flavor: quasiparticle
pcf_name: web
desired_state: State.running
parents: [ecs_cluster:main]
particles:
  - {flavor: ecs_task_definition, aws_resource: {family: web, containerDefinitions: [{name: web, image: nginx, memory: 64}]}}
  - {flavor: ecs_service, pcf_name: base, multiplier: 2, aws_resource: {serviceName: web}, environments: {preview: false}}
  - {flavor: ecs_service, pcf_name: other, base_particle_config: base}
  - {flavor: ecs_service, pcf_name: third, base_particle_config: base, aws_resource: {serviceName: third, role: null}}
environments: {preview: {parents: null}}`,
    ],
  ])('%s', (_name, text) => {
    expect(wrong(text)).toEqual([])
  })
})

describe('manifests that are wrong', () => {
  const cluster = 'flavor: ecs_cluster\npcf_name: main\n'
  const service = (rest: string) => `flavor: ecs_service\npcf_name: web\naws_resource: {serviceName: web, ${rest}}`
  const container = (rest: string) =>
    `flavor: ecs_task_definition\npcf_name: web\naws_resource: {family: web, containerDefinitions: [{name: web, image: nginx, ${rest}}]}`
  test.each([
    ['no particle', 'text', ' type'],
    ['no flavor', 'pcf_name: main', ' required'],
    ['a flavor that is none', 'flavor: ecs_clutser\npcf_name: main\naws_resource: {}', '/flavor anyOf'],
    ['no name', 'flavor: ecs_cluster\naws_resource: {clusterName: main}', ' required'],
    ['no definition', 'flavor: ecs_cluster\npcf_name: main', ' required'],
    ['no name of its own', `${cluster}aws_resource: {}`, '/aws_resource required'],
    ['an unknown key', `${cluster}parnts: []\naws_resource: {clusterName: main}`, ' additionalProperties'],
    ['a key of members', `${cluster}multiplier: 2\naws_resource: {clusterName: main}`, ' additionalProperties'],
    [
      'a state that is none',
      `${cluster}desired_state: runing\naws_resource: {clusterName: main}`,
      '/desired_state anyOf',
    ],
    ['a parent that is no id', `${cluster}parents: [main]\naws_resource: {clusterName: main}`, '/parents/0 pattern'],
    [
      'a flag that is none',
      `${cluster}persist_on_update: often\naws_resource: {clusterName: main}`,
      '/persist_on_update pattern',
    ],
    [
      'an unknown option',
      `${cluster}aws_resource: {clusterName: main, custom_config: {wait: exit}}`,
      '/aws_resource/custom_config additionalProperties',
    ],
    ['an unknown member', service('desiredCout: 2'), '/aws_resource additionalProperties'],
    ['a refused member', service('clientToken: a'), '/aws_resource additionalProperties'],
    [
      'an unknown member further in',
      container('portMappings: [{containerPrt: 80}]'),
      '/aws_resource/containerDefinitions/0/portMappings/0 additionalProperties',
    ],
    ['a text where a number is due', service('desiredCount: two'), '/aws_resource/desiredCount pattern'],
    ['a fraction', service('desiredCount: 1.5'), '/aws_resource/desiredCount type'],
    ['a number below the least', service('desiredCount: -1'), '/aws_resource/desiredCount minimum'],
    ['a number where a flag is due', service('enableExecuteCommand: 1'), '/aws_resource/enableExecuteCommand type'],
    ['an enum that is none', service('launchType: fargate'), '/aws_resource/launchType anyOf'],
    ['a list that is none', container('command: echo hello'), '/aws_resource/containerDefinitions/0/command pattern'],
    ['a map that is none', service('networkConfiguration: []'), '/aws_resource/networkConfiguration type'],
    [
      'a required member further in',
      container('healthCheck: {interval: 5}'),
      '/aws_resource/containerDefinitions/0/healthCheck required',
    ],
    ['null', service('role: null'), '/aws_resource/role type'],
    [
      'a container without an image',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource: {family: web, containerDefinitions: [{name: web}]}',
      '/aws_resource/containerDefinitions/0 required',
    ],
    [
      'a size that is none',
      'flavor: ecs_task_definition\npcf_name: web\naws_resource: {family: web, cpu: half, containerDefinitions: []}',
      '/aws_resource/cpu pattern',
    ],
    [
      'more tags than there may be',
      `${cluster}aws_resource: {clusterName: main, tags: [${'{key: a}, '.repeat(31)}]}`,
      '/aws_resource/tags maxItems',
    ],
    [
      'an unknown key of a patch',
      `${cluster}aws_resource: {clusterName: main}\nenvironments: {a: {flavor: ecs_service}}`,
      '/environments/a additionalProperties',
    ],
    [
      'an unknown member of a patch',
      `${cluster}aws_resource: {clusterName: main}\nenvironments: {a: {aws_resource: {clustrName: a}}}`,
      '/environments/a/aws_resource additionalProperties',
    ],
    [
      'an environment that is true',
      `${cluster}aws_resource: {clusterName: main}\nenvironments: {a: true}`,
      '/environments/a anyOf',
    ],
    ['a quasiparticle without members', 'flavor: quasiparticle\npcf_name: web', ' required'],
    [
      'a quasiparticle in another',
      'flavor: quasiparticle\npcf_name: web\nparticles: [{flavor: quasiparticle}]',
      '/particles/0/flavor anyOf',
    ],
    [
      'a member without a definition',
      'flavor: quasiparticle\npcf_name: web\nparticles: [{flavor: ecs_cluster}]',
      '/particles/0 required',
    ],
  ])('%s', (_name, text, error) => {
    expect(wrong(text)).toEqual([error])
  })
})

test('stays small enough for editors, and keeps its shapes apart', () => {
  expect(readFileSync(schemaFile).length).toBeLessThan(1_000_000)
  expect(schema.$defs.ContainerDefinition.properties.image.description).toMatch(
    /^The image used to start a container\./,
  )
  expect(schema.$defs['ecs_service.resource'].properties.clientToken).toBeUndefined()
})

describe('what editors show', () => {
  type Part = Readonly<Record<string, unknown>>
  const parts: Part[] = []
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return
    if (!Array.isArray(value)) parts.push(value as Part)
    for (const inner of Object.values(value)) visit(inner)
  }
  visit(schema)
  const definition = schema.$defs['ecs_task_definition.resource'].properties

  test('is a sentence, never a pattern', () => {
    const unsaid = parts.filter(part => typeof part.pattern === 'string' && typeof part.errorMessage !== 'string')
    expect(unsaid).toEqual([])
    expect(definition.cpu.errorMessage).toBe('must be CPU units such as 512, or vCPUs such as .5 vCPU')
  })

  test('is no boolean for a name or an amount, but one for what is free', () => {
    expect(definition.cpu.type).toEqual(['string', 'number'])
    expect(definition.family.type).toEqual(['string', 'number'])
    expect(schema.$defs.KeyValuePair.properties.value.type).toContain('boolean')
  })

  test('ends with a whole word', () => {
    const cut = parts
      .map(({ description }) => description)
      .filter(text => typeof text === 'string' && text.endsWith('…'))
    for (const text of cut) expect(text).toMatch(/[a-z)]…$/)
    expect(cut.join(' ')).not.toMatch(/desi…/)
  })

  test.each(['ecs_cluster', 'ecs_service', 'ecs_task', 'ecs_task_definition', 'ecs_instance'])(
    'explains custom_config of an %s with its options',
    flavor => {
      const { description } = schema.$defs[`${flavor}.resource`].properties.custom_config
      for (const option of Object.keys(schema.$defs[`${flavor}.options`].properties))
        expect(description).toContain(option)
    },
  )
})
