import { expect, test } from '@jest/globals'
import { family, main, serviceOf, stated } from '../../world/particles.ts'
import { Shop } from '../../world/shop.ts'

const balancer = (name: string) => ({
  targetGroupArn: `arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/${name}/0123456789abcdef`,
  containerName: 'web',
  containerPort: 8080,
})

const deployment = (members: object) => ({ deploymentConfiguration: members })

const guarded = {
  loadBalancers: [balancer('web-tg'), balancer('api-tg')],
  ...deployment({
    deploymentCircuitBreaker: { enable: true, rollback: true },
    alarms: { alarmNames: ['errors', 'latency'], enable: true, rollback: true },
  }),
}

const web = (definition: object) =>
  stated(
    main,
    family('web', 'web:1', {
      containerDefinitions: [{ name: 'web', image: 'web:1', portMappings: [{ containerPort: 8080 }] }],
    }),
    serviceOf('web', { ...definition }),
  )

const off = { deploymentCircuitBreaker: { enable: false, rollback: false } }
const noAlarms = { alarms: { alarmNames: [], enable: false, rollback: false } }

test.each<[string, object, string[]]>([
  [
    'a load balancer',
    { loadBalancers: [balancer('api-tg')] },
    [
      'restarts 1 task, never below 1 running',
      'loses its load balancer web-tg:8080: no requests reach it that way any more',
    ],
  ],
  ['a circuit breaker', deployment(off), ['loses its circuit breaker: ECS stops no deployment that fails']],
  ['all alarms', deployment(noAlarms), ['loses its deployment alarms: they stop no deployment any more']],
  [
    'one of its alarms',
    deployment({ alarms: { alarmNames: ['latency'], enable: true, rollback: true } }),
    ['loses 1 alarm: errors'],
  ],
  ['nothing of that', { desiredCount: 2 }, []],
])('a service that loses %s says so', async (_, changed, risks) => {
  const shop = await Shop.running(web(guarded))
  const { step } = await shop.plan(web({ ...guarded, ...changed }))
  expect(step('ecs_service:web').risks).toEqual(risks)
})

test('nothing is lost that comes, nor by a service without tasks any less', async () => {
  const shop = await Shop.running(web({ desiredCount: 0 }))
  expect((await shop.plan(web({ desiredCount: 0, ...guarded }))).step('ecs_service:web').risks).toEqual([])
  await shop.apply(web({ desiredCount: 0, ...guarded }))
  const { step } = await shop.plan(web({ desiredCount: 0, ...guarded, loadBalancers: [] }))
  expect(step('ecs_service:web').risks).toEqual([
    'loses its load balancer api-tg:8080: no requests reach it that way any more',
    'loses its load balancer web-tg:8080: no requests reach it that way any more',
  ])
})
