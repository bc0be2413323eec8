import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { accountA } from './accounts.ts'
import { Project } from './project.ts'
import { mergeOfPlanned, refusedDigest, rolesToRelease } from './stories/given.ts'
import { program, web, withImage } from './stories/release.ts'

const workflow = 'examples/workflows/release.yml'

let project: Project
beforeEach(async () => {
  project = await Project.open({ vars: rolesToRelease })
  await project.run(workflow, await mergeOfPlanned(project, workflow, withImage))
})
afterEach(() => project.close())

/** What the service runs. */
function image(): string {
  const region = project.accounts.get(accountA)?.region()
  const [container] = region?.families.get('web')?.at(-1)?.definition.containerDefinitions ?? []
  return container?.image ?? ''
}

const builtOf = (sha: string): string =>
  `123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/web@${readFileSync(join(project.images, sha), 'utf8')}`

test('a merge deploys the image that was built of it, by digest', () => {
  expect(image()).toBe(builtOf(project.repository.head()))
})

test('the image of the newest commit stays, though that of an older one is ready later', async () => {
  const older = project.push(project.repository.push(program(2)))
  await project.run(workflow, project.push(project.repository.push(program(3))))
  const end = await project.run(workflow, older)
  expect(end.conclusion).toBe('success')
  expect(image()).toBe(builtOf(project.repository.head()))
})

test('a run by hand deploys what a refused push has built, and builds nothing', async () => {
  const before = image()
  const { jobs } = await project.run(workflow, project.push(project.repository.push(web(2))))
  expect(jobs.map(({ name, result }) => [name, result])).toContainEqual(['deploy', 'failure'])
  expect(image()).toBe(before)
  const built = readdirSync(project.images)

  const end = await project.run(workflow, project.dispatch({ 'approved-digest': refusedDigest(project) }))
  expect(end.conclusion).toBe('success')
  expect(image()).toBe(builtOf(project.repository.head()))
  expect(readdirSync(project.images)).toEqual(built)
})
