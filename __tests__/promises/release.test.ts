/** What a release variable lets go without a review, and what it does not. */
import { beforeEach, describe, expect } from '@jest/globals'
import { manifests } from '../world/manifests.ts'
import { type Given, type Ran, tag } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const withSecret = (TAG: string, KEY: string): Given =>
  tag(TAG, { variables: `TAG=${TAG}\nKEY=${KEY}`, 'secret-variables': 'KEY' })

const file = 'particles/migrate.yml'
const migrate = manifests.shop[file].replace('migrate:1', () => 'migrate:${TAG}')
const shop = { ...manifests.cluster, [file]: migrate }
/** The migration with members of the job's own definition, and options. */
const job = (members: string, text = migrate): string =>
  text.replace('  taskName: migrate\n', () => `  taskName: migrate\n${members}`)
const options = (custom: string): string => job(`  custom_config: { ${custom} }\n`)

const runs = (): number => world.simulator.calls.filter(({ operation }) => operation === 'RunTask').length

/** The records on the newest revision, as they stand in AWS. */
function records(): { key: string; value: string }[] {
  const revision = world.simulator.region().families.get('migrate')?.at(-1)
  const tags = (revision?.tags ?? []) as { key: string; value: string }[]
  return tags.filter(({ key }) => key.startsWith('ecs-particles:run/'))
}

/** Has run with TAG 1.0, reviewed; then a push of these files without a pull request, with other values. */
async function directly(
  edits: Readonly<Record<string, string | null>>,
  given: Given = tag('1.1'),
  before: Readonly<Record<string, string>> = shop,
  first: Given = tag('1.0'),
): Promise<{ ran: Ran; mark: number }> {
  await world.settle(before, first)
  expect(runs()).toBe(1)
  const push = world.repository.push(edits)
  const mark = world.mark
  return { ran: await world.push(push, given), mark }
}

function expectRefused({ ran, mark }: { readonly ran: Ran; readonly mark: number }): void {
  expect(ran.report?.result).toBe('refused')
  expect(ran.problems.join('\n')).toContain('ecs_task:migrate: start')
  expect(world.modifying(mark)).toEqual([])
  expect(runs()).toBe(1)
}

describe('Nothing is applied that was not reviewed', () => {
  story(
    'a migration with a release variable has run, and a direct push raises its retry counter',
    'the push is refused and nothing runs a second time',
    async () => expectRefused(await directly({ [file]: options('retry: 1') }, tag('1.0'))),
  )

  story(
    'a direct push raises the retry counter beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => expectRefused(await directly({ [file]: options('retry: 1') })),
  )

  story(
    'a direct push makes a job that runs once a task that is kept running, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => expectRefused(await directly({ [file]: options('wait: running') })),
  )

  story(
    'a direct push takes the record away from a job, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => expectRefused(await directly({ [file]: options('record: false') })),
  )

  story(
    'a direct push raises the count of a job, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => expectRefused(await directly({ [file]: job('  count: 2\n') })),
  )

  story(
    'a direct push puts a job into another group, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => expectRefused(await directly({ [file]: job('  group: other\n') })),
  )

  story(
    'a direct push changes launch settings of a job, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => expectRefused(await directly({ [file]: job('  enableExecuteCommand: true\n') })),
  )

  story(
    'a direct push gives a job another command, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () =>
      expectRefused(
        await directly({
          [file]: job('  overrides: { containerOverrides: [{ name: migrate, command: [drop] }] }\n'),
        }),
      ),
  )

  story(
    'a direct push gives a part of the definition that a job runs to somebody else, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () =>
      expectRefused(
        await directly({
          [file]: migrate.replace('  family: migrate\n', '  family: migrate\n  custom_config: { ignore: [cpu] }\n'),
        }),
      ),
  )

  story(
    'a direct push takes away what a job waits for, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => {
      const backup = migrate.replaceAll('migrate', 'backup').replace('backup:${TAG}', 'migrate:1')
      const after = migrate.replace('ecs_task_definition:migrate]', 'ecs_task_definition:migrate, ecs_task:backup]')
      await world.settle({ ...shop, 'particles/backup.yml': backup, [file]: after }, tag('1.0'))
      const push = world.repository.push({ [file]: migrate })
      const mark = world.mark
      const ran = await world.push(push, tag('1.1'))
      expect(ran.report?.result).toBe('refused')
      expect(world.modifying(mark)).toEqual([])
    },
  )

  story(
    'a secret variable is rotated beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => {
      const secret = migrate.replace('image:', () => 'environment: [{ name: KEY, value: "${KEY}" }]\n      image:')
      expectRefused(
        await directly(
          { 'README.md': 'words' },
          withSecret('1.1', 'second-key'),
          { ...shop, [file]: secret },
          withSecret('1.0', 'first-key'),
        ),
      )
      const again = await world.push(world.repository.push({ 'README.md': 'more' }), withSecret('1.1', 'first-key'))
      expect(again.problems).toEqual([])
      expect(runs()).toBe(2)
    },
  )

  story(
    "a job runs somebody else's task definition, which changes in AWS beside a new value of the release variable",
    'the push is refused and nothing runs',
    async () => {
      world.simulator.handle('us-east-1', 'RegisterTaskDefinition', foreign('migrate:1'))
      const [, own = ''] = migrate.split('---\n')
      const theirs = job(
        '  taskDefinition: foreign\n  overrides: { containerOverrides: [{ name: migrate, command: ["${TAG}"] }] }\n',
        own.replace('ecs_cluster:main, ecs_task_definition:migrate', 'ecs_cluster:main'),
      )
      await world.settle({ ...shop, [file]: theirs }, tag('1.0'))
      expect((await world.push(world.repository.push({ 'README.md': 'one' }), tag('1.1'))).problems).toEqual([])
      expect(runs()).toBe(2)
      world.simulator.handle('us-east-1', 'RegisterTaskDefinition', foreign('somebody-elses:1'))
      const push = world.repository.push({ 'README.md': 'two' })
      const ran = await world.push(push, tag('1.2'))
      expect(ran.report?.result).toBe('refused')
      expect(runs()).toBe(2)
    },
  )

  story(
    'what a job inherits from another particle changes beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => {
      const key = '$inherit$ecs_cluster:main$serviceConnectDefaults.namespace'
      const inheriting = migrate
        .replace('      image:', () => `      environment: [{ name: SPACE, value: ${key} }]\n      image:`)
        .replace('pcf_name: migrate\n', 'pcf_name: migrate\nparents: [ecs_cluster:main]\n')
      const namespace = (name: string): void => {
        const cluster = world.simulator.region().clusters.get('main')
        if (!cluster) throw new Error('there is no cluster')
        Object.assign(cluster, {
          serviceConnectDefaults: { namespace: `arn:aws:servicediscovery:us-east-1:1:${name}` },
        })
      }
      await world.settle(manifests.cluster)
      namespace('one')
      await world.settle({ [file]: inheriting }, tag('1.0'))
      const words = async (text: string, TAG: string) =>
        world.push(world.repository.push({ 'README.md': text }), tag(TAG))
      expect((await words('one', '1.1')).problems).toEqual([])
      expect(runs()).toBe(2)
      namespace('two')
      const mark = world.mark
      const ran = await words('two', '1.2')
      expect(ran.problems.join('\n')).toContain('ecs_task:migrate: start')
      expect(world.modifying(mark)).toEqual([])
    },
  )

  story(
    'a migration asks for a review in any case, and a release goes without one',
    'the push is refused and nothing runs; a pull request that shows it lets it run',
    async () => {
      const always = { ...shop, [file]: options('review: always') }
      expectRefused(await directly({ 'README.md': 'words' }, tag('1.1'), always))
      const pull = await world.propose({ 'README.md': 'more' }, tag('1.1'))
      expect((await world.land(pull, tag('1.1'))).problems).toEqual([])
      expect(runs()).toBe(2)
    },
  )

  story(
    'the request for a review in any case is taken out by a direct push, beside a new value of the release variable',
    'the push is refused and nothing runs',
    async () => {
      const always = { ...shop, [file]: options('review: always') }
      expectRefused(await directly({ [file]: migrate }, tag('1.1'), always))
    },
  )

  story(
    'the record of an earlier release, which signed no options, is used for a raised retry counter',
    'the push is refused and nothing runs',
    async () => {
      await world.settle(shop, tag('1.0'))
      asWrittenBefore()
      const push = world.repository.push({ [file]: options('retry: 1') })
      const mark = world.mark
      expectRefused({ ran: await world.push(push, tag('1.1')), mark })
    },
  )

  story(
    'a reviewer who looks at the first start of a migration is not told what else it allows',
    'the comment says that a release runs it again without a review, and how to ask for one',
    async () => {
      const said = 'another value of a release variable in it runs it again without a review'
      const pull = await world.propose(shop, tag('1.0'))
      expect(world.comments(pull)[0]).toContain(said)
      expect(world.comments(pull)[0]).toContain('unless `custom_config.review` says always')
      for (const quiet of [options('review: always'), options('record: false'), options('wait: running')]) {
        await world.propose({ [file]: quiet }, tag('1.0'))
        const other = await world.propose({ ...shop, [file]: quiet }, tag('1.0'))
        expect(world.comments(other)[0]).not.toContain(said)
      }
    },
  )
})

describe('Never silent, never stuck', () => {
  story(
    'a release variable has another value and nothing else is different',
    'the migration runs without a review, and its record has the signature of now',
    async () => {
      const { ran } = await directly({ 'README.md': 'words' })
      expect(ran.problems).toEqual([])
      expect(runs()).toBe(2)
      const values = records().map(({ value }) => value)
      expect(values).toHaveLength(2)
      for (const value of values) expect(value).toMatch(/^1 done \d+ 0 0 [0-9a-f]{32}$/)
    },
  )

  story(
    'five release variables stand in one text, and AWS has five thousand characters that they cannot produce',
    'the plan is made at once, and asks for a review',
    async () => {
      const names = ['A', 'B', 'C', 'D', 'E']
      const given = {
        variables: names.map(name => `${name}=x`).join('\n'),
        'release-variables': names.join(','),
        'reveal-environment': 'LONG',
      }
      const text = `${names.map(name => `-\${${name}}`).join('')}!`
      const long = (value: string) => ({
        ...manifests.cluster,
        [file]: manifests.shop[file]
          .split('---')[0]
          ?.replace('image:', () => `environment: [{ name: LONG, value: "${value}" }]\n      image:`) as string,
      })
      await world.settle(long('-'.repeat(5_000)))
      const push = world.repository.push(long(text))
      const began = performance.now()
      const ran = await world.push(push, given)
      expect(performance.now() - began).toBeLessThan(5_000)
      expect(ran.report?.result).toBe('refused')
    },
  )

  story(
    'a migration was last run by an earlier release, and only the release variable is different',
    'it runs without a review, and its record is written in the form of now',
    async () => {
      await world.settle(shop, tag('1.0'))
      asWrittenBefore()
      const ran = await world.push(world.repository.push({ 'README.md': 'words' }), tag('1.1'))
      expect(ran.problems).toEqual([])
      expect(runs()).toBe(2)
      expect(
        records()
          .map(({ value }) => value.split(' ').at(-1)?.length)
          .sort(),
      ).toEqual([16, 32])
    },
  )
})

/** What the release before claims of format 2 wrote for `shop`: a constant, as nothing writes it any more. */
const writtenBefore = 'aeb7736fe3b95fc7'

function asWrittenBefore(): void {
  for (const record of records()) {
    const [claim = ''] = /[0-9a-f]{32}$/.exec(record.value) ?? []
    expect(claim).toHaveLength(32)
    record.value = record.value.replace(claim, writtenBefore)
  }
}

const foreign = (image: string) => ({
  family: 'foreign',
  requiresCompatibilities: ['FARGATE'],
  networkMode: 'awsvpc',
  cpu: '256',
  memory: '512',
  containerDefinitions: [{ name: 'migrate', image }],
})
