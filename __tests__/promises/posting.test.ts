/** The job that posts has a file that anybody may have written: it posts no claim that the file does not show. */
import { beforeEach, describe, expect } from '@jest/globals'
import type { Pull } from '../../simulator/github/repository.ts'
import { claimHash } from '../../src/engine/claimSubject.ts'
import { manifests, setting } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
  world.simulator.setThrottling(false)
})

const plan = 'particles / production'

type File = ReturnType<typeof fileOf>
const fileOf = (ran: Ran) => {
  const { plan: file } = ran
  if (!file?.claims) throw new Error('there is no plan with claims')
  return structuredClone(file) as typeof file & {
    claims: { hashes: string[]; subject: string; commit: string; made: Record<string, unknown[][]> }
  }
}

async function expectRefused(pull: Pull, file: File, why: string): Promise<void> {
  const ran = await world.post(pull, JSON.stringify(file))
  expect(ran.failed).toBe(true)
  expect(ran.problems).toEqual([expect.stringContaining(why)])
  expect(world.checks(pull.headSha, plan)[0]).toMatchObject({ conclusion: 'failure', output: { text: null } })
}

/** A change of a cluster, planned and not posted. */
async function proposed(): Promise<{ pull: Pull; file: File }> {
  await world.settle({ ...setting('main', 'disabled'), ...setting('other', 'disabled') })
  const pull = await world.propose(setting('main', 'enabled'), { comment: 'never' })
  return { pull, file: fileOf(pull.ran) }
}

/** A cluster as claims name it. */
const cluster = (name: string, account = '123456789012') => [
  `ecs_cluster:${name}`,
  account,
  'production',
  'ecs_cluster',
  'us-east-1',
  name,
]

/** Adds a claim with its hash, as somebody does who knows how claims are made. */
function forge({ claims }: File, particle: string, claim: unknown[]): void {
  claims.made[particle] = [...(claims.made[particle] ?? []), claim]
  claims.hashes.push(claimHash(claim))
}

describe('Nothing is applied that was not reviewed', () => {
  story(
    'the plan file has the steps of one plan and the claims of another',
    'nothing is posted, and the check fails',
    async () => {
      const { pull, file } = await proposed()
      const other = fileOf((await world.propose(setting('other', 'enhanced'))).ran)
      await expectRefused(
        pull,
        { ...file, claims: { ...file.claims, hashes: other.claims.hashes, made: other.claims.made } },
        'claims what it does not show: there is a claim of ecs_cluster:other, which has no step',
      )
    },
  )

  story('a hash is added to the claims of a plan file', 'it is that of no step, and nothing is posted', async () => {
    const { pull, file } = await proposed()
    file.claims.hashes.push('0'.repeat(file.claims.hashes[0]?.length ?? 16))
    await expectRefused(pull, file, 'is that of no step')
  })

  story(
    'a claim to delete another particle is put among those of a step that is shown',
    'it is that of another particle, and nothing is posted',
    async () => {
      const { pull, file } = await proposed()
      forge(file, 'ecs_cluster:main', ['gone', cluster('other'), 'terminate'])
      await expectRefused(pull, file, 'ecs_cluster:main: a claim is that of ecs_cluster:other')
    },
  )

  story('a claim to delete the very particle of an update is added', 'nothing is posted', async () => {
    const { pull, file } = await proposed()
    forge(file, 'ecs_cluster:main', ['gone', cluster('main'), 'terminate'])
    await expectRefused(pull, file, 'terminate is claimed, not update')
  })

  story('a claim of the same step in another account is added', 'nothing is posted', async () => {
    const { pull, file } = await proposed()
    forge(file, 'ecs_cluster:main', ['whole', cluster('main', '999999999999'), 'update', '', []])
    await expectRefused(pull, file, 'a claim is of another account or environment')
  })

  story(
    'a change of another particle is claimed as what a step follows, and the step follows nothing',
    'it is that of another particle, and nothing is posted',
    async () => {
      const { pull, file } = await proposed()
      const { path = '' } = file.steps[0]?.changes[0] ?? {}
      forge(file, 'ecs_cluster:main', ['follow', cluster('main'), 'update', path, cluster('other')])
      await expectRefused(pull, file, 'is claimed to follow what it does not')
    },
  )

  story('a claim of a whole definition is added to an update', 'nothing is posted', async () => {
    const { pull, file } = await proposed()
    forge(file, 'ecs_cluster:main', ['whole', cluster('main'), 'start', claimHash(['anything']), []])
    await expectRefused(pull, file, 'a whole definition is claimed to start, not to update')
  })

  story('a claim of a member that the step does not show is added', 'nothing is posted', async () => {
    const { pull, file } = await proposed()
    forge(file, 'ecs_cluster:main', ['change', cluster('main'), 'update', 'configuration', { after: 1 }, []])
    await expectRefused(pull, file, 'configuration is claimed and not shown')
  })

  story(
    'a hidden value is claimed for a member that is shown openly',
    'nothing is posted: what is claimed cannot be held against what is shown',
    async () => {
      const { pull, file } = await proposed()
      const path = file.steps[0]?.changes[0]?.path ?? ''
      const { before } = file.steps[0]?.changes[0] ?? {}
      forge(file, 'ecs_cluster:main', [
        'change',
        cluster('main'),
        'update',
        path,
        { before, after: { hidden: claimHash(['x']) } },
        [],
      ])
      await expectRefused(pull, file, 'is claimed as a hidden value, or shown as one')
    },
  )

  story(
    'a hidden value that is to come is shown as one that goes',
    'nothing is posted: the claim has a value',
    async () => {
      const { 'particles/web.yml': web } = manifests.web
      const image = 'image: registry.example/web:1'
      const pull = await world.propose({
        ...manifests.web,
        'particles/web.yml': web.replace(image, `${image}\n      environment: [{ name: KEY, value: hidden-key }]`),
      })
      const text = JSON.stringify(fileOf(pull.ran))
      const shownToGo = JSON.parse(text.replace('"action":"add"', '"action":"remove"'))
      await expectRefused(pull, shownToGo, 'environment[KEY].value is claimed to stay and shown to go')
    },
  )

  story(
    'another value is claimed than the one that is shown',
    'the comment shows what is to be reviewed beside what is shown',
    async () => {
      const { pull, file } = await proposed()
      const { path = '', before } = file.steps[0]?.changes[0] ?? {}
      forge(file, 'ecs_cluster:main', ['change', cluster('main'), 'update', path, { before, after: 'enhanced' }, []])
      const ran = await world.post(pull, JSON.stringify(file))
      expect(ran.problems).toEqual([])
      expect(world.comments(pull)[0]).toContain('is to be reviewed as "enhanced"')
    },
  )

  story(
    'the plan file of another pull request, of an earlier head or of another base is handed on',
    'nothing is posted, and the check says of which pull request the file is',
    async () => {
      const { pull, file } = await proposed()
      const other = await world.propose(setting('other', 'enhanced'))
      await expectRefused(other, file, `is the plan of pull request #${pull.number} into main at ${pull.headSha}`)
      await expectRefused(pull, { ...file, claims: { ...file.claims, commit: world.repository.head() } }, 'not of')
      world.repository.branch('next')
      world.repository.retarget(pull, 'next')
      await expectRefused(pull, file, `not of pull request #${pull.number} into next`)
    },
  )

  story('the plan file of another environment is handed on', 'nothing is posted', async () => {
    const { pull } = await proposed()
    const staging = fileOf(await world.plan(pull, { environment: 'staging' }))
    const ran = await world.post(pull, JSON.stringify(staging))
    expect(ran.problems).toEqual([expect.stringContaining('is the plan of the environment staging, not of production')])
  })

  story(
    'a plan of everything is posted as it was made',
    'its claims follow from what it shows, and are a review',
    async () => {
      const pull = await world.propose(manifests.shop, { comment: 'never' })
      world.github.checks.length = 0
      const ran = await world.post(pull, JSON.stringify(fileOf(pull.ran)))
      expect(ran.problems).toEqual([])
      expect(world.comments(pull)[0]).not.toContain('is to be reviewed as')
      expect((await world.land(pull)).report?.result).toBe('succeeded')
    },
  )
})

describe('What is hidden stays hidden', () => {
  story(
    'claims are handed on in a file before they are hashed, and a definition has hidden values',
    'neither a value of a container environment nor one of a secret variable is in the file',
    async () => {
      const web = manifests.web['particles/web.yml'].replace(
        'image: registry.example/web:1',
        [
          'image: registry.example/web:1',
          '      environment: [{ name: KEY, value: hidden-key }, { name: MADE, value: "a-${SECRET}" }]',
          '      dockerLabels: { made: "${SECRET}" }',
          '      logConfiguration: { logDriver: splunk, options: { splunk-token: hidden-token } }',
        ].join('\n'),
      )
      const given = { variables: 'SECRET=s3cr3t-value', 'secret-variables': 'SECRET' }
      const pull = await world.propose({ ...manifests.web, 'particles/web.yml': web }, given)
      const text = JSON.stringify(fileOf(pull.ran))
      for (const value of ['hidden-key', 's3cr3t-value', 'hidden-token']) expect(text).not.toContain(value)
      expect((await world.post(pull, text)).problems).toEqual([])
      expect((await world.land(pull, given)).report?.result).toBe('succeeded')
    },
  )
})
