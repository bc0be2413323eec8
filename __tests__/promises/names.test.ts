/** Environments whose names look alike. */
import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect } from '@jest/globals'
import { parse } from 'yaml'
import { slugOf, targets } from '../../src/targets.ts'
import { manifests } from '../world/manifests.ts'
import { recorder } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

/** What GitHub makes of a concurrency group, as far as ours are concerned. It ignores case. */
function groupOf(job: string, values: Readonly<Record<string, string>>): string {
  const workflow = parse(readFileSync('.github/workflows/particles.yml', 'utf8'))
  const group: string = workflow.jobs[job].concurrency.group
  return group
    .replaceAll(/\$\{\{ (toJSON\()?([\w.]+)\)? \}\}/g, (_, json, name) =>
      json ? JSON.stringify(values[name]) : String(values[name]),
    )
    .toLowerCase()
}

describe('Nothing is applied that was not reviewed', () => {
  story(
    'two environments whose names differ in a slash and a hyphen, or in case, plan into one folder',
    'each has its own plan file, also on a disk that ignores case',
    async () => {
      world.repository.push(manifests.cluster)
      const names: string[] = []
      for (const environment of ['eu/prod', 'eu-prod', 'EU-prod', 'eu prod', 'Eu/prod']) {
        const ran = await world.byHand({ environment })
        expect(ran.plan?.environment).toBe(environment)
        names.push(String(ran.outputs['plan-file']).toLowerCase())
      }
      expect(new Set(names).size).toBe(names.length)
    },
  )

  story(
    'a list of environments has names that every job would read as another one, or not take',
    'each is named before any job begins',
    async () => {
      const list = (name: unknown) => [
        { name, region: 'us-east-1', account: '1'.repeat(12), 'plan-role': role, 'apply-role': role },
      ]
      const role = `arn:aws:iam::${'1'.repeat(12)}:role/ecs`
      for (const [name, isTaken] of [
        ['prod', true],
        ['eu/prod 2', true],
        ['prod ', false],
        [' prod', false],
        ['prod / applied', false],
        [null, false],
      ] as const) {
        const { runner, ran } = recorder(1)
        const env = { GITHUB_EVENT_NAME: 'pull_request', INPUT_ENVIRONMENTS: JSON.stringify(list(name)) }
        await targets({ env, runner, clock: world.clock, signal: new AbortController().signal })
        const said = `input environments: environment 1${name === null ? '' : ` (${JSON.stringify(name)})`}: name must be up to 64 letters, digits, spaces, ".", "_", "/" or "-", with no space at an end or beside a slash, not ${JSON.stringify(name)}`
        expect(ran().problems).toEqual(isTaken ? [] : [said])
      }
    },
  )

  story(
    'two environments and two calls of the workflow have names that read alike when they are put together',
    'they wait in groups of their own',
    () => {
      const group = (job: string, name: string, environment: string, ref = 'refs/heads/main', workflow = 'ECS') =>
        groupOf(job, {
          'github.workflow': workflow,
          'inputs.name': name,
          'matrix.environment.slug': slugOf(environment),
          'github.ref': ref,
        })
      for (const job of ['plan', 'apply', 'drift']) {
        expect(group(job, 'ecs', `a-${job}-b`)).not.toBe(group(job, `ecs-${job}-a`, 'b'))
        expect(group(job, 'ecs', `a ${job} b`)).not.toBe(group(job, `ecs ${job} a`, 'b'))
        expect(group(job, 'ecs', 'Prod')).not.toBe(group(job, 'ecs', 'prod'))
        expect(group(job, 'ecs', 'eu/prod')).not.toBe(group(job, 'ecs', 'eu-prod'))
        expect(group(job, 'ecs', 'prod')).toBe(group(job, 'ecs', 'prod'))
      }
      expect(group('plan', 'ecs', 'c', 'refs/heads/a-b')).not.toBe(group('plan', 'ecs', 'b-c', 'refs/heads/a'))
      expect(group('plan', 'ecs', 'c', 'refs/heads/a', 'Shop')).not.toBe(
        group('plan', 'ecs', 'c', 'refs/heads/a', 'Office'),
      )
      expect(group('plan', 'b ecs', 'c', 'refs/heads/a', 'a')).not.toBe(
        group('plan', 'ecs', 'c', 'refs/heads/a', 'a b'),
      )
    },
  )
})
