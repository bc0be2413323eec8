import { describe, expect, test } from '@jest/globals'
import { sayProblem } from '../../src/particle.ts'
import { particles, read } from './manifests.ts'

const base = `flavor: ecs_task_definition
pcf_name: web
aws_resource:
  family: web
  containerDefinitions:
    - name: web
      image: nginx
      memory: 128
      environment: [{name: LOG_LEVEL, value: info}, {name: REGION, value: eu}]
      dockerLabels: {com.example.team: shop, plain: a}
    - {name: proxy, image: envoy, memory: 64, command: [a, b]}
  tags: [{key: team, value: shop}]
environments:
  production:
    aws_resource:
`

const withPatch = (...lines: string[]): string => base + lines.map(line => `      ${line}\n`).join('')

interface Web {
  readonly containerDefinitions: readonly Record<string, unknown>[]
  readonly tags: unknown
}
const definitionOf = (text: string, environment = 'production'): Web => {
  const made = particles(text, { environment })['ecs_task_definition:web']
  if (!made) throw new Error('no such particle')
  return made.definition as unknown as Web
}
const patched = (...lines: string[]): Web => definitionOf(withPatch(...lines))
const web = (...lines: string[]) => patched(...lines).containerDefinitions[0]
const problems = (text: string): string[] => read({ 'web.yml': text }).problems.map(sayProblem)

describe('a path into a definition, under an environment', () => {
  test('changes one value and leaves the rest of the list', () => {
    const { containerDefinitions } = patched('containerDefinitions[web].environment[LOG_LEVEL].value: debug')
    expect(containerDefinitions[0]).toMatchObject({
      image: 'nginx',
      environment: [
        { name: 'LOG_LEVEL', value: 'debug' },
        { name: 'REGION', value: 'eu' },
      ],
    })
    expect(containerDefinitions[1]?.name).toBe('proxy')
  })

  test('adds a variable, a secret or a tag that is not there', () => {
    expect(web('containerDefinitions[web].environment[NEW].value: x')?.environment).toContainEqual({
      name: 'NEW',
      value: 'x',
    })
    const proxy = patched('executionRoleArn: role', 'containerDefinitions[proxy].secrets[TOKEN].valueFrom: /t')
    expect(proxy.containerDefinitions[1]?.secrets).toEqual([{ name: 'TOKEN', valueFrom: '/t' }])
    expect(patched('tags[stage].value: production').tags).toEqual([
      { key: 'team', value: 'shop' },
      { key: 'stage', value: 'production' },
    ])
  })

  test('removes with null: an element, a member', () => {
    const made = web(
      'containerDefinitions[web].environment[REGION]: null',
      'containerDefinitions[web].dockerLabels: null',
    )
    expect(made?.environment).toEqual([{ name: 'LOG_LEVEL', value: 'info' }])
    expect(made).not.toHaveProperty('dockerLabels')
  })

  test('merges a map, replaces a list, and reaches an element without a name by its index', () => {
    const { containerDefinitions } = patched(
      'containerDefinitions[web]: {cpu: 10, dockerLabels: {plain: b}}',
      'containerDefinitions[proxy].command[1]: c',
    )
    expect(containerDefinitions[0]).toMatchObject({
      image: 'nginx',
      cpu: 10,
      dockerLabels: { 'com.example.team': 'shop', plain: 'b' },
    })
    expect(containerDefinitions[1]?.command).toEqual(['a', 'c'])
    expect(web('containerDefinitions[web].environment: []')?.environment).toEqual([])
  })

  test('keys with dots stay keys: between brackets in a path, and as they are further in', () => {
    expect(web('containerDefinitions[web].dockerLabels[com.example.team]: web')?.dockerLabels).toEqual({
      'com.example.team': 'web',
      plain: 'a',
    })
    expect(web('containerDefinitions[web]: {dockerLabels: {com.example.other: x}}')?.dockerLabels).toMatchObject({
      'com.example.team': 'shop',
      'com.example.other': 'x',
    })
  })

  test('a name may hold brackets, as plans show it', () => {
    const odd = base.replace('plain: a', '"[odd]": a').replace('name: REGION', 'name: "x]y[z"')
    const [web] = definitionOf(
      `${odd}      "containerDefinitions[web].dockerLabels[[odd]]": b\n      "containerDefinitions[web].environment[x]y[z].value": c\n`,
    ).containerDefinitions
    expect(web).toMatchObject({
      dockerLabels: { 'com.example.team': 'shop', '[odd]': 'b' },
      environment: [
        { name: 'LOG_LEVEL', value: 'info' },
        { name: 'x]y[z', value: 'c' },
      ],
    })
  })

  test('adds a key to a string map that is not there', () => {
    const { containerDefinitions } = patched(
      'containerDefinitions[proxy].dockerLabels[com.example.team]: shop',
      'containerDefinitions[proxy].dockerLabels[other]: x',
      'containerDefinitions[proxy].environment[A]: x',
    )
    expect(containerDefinitions[1]).toMatchObject({
      dockerLabels: { 'com.example.team': 'shop', other: 'x' },
      environment: [{ name: 'A', value: 'x' }],
    })
  })

  test('reaches into a map of names to values too', () => {
    const map = base.replace(/environment: \[.*\]/, 'environment: {LOG_LEVEL: info, REGION: eu}')
    const text = `${map}      containerDefinitions[web].environment[LOG_LEVEL].value: debug\n      containerDefinitions[web].environment[REGION]: null\n`
    expect(definitionOf(text).containerDefinitions[0]?.environment).toEqual([{ name: 'LOG_LEVEL', value: 'debug' }])
  })

  test('stands beside whole values, which come first, and reaches into options', () => {
    const { containerDefinitions } = patched(
      'containerDefinitions[web].cpu: 5',
      'containerDefinitions: [{name: web, image: other, memory: 256}]',
    )
    expect(containerDefinitions).toEqual([{ name: 'web', image: 'other', memory: 256, cpu: 5 }])
    const particle = particles(withPatch('custom_config.ignore: [cpu]'))['ecs_task_definition:web']
    expect(particle?.options).toEqual({ ignore: ['cpu'] })
  })

  test('has no effect in another environment', () => {
    const { containerDefinitions } = definitionOf(withPatch('containerDefinitions[web].image: other'), 'staging')
    expect(containerDefinitions[0]?.image).toBe('nginx')
  })

  test.each([
    [
      'a container that is not there',
      ['containerDefinitions[wbe].image: x'],
      'web.yml:16:7 environments.production.aws_resource: "containerDefinitions[wbe].image" leads nowhere: containerDefinitions has no "wbe"; did you mean web?',
    ],
    [
      'a variable that is to go and is not there',
      ['containerDefinitions[web].environment[LOG].value: null'],
      'web.yml:16:7 environments.production.aws_resource: "containerDefinitions[web].environment[LOG].value" leads nowhere: environment has no "LOG"; correct it',
    ],
    [
      'a path through a plain value',
      ['family.name: x'],
      'web.yml:16:7 environments.production.aws_resource: "family.name" leads into a text, which has no name',
    ],
    [
      'what is no path',
      ['"containerDefinitions[web": x'],
      'web.yml:16:7 environments.production.aws_resource: "containerDefinitions[web" is no path such as containerDefinitions[web].environment[LOG_LEVEL].value; correct it',
    ],
    [
      'a value that the member does not take, at its line',
      ['containerDefinitions[web].memory: much'],
      'web.yml:16:41 aws_resource.containerDefinitions[web].memory must be a whole number, not "much"',
    ],
  ])('%s is an error', (_name, lines, problem) => {
    expect(problems(withPatch(...lines))).toEqual([problem])
  })

  test('a wrong path of another environment is found as well', () => {
    const text = withPatch('containerDefinitions[wbe].image: x')
    expect(read({ 'web.yml': text }, { environment: 'staging' }).problems).toHaveLength(1)
  })

  test('elsewhere a path is no key', () => {
    const text = 'flavor: ecs_cluster\npcf_name: main\naws_resource:\n  clusterName: main\n  tags[a].value: b\n'
    expect(problems(text)).toEqual([
      'web.yml:5:3 aws_resource."tags[a].value" is not a member of CreateCluster; a path into the definition is for patches under environments',
    ])
  })
})

test('what a list lacks that replaces another one as a whole is explained by that', () => {
  const text = withPatch('containerDefinitions:', '  - name: web', '    environment: [{name: LOG_LEVEL, value: debug}]')
  const cause =
    '; the list replaces the whole of that at web.yml:6: to change one value, write a path as the key, such as containerDefinitions[web].environment[LOG_LEVEL].value'
  expect(problems(text)).toEqual([
    `web.yml:17:11 aws_resource.containerDefinitions[web] lacks image: ECS needs one for every container${cause}`,
    `web.yml:17:11 aws_resource.containerDefinitions[web] needs memory or memoryReservation: the task definition has no memory of its own${cause}`,
  ])
})
