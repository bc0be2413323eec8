import { describe, expect, test } from '@jest/globals'
import { check } from './stated.ts'

const container = 'containerDefinitions: [{name: web, image: nginx, memory: 64}]'

describe('an answer of ECS or an export, pasted into a manifest', () => {
  test('is one problem that lists what only answers have, and what counts all the same', () => {
    const text = `family: web\nrevision: 7\n${container}\ntaskDefinitionArn: arn\nstatus: ACTIVE\nrequiresAttributes: []\ntags: null`
    expect(check('ecs_task_definition', text).problems).toEqual([
      '4:1 aws_resource is an answer of ECS: leave out what only answers have: taskDefinitionArn, status, requiresAttributes; and what is null: tags; revision counts: pins an existing revision: it is checked, never registered',
    ])
  })

  test('of a service: members of answers and nulls together', () => {
    const text =
      'serviceName: web\nserviceArn: arn\nrole: null\nevents: []\nloadBalancers: [{targetGroupArn: arn, loadBalancerName: null, containerName: web, containerPort: 80}]\nrunningCount: 2'
    expect(check('ecs_service', text).problems).toEqual([
      '2:1 aws_resource is an answer of ECS: leave out what only answers have: serviceArn, events, runningCount; and what is null: role, loadBalancers[0].loadBalancerName',
    ])
  })

  test.each([
    ['a member', 'executionRoleArn: null'],
    ['a structure', 'runtimePlatform: null\nephemeralStorage: null'],
    ['a list', 'volumes: null\nplacementConstraints: ~'],
  ])('a null of a task definition equals absence: %s', (_name, nulls) => {
    const { definition, problems } = check('ecs_task_definition', `family: web\n${container}\n${nulls}`)
    expect(problems).toEqual([])
    expect(definition).toEqual(check('ecs_task_definition', `family: web\n${container}`).definition)
  })

  test('also deep inside, and of a task', () => {
    const text = `family: web\ncontainerDefinitions: [{name: web, image: nginx, memory: 64, links: null, portMappings: [{containerPort: 80, hostPort: null}]}]`
    expect(check('ecs_task_definition', text)).toEqual({
      definition: {
        family: 'web',
        containerDefinitions: [{ name: 'web', image: 'nginx', memory: 64, portMappings: [{ containerPort: 80 }] }],
      },
      problems: [],
    })
    const task = 'taskName: job\noverrides: {containerOverrides: [{name: web, command: null}]}\ngroup: null'
    expect(check('ecs_task', task).problems).toEqual([])
  })

  test.each([
    ['a list of tags, which no list leaves alone', 'ecs_task_definition', `family: web\n${container}\ntags: null`],
    [
      'a value that may have been forgotten',
      'ecs_task_definition',
      `family: web\n${container.replace('}]', ', environment: [{name: A, value: null}]}]')}`,
    ],
    ['the same in a map', 'ecs_task_definition', `family: web\n${container.replace('}]', ', environment: {A: }}]')}`],
    ['what a service may leave to others', 'ecs_service', 'serviceName: web\ndesiredCount: null'],
    ['what is required', 'ecs_task_definition', `family: null\n${container}`],
  ] as const)('a null that may mean something else is an error: %s', (_name, flavor, text) => {
    const [problem, ...more] = check(flavor, text).problems
    expect(problem).toMatch(/ is null: leave it out or give it a value$/)
    expect(more).toEqual([])
  })

  test('several of them are one error', () => {
    expect(check('ecs_service', 'serviceName: web\ndesiredCount: null\nlaunchType: null').problems).toEqual([
      '2:15 aws_resource has nulls: leave them out or give them a value: desiredCount, launchType',
    ])
  })
})

describe('a map of names to values is the list', () => {
  test.each([
    [
      'ecs_task_definition',
      'family: web\ncontainerDefinitions: [{name: web, image: nginx, memory: 64, environment: {A: b, C: 1, D: true, E: ""}}]\ntags: {team: shop}',
      'family: web\ncontainerDefinitions: [{name: web, image: nginx, memory: 64, environment: [{name: A, value: b}, {name: C, value: 1}, {name: D, value: true}, {name: E, value: ""}]}]\ntags: [{key: team, value: shop}]',
    ],
    [
      'ecs_task',
      'taskName: job\noverrides: {containerOverrides: [{name: web, environment: {A: b}}]}\ntags: {}',
      'taskName: job\noverrides: {containerOverrides: [{name: web, environment: [{name: A, value: b}]}]}\ntags: []',
    ],
    ['ecs_service', 'serviceName: web\ntags: {team: shop}', 'serviceName: web\ntags: [{key: team, value: shop}]'],
    ['ecs_cluster', 'tags: {team: shop}', 'tags: [{key: team, value: shop}]'],
  ] as const)('of an %s', (flavor, map, list) => {
    expect(check(flavor, map)).toEqual(check(flavor, list))
    expect(check(flavor, map).problems).toEqual([])
  })

  test('what is wrong in one is said at its line, by its path', () => {
    const text =
      'family: web\ncontainerDefinitions: [{name: web, image: nginx, memory: 64, environment: {A: [b]}}]\ntags: {"aws:a": b, c: "#"}'
    expect(check('ecs_task_definition', text).problems).toEqual([
      '2:79 aws_resource.containerDefinitions[web].environment[A].value must be a text, not a list',
      '3:8 aws_resource.tags[0].key must not begin with "aws:", which is AWS\'s own, like "aws:a"',
      '3:23 aws_resource.tags[1].value must be made of letters, digits, spaces and + - = . _ : / @, not "#"',
    ])
  })

  test('other lists take none', () => {
    expect(check('ecs_task_definition', 'family: web\ncontainerDefinitions: {web: {image: a}}').problems).toEqual([
      '2:23 aws_resource.containerDefinitions must be a list, not a map',
    ])
  })
})
