import { describe, expect } from '@jest/globals'
import { runDigest } from '../../src/flavors/record/digest.ts'
import { manifests } from '../world/manifests.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World

/** The shop with more in its job's task definition. */
const jobWith = (lines: string) => ({
  ...manifests.shop,
  'particles/migrate.yml': manifests.shop['particles/migrate.yml'].replace(
    '  memory: 512\n',
    `  memory: 512\n${lines}`,
  ),
})

describe('No task runs twice', () => {
  story(
    'a job whose task definition states an empty role is applied by a release that knows an empty text as none',
    'the job keeps the name that earlier releases gave it, and is not run again',
    () => {
      const definition = {
        family: 'migrate',
        taskRoleArn: '',
        pidMode: '',
        containerDefinitions: [
          { name: 'migrate', image: 'registry.example/migrate:1', user: '', command: ['run', ''] },
        ],
      }
      const job = {
        definition: { cluster: 'main', taskName: 'migrate', overrides: { executionRoleArn: '' }, group: '' },
        options: {},
      }
      // What the release before gave it.
      expect(runDigest(job, definition, undefined)).toBe('b90a0d05c2c7c0368db2d864295ce5b7')
    },
  )

  story('a job states an empty role, has run, and is applied again', 'nothing runs, and nothing is to do', async () => {
    world = await World.open()
    await world.settle(jobWith('  taskRoleArn: ""\n  pidMode: ""\n'))
    const sent = world.simulator.calls.findLast(({ operation }) => operation === 'RegisterTaskDefinition')?.input
    expect(sent).not.toHaveProperty('taskRoleArn')
    expect(sent).not.toHaveProperty('pidMode')
    const from = world.simulator.calls.length
    const again = await world.byHand({ command: 'apply' })
    expect(again.plan?.steps).toEqual([])
    expect(world.modifying(from)).toEqual([])
  })
})

describe('Never silent, never stuck', () => {
  story(
    'a variable that is not set leaves a role empty, and ECS answers no role',
    'the apply ends at once, and the next plan has nothing to do',
    async () => {
      world = await World.open()
      const web = manifests.shop['particles/web.yml'].replace(
        '  memory: 512\n',
        `  memory: 512\n  taskRoleArn: \${TASK_ROLE:-}\n  ipcMode: ""\n`,
      )
      await world.settle({ ...manifests.shop, 'particles/web.yml': web })
      expect((await world.byHand()).plan?.steps).toEqual([])
    },
  )

  story(
    'a variable without a value, which ECS would drop, in a task definition and in the overrides of a job',
    'it is set to an empty text, the apply ends at once, and the next plan has nothing to do',
    async () => {
      world = await World.open()
      const web = manifests.shop['particles/web.yml'].replace(/^ *image: .*/m, '$&\n      environment: [{name: DEBUG}]')
      const job = manifests.shop['particles/migrate.yml'].replace(
        'taskName: migrate',
        '$&\n  overrides: {containerOverrides: [{name: migrate, environment: [{name: DRY_RUN}]}]}',
      )
      await world.settle({ ...manifests.shop, 'particles/web.yml': web, 'particles/migrate.yml': job })
      const sent = (operation: string) =>
        JSON.stringify(world.simulator.calls.filter(call => call.operation === operation).map(({ input }) => input))
      expect(sent('RegisterTaskDefinition')).toContain('[{"name":"DEBUG","value":""}]')
      expect(sent('RunTask')).toContain('[{"name":"DRY_RUN","value":""}]')
      const from = world.simulator.calls.length
      expect((await world.byHand({ command: 'apply' })).plan?.steps).toEqual([])
      expect(world.modifying(from)).toEqual([])
    },
  )

  story(
    'a member that tells one thing from another is left empty',
    'an error at its line, and nothing is planned',
    async () => {
      world = await World.open()
      const web = manifests.shop['particles/web.yml'].replace('serviceName: web', 'serviceName: ""')
      const { ran } = await world.propose({ ...manifests.shop, 'particles/web.yml': web })
      expect(ran.failed).toBe(true)
      expect(ran.problems.join('\n')).toContain('particles/web.yml:17:16 aws_resource.serviceName')
      expect(ran.plan).toBeUndefined()
    },
  )
})
