import { beforeEach, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { hostileText } from '../render/hostile.ts'
import { structure } from '../render/structure.ts'
import { runs } from '../runs.ts'
import { manifests } from '../world/manifests.ts'
import type { Given, Ran } from '../world/run.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const cluster = manifests.cluster

/** Every place that hides what stands in it; `mark` tells the versions apart. */
const full = (mark: string): Record<string, string> => ({
  ...cluster,
  'particles/web.yml': `flavor: ecs_task_definition
pcf_name: web
aws_resource:
  family: web
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 1024
  containerDefinitions:
    - name: web
      image: registry.example/\${SECRET}:1
      command: [serve, "--key=\${SECRET}"]
      environment:
        - { name: PLAIN, value: hidden-plain-${mark} }
        - { name: MIXED, value: "a-\${SECRET}-z" }
        - { name: SHOWN, value: seen-${mark} }
      dockerLabels: { key: "\${SECRET}" }
      logConfiguration:
        logDriver: splunk
        options: { splunk-token: hidden-splunk-${mark} }
    - name: log
      image: registry.example/log:1
      logConfiguration:
        logDriver: awsfirelens
        options: { apiKey: hidden-splunk-${mark} }
      firelensConfiguration:
        type: fluentbit
        options: { config-file-value: hidden-firelens-${mark} }
`,
  'particles/job.yml': `flavor: ecs_task
pcf_name: job
parents: [ecs_cluster:main, ecs_task_definition:web]
aws_resource:
  taskName: job
  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-0a1b2c3d4e5f60718]
  overrides:
    containerOverrides:
      - name: web
        environment:
          - { name: OVER, value: hidden-override-${mark} }
`,
})

const secret = (value: string): Given => ({
  variables: `SECRET=${value}`,
  'secret-variables': 'SECRET',
  'reveal-environment': 'SHOWN',
})

const hiding = /hidden-(?:plain|splunk|firelens|override)|s3cr3t/

describe('a hidden value', () => {
  beforeEach(() => {
    world.simulator.behave('registry.example/*', { exitCode: 0 })
  })

  test('is in nothing that anybody sees: comment, check, claims, plan, report, log, summary', async () => {
    const one = await world.propose(full('one'), secret('s3cr3t-one'))
    const applied = await world.land(one, secret('s3cr3t-one'))
    expect(applied.problems).toEqual([])
    const two = await world.propose(full('two'), secret('s3cr3t-two'))
    const again = await world.land(two, secret('s3cr3t-two'))
    expect(again.problems).toEqual([])
    const everything = world.everything(one.ran, applied, two.ran, again)
    expect(everything).toContain('seen-two')
    expect(everything).not.toMatch(hiding)
    // It was there to be seen, of course.
    expect(JSON.stringify(world.simulator.calls)).toContain('s3cr3t-two')
  })

  test('is in no refusal, though somebody changed it by hand in AWS', async () => {
    await world.settle(full('one'), secret('s3cr3t-one'))
    const revision = (world.simulator.region().families.get('web') ?? []).at(-1)
    const [container] = revision?.definition.containerDefinitions ?? []
    if (!container) throw new Error('there is no container')
    container.environment = [{ name: 'PLAIN', value: 'hidden-plain-by-hand' }]
    const push = world.repository.push({ 'README.md': 'words' })
    const ran = await world.push(push, secret('s3cr3t-one'))
    expect(ran.report?.result).toBe('refused')
    expect(world.everything(ran)).not.toMatch(hiding)
  })

  test('is in no error of ECS, which repeats what it was sent', async () => {
    const pull = await world.propose(full('one'), secret('s3cr3t-one'))
    world.simulator.inject({
      operation: 'RegisterTaskDefinition',
      always: true,
      fault: {
        kind: 'error',
        name: 'ClientException',
        status: 400,
        message: 'invalid: registry.example/s3cr3t-one:1, hidden-plain-one, hidden-splunk-one, --key=s3cr3t-one',
      },
    })
    const ran = await world.land(pull, secret('s3cr3t-one'))
    expect(ran.report?.result).toBe('failed')
    expect(world.everything(pull.ran, ran)).not.toMatch(hiding)
    expect(world.comments(pull)[0]).toContain('(hidden)')
  })

  test.each([
    [
      'where a number is due',
      {
        'particles/main.yml': `${cluster['particles/main.yml']}  defaultCapacityProviderStrategy: [{ capacityProvider: FARGATE, base: "\${SECRET}" }]\n`,
      },
    ],
    [
      'in a name that is too strange',
      {
        'particles/main.yml': cluster['particles/main.yml'].replace('clusterName: main', 'clusterName: "${SECRET} !"'),
      },
    ],
    ['as a state', { 'particles/main.yml': `${cluster['particles/main.yml']}desired_state: "\${SECRET}"\n` }],
    ['as a parent', { 'particles/main.yml': `${cluster['particles/main.yml']}parents: ["ecs_cluster:\${SECRET}"]\n` }],
    [
      'as a pcf_name, twice',
      {
        'particles/main.yml':
          '- { flavor: ecs_cluster, pcf_name: "${SECRET}", aws_resource: { clusterName: a } }\n- { flavor: ecs_cluster, pcf_name: "${SECRET}", aws_resource: { clusterName: b } }\n',
      },
    ],
  ])('is in no error about a manifest, %s', async (_, files) => {
    const pull = await world.propose(files, secret('s3cr3t-one'))
    expect(pull.ran.failed).toBe(true)
    expect(world.everything(pull.ran)).not.toMatch(hiding)
  })

  test('is in no error of a look at AWS', async () => {
    const files = {
      'particles/main.yml': `${cluster['particles/main.yml']}  tags: [{ key: key, value: "\${SECRET}" }]\n`,
    }
    world.simulator.inject({
      operation: 'DescribeClusters',
      always: true,
      fault: { kind: 'error', name: 'InvalidParameterException', status: 400, message: 'no cluster s3cr3t-one' },
    })
    const pull = await world.propose(files, secret('s3cr3t-one'))
    expect(pull.ran.failed).toBe(true)
    expect(world.everything(pull.ran)).not.toMatch(hiding)
  })

  /** Hashed and not, without the pull request that they are of. */
  const claimsIn = ({ plan }: Ran): unknown => {
    const { subject: _of, commit: _at, ...claims } = { subject: '', commit: '', ...plan?.claims }
    return claims
  }

  test('cannot be guessed from claims or digest: they know the text of the manifest alone', async () => {
    const plans = []
    for (const value of ['s3cr3t-one', 's3cr3t-two']) {
      const pull = await world.propose(full('one'), secret(value))
      plans.push([pull.ran.plan?.digest, claimsIn(pull.ran)])
      expect(pull.ran.plan?.claims?.hashes.length).toBeGreaterThan(10)
    }
    expect(plans[0]).toEqual(plans[1])
    // Nor from what AWS holds behind it.
    await world.settle(full('one'), secret('s3cr3t-one'))
    const against = []
    for (const live of ['hidden-plain-x', 'hidden-plain-y']) {
      const revision = (world.simulator.region().families.get('web') ?? []).at(-1)
      const [container] = revision?.definition.containerDefinitions ?? []
      if (!container) throw new Error('there is no container')
      container.environment = container.environment?.map(one => (one.name === 'PLAIN' ? { ...one, value: live } : one))
      const ran = await world.byHand({ command: 'plan', ...secret('s3cr3t-one') })
      expect(ran.plan?.summary.update).toBe(1)
      against.push([ran.plan?.digest, claimsIn(ran)])
    }
    expect(against[0]).toEqual(against[1])
  })
})

describe('a thousand hostile strings', () => {
  const texts = fc.sample(hostileText, { numRuns: runs(1_000), seed: 20261122 })
  const batches = Array.from({ length: texts.length / 100 }, (_, index) => texts.slice(index * 100, index * 100 + 100))

  /** Twenty services' worth of strings, wherever a manifest takes any. */
  const files = (words: readonly string[]): Record<string, string> => ({
    ...cluster,
    'particles/all.yml': Array.from({ length: words.length / 5 }, (_, index) => {
      const [one = '', two = '', three = '', four = '', five = ''] = words
        .slice(index * 5, index * 5 + 5)
        .map(text => text.replaceAll('${', '$${').replaceAll('$inherit$', 'inherit'))
      return stringify({
        flavor: 'ecs_task_definition',
        pcf_name: `t${index}`,
        aws_resource: {
          family: `t${index}`,
          containerDefinitions: [
            {
              name: 'web',
              image: `x${one}`,
              memory: 64,
              command: [`x${two}`],
              environment: [{ name: `x${three}`, value: four }],
              dockerLabels: { [`x${four}`]: five, z: 'z' },
            },
          ],
        },
      })
    }).join('---\n'),
  })
  const calm = Array.from({ length: 100 }, (_, index) => `word${index}`)

  /** What the comment is built of, links and lengths of diffs aside. */
  const built = (text: string | undefined) => {
    const { links, ...rest } = structure(text ?? '')
    expect(links.filter(link => !link.startsWith('https://github.test/'))).toEqual([])
    return rest
  }

  test('in manifests', async () => {
    const expected = built(world.comments(await world.propose(files(calm)))[0])
    for (const batch of batches) {
      const pull = await world.propose(files(batch))
      const [comment] = world.comments(pull)
      expect(pull.ran.problems).toEqual([])
      expect(built(comment)).toEqual(expected)
      expect(built(world.checks(pull.headSha, 'particles / production')[0]?.output.summary)).toEqual(expected)
    }
  }, 60_000)

  test('in what is wrong with manifests', async () => {
    const wrong = (words: readonly string[]) => ({
      'particles/main.yml': words
        .map(text => stringify({ flavor: 'ecs_cluster', pcf_name: text, [`x${text}`]: text }))
        .join('---\n'),
    })
    for (const batch of batches) {
      const pull = await world.propose(wrong(batch))
      expect(pull.ran.failed).toBe(true)
      const [comment = ''] = world.comments(pull)
      expect(built(comment)).toMatchObject({ details: 0, fences: 0, rows: 0 })
      for (const line of pull.ran.problems) expect(line).not.toMatch(/[\r\n]/)
    }
  }, 60_000)

  test('in what ECS says', async () => {
    for (const [index, batch] of batches.entries()) {
      const name = `c${index}`
      const pull = await world.propose({
        'particles/main.yml': stringify({ flavor: 'ecs_cluster', pcf_name: name, aws_resource: { clusterName: name } }),
      })
      world.simulator.clearFaults()
      world.simulator.inject({
        operation: 'CreateCluster',
        always: true,
        fault: { kind: 'error', name: 'ClientException', status: 400, message: batch.join(' ') },
      })
      expect((await world.land(pull)).failed).toBe(true)
      expect(built(world.comments(pull)[0])).toMatchObject({ rows: 3 })
    }
  }, 60_000)
})
