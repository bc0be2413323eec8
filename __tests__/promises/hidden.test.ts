import { beforeEach, describe, expect } from '@jest/globals'
import { manifests } from '../world/manifests.ts'
import type { Given, Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const hidden = 'hunter-22-and-more'

const inEnvironment = (value: string): string =>
  `      environment: [{ name: PASSWORD, value: ${JSON.stringify(value)} }]\n`

/** The shop, with this behind the image of the web and of the job. */
const shop = (web: string, migrate = ''): Record<string, string> => ({
  ...manifests.shop,
  'particles/web.yml': manifests.shop['particles/web.yml'].replace('web:1\n', `web:1\n${web}`),
  'particles/migrate.yml': manifests.shop['particles/migrate.yml'].replace('migrate:1\n', `migrate:1\n${migrate}`),
})

/** A change of the web that restarts its tasks. */
const deployed = (files: Record<string, string>): Record<string, string> => ({
  ...files,
  'particles/web.yml': (files['particles/web.yml'] ?? '').replace('registry.example/web:1', 'registry.example/web:2'),
})

const secretly = (value: string): Given => ({ variables: `SECRET=${value}`, 'secret-variables': 'SECRET' })

/** ECS repeats the words in every sentence that it says of its own, whatever it is asked. */
function parrot(words: string): void {
  const repeat = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(repeat)
    if (typeof value !== 'object' || value === null || value instanceof Date) return value
    return Object.fromEntries(
      Object.entries(value).map(([member, inner]) => [
        member,
        /(?:message|reason|detail)$/i.test(member) && typeof inner === 'string' && inner !== 'MISSING'
          ? `${inner} "${words}"`
          : repeat(inner),
      ]),
    )
  }
  const handle = world.simulator.handle.bind(world.simulator)
  world.simulator.handle = (...asked) => {
    const reply = handle(...asked)
    return 'body' in reply ? { ...reply, body: repeat(reply.body) } : reply
  }
}

describe('What is hidden stays hidden', () => {
  story(
    'Docker repeats a hidden value of a job that failed, and the next pull request is about something else',
    'its comment and check name the failure without the value',
    async () => {
      world.simulator.behave('registry.example/migrate:1', {
        exitCode: 127,
        reason: `CannotStartContainerError: exec: "${hidden}": executable file not found in $PATH`,
      })
      const pull = await world.propose(shop('', inEnvironment(hidden)))
      const failed = await world.land(pull)
      expect(failed.report?.result).toBe('failed')
      const next = await world.propose({
        'particles/other.yml': manifests.cluster['particles/main.yml'].replaceAll('main', 'other'),
      })
      expect(next.ran.plan?.unchanged.find(({ reason }) => reason === 'failed')?.why).toContain('exec: "(hidden)"')
      expect(world.everything(pull.ran, failed, next.ran)).not.toContain(hidden)
    },
  )

  story(
    'an event of a service that fails repeats a hidden value of a particle that does not change',
    'log, report, summary, comment and checks are without it',
    async () => {
      const files = shop('', inEnvironment(hidden))
      world.simulator.behave('registry.example/migrate:1', { exitCode: 0 })
      world.simulator.behave('registry.example/web:2', {
        neverStarts: `ResourceInitializationError: no such key ${hidden}`,
      })
      await world.settle(files)
      const pull = await world.propose(deployed(files))
      const ran = await world.land(pull, { 'wait-timeout': '5m' })
      expect(ran.report?.result).toBe('failed')
      expect(JSON.stringify(ran.report)).toContain('no such key (hidden)')
      expect(world.everything(pull.ran, ran)).not.toContain(hidden)
    },
  )

  story(
    'ECS repeats a hidden value in every sentence that it ever says, through a plan, a failed rollout and a failed job',
    'nothing that anybody is told has it',
    async () => {
      parrot(hidden)
      const files = shop(inEnvironment(hidden))
      world.simulator.behave('registry.example/migrate:1', { exitCode: 3, reason: 'Error' })
      const first = await world.propose(files)
      expect(first.ran.problems).toEqual([])
      const one = await world.land(first)
      expect(one.report?.result).toBe('failed')
      world.simulator.behave('registry.example/web:2', { exitCode: 1 })
      const second = await world.propose(deployed(files))
      expect(second.ran.problems).toEqual([])
      const two = await world.land(second, { 'wait-timeout': '5m', 'on-failure': 'rollback' })
      expect(two.report?.result).toBe('failed')
      const drift = await world.byHand({ command: 'plan' })
      const everything = world.everything(first.ran, one, second.ran, two, drift)
      expect(everything).toContain('(hidden)')
      expect(everything).not.toContain(hidden)
      expect(everything).not.toMatch(/[\ufdd0\ufdd1]/)
    },
  )

  for (const [value, repeated] of [
    ['first part 1,\nsecond part 2', 'first part 1, second part 2'],
    ['first part 1, second part 2', 'first part 1,\\n\\tsecond part 2'],
    ['hunter-22-"and"-more', 'hunter-22-\\"and\\"-more'],
    ['hunter-22-and-much-more-than-fits', 'hunter-22-and-much-m'],
  ] as const)
    story(
      'ECS folds, escapes or cuts off the hidden value that it repeats',
      'what is left of it is taken out',
      async () => {
        world.simulator.inject({
          operation: 'RegisterTaskDefinition',
          always: true,
          fault: { kind: 'error', name: 'ClientException', status: 400, message: `Invalid: ${repeated}` },
        })
        const pull = await world.propose(shop(inEnvironment(value)))
        const ran = await world.land(pull)
        expect(ran.report?.result).toBe('failed')
        expect(JSON.stringify(ran.report)).toContain('Invalid: (hidden)')
        expect(world.everything(pull.ran, ran)).not.toMatch(/first part 1|hunter-22/)
      },
    )

  for (const encode of [
    encodeURIComponent,
    (value: string) => Buffer.from(value).toString('base64'),
    (value: string) => JSON.stringify(JSON.stringify(value)),
    (value: string) => value.replaceAll('"', '&quot;').toUpperCase(),
  ])
    story(
      'ECS encodes the hidden value that it repeats: for a URL, as base64, as JSON in JSON, for HTML, in capitals',
      'it is taken out in each of these forms',
      async () => {
        const value = 'hunter-22-"and"-more'
        world.simulator.behave('registry.example/migrate:1', { exitCode: 127, reason: `Error: ${encode(value)}` })
        const pull = await world.propose(shop('', inEnvironment(value)))
        const ran = await world.land(pull)
        expect(JSON.stringify(ran.report)).toMatch(/Error: \W*\(hidden\)/)
        expect(world.everything(pull.ran, ran)).not.toMatch(/hunter-22|aHVudGVyLTIy/i)
      },
    )

  story(
    'a secret variable goes into a list of commands, and ECS repeats one of them',
    'it is taken out as a whole',
    async () => {
      world.simulator.behave('registry.example/migrate:1', {
        exitCode: 1,
        reason: `exec: "--key=${hidden}": not found`,
      })
      const files = shop('', '      command: [up, "--key=${SECRET}"]\n')
      const pull = await world.propose(files, secretly(hidden))
      const ran = await world.land(pull, secretly(hidden))
      expect(JSON.stringify(ran.report)).toContain('(hidden)')
      expect(world.everything(pull.ran, ran)).not.toContain(hidden)
    },
  )

  story(
    'a hidden value equals the name of the service, its cluster and its family',
    'every sentence of ours and every ARN stays whole, and gives nothing away',
    async () => {
      const named = (value: string): Record<string, string> =>
        Object.fromEntries(
          Object.entries(shop(inEnvironment(value))).map(([file, text]) => [
            file,
            text
              .replace(/(serviceName|family): web/g, '$1: app-01')
              .replace('clusterName: main', 'clusterName: app-01'),
          ]),
        )
      const told = async (value: string): Promise<{ plan: unknown; report: unknown }> => {
        const files = named(value)
        await world.settle(files)
        world.simulator.behave('registry.example/web:2', { exitCode: 1 })
        const pull = await world.propose(deployed(files))
        const ran = await world.land(pull, { 'wait-timeout': '5m', 'on-failure': 'rollback' })
        return { plan: pull.ran.plan?.steps, report: ran.report?.steps.map(({ error }) => error?.message) }
      }
      world.simulator.behave('registry.example/migrate:1', { exitCode: 0 })
      const { report } = await told('app-01')
      expect(JSON.stringify(report)).toContain('app-01:')
      expect(JSON.stringify(report)).not.toContain('(hidden)')
    },
  )

  story('hidden values are as short as 1, true and prod', 'no sentence loses a word of its own', async () => {
    const short =
      '      environment: [{ name: A, value: "1" }, { name: B, value: "true" }, { name: C, value: prod }, { name: D, value: failed }, { name: E, value: task }]\n'
    world.simulator.behave('registry.example/migrate:1', { exitCode: 1 })
    const pull = await world.propose(shop('', short))
    const ran = await world.land(pull)
    expect(ran.report?.steps.find(({ particle }) => particle === 'ecs_task:migrate')?.error?.message).toBe(
      'ecs_task:migrate failed: container migrate exited 1.',
    )
    // Where a variable stands, the comment says that it is hidden.
    expect(JSON.stringify([ran.plan, ran.report, ran.problems, ran.warnings])).not.toContain('(hidden)')
  })

  story('a sentence of ours would say what a secret variable holds', 'it is taken out of that too', async () => {
    const files = shop('')
    files['particles/web.yml'] = (files['particles/web.yml'] ?? '').replaceAll('web', 'hunter22')
    const pull = await world.propose(files, secretly('hunter22'))
    const ran = await world.land(pull, secretly('hunter22'))
    expect(ran.report?.steps.map(({ particle }) => particle)).toContain('ecs_service:(hidden)')
    const { plan: _own, ...said } = { ...ran }
    expect(world.everything(said as Ran, pull.ran).replaceAll('particles/', '')).not.toMatch(/hunter22/)
  })

  story(
    'a manifest whose file is named like a secret has a mistake',
    'the mistake is said without the name',
    async () => {
      const pull = await world.propose(
        { [`particles/${hidden}.yml`]: 'flavor: ecs_clutser\npcf_name: a\n' },
        secretly(hidden),
      )
      expect(pull.ran.problems[0]).toMatch(/^particles\/\(hidden\)\.yml:1/)
      expect(JSON.stringify([pull.ran.problems, world.comments(pull), world.github.checks])).not.toContain(hidden)
    },
  )

  story('a mistake within a hidden value quotes a part of it', 'the part is taken out', async () => {
    const pull = await world.propose(shop(inEnvironment('pa55word-${oh no}-22')))
    expect(pull.ran.failed).toBe(true)
    expect(world.everything(pull.ran)).not.toMatch(/oh no/)
    // Without quotes the first is a tag of YAML and the second an alias; the third is hidden as a whole.
    for (const wrong of ['{ PASSWORD: !pa55word-22 }', '{ PASSWORD: *pa55word-22 }', '"${pa55 word-22}"']) {
      const { ran } = await world.propose(shop(`      environment: ${wrong}\n`))
      expect(ran.problems).toHaveLength(1)
      expect(world.everything(ran)).not.toMatch(/pa55/)
    }
  })

  story(
    'hidden values of other environments, and of a particle that is declared twice, are where mistakes are',
    'every mistake is named, and no value is quoted',
    async () => {
      const text = manifests.shop['particles/web.yml']
      const elsewhere = text.replace(
        /---\n/,
        `environments:
  production: { aws_resource: { "containerDefinitions[web].environment[PASSWORD].value": open } }
  staging: { aws_resource: { "containerDefinitions[web].environment[PASSWORD].value.x": 1 } }
---
`,
      )
      const { ran: led } = await world.propose({
        ...shop(''),
        'particles/web.yml': elsewhere.replace('web:1\n', `web:1\n${inEnvironment(hidden)}`),
      })
      expect(led.problems).toEqual([
        expect.stringMatching(/environment\[PASSWORD\]\.value\.x" leads into a text, which/),
      ])
      expect(world.everything(led)).not.toContain(hidden)
      for (const wrong of [`["PASSWORD=${hidden}"]`, `PASSWORD=${hidden}`, '[{ name: PASSWORD, value: [22] }]']) {
        const again = `flavor: ecs_task_definition\npcf_name: web\naws_resource:\n  family: web\n  containerDefinitions: [{ name: web, image: a, environment: ${wrong} }]\n`
        const { ran } = await world.propose({ ...shop(''), 'particles/again.yml': again })
        expect(ran.problems.length).toBeGreaterThan(1)
        expect(world.everything(ran)).not.toContain(hidden)
      }
    },
  )

  story(
    'a missing blank, or a comma without quotes, makes a key of a hidden value, in a patch too',
    'the mistake is named, and no part of the value is quoted',
    async () => {
      const torn = ['{ KEY:hunter-22 }', '[{ name: KEY, value:hunter-22 }]', '{ KEY: a,hunter-22 }']
      for (const wrong of [...torn, '[{ name: KEY, value: a,hunter-22 }]', '{ KEY: 12,2200022 }']) {
        const { ran } = await world.propose(shop(`      environment: ${wrong}\n`))
        expect(ran.problems).toHaveLength(1)
        expect(world.everything(ran)).not.toMatch(/hunter|22000/)
      }
      const patched = manifests.shop['particles/web.yml'].replace(
        /---\n/,
        'environments: { production: { aws_resource: { "containerDefinitions[web].environment": { KEY:hunter-22 } } } }\n---\n',
      )
      const { ran } = await world.propose({ ...shop(''), 'particles/web.yml': patched })
      expect(ran.problems).toEqual([expect.stringContaining('a blank is missing behind the colon')])
      expect(world.everything(ran)).not.toMatch(/hunter/)
    },
  )

  story(
    'the path to a hidden value is too long to be shown, and the mistake is in the value of a member upon a base',
    'the value is not quoted',
    async () => {
      const long = 'reporting-worker-of-the-warehouse-with-a-name'
      const { ran } = await world.propose({
        ...manifests.cluster,
        'particles/many.yml': `flavor: quasiparticle
pcf_name: many
particles:
  - flavor: ecs_task_definition
    pcf_name: base
    aws_resource: { family: base, containerDefinitions: [{ name: ${long}, image: a, memory: 9 }] }
  - flavor: ecs_task_definition
    pcf_name: two
    base_particle_config: base
    aws_resource: { family: two }
    environments:
      production: { aws_resource: { "containerDefinitions[${long}].environment[PASSWORD].value": "\${pa55 word}" } }
`,
      })
      expect(ran.problems).toEqual([expect.stringContaining('is no variable')])
      expect(world.everything(ran)).not.toMatch(/pa55/)
    },
  )

  story('GitHub repeats a secret in its refusal to write the comment', 'the warning is without it', async () => {
    world.github.faults.push({
      on: 'POST /repos/{owner}/{repo}/issues',
      status: 422,
      message: `no ${hidden}`,
      times: 9,
    })
    const pull = await world.propose(shop(inEnvironment(hidden)))
    expect(pull.ran.warnings.join()).toContain('no (hidden)')
    expect(world.everything(pull.ran)).not.toContain(hidden)
  })

  story('an error that nobody expected repeats a secret', 'the step says the rest of it', async () => {
    world.repository.push(shop(''))
    Object.assign(world.clock, {
      now: () => {
        throw new Error(`no ${hidden}`)
      },
    })
    await expect(world.byHand({ command: 'apply', ...secretly(hidden) })).rejects.toThrow('no (hidden)')
  })
})
