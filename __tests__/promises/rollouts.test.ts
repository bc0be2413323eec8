import { DescribeServicesCommand, type Service, UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { describe, expect } from '@jest/globals'
import { registered } from '../world/aws.ts'
import { family, main, particle, serviceOf, stated } from '../world/particles.ts'
import { type Applied, Shop } from '../world/shop.ts'
import { story } from '../world/story.ts'

const breaker = (rollback: boolean) => ({
  deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback } },
})

const web = (image: string, definition: Readonly<Record<string, unknown>> = {}) =>
  stated(main, family('web', image), serviceOf('web', { desiredCount: 2, ...definition }))

/** A service on instances, behind a Classic Load Balancer. */
const classic = (image: string) =>
  stated(
    main,
    particle('ecs_task_definition', 'web', {
      family: 'web',
      containerDefinitions: [
        { name: 'web', image, memory: 128, portMappings: [{ containerPort: 8080, hostPort: 8080 }] },
      ],
    }),
    serviceOf('web', {
      desiredCount: 2,
      launchType: 'EC2',
      networkConfiguration: undefined,
      loadBalancers: [{ loadBalancerName: 'classic', containerName: 'web', containerPort: 8080 }],
    }),
  )

async function openClassic(): Promise<Shop> {
  const shop = await Shop.open()
  await shop.apply(stated(main))
  for (let index = 0; index < 4; index++)
    shop.simulator.registerContainerInstance({ cluster: 'main', ec2InstanceId: `i-${index}`, cpu: 2048, memory: 4096 })
  expect((await shop.apply(classic('web:1'))).report.result).toBe('succeeded')
  return shop
}

async function look(shop: Shop): Promise<Service> {
  const { services } = await shop.somebody().send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))
  return services?.[0] as Service
}

const release = (shop: Shop, taskDefinition: string) =>
  shop.somebody().send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition }))

const error = ({ done }: Applied): string => done('ecs_service:web').error?.message ?? ''

const serviceIn = ({ plan }: Pick<Applied, 'plan'>) =>
  plan.unchanged.find(({ particle }) => particle === 'ecs_service:web')

describe('No failure is reported as success', () => {
  story(
    'a release behind a Classic Load Balancer, where ECS answers no rollout state, crashes while the old tasks run on',
    'the apply fails at wait-timeout, and so does the next one',
    async () => {
      const shop = await openClassic()
      for (const _again of [1, 2]) {
        const crashed = await shop.apply(classic('web:2-crash'), { waitTimeout: 60_000 })
        expect(crashed.report.result).toBe('failed')
        expect(error(crashed)).toMatch(
          /^ecs_service:web was not done after .*: \d+ tasks of web:2 stopped, container web exited 1\. web:2: 0 of 2 running; web:1: 2 still running\.$/,
        )
        expect(crashed.log.join('\n')).not.toMatch(/[12] of 2 tasks run web:2/)
      }
    },
  )

  story(
    'a release behind a Classic Load Balancer that works',
    'it is done once its own tasks are all that run',
    async () => {
      const shop = await openClassic()
      const { done, report } = await shop.apply(classic('web:2'))
      expect(report.result).toBe('succeeded')
      expect(done('ecs_service:web').because).toBe('2 of 2 tasks run web:2')
      expect((await look(shop)).deployments).toHaveLength(1)
    },
  )

  story(
    'a service behind a Classic Load Balancer is deployed again by name and its tasks crash now',
    'the apply fails at wait-timeout',
    async () => {
      const shop = await openClassic()
      shop.simulator.behave('web:1', { runSeconds: 1, exitCode: 1 })
      const again = await shop.apply(classic('web:1'), { asked: ['ecs_service:web'], waitTimeout: 60_000 })
      expect(again.report.result).toBe('failed')
    },
  )

  story(
    'a failed release behind a Classic Load Balancer is put back',
    'it is said to be back only when what ran before is all that runs',
    async () => {
      const shop = await openClassic()
      const failed = await shop.apply(classic('web:2-crash'), { waitTimeout: 60_000, onFailure: 'rollback' })
      expect(error(failed)).toMatch(/ It was put back: 2 of 2 tasks run web:1\.$/)
      expect((await look(shop)).deployments).toMatchObject([{ runningCount: 2, pendingCount: 0 }])
    },
  )

  story(
    'the circuit breaker rolls a release back, and the service is steady again',
    'the failure says which container ended how, and its details how many tasks the breaker allows to fail',
    async () => {
      const shop = await Shop.running(web('web:1', breaker(true)))
      const failed = await shop.apply(web('web:2-crash', breaker(true)))
      expect(failed.report.result).toBe('failed')
      expect(error(failed)).toBe(
        'ecs_service:web was rolled back by ECS: 4 tasks of web:2 stopped, container web exited 1. web:1 runs again, 2 of 2 tasks.',
      )
    },
  )

  const alarms = (rollback: boolean) => ({
    deploymentConfiguration: {
      bakeTimeInMinutes: 5,
      alarms: { alarmNames: ['web-latency', 'web-5xx'], enable: true, rollback },
    },
  })

  story(
    'an alarm goes off while the release bakes, and ECS goes back',
    'the failure names the alarm that went off, not all that were watched',
    async () => {
      const shop = await Shop.running(web('web:1', alarms(true)))
      const failed = await shop.apply(web('web:2', alarms(true)), {
        onSay: (_id, sentence) => {
          if (/2 of 2/.test(sentence)) shop.simulator.setAlarm('web-5xx', true)
        },
      })
      expect(failed.report.result).toBe('failed')
      expect(error(failed)).toBe(
        'ecs_service:web was rolled back by ECS: the alarm web-5xx ended the deployment. web:1 runs again, 2 of 2 tasks.',
      )
    },
  )

  story(
    'an alarm ends a release that is not to be rolled back',
    'this apply and every further one fails, though all tasks run',
    async () => {
      const shop = await Shop.running(web('web:1', alarms(false)))
      const failed = await shop.apply(web('web:2', alarms(false)), {
        onSay: (_id, sentence) => {
          if (/IN_PROGRESS/.test(sentence)) shop.simulator.setAlarm('web-5xx', true)
        },
      })
      expect(error(failed)).toBe('ecs_service:web failed to deploy web:2: the alarm web-5xx ended the deployment.')
      expect((await shop.apply(web('web:2', alarms(false)))).report.result).toBe('failed')
    },
  )

  story(
    'ECS declares an early success and cleans the old tasks up later, so that more run than there are to be',
    'the apply succeeds at once, and says what is not cleaned up yet',
    async () => {
      const early = {
        deploymentConfiguration: {
          earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup: 'DEFERRED' },
        },
      }
      const shop = await Shop.running(web('web:1', early))
      const { done, report } = await shop.apply(web('web:2', early), { waitTimeout: 120_000 })
      expect(report.result).toBe('succeeded')
      expect(done('ecs_service:web').because).toBe('2 of 2 tasks run web:2, 2 of web:1 not cleaned up yet')
      const { plan } = await shop.plan(web('web:2', early))
      expect([plan.steps, plan.warnings]).toEqual([[], undefined])
    },
  )

  story(
    'a second update takes the place of one that crashes under way',
    'the second apply follows its own deployment and succeeds, whatever became of the first',
    async () => {
      const shop = await Shop.running(web('web:1'))
      const first = await shop.apply(web('web:2-crash'), { waitTimeout: 20_000 })
      expect(first.report.result).toBe('failed')
      const second = await shop.apply(web('web:3'))
      expect(second.report.result).toBe('succeeded')
      expect(second.done('ecs_service:web').because).toBe('2 of 2 tasks run web:3')
    },
  )

  story(
    'somebody deploys another release while ours is under way, and theirs succeeds',
    'ours fails at once with the words that somebody else deployed meanwhile, and theirs is not taken back',
    async () => {
      const shop = await Shop.running(web('web:1'))
      await shop.apply(stated(family('other', 'other:1')))
      shop.simulator.behave('web:*', { startSeconds: 60 })
      let meddled = false
      const before = shop.clock.now()
      const ours = await shop.apply(web('web:2'), {
        onFailure: 'rollback',
        onSay: (_id, sentence) => {
          if (!/IN_PROGRESS/.test(sentence) || meddled) return
          meddled = true
          const theirs = { cluster: 'main', service: 'web', taskDefinition: 'other:1' }
          shop.simulator.handle('us-east-1', 'UpdateService', theirs)
        },
      })
      expect(ours.report.result).toBe('failed')
      expect(error(ours)).toMatch(
        /^ecs_service:web was deployed by somebody else meanwhile: deployment ecs-svc\/\d+ of other:1 took its place\.$/,
      )
      // The service deployment says so at once: nobody waits for what could still become visible.
      expect(shop.clock.now() - before).toBeLessThan(25_000)
      expect((await look(shop)).taskDefinition).toMatch(/other:1$/)
    },
  )

  story(
    'nothing changes after ECS has rolled a release back, and it is applied again and again',
    'the release is held back and fails each apply with what rolled it back, and nothing is deployed',
    async () => {
      const shop = await Shop.running(web('web:1', breaker(true)))
      await shop.apply(web('web:2-crash', breaker(true)))
      for (const _again of [1, 2]) {
        const calls = shop.simulator.calls.length
        const again = await shop.apply(web('web:2-crash', breaker(true)))
        expect(again.report.result).toBe('failed')
        expect(again.plan.steps).toEqual([])
        expect(serviceIn(again)).toMatchObject({
          reason: 'failed',
          why: 'web:2 was rolled back by the deployment circuit breaker (3 of 3 tasks failed); it runs web:1; change it, or name ecs_service:web in redeploy',
        })
        expect(shop.modifying(calls)).toEqual([])
      }
    },
  )

  story(
    'a person has ECS stop a rollout and go back while it is under way, and the release is applied again',
    "the apply and each later one fail, and say that a person did it, in ECS's own words",
    async () => {
      const shop = await Shop.running(web('web:1'))
      shop.simulator.behave('web:*', { startSeconds: 60 })
      let isStopped = false
      const stopped = await shop.apply(web('web:2'), {
        onSay: (_id, sentence) => {
          if (!/IN_PROGRESS/.test(sentence) || isStopped) return
          isStopped = true
          const [service] = shop.simulator.region().cluster('main').services.values()
          const { serviceDeploymentArn } = service?.rollouts[0] ?? {}
          shop.simulator.handle('us-east-1', 'StopServiceDeployment', { serviceDeploymentArn, stopType: 'ROLLBACK' })
        },
      })
      expect(error(stopped)).toBe(
        'ecs_service:web was rolled back by a person: Service deployment stopped by user. web:1 runs again, 2 of 2 tasks.',
      )
      const again = await shop.apply(web('web:2'))
      expect(again.report.result).toBe('failed')
      expect(serviceIn(again)?.why).toBe(
        'web:2 was rolled back by a person (Service deployment stopped by user); it runs web:1; change it, or name ecs_service:web in redeploy',
      )
    },
  )

  story(
    'only the network of a service changes, ECS rolls that back, and it is applied again',
    'it is held back like a release, until the network changes once more',
    async () => {
      const shop = await Shop.running(web('web:1', breaker(true)))
      const within = (...subnets: string[]) =>
        web('web:1', { ...breaker(true), networkConfiguration: { awsvpcConfiguration: { subnets } } })
      shop.simulator.behave('web:1', { runSeconds: 1, exitCode: 1 })
      const failed = await shop.apply(within('subnet-9'))
      expect(error(failed)).toMatch(
        /^ecs_service:web was rolled back by ECS: 4 tasks of web:1 stopped, container web exited 1\./,
      )
      const again = await shop.apply(within('subnet-9'))
      expect([again.plan.steps, serviceIn(again)?.reason, again.report.result]).toEqual([[], 'failed', 'failed'])
      shop.simulator.behave('web:1', {})
      expect((await shop.apply(within('subnet-8'))).report.result).toBe('succeeded')
    },
  )

  story(
    'what a rolled back release may have failed for is changed beside it',
    'the same release goes again, because it is not the same attempt',
    async () => {
      const shop = await Shop.running(web('web:1', breaker(true)))
      await shop.apply(web('web:2-crash', breaker(true)))
      shop.simulator.behave('web:2-crash', {})
      const mended = await shop.apply(web('web:2-crash', { ...breaker(true), healthCheckGracePeriodSeconds: 60 }))
      expect(mended.report.result).toBe('succeeded')
      expect((await look(shop)).taskDefinition).toMatch(/web:2$/)
    },
  )

  story(
    'a failed release is put back by on-failure, and nothing changes afterwards',
    'it is held back like one that ECS rolled back',
    async () => {
      const shop = await Shop.running(web('web:1'))
      const failed = await shop.apply(web('web:2-crash'), { waitTimeout: 60_000, onFailure: 'rollback' })
      expect(error(failed)).toMatch(/ It was put back: 2 of 2 tasks run web:1\.$/)
      const calls = shop.simulator.calls.length
      const again = await shop.apply(web('web:2-crash'))
      expect(again.report.result).toBe('failed')
      expect(serviceIn(again)?.why).toMatch(
        /^web:2 failed and was put back by this action; it runs web:1; change it, or/,
      )
      expect(shop.modifying(calls)).toEqual([])
      expect((await shop.apply(web('web:3'))).report.result).toBe('succeeded')
    },
  )

  story(
    'a release is replaced by another before it has settled, and is wanted again later',
    'it goes: that it was replaced is no failure',
    async () => {
      const shop = await Shop.running(web('web:1'))
      shop.simulator.behave('web:2', { startSeconds: 30 })
      await shop.apply(web('web:2'), { waitTimeout: 5_000 })
      await release(shop, 'web:1')
      shop.simulator.advance(300)
      const again = await shop.apply(web('web:2'))
      expect(again.report.result).toBe('succeeded')
      expect((await look(shop)).taskDefinition).toMatch(/web:2$/)
    },
  )

  story(
    'a rolled back release succeeds when it is deployed again by name, and later somebody goes back by hand',
    'it goes again: what succeeded since is not held against it',
    async () => {
      const shop = await Shop.running(web('web:1', breaker(true)))
      await shop.apply(web('web:2-crash', breaker(true)))
      shop.simulator.behave('web:2-crash', {})
      // A person named it: there is nothing to review in what ECS was told to deploy before.
      const asked = await shop.plan(web('web:2-crash', breaker(true)), { asked: ['ecs_service:web'] })
      expect(asked.unreviewed([])).toEqual([])
      const named = await shop.apply(web('web:2-crash', breaker(true)), { asked: ['ecs_service:web'] })
      expect(named.report.result).toBe('succeeded')
      await release(shop, 'web:1')
      shop.simulator.advance(300)
      expect((await shop.apply(web('web:2-crash', breaker(true)))).report.result).toBe('succeeded')
    },
  )

  story(
    'the role may not ask for service deployments, and ECS rolls a release back',
    'it is a failure all the same, the missing right is said once, and the next plan warns that it would deploy again',
    async () => {
      const shop = await Shop.running(web('web:1', breaker(true)))
      shop.simulator.deny(['ecs:*ServiceDeployments'])
      const failed = await shop.apply(web('web:2-crash', breaker(true)))
      expect(failed.report.result).toBe('failed')
      expect(error(failed)).toMatch(
        /^ecs_service:web was rolled back by ECS: 4 tasks of web:2 stopped, .* web:1 runs again/,
      )
      const hints = failed.log.filter(line => /allows ecs:DescribeServiceDeployments/.test(line))
      expect(hints).toHaveLength(1)
      const { plan } = await shop.plan(web('web:2-crash', breaker(true)))
      expect(plan.steps).toMatchObject([{ particle: 'ecs_service:web', transition: 'update' }])
      expect(plan.warnings).toEqual([
        'ecs_service:web: whether what it is to run was rolled back before is not known; allow the action ecs:ListServiceDeployments in the policy of the role that this workflow assumes',
      ])
    },
  )

  story(
    'an ECS of another maker does not know service deployments, says so in words of its own, and rolls a release back',
    'it is a failure all the same, and what is not known stops nothing',
    async () => {
      const shop = await Shop.running(web('web:1', breaker(true)))
      for (const operation of ['ListServiceDeployments', 'DescribeServiceDeployments'])
        shop.simulator.inject({
          operation,
          always: true,
          fault: { kind: 'error', name: 'ClientException', message: 'no such operation here', status: 400 },
        })
      const failed = await shop.apply(web('web:2-crash', breaker(true)))
      expect(error(failed)).toMatch(
        /^ecs_service:web was rolled back by ECS: 4 tasks of web:2 stopped, .* web:1 runs again/,
      )
      expect(failed.log.filter(line => /where ECS answers ecs:DescribeServiceDeployments/.test(line))).toHaveLength(1)
      const { report } = await shop.apply(web('web:3', breaker(true)))
      expect(report.result).toBe('succeeded')
    },
  )

  const releasedBy = (controller: 'CODE_DEPLOY' | 'EXTERNAL', until: string) => async () => {
    const shop = await Shop.running(web('web:1'))
    const { services } = shop.simulator.region().cluster('main')
    for (const { spec } of services.values()) spec.deploymentController = { type: controller }
    const controlled = (image: string) => web(image)
    const calls = shop.simulator.calls.length
    const { plan, report } = await shop.apply(controlled('web:2'))
    expect(report.result).toBe('succeeded')
    expect(plan.warnings).toEqual([
      `ecs_service:web is deployed by ${controller}, not by this action: the new revision of its task definition does not go live, it runs web:1 until ${until}`,
    ])
    expect(shop.modifying(calls)).toEqual(['RegisterTaskDefinition'])
    const after = await shop.plan(controlled('web:2'))
    expect(serviceIn(after)).toMatchObject({ reason: 'protected', changes: [{ path: 'taskDefinition' }] })
    expect(after.plan.warnings?.[0]).toMatch(/: web:2 does not go live, it runs web:1 until/)
  }

  story(
    'an image changes under a service that CodeDeploy deploys',
    'the plan says that the release is not ours and does not go live, before and after the apply',
    releasedBy('CODE_DEPLOY', 'CodeDeploy deploys it'),
  )

  story(
    'an image changes under a service of an external controller',
    'the plan says that the release is not ours and does not go live, before and after the apply',
    releasedBy('EXTERNAL', 'its controller makes a task set of it'),
  )
})

describe('Never silent, never stuck', () => {
  const other = (insights: string) =>
    particle('ecs_cluster', 'other', {
      clusterName: 'other',
      settings: [{ name: 'containerInsights', value: insights }],
    })
  const shopAnd = (insights: string) => stated(...JSON.parse(web('web:1')), other(insights))

  /** Tasks that crash after everything had settled. */
  async function unwell(): Promise<Shop> {
    const shop = await Shop.running(shopAnd('enabled'))
    shop.simulator.behave('web:1', { runSeconds: 1, exitCode: 1 })
    for (const { arn, wire } of [...shop.simulator.region().cluster('main').tasks.values()])
      if (wire.lastStatus === 'RUNNING') shop.simulator.exitTask(arn, 1)
    shop.simulator.advance(300)
    return shop
  }

  story(
    'something else is merged while the tasks of a settled service crash',
    'the merge is applied without waiting for the service, and its state is reported beside',
    async () => {
      const shop = await unwell()
      const before = shop.clock.now()
      const { plan, report } = await shop.apply(shopAnd('disabled'))
      expect(report.result).toBe('succeeded')
      expect(plan.steps).toMatchObject([{ particle: 'ecs_cluster:other', transition: 'update' }])
      expect(plan.warnings).toEqual([
        expect.stringMatching(/^ecs_service:web is unwell: \d of 2 tasks running, though no deployment is under way;/),
      ])
      expect(shop.clock.now() - before).toBeLessThan(10_000)
    },
  )

  story(
    'a service that is unwell is changed by us',
    'the change is judged as always, and fails at wait-timeout',
    async () => {
      const shop = await unwell()
      const changed = await shop.apply(web('web:1', { desiredCount: 3 }), { waitTimeout: 60_000 })
      expect(error(changed)).toMatch(/^ecs_service:web was not done after/)
    },
  )

  story(
    'something else is merged while somebody rolls a service out',
    'the rollout is waited for, whoever began it',
    async () => {
      const shop = await Shop.running(shopAnd('enabled'))
      shop.simulator.behave('web:1', { startSeconds: 30 })
      await shop
        .somebody()
        .send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true }))
      const { plan, report, done } = await shop.apply(shopAnd('disabled'))
      expect(plan.steps).toMatchObject([{ transition: 'update' }, { particle: 'ecs_service:web', transition: 'wait' }])
      expect(report.result).toBe('succeeded')
      expect(done('ecs_service:web').because).toBe('2 of 2 tasks run web:1')
    },
  )

  story(
    'a rollout that was found under way completes, and its tasks crash right afterwards',
    'the wait is over with the rollout, and the next plan says that the service is unwell',
    async () => {
      const shop = await Shop.running(shopAnd('enabled'))
      // Long enough to be healthy, and gone before the next look.
      shop.simulator.behave('web:1', { startSeconds: 30, runSeconds: 9, exitCode: 1 })
      await shop
        .somebody()
        .send(new UpdateServiceCommand({ cluster: 'main', service: 'web', forceNewDeployment: true }))
      const { report, plan } = await shop.apply(shopAnd('enabled'), { waitTimeout: 600_000 })
      expect(plan.steps).toMatchObject([{ particle: 'ecs_service:web', transition: 'wait' }])
      expect(report.result).toBe('succeeded')
      shop.simulator.behave('web:1', { runSeconds: 1, exitCode: 1 })
      shop.simulator.advance(120)
      expect((await shop.plan(shopAnd('enabled'))).plan.warnings).toEqual([
        expect.stringMatching(/^ecs_service:web is unwell/),
      ])
    },
  )

  story(
    'a release goes well, of one service and of twenty',
    'nobody is asked for service deployments: the cheap look is enough',
    async () => {
      const twenty = Array.from({ length: 20 }, (_, index) =>
        serviceOf(`web-${index}`, {}, { top: { parents: ['ecs_cluster:main', 'ecs_task_definition:web'] } }),
      )
      expect(
        Object.keys((await Shop.running(stated(main, family('web', 'web:1'), ...twenty))).counted()).sort(),
      ).toEqual([
        'CreateCluster',
        'CreateService',
        'DescribeClusters',
        'DescribeServices',
        'DescribeTaskDefinition',
        'RegisterTaskDefinition',
      ])
      const shop = await Shop.running(web('web:1'))
      const calls = shop.simulator.calls.length
      await shop.apply(web('web:2'))
      expect(Object.keys(shop.counted(calls)).filter(name => name.includes('ServiceDeployments'))).toEqual([])
      expect(shop.sent('UpdateService', calls)).toHaveLength(1)
    },
  )

  story(
    'a service is to run a revision that somebody registered and nobody has ever deployed',
    'one question is asked whether it failed before, and it goes',
    async () => {
      const shop = await Shop.running(web('web:1'))
      await shop.somebody().send(registered('web:2'))
      const calls = shop.simulator.calls.length
      expect((await shop.apply(web('web:2'))).report.result).toBe('succeeded')
      expect(shop.counted(calls)).toMatchObject({ ListServiceDeployments: 1, UpdateService: 1 })
      expect(shop.counted(calls).RegisterTaskDefinition).toBeUndefined()
    },
  )
})
