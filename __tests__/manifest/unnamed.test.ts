/** A task that leaves its name out has that of its particle. */
import { describe, expect, test } from '@jest/globals'
import { runDigest } from '../../src/flavors/record/digest.ts'
import { CLUSTER, DEFINITION, documents, particles, read } from './manifests.ts'

const task = (name: string, resource: string, key = 'pcf_name') =>
  `flavor: ecs_task\n${key}: ${name}\nparents: [ecs_cluster:main, ecs_task_definition:web]\naws_resource: {${resource}}\n`

const made = (...tasks: readonly string[]) => particles(documents(CLUSTER, DEFINITION, ...tasks))

const problems = (...tasks: readonly string[]) =>
  read({ 'a.yml': documents(CLUSTER, DEFINITION, ...tasks) }).problems.map(({ message }) => message)

describe('a task without a name', () => {
  test('is called by its particle, and is the same run as one that states that name', () => {
    const unnamed = made(task('migrate', 'count: 1'))['ecs_task:migrate']
    const named = made(task('migrate', 'taskName: migrate, count: 1'))['ecs_task:migrate']
    expect(unnamed?.definition).toEqual(named?.definition)
    const digest = (particle = unnamed) => runDigest(particle ?? { definition: {}, options: {} }, {}, undefined)
    expect(digest()).toBe(digest(named))
    expect(digest(made(task('other', 'count: 1'))['ecs_task:other'])).not.toBe(digest())
  })

  test.each(['null', '~'])('leaves it out: %s is an error', nothing => {
    expect(problems(task('migrate', `taskName: ${nothing}`)).join()).toMatch(/taskName/)
  })

  test('has a number in each copy', () => {
    const copies = made(
      `flavor: quasiparticle\npcf_name: all\nparticles:\n  - flavor: ecs_task\n    pcf_name: work\n    multiplier: 2\n    parents: [ecs_cluster:main, ecs_task_definition:web]\n    aws_resource: {count: 1}\n  - flavor: ecs_task\n    parents: [ecs_cluster:main, ecs_task_definition:web]\n    aws_resource: {count: 1}\n`,
    )
    expect(copies['ecs_task:work-0']?.definition.taskName).toBe('work-0')
    expect(copies['ecs_task:work-1']?.definition.taskName).toBe('work-1')
    expect(copies['ecs_task:all']?.definition.taskName).toBe('all')
  })

  test('is not another one with the same name', () => {
    expect(problems(task('migrate', 'count: 1'), task('other', 'taskName: migrate'))).toEqual([
      expect.stringMatching(/^ecs_task:other is the same resource in AWS as ecs_task:migrate .*same region, taskName/),
    ])
  })

  test('keeps the variables of its name by their names', () => {
    const { particles: found } = read(
      { 'a.yml': documents(CLUSTER, DEFINITION, task('"job-${NAME}"', 'count: 1')) },
      { variables: { NAME: 'a' } },
    )
    const node = found.find(({ flavor }) => flavor === 'ecs_task')?.source.entries.get('taskName')?.node
    expect(node).toMatchObject({ value: 'job-a', parts: ['job-', { variable: 'NAME', value: 'a' }] })
  })
})
