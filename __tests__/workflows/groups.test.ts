import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { root } from '../world/bundle.ts'
import { accountB } from './accounts.ts'
import { member, parseWorkflow, type Token, valueIn } from './interpreter/language.ts'
import type { RunEnd } from './interpreter/model.ts'
import { Project, type Settings } from './project.ts'
import { cluster, rolesOfTwo, rolesToRelease, target } from './stories/given.ts'

async function played(settings: Settings, play: (project: Project) => Promise<RunEnd>): Promise<RunEnd> {
  const project = await Project.open(settings)
  try {
    return await play(project)
  } finally {
    await project.close()
  }
}

/** The groups of a run and of its jobs, by name. */
const groupsOf = ({ jobs, concurrency }: RunEnd) => ({
  ...(concurrency && { run: concurrency }),
  ...Object.fromEntries(jobs.flatMap(({ name, concurrency: its }) => (its ? [[name, its]] : []))),
})

const pushes = (workflow: string) => (project: Project) =>
  project.run(workflow, project.push(project.repository.push(cluster())))

const inProduction = { group: 'ecs-particles apply production', cancels: false, queue: 'max' }

test('all applies of one environment wait for each other and none is cancelled, whichever workflow began them', async () => {
  const settings = { vars: { ...rolesToRelease, ...rolesOfTwo }, files: cluster() }
  for (const workflow of ['one-step', 'rights-apart'])
    expect(groupsOf(await played(settings, pushes(`examples/workflows/${workflow}.yml`)))).toEqual({
      run: inProduction,
    })
  const byApproval = await played(settings, project =>
    project.run('examples/workflows/approved-digest.yml', project.dispatch()),
  )
  expect(groupsOf(byApproval)).toEqual({ apply: inProduction })
  const released = await played(settings, pushes('examples/workflows/release.yml'))
  expect(groupsOf(released)).toEqual({ deploy: inProduction })
  const several = await played(settings, pushes('examples/workflows/several-environments.yml'))
  expect(groupsOf(several)).toMatchObject({ staging: { ...inProduction, group: 'ecs-particles apply staging' } })
  const files = { '.github/ecs-environments.json': JSON.stringify([target('production')]) }
  const reusable = await played({ files }, pushes('examples/workflows/reusable.yml'))
  expect(groupsOf(reusable)).toEqual({ 'particles / apply production': inProduction })
})

test('releases wait for each other and none is lost', async () => {
  const end = await played({}, project => project.run('.github/workflows/release.yml', project.tag('v1.0.0')))
  expect(groupsOf(end)).toEqual({ run: { group: 'release', cancels: false, queue: 'max' } })
})

test('plans of copied workflows, and of names that differ by case, are in groups of their own', async () => {
  const list = JSON.stringify([target('prod'), target('Prod', {}, accountB)])
  const copy = (name: string) => ({
    name: `${name}.yml`,
    text: `name: ${name}
on: pull_request
permissions: { contents: read, id-token: write, pull-requests: write, checks: write }
jobs:
  particles:
    uses: OWNER/ecs-particles/.github/workflows/particles.yml@v1
    with: { environments: '${list}' }`,
  })
  const names: string[] = []
  for (const name of ['shop', 'office']) {
    const end = await played({}, project => project.run(copy(name), project.pull(project.repository.open([cluster()]))))
    names.push(...Object.values(groupsOf(end)).map(({ group }) => group.toLowerCase()))
  }
  expect(names).toHaveLength(4)
  expect(new Set(names).size).toBe(4)
})

test.each([
  ['success', true],
  ['skipped', true],
  ['failure', false],
  // A newer run has cancelled one of the matrix, or its time was up: what it looked at is not known.
  ['cancelled', false],
])('where a job ends as %s, no change anywhere is known to be none: %s', (result, isWhole) => {
  const file = '.github/workflows/particles.yml'
  const { root: workflow } = parseWorkflow(file, readFileSync(join(root, file), 'utf8'))
  const steps = member(workflow, 'jobs', 'results', 'steps') as Iterable<Token> | undefined
  const needs = { targets: { result: 'success' }, drift: { result } }
  const [gather] = [...(steps ?? [])].filter(step => valueIn(member(step, 'id'), {}) === 'gather')
  expect(valueIn(member(gather, 'env', 'IS_WHOLE'), { needs })).toBe(isWhole)
})
