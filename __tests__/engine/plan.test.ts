import { describe, expect, test } from '@jest/globals'
import { cluster, definition, job, service } from '../world/manifests.ts'
import { type Asked, Shop } from '../world/shop.ts'

const all = {
  'a.yml': cluster,
  'b.yml': definition(),
  'c.yml': `\n${service()}`,
  'd.yml': definition({ family: 'migrate', image: 'migrate:1' }),
  'e.yml': job(),
}

describe('a plan', () => {
  test('has the same bytes whatever the order of files', async () => {
    const shop = await Shop.open()
    const { plan } = await shop.plan(all)
    const backwards = await shop.plan(Object.fromEntries(Object.entries(all).reverse()))
    expect(JSON.stringify(backwards.plan)).toBe(JSON.stringify(plan))
    shop.simulator.advance(3600)
    expect(JSON.stringify((await shop.plan(all)).plan)).toBe(JSON.stringify(plan))
    await shop.apply(all)
    const changed = { ...all, 'b.yml': definition({ image: 'web:2' }), 'c.yml': service({ count: 2 }) }
    const bytes = new Set<string>()
    for (let n = 0; n < 3; n++) bytes.add(JSON.stringify((await shop.plan(changed)).plan))
    expect(bytes.size).toBe(1)
  })

  test('of a start says everything: order, dependencies, source, leaves, summary', async () => {
    const shop = await Shop.open()
    const { plan, step } = await shop.plan(all)
    expect(plan).toMatchObject({ version: 1, environment: 'default', region: 'us-east-1', unchanged: [] })
    expect(plan.summary).toEqual({
      start: 5,
      update: 0,
      replace: 0,
      stop: 0,
      terminate: 0,
      wait: 0,
      unchanged: 0,
      protected: 0,
    })
    expect(plan.steps.map(({ particle, dependsOn }) => [particle, dependsOn])).toEqual([
      ['ecs_cluster:main', []],
      ['ecs_task_definition:migrate', []],
      ['ecs_task_definition:web', []],
      ['ecs_service:web', ['ecs_cluster:main', 'ecs_task_definition:web']],
      ['ecs_task:migrate', ['ecs_cluster:main', 'ecs_task_definition:migrate']],
    ])
    expect(step('ecs_service:web')).toMatchObject({
      transition: 'start',
      from: 'terminated',
      to: 'running',
      source: { file: 'c.yml', line: 2 },
      risks: [],
    })
    expect(step('ecs_service:web').changes).toContainEqual({
      path: 'taskDefinition',
      after: { unknown: 'ecs_task_definition:web' },
    })
    expect(step('ecs_task_definition:web').changes).toContainEqual({
      path: 'containerDefinitions[web].image',
      after: 'web:1',
    })
  })

  test('of a change names paths, values and what is known after apply, and carries that to services and jobs', async () => {
    const shop = await Shop.open()
    await shop.apply(all)
    const { plan, step } = await shop.plan({
      ...all,
      'b.yml': definition({ image: 'web:2', more: '      environment: [{name: A, value: b}]' }),
      'd.yml': definition({ family: 'migrate', image: 'migrate:2' }),
    })
    expect(plan.account).toBe('123456789012')
    expect(step('ecs_task_definition:web').changes).toEqual([
      { path: 'containerDefinitions[web].image', before: 'web:1', after: 'web:2' },
      { path: 'containerDefinitions[web].environment[A].value', sensitive: true, action: 'add' },
    ])
    expect(step('ecs_service:web').changes).toEqual([
      { path: 'taskDefinition', before: 'web:1', after: { unknown: 'ecs_task_definition:web' } },
    ])
    expect(step('ecs_task:migrate').changes).toContainEqual({
      path: 'taskDefinition',
      after: { unknown: 'ecs_task_definition:migrate' },
    })
    expect(plan.unchanged).toEqual([{ particle: 'ecs_cluster:main', state: 'running', reason: 'equivalent' }])
    expect(plan.summary).toMatchObject({ start: 1, update: 3, unchanged: 1 })
  })

  test('orders through particles that have no step', async () => {
    const shop = await Shop.open()
    await shop.apply(all)
    const after = service({ name: 'api', parents: ['ecs_service:web'] })
    const { step } = await shop.plan({ ...all, 'f.yml': after, 'b.yml': definition({ image: 'web:2' }) })
    expect(step('ecs_service:api').dependsOn).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
    const up = await shop.plan({
      ...all,
      'f.yml': after,
      'a.yml': cluster.replace('Name: main', 'Name: main\n  tags: [{key: a, value: b}]'),
    })
    expect(up.step('ecs_service:api').dependsOn).toEqual(['ecs_cluster:main'])
  })

  test('on the way down goes the other way', async () => {
    const shop = await Shop.open()
    await shop.apply(all)
    const { plan } = await shop.plan(
      Object.fromEntries(
        Object.entries(all).map(([file, text]) => [
          file,
          text.replace('aws_resource:', 'desired_state: terminated\naws_resource:'),
        ]),
      ),
    )
    expect(plan.steps.map(({ particle, dependsOn }) => [particle, dependsOn])).toEqual([
      ['ecs_service:web', []],
      ['ecs_task_definition:migrate', []],
      ['ecs_cluster:main', ['ecs_service:web']],
      ['ecs_task_definition:web', ['ecs_service:web']],
    ])
    expect(plan.summary).toMatchObject({ terminate: 4, unchanged: 1 })
  })

  test('takes down what stands in a cluster that is to go', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster + definition() + service())
    const { step } = await shop.plan(
      cluster.replace('aws_resource:', 'desired_state: terminated\naws_resource:') + definition() + service(),
    )
    expect(step('ecs_service:web')).toMatchObject({ transition: 'terminate', to: 'terminated' })
    expect(step('ecs_cluster:main').dependsOn).toEqual(['ecs_service:web'])
  })

  test('refuses a member that cannot change in place, unless it may be replaced', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster + definition() + service())
    const daemon = (options = '') =>
      cluster +
      definition() +
      service({ options })
        .replace('  desiredCount: 1\n', '')
        .replace('launchType: FARGATE', 'launchType: EC2')
        .replace('pcf_name: web', 'pcf_name: web')
    const ec2 = (text: string) => text.replace('[FARGATE]', '[EC2, FARGATE]')
    await expect(shop.plan(ec2(daemon()))).rejects.toThrow(
      'ecs_service:web: launchType cannot change in place; state what is there, or set custom_config.allow_replace: true to delete it and make it anew',
    )
    const { step } = await shop.plan(ec2(daemon('allow_replace: true, initial_desired_count: 1')))
    expect(step('ecs_service:web').transition).toBe('replace')
    expect(step('ecs_service:web').risks).toEqual(['1 running task stops before it is made anew'])
  })

  test('knows what a value inherited from a parent will be, once the parent is there', async () => {
    const inheriting =
      cluster +
      definition() +
      service() +
      definition({
        family: 'side',
        image: 'side:1',
        more: '      environment: [{name: WEB, value: $inherit$ecs_service:web$serviceArn}]',
      }).replace('pcf_name: side', 'pcf_name: side\nparents: [ecs_service:web]')
    const shop = await Shop.open()
    const asked: Asked = { revealed: () => true }
    expect((await shop.plan(inheriting, asked)).step('ecs_task_definition:side').changes).toContainEqual({
      path: 'containerDefinitions[side].environment[WEB].value',
      after: { unknown: 'ecs_service:web' },
    })
    const { report } = await shop.apply(inheriting, asked)
    expect(report.result).toBe('succeeded')
    expect((await shop.plan(inheriting, asked)).plan.steps).toEqual([])
    const [side] = shop.simulator.region().families.get('side') ?? []
    expect(side?.definition.containerDefinitions?.[0]?.environment).toEqual([
      { name: 'WEB', value: 'arn:aws:ecs:us-east-1:123456789012:service/main/web' },
    ])
  })
})

describe('max-terminations', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f']
  const many = (top = '', clusterTop = '') =>
    cluster.replace('aws_resource:', `${clusterTop}\naws_resource:`) +
    definition() +
    names.map(name => service({ name, top })).join('')

  test('refuses what goes by inheritance, and says how many of how many', async () => {
    const shop = await Shop.open()
    await shop.apply(many())
    const gone = many('', 'desired_state: terminated')
    await expect(shop.plan(gone, { maxTerminations: { percent: 25 } })).rejects.toThrow(
      '6 of 8 running particles would be terminated or replaced, more than max-terminations allows (2): ecs_service:a, ecs_service:b,',
    )
    await expect(shop.plan(gone, { maxTerminations: { count: 5 } })).rejects.toThrow(
      'more than max-terminations allows (5)',
    )
    await expect(shop.plan(gone, { maxTerminations: { count: 6 } })).resolves.toBeDefined()
    const own = many('desired_state: terminated', 'desired_state: terminated')
    await expect(shop.plan(own, { maxTerminations: { count: 1 } })).resolves.toBeDefined()
  })

  test('takes a share in percent for what it says: 58 % of 50 are 29', async () => {
    const services = (where: string, count: number) =>
      Array.from({ length: count }, (_, n) =>
        service({ name: `${where}-${n}` }).replaceAll('ecs_cluster:main', `ecs_cluster:${where}`),
      )
    const going = cluster.replaceAll('main', 'going')
    const rest =
      cluster.replaceAll('main', 'rest') + definition() + [...services('rest', 18), ...services('going', 29)].join('')
    const shop = await Shop.open()
    await shop.apply(going + rest)
    const gone = going.replace('aws_resource:', 'desired_state: terminated\naws_resource:') + rest
    const maxTerminations = { percent: 58 }
    expect((await shop.plan(gone, { maxTerminations })).plan.summary).toMatchObject({ terminate: 30 })
  })

  test('lets one go always by a share, and none by the number 0', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster + definition() + service())
    const gone = cluster.replace('aws_resource:', 'desired_state: terminated\naws_resource:') + definition() + service()
    await expect(shop.plan(gone, { maxTerminations: { percent: 0 } })).resolves.toBeDefined()
    await expect(shop.plan(gone, { maxTerminations: { count: 0 } })).rejects.toThrow(
      '1 of 3 running particles would be terminated or replaced, more than max-terminations allows (0): ecs_service:web;',
    )
  })
})

describe('what cannot be done is refused in the plan', () => {
  test('a cluster that goes with a service that is kept', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster + definition() + service())
    const going = cluster.replace('pcf_name: main', 'pcf_name: main\ndesired_state: terminated')
    const kept = service({ top: 'desired_state: terminated\npersist_on_termination: true' })
    await expect(shop.plan(going + definition() + kept)).rejects.toThrow(
      /^shop\.yml:\d+:\d+ ecs_cluster:main is to go, but ecs_service:web \(shop\.yml:\d+\) is kept by persist_on_termination; keep both, or let both go$/,
    )
  })
})
