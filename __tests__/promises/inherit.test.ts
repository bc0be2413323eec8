import { beforeEach, describe, expect } from '@jest/globals'
import { manifests } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const hidden = 'hunter-22-and-more'

const container = `      environment:
        - { name: PASSWORD, value: ${hidden} }
        - { name: LOG_LEVEL, value: debug-it-all }
      dockerLabels: { team: shop-team }
      logConfiguration:
        logDriver: splunk
        options: { splunk-token: ${hidden}, awslogs-group: shop-logs }
`

/** The service's definition with something to hide, and a service with this line in its definition. */
const web = (line: string): Record<string, string> => ({
  'particles/main.yml': manifests.web['particles/main.yml'],
  'particles/web.yml': manifests.web['particles/web.yml']
    .replace('image: registry.example/web:1\n', `image: registry.example/web:1\n${container}`)
    .concat(line),
})

const from = (key: string): string => `$inherit$ecs_task_definition:web$${key}`

/** Refused at the service's last line, with both names, and with the value nowhere. */
const expectRefused = (ran: Ran, file = 'particles/web.yml'): void => {
  expect(ran.failed).toBe(true)
  const said = ran.problems.find(problem => problem.includes('hides'))
  expect(said).toContain(file)
  expect(said).toContain('ecs_task_definition:web')
  expect(world.everything(ran)).not.toContain(hidden)
}

describe('What is hidden stays hidden', () => {
  story(
    'a tag inherits an environment variable of the definition that already runs',
    'it is refused at its line, for both',
    async () => {
      await world.settle(web(''))
      const pull = await world.propose(
        web(`  tags: [{ key: leak, value: "${from('containerDefinitions.0.environment.0.value')}" }]\n`),
      )
      expectRefused(pull.ran)
      expect(pull.ran.problems.join()).toMatch(/particles\/web\.yml:\d+:\d+ .*\(particles\/web\.yml:1\)/)
    },
  )

  story(
    'the same in a fork of the repository, before anything was applied',
    'it is refused before AWS is asked',
    async () => {
      const files = web(`  tags: [{ key: leak, value: "${from('containerDefinitions.0.environment.0.value')}" }]\n`)
      const pull = world.repository.open([files], { fork: true })
      const mark = world.mark
      const ran = await world.plan(pull)
      expectRefused(ran)
      expect(world.mark).toBe(mark)
    },
  )

  story('validate is asked about such an inheritance', 'it says so without AWS', async () => {
    world.repository.push(
      web(
        `  tags: [{ key: leak, value: "${from('containerDefinitions.0.logConfiguration.options.splunk-token')}" }]\n`,
      ),
    )
    expectRefused(await world.byHand({ command: 'validate' }))
  })

  for (const key of [
    'containerDefinitions',
    'containerDefinitions.0',
    'containerDefinitions.0.environment',
    'containerDefinitions.0.logConfiguration',
  ])
    story(
      'a definition inherits a structure that holds something hidden',
      'it is refused, at whatever height',
      async () => {
        const copy = `---
flavor: ecs_task_definition
pcf_name: copy
parents: [ecs_task_definition:web]
aws_resource:
  family: copy
  containerDefinitions: ${key === 'containerDefinitions' ? `"${from(key)}"` : `\n    - { name: web, image: "x:1", memory: 64, ${key.endsWith('.0') ? `dockerLabels: "${from(key)}"` : `${key.split('.').at(-1)}: "${from(key)}"`} }`}
`
        await world.settle(web(''))
        expectRefused((await world.propose(web(copy))).ran)
      },
    )

  story(
    'somebody puts a secret into AWS by hand where the manifest has none, and another particle inherits that place',
    'it is refused in the plan',
    async () => {
      await world.settle(manifests.web)
      const revision = (world.simulator.region().families.get('web') ?? []).at(-1)
      const [live] = revision?.definition.containerDefinitions ?? []
      if (!live) throw new Error('there is no container')
      live.environment = [{ name: 'PASSWORD', value: hidden }]
      const ignored = manifests.web['particles/web.yml']
        .replace(
          '  family: web\n',
          '  family: web\n  custom_config: { ignore: ["containerDefinitions[web].environment"] }\n',
        )
        .concat(`  tags: [{ key: leak, value: "${from('containerDefinitions.0.environment.0.value')}" }]\n`)
      expectRefused((await world.propose({ 'particles/web.yml': ignored })).ran)
    },
  )

  story('a tag inherits a label that a secret variable went into', 'it is refused at its line', async () => {
    const given = { variables: `SECRET=${hidden}`, 'secret-variables': 'SECRET' }
    const files = web('')
    files['particles/web.yml'] = (files['particles/web.yml'] ?? '').replace('shop-team', '"${SECRET}"')
    await world.settle(files, given)
    const leak = `${files['particles/web.yml']}  tags: [{ key: leak, value: "${from('containerDefinitions.0.dockerLabels.team')}" }]\n`
    expectRefused((await world.propose({ 'particles/web.yml': leak }, given)).ran)
  })

  story('a tag inherits an open label and an open log option', 'both are taken over and shown', async () => {
    const line = `  tags: [{ key: team, value: "${from('containerDefinitions.0.dockerLabels.team')}" }, { key: group, value: "${from('containerDefinitions.0.logConfiguration.options.awslogs-group')}" }]\n`
    await world.settle(web(''))
    const pull = await world.propose(web(line))
    expect(pull.ran.problems).toEqual([])
    expect(world.comments(pull)[0]).toContain('shop-team')
    expect((await world.land(pull)).problems).toEqual([])
    const tags = world.simulator.calls.filter(({ operation }) => operation === 'TagResource').at(-1)?.input
    expect(JSON.stringify(tags)).toContain('shop-team')
    expect(JSON.stringify(tags)).toContain('shop-logs')
  })
})

describe('Never silent, never stuck', () => {
  story('a service inherits from its own task definition', 'it is planned, applied and settled', async () => {
    const files = web(
      `  tags: [{ key: arn, value: "${from('taskDefinitionArn')}" }, { key: team, value: "${from('containerDefinitions.0.dockerLabels.team')}" }]\n`,
    )
    const pull = await world.propose(files)
    expect(pull.ran.problems).toEqual([])
    expect((await world.land(pull)).problems).toEqual([])
    const again = await world.byHand({ command: 'plan' })
    expect(again.problems).toEqual([])
    expect(again.plan?.steps).toEqual([])
  })

  story(
    'a service inherits from its own task definition, which inherits from their cluster',
    'it is planned, applied and settled',
    async () => {
      const files = web(`  tags: [{ key: team, value: "${from('containerDefinitions.0.dockerLabels.team')}" }]\n`)
      files['particles/web.yml'] = (files['particles/web.yml'] ?? '')
        .replace('pcf_name: web\n', 'pcf_name: web\nparents: [ecs_cluster:main]\n')
        .replace('shop-team', '"$inherit$ecs_cluster:main$clusterArn"')
      const pull = await world.propose(files)
      expect(pull.ran.problems).toEqual([])
      expect((await world.land(pull)).problems).toEqual([])
      expect((await world.byHand({ command: 'plan' })).plan?.steps).toEqual([])
    },
  )

  story('two particles inherit from each other', 'it is an error at both lines that names the other', async () => {
    const one = (name: string, other: string) => `flavor: ecs_cluster
pcf_name: ${name}
aws_resource:
  clusterName: ${name}
  tags: [{ key: other, value: "$inherit$ecs_cluster:${other}$clusterArn" }]
`
    const pull = await world.propose({ 'particles/a.yml': one('a', 'b'), 'particles/b.yml': one('b', 'a') })
    expect(pull.ran.problems).toEqual([
      expect.stringMatching(/^particles\/a\.yml:5:\d+ .*circle.*particles\/b\.yml:5/),
      expect.stringMatching(/^particles\/b\.yml:5:\d+ .*circle.*particles\/a\.yml:5/),
    ])
  })

  story(
    'two particles are each other’s parent and inherit from each other',
    'it is an error that names both lines',
    async () => {
      const one = (name: string, other: string) => `flavor: ecs_cluster
pcf_name: ${name}
parents: [ecs_cluster:${other}]
aws_resource:
  clusterName: ${name}
  tags: [{ key: other, value: "$inherit$ecs_cluster:${other}$clusterArn" }]
`
      const pull = await world.propose({ 'particles/a.yml': one('a', 'b'), 'particles/b.yml': one('b', 'a') })
      expect(pull.ran.problems).toHaveLength(1)
      expect(pull.ran.problems[0]).toMatch(/particles\/a\.yml:3.*particles\/b\.yml:3/)
    },
  )

  story(
    'a task definition inherits from the service that runs it',
    'it is an error that names both lines',
    async () => {
      const files = web('')
      files['particles/web.yml'] = (files['particles/web.yml'] ?? '').replace(
        'shop-team',
        '"$inherit$ecs_service:web$serviceArn"',
      )
      const pull = await world.propose(files)
      expect(pull.ran.problems).toHaveLength(1)
      expect(pull.ran.problems[0]).toMatch(
        /^particles\/web\.yml:15:\d+ .*circle.*ecs_service:web \(particles\/web\.yml:22\)/,
      )
    },
  )

  story('a particle inherits from itself', 'it is an error at its line', async () => {
    const pull = await world.propose({
      'particles/a.yml': `flavor: ecs_cluster
pcf_name: a
aws_resource:
  clusterName: a
  tags: [{ key: own, value: "$inherit$ecs_cluster:a$clusterArn" }]
`,
    })
    expect(pull.ran.problems).toEqual([expect.stringMatching(/^particles\/a\.yml:5:\d+ .*circle/)])
  })
})
