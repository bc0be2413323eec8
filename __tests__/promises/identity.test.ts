/** Whom a review is about: the account, the environment, and the thing that the particle is called there. */
import { beforeEach, describe, expect } from '@jest/globals'
import { manifests } from '../world/manifests.ts'
import type { Given, Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const main = manifests.cluster['particles/main.yml']
const web = manifests.web['particles/web.yml']
const called = (name: string) => ({ 'particles/main.yml': main.replace('clusterName: main', `clusterName: ${name}`) })
const wide = { 'particles/web.yml': web.replace('desiredCount: 1', 'desiredCount: 2') }
const gone = {
  'particles/web.yml': web.replace('pcf_name: web\nparents', 'pcf_name: web\ndesired_state: terminated\nparents'),
}

const runs = (cluster: string, service = 'web') => world.simulator.region().clusters.get(cluster)?.services.get(service)

/** The same service in another cluster, applied and settled. */
async function twin(cluster: string): Promise<void> {
  await world.settle({
    ...called(cluster),
    ...manifests.web,
    'particles/main.yml': called(cluster)['particles/main.yml'],
  })
}

/** Both merged, with one push after the second. */
async function landBoth(
  edits: readonly Readonly<Record<string, string>>[],
  given: Given = {},
): Promise<{ ran: Ran; mark: number }> {
  const pulls = []
  for (const edit of edits) pulls.push(await world.propose(edit, given))
  const before = world.repository.head()
  world.simulator.advance(5)
  for (const pull of pulls) world.repository.merge(pull, 'squash')
  const mark = world.mark
  return { ran: await world.push({ before, after: world.repository.head() }, given), mark }
}

function expectRefused({ ran, mark }: { readonly ran: Ran; readonly mark: number }, particle: string): void {
  expect(ran.report?.result).toBe('refused')
  expect(ran.problems.join('\n')).toContain(`${particle}:`)
  expect(ran.problems.join('\n')).toContain('was not reviewed')
  expect(world.modifying(mark)).toEqual([])
}

describe('Nothing is applied that was not reviewed', () => {
  story(
    'one pull request takes a service down in cluster staging, another renames the cluster in another file to prod, where a service of that name runs',
    'the apply is refused and the service in prod goes on',
    async () => {
      await twin('prod')
      await twin('staging')
      const both = await landBoth([gone, called('prod')])
      expectRefused(both, 'ecs_service:web')
      expect(runs('prod')?.status).toBe('ACTIVE')
    },
  )

  story(
    'one pull request changes the count of a service in cluster staging, another renames the cluster to prod',
    'the count in prod is not touched',
    async () => {
      await twin('prod')
      await twin('staging')
      expectRefused(await landBoth([wide, called('prod')]), 'ecs_service:web')
      expect(runs('prod')?.spec.desiredCount).toBe(1)
    },
  )

  story(
    'one pull request starts a service in cluster staging, another renames the cluster to prod',
    'the service is not started in prod',
    async () => {
      await world.settle(called('prod'))
      await world.settle(called('staging'))
      expectRefused(await landBoth([{ 'particles/web.yml': web }, called('prod')]), 'ecs_service:web')
      expect(runs('prod')).toBeUndefined()
    },
  )

  story(
    'the cluster of a plan is renamed, and only its name changes: by its name or by its ARN',
    'one spelling is as good as the other, and the review holds',
    async () => {
      await twin('main')
      const stated = (cluster: string) =>
        web
          .replace('parents: [ecs_cluster:main, ecs_task_definition:web]', 'parents: [ecs_task_definition:web]')
          .replace('  serviceName: web', `  serviceName: web\n  cluster: ${cluster}`)
          .replace('desiredCount: 1', 'desiredCount: 2')
      const pull = await world.propose({ 'particles/web.yml': stated('main') })
      const merged = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      const arn = 'arn:aws:ecs:us-east-1:123456789012:cluster/main'
      const push = world.repository.push({ 'particles/web.yml': stated(arn) })
      const ran = await world.push({ before: merged.before, after: push.after })
      expect(ran.problems).toEqual([])
      expect(runs('main')?.spec.desiredCount).toBe(2)
    },
  )

  story(
    'a service is taken down in one pull request and its serviceName is set to that of another service by a direct push',
    'the apply is refused and the other service goes on',
    async () => {
      const other = web
        .replaceAll('pcf_name: web', 'pcf_name: other')
        .replace('serviceName: web', 'serviceName: other')
        .replace('family: web', 'family: other')
        .replace('ecs_task_definition:web', 'ecs_task_definition:other')
      await world.settle({ ...manifests.web, 'particles/other.yml': other })
      const pull = await world.propose(gone)
      const merged = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      const push = world.repository.push({
        'particles/web.yml': gone['particles/web.yml'].replace('serviceName: web', 'serviceName: other'),
        'particles/other.yml': null,
      })
      const mark = world.mark
      expectRefused({ ran: await world.push({ before: merged.before, after: push.after }), mark }, 'ecs_service:web')
      expect(runs('main', 'other')?.status).toBe('ACTIVE')
    },
  )

  story(
    'a task definition is reviewed to go, and its family is set to that of another one by a direct push',
    'the apply is refused and the other family keeps its revisions',
    async () => {
      const [definition = ''] = web.split('---')
      const named = (name: string, family: string, state = '') =>
        definition.replace('pcf_name: web', `pcf_name: ${name}${state}`).replace('family: web', `family: ${family}`)
      await world.settle({ 'particles/a.yml': named('a', 'one'), 'particles/b.yml': named('b', 'two') })
      const down = '\ndesired_state: terminated'
      const pull = await world.propose({ 'particles/a.yml': named('a', 'one', down) })
      const merged = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      const push = world.repository.push({ 'particles/a.yml': named('a', 'two', down), 'particles/b.yml': null })
      const mark = world.mark
      expectRefused(
        { ran: await world.push({ before: merged.before, after: push.after }), mark },
        'ecs_task_definition:a',
      )
    },
  )

  story(
    'an instance is reviewed to be drained, and another pull request gives the reference the id of another instance',
    'the apply is refused and the other instance keeps its tasks',
    async () => {
      const instance = (id: string) => `flavor: ec2_instance\npcf_name: one\naws_resource:\n  InstanceId: ${id}\n`
      const member = (state = '') =>
        `flavor: ecs_instance\npcf_name: one\nparents: [ecs_cluster:main, ec2_instance:one]\n${state}aws_resource: {}\n`
      await world.settle(manifests.cluster)
      const region = world.simulator.region()
      for (const id of ['i-0a1b2c3d4e5f60718', 'i-0fffffffffffffff1'])
        world.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId: id })
      await world.settle({ 'particles/ec2.yml': instance('i-0a1b2c3d4e5f60718'), 'particles/one.yml': member() })
      const both = await landBoth([
        { 'particles/one.yml': member('desired_state: terminated\n') },
        { 'particles/ec2.yml': instance('i-0fffffffffffffff1') },
      ])
      expectRefused(both, 'ecs_instance:one')
      for (const { status } of region.clusters.get('main')?.instances.values() ?? []) expect(status).toBe('ACTIVE')
    },
  )

  story(
    'a service whose name holds a variable is reviewed to be scaled, and the variable has another value at apply',
    'the apply is refused, and the service of the other name keeps its count',
    async () => {
      const named = web.replace('serviceName: web', () => 'serviceName: "web-${STAGE}"')
      const stage = (STAGE: string): Given => ({ variables: `STAGE=${STAGE}` })
      for (const STAGE of ['blue', 'green']) {
        await world.settle({ ...manifests.cluster, 'particles/web.yml': named, 'README.md': STAGE }, stage(STAGE))
      }
      const pull = await world.propose(
        { 'particles/web.yml': named.replace('desiredCount: 1', 'desiredCount: 2') },
        stage('blue'),
      )
      const push = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      const mark = world.mark
      expectRefused({ ran: await world.push(push, stage('green')), mark }, 'ecs_service:web')
      expect((await world.push(push, stage('blue'))).problems).toEqual([])
      expect(['web-blue', 'web-green'].map(name => runs('main', name)?.spec.desiredCount)).toEqual([2, 1])
    },
  )

  story(
    'a release variable stands in the name of a service, and has another value at apply',
    'the apply is refused: another name is another resource, whatever may differ otherwise',
    async () => {
      const given = (TAG: string): Given => ({ variables: `TAG=${TAG}`, 'release-variables': 'TAG' })
      const named = {
        ...manifests.web,
        'particles/web.yml': web.replace('serviceName: web', 'serviceName: "web-${TAG}"'),
      }
      const pull = await world.propose(named, given('1'))
      const push = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      const mark = world.mark
      expectRefused({ ran: await world.push(push, given('2')), mark }, 'ecs_service:web')
    },
  )

  story(
    'what was reviewed in one account is applied under the same environment name with credentials for another account',
    'the apply is refused',
    async () => {
      const pull = await world.propose(manifests.web)
      const push = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      await world.enterAccount('210987654321')
      const mark = world.mark
      expectRefused({ ran: await world.push(push), mark }, 'ecs_service:web')
    },
  )

  story(
    'only a task definition that is nowhere yet is planned, so that no answer names the account',
    'the account is asked for once, and the review holds in that account alone',
    async () => {
      const [definition = ''] = web.split('---')
      const pull = await world.propose({ 'particles/web.yml': definition })
      expect(world.simulator.calls.map(({ operation }) => operation)).toEqual([
        'DescribeTaskDefinition',
        'DescribeClusters',
      ])
      expect(pull.ran.plan?.account).toBe('123456789012')
      const push = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      await world.enterAccount('210987654321')
      expectRefused({ ran: await world.push(push), mark: 0 }, 'ecs_task_definition:web')
    },
  )

  story(
    'the digest of a plan of one environment is given as approved-digest to another with the same manifests',
    'the plan of the other environment has another digest, and nothing is applied',
    async () => {
      world.repository.push(manifests.cluster)
      const staging = await world.byHand({ environment: 'staging' })
      const digest = staging.plan?.digest ?? ''
      const mark = world.mark
      const ran = await world.byHand({ command: 'apply', environment: 'production', 'approved-digest': digest })
      expect(ran.problems.join()).toContain('the plan is not the approved one any more')
      expect(world.modifying(mark)).toEqual([])
      const approved = await world.byHand({ command: 'apply', environment: 'staging', 'approved-digest': digest })
      expect(approved.problems).toEqual([])
    },
  )

  story(
    'the digest of a plan in one account is given as approved-digest in another account under the same environment name',
    'nothing is applied there',
    async () => {
      world.repository.push(manifests.cluster)
      const digest = (await world.byHand()).plan?.digest ?? ''
      await world.enterAccount('210987654321')
      const ran = await world.byHand({ command: 'apply', 'approved-digest': digest })
      expect(ran.problems.join()).toContain('the plan is not the approved one any more')
      expect(world.modifying()).toEqual([])
    },
  )

  story(
    'a service is reviewed in one region and its region is changed by a direct push',
    'the apply is refused, and nothing is touched in the other region',
    async () => {
      const here = (region: string) => ({
        'particles/main.yml': main.replace('clusterName: main', `clusterName: main\n  region_name: ${region}`),
      })
      await world.settle(here('us-east-1'))
      await world.settle(here('eu-west-1'))
      const down = (region: string) => ({
        'particles/main.yml': here(region)['particles/main.yml'].replace(
          'pcf_name: main',
          'pcf_name: main\ndesired_state: terminated',
        ),
      })
      const pull = await world.propose(down('eu-west-1'))
      const merged = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      const push = world.repository.push(down('us-east-1'))
      const mark = world.mark
      expectRefused({ ran: await world.push({ before: merged.before, after: push.after }), mark }, 'ecs_cluster:main')
      expect(world.simulator.region('us-east-1').clusters.get('main')?.status).toBe('ACTIVE')
    },
  )

  story(
    'a service in two regions is planned with one account known from the second region alone',
    'claims and plan name that account',
    async () => {
      const [definition = ''] = web.split('---')
      const files = {
        'particles/a.yml': definition.replace('family: web', 'family: web\n  region_name: eu-west-1'),
        'particles/main.yml': main,
      }
      const pull = await world.propose(files)
      expect(pull.ran.plan?.account).toBe('123456789012')
      expect(world.simulator.calls.map(({ operation }) => operation).sort()).toEqual([
        'DescribeClusters',
        'DescribeTaskDefinition',
      ])
      expect((await world.land(pull)).problems).toEqual([])
    },
  )

  story(
    'a tag of a cluster names another account, to have claims made out for that account',
    "the account is that of ECS's own members, and the review holds in that account alone",
    async () => {
      const tagged = {
        'particles/main.yml': `${main}  tags: [{ key: arn, value: "arn:aws:ecs:us-east-1:210987654321:cluster/main" }]\n`,
      }
      await world.settle(tagged)
      const pull = await world.propose({
        'particles/main.yml': `${main}  settings: [{ name: containerInsights, value: enabled }]\n`,
      })
      expect(pull.ran.plan?.account).toBe('123456789012')
    },
  )

  story(
    'pull requests that an earlier release has planned are merged and applied by this one',
    'the apply is refused, and says once which pull requests were planned in the earlier format and what to do',
    async () => {
      await world.settle(manifests.cluster)
      const pulls = []
      for (const edit of [
        called('main'),
        { 'particles/other.yml': main.replaceAll('main', 'other') },
        { 'README.md': 'words' },
      ]) {
        const pull = await world.propose(edit)
        for (const check of world.checks(pull.headSha, 'particles / production'))
          check.output.text = (check.output.text ?? '')
            .replace('format 2', 'format 1')
            .replaceAll(/^[0-9a-f]{32}$/gm, claim => claim.slice(0, 16))
        pulls.push(pull)
      }
      const before = world.repository.head()
      world.simulator.advance(5)
      for (const pull of pulls) world.repository.merge(pull, 'squash')
      const mark = world.mark
      const ran = await world.push({ before, after: world.repository.head() })
      expectRefused({ ran, mark }, 'ecs_cluster:other')
      const numbers = pulls.map(({ number }) => `#${number}`)
      expect(ran.problems.at(-1)?.split('format 1')).toHaveLength(2)
      expect(ran.problems.at(-1)).toContain(
        `the plans of pull requests ${numbers[0]}, ${numbers[1]} and ${numbers[2]} were made by an earlier release, in format 1 of claims, and this one reads format 2, so they reviewed nothing: plan open pull requests again with this release`,
      )
    },
  )

  story(
    'a text that reads like a release variable but is none is reviewed, and a direct push makes it one',
    'the apply is refused',
    async () => {
      const given = { variables: 'TAG=1.0', 'release-variables': 'TAG' }
      const says = (text: string) => web.replace('web:1', () => `web:1\n      command: ["${text}"]`)
      const pull = await world.propose({ ...manifests.web, 'particles/web.yml': says('$${TAG}') }, given)
      const merged = world.repository.merge(pull, 'squash')
      world.simulator.advance(5)
      const push = world.repository.push({ 'particles/web.yml': says('${TAG}') })
      const mark = world.mark
      expectRefused(
        { ran: await world.push({ before: merged.before, after: push.after }, given), mark },
        'ecs_task_definition:web',
      )
    },
  )
})

describe('What is hidden stays hidden', () => {
  story(
    'a name that is made with a secret variable is guessed from the claims that are published',
    'the claims are the same whatever the secret is',
    async () => {
      const secret = {
        ...manifests.cluster,
        'particles/main.yml': main.replace('clusterName: main', 'clusterName: "main-${KEY}"'),
      }
      const given = (KEY: string): Given => ({ variables: `KEY=${KEY}`, 'secret-variables': 'KEY' })
      const pull = await world.propose(secret, given('one-secret'))
      const again = await world.plan(pull, given('two-secret'))
      expect(again.plan?.claims).toEqual(pull.ran.plan?.claims)
      expect(again.plan?.digest).toBe(pull.ran.plan?.digest)
    },
  )
})
