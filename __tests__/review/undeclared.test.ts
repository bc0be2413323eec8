import { beforeEach, describe, expect, test } from '@jest/globals'
import { cluster, clusterWith, definition, file, manifests, service } from '../world/manifests.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const web = (more = '') => ({
  'particles/web.yml': file(definition({ image: 'registry.example/web:1' }), service({ more })),
})
const breaker = `  deploymentConfiguration:
    minimumHealthyPercent: 50
    deploymentCircuitBreaker: { enable: true, rollback: true }
`
const all = `  enableExecuteCommand: true
  enableECSManagedTags: true
  propagateTags: SERVICE
  healthCheckGracePeriodSeconds: 30
  loadBalancers:
    - targetGroupArn: arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef
      containerName: web
      containerPort: 80
  serviceRegistries: [{ registryArn: "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1" }]
  serviceConnectConfiguration: { enabled: true, namespace: shop }
  tags: [{ key: team, value: shop }]
  deploymentConfiguration:
    deploymentCircuitBreaker: { enable: true, rollback: true }
    alarms: { alarmNames: [web-5xx], enable: true, rollback: true }
`
const ports = '      portMappings: [{ containerPort: 80 }]\n'
const withPorts = (more: string) => ({ 'particles/web.yml': file(definition({ more: ports }), service({ more })) })

describe('a member that is no longer declared', () => {
  test('stays in AWS, and the pull request and its record say so', async () => {
    await world.settle({ ...manifests.cluster, ...web(breaker) })
    const { ran, ...pull } = await world.propose(web())
    const [comment = ''] = world.comments(pull)
    expect(comment).toContain('**Nothing to do**')
    expect(comment).toContain('👻 **No longer declared, stays in AWS:**')
    expect(comment).toMatch(
      /- `deploymentConfiguration\.deploymentCircuitBreaker` of `ecs_service:web` \(was declared at `particles\/web\.yml:25` in `[0-9a-f]{7}`\); write `\{enable: false, rollback: false\}` to remove it/,
    )
    expect(comment).toContain('`deploymentConfiguration.minimumHealthyPercent` of `ecs_service:web`')
    expect(ran.plan?.steps).toEqual([])
    expect(ran.outputs['has-changes']).toBe(false)
    expect(world.checks(pull.headSha, 'particles / production')[0]?.output.title).toBe(
      'Nothing to do, 2 no longer declared and still there',
    )
    await world.land(pull)
    expect(world.comments(pull)[0]).toMatch(/✅ applied[\s\S]*No longer declared, stays in AWS/)
  })

  test('is said on every plan from then on, until it is gone, let go or declared again', async () => {
    await world.settle({ ...manifests.cluster, ...web(breaker) })
    await world.land(await world.propose(web()))
    const ofNow = async (edits: Readonly<Record<string, string | null>>) =>
      (await world.propose(edits)).ran.plan?.undeclared?.map(({ path }) => path)
    const both = ['deploymentConfiguration.deploymentCircuitBreaker', 'deploymentConfiguration.minimumHealthyPercent']
    for (const text of ['one', 'two']) {
      expect(await ofNow({ 'README.md': text })).toEqual(both)
      await world.settle({ 'README.md': text })
    }
    expect((await world.byHand({}, 'schedule')).plan?.undeclared).toMatchObject([
      { path: both[0], declared: { file: 'particles/web.yml', line: 25 } },
      { path: both[1] },
    ])
    const letGo = {
      'particles/web.yml': file(
        definition({ image: 'registry.example/web:1' }),
        service({ options: 'ignore: [deploymentConfiguration.minimumHealthyPercent]' }),
      ),
    }
    expect(await ofNow(letGo)).toEqual(both.slice(0, 1))
    expect(await ofNow(web(breaker))).toBeUndefined()
    world.simulator.handle('us-east-1', 'UpdateService', {
      cluster: 'main',
      service: 'web',
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
    })
    expect(await ofNow({ 'README.md': 'three' })).toEqual(both.slice(1))
  })

  test('is said although its particle has another pcf_name from the same commit on, and so have its parents', async () => {
    await world.settle({ ...manifests.cluster, ...web(breaker) })
    const renamed = (text: string) =>
      text
        .replaceAll('pcf_name: ', 'pcf_name: the-')
        .replace('ecs_cluster:main', 'ecs_cluster:the-main')
        .replace('ecs_task_definition:web', 'ecs_task_definition:the-web')
    const pull = await world.propose({
      'particles/main.yml': renamed(manifests.cluster['particles/main.yml']),
      'particles/web.yml': renamed(web()['particles/web.yml']),
    })
    const both = [
      { particle: 'ecs_service:the-web', path: 'deploymentConfiguration.deploymentCircuitBreaker' },
      { particle: 'ecs_service:the-web', path: 'deploymentConfiguration.minimumHealthyPercent' },
    ]
    expect(pull.ran.plan?.steps).toEqual([])
    expect(pull.ran.plan?.undeclared).toMatchObject(both)
    await world.land(pull)
    expect((await world.byHand({}, 'schedule')).plan?.undeclared).toMatchObject(both)
  })

  test('is said again after its service was not declared for a while', async () => {
    await world.settle({ ...manifests.cluster, ...web(breaker) })
    await world.settle(web())
    await world.settle({ 'particles/web.yml': null })
    await world.settle({ 'README.md': 'meanwhile' })
    const { ran, ...pull } = await world.propose(web())
    const both = [
      { particle: 'ecs_service:web', path: 'deploymentConfiguration.deploymentCircuitBreaker' },
      { particle: 'ecs_service:web', path: 'deploymentConfiguration.minimumHealthyPercent' },
    ]
    expect(ran.plan?.undeclared).toMatchObject(both)
    await world.land(pull)
    expect((await world.byHand({}, 'schedule')).plan?.undeclared).toMatchObject(both)
  })

  test('is not said of what was never there, of a default, or of what AWS has lost', async () => {
    await world.settle({
      ...manifests.cluster,
      ...web('  enableExecuteCommand: false\n  loadBalancers: []\n  propagateTags: SERVICE\n'),
    })
    world.simulator.handle('us-east-1', 'UpdateService', { cluster: 'main', service: 'web', propagateTags: 'NONE' })
    const pull = await world.propose(web())
    expect(pull.ran.plan?.undeclared).toBeUndefined()
    expect(world.comments(pull)).toEqual([])
  })

  test('is not said of what no manifest has ever declared', async () => {
    await world.settle(manifests.web)
    world.simulator.handle('us-east-1', 'UpdateService', {
      cluster: 'main',
      service: 'web',
      enableExecuteCommand: true,
    })
    expect((await world.propose({ 'README.md': 'x' })).ran.plan?.undeclared).toBeUndefined()
  })

  test('of a service goes by the words that stand there', async () => {
    await world.settle({ ...manifests.cluster, ...withPorts(all) })
    const { ran } = await world.propose(withPorts(''))
    const told = ran.plan?.undeclared ?? []
    expect(told.map(({ path }) => path)).toEqual([
      'deploymentConfiguration.alarms',
      'deploymentConfiguration.deploymentCircuitBreaker',
      'enableECSManagedTags',
      'enableExecuteCommand',
      'healthCheckGracePeriodSeconds',
      'loadBalancers',
      'propagateTags',
      'serviceConnectConfiguration',
      'serviceRegistries',
      'tags',
    ])
    const flat = told.filter(({ path }) => !path.includes('.'))
    const nested = told.filter(({ path }) => path.includes('.'))
    const written = [
      ...flat.map(({ path, toRemove }) => `  ${path}: ${toRemove}\n`),
      '  deploymentConfiguration:\n',
      ...nested.map(({ path, toRemove }) => `    ${path.split('.')[1]}: ${toRemove}\n`),
    ].join('')
    const removing = await world.propose(withPorts(written))
    expect(removing.ran.problems).toEqual([])
    const changed = removing.ran.plan?.steps.flatMap(({ changes }) => changes.map(({ path }) => path)) ?? []
    for (const { path } of told) expect(changed.some(one => one.startsWith(path))).toBe(true)
    expect((await world.land(removing)).report?.result).toBe('succeeded')
    expect((await world.propose(withPorts(''))).ran.plan?.undeclared).toBeUndefined()
  })

  test('of a cluster', async () => {
    await world.settle({ 'particles/main.yml': clusterWith('main', 'enabled') })
    const { ran } = await world.propose({ 'particles/main.yml': file(cluster) })
    expect(ran.plan?.undeclared).toMatchObject([
      {
        particle: 'ecs_cluster:main',
        path: 'settings',
        declared: { file: 'particles/main.yml', line: 5 },
        toRemove: '[{name: containerInsights, value: disabled}]',
      },
    ])
  })

  test('of an instance, attribute by attribute', async () => {
    await world.settle(manifests.cluster)
    world.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId: 'i-0a1b2c3d4e5f60718', cpu: 4096 })
    const box = (attributes: string) => ({
      'particles/box.yml': `flavor: ecs_instance
pcf_name: box
parents: [ecs_cluster:main]
aws_resource:
  ec2InstanceId: i-0a1b2c3d4e5f60718
  attributes: ${attributes}
`,
    })
    await world.settle(box('{ stack: a, zone: b }'))
    const { ran } = await world.propose(box('{ zone: b }'))
    expect(ran.plan?.undeclared).toMatchObject([{ path: 'attributes[stack]', declared: { line: 6 }, toRemove: 'null' }])
  })
})
