/** What a reviewed start or replacement still covers later, and what an apply does about drift that comes in between. */
import { UpdateServiceCommand } from '@aws-sdk/client-ecs'
import { describe, expect } from '@jest/globals'
import { cluster, definition, service } from '../world/manifests.ts'
import { type Asked, Shop } from '../world/shop.ts'
import { story } from '../world/story.ts'

const all = cluster + definition() + service()
const tagged = all.replace('desiredCount: 1', 'desiredCount: 1\n  tags: [{key: a, value: b}]')
const wide = cluster + definition() + service({ count: 2 })

const web = (shop: Shop) => {
  const found = shop.simulator.region().clusters.get('main')?.services.get('web')
  if (!found) throw new Error('there is no service')
  return found
}

const byHand = (shop: Shop, change: { desiredCount?: number; enableExecuteCommand?: boolean }) =>
  shop.somebody().send(new UpdateServiceCommand({ cluster: 'main', service: 'web', ...change }))

/** A service that was reviewed to be started, and what that review published. */
async function started(manifests: string): Promise<{ shop: Shop; claims: readonly string[] }> {
  const shop = await Shop.open()
  const { claims } = await shop.plan(manifests)
  expect((await shop.apply(manifests)).report.result).toBe('succeeded')
  return { shop, claims }
}

const replaceable = all.replace('[FARGATE]', '[EC2, FARGATE]')
const daemon = replaceable
  .replace('  desiredCount: 1\n', '  custom_config: {allow_replace: true}\n  schedulingStrategy: DAEMON\n')
  .replace('launchType: FARGATE', 'launchType: EC2')
const moved = replaceable.replace('launchType: FARGATE', 'launchType: EC2\n  custom_config: {allow_replace: true}')
const failedWith = async (shop: Shop, manifests: string, asked: Asked) => {
  const { done } = await shop.apply(manifests, asked)
  expect(done('ecs_service:web').result).toBe('failed')
  return done('ecs_service:web').error
}

describe('Nothing is applied that was not reviewed', () => {
  story(
    'a service was reviewed as a start of one task, is scaled up by hand, and the same commit is applied again',
    'the count is not lowered: the review of a start takes nothing back',
    async () => {
      const { shop, claims } = await started(all)
      await byHand(shop, { desiredCount: 7 })
      shop.simulator.advance(120)
      const again = await shop.plan(all)
      expect(again.step('ecs_service:web').changes).toEqual([{ path: 'desiredCount', before: 7, after: 1 }])
      expect(again.unreviewed(claims)).toEqual(['ecs_service:web'])
    },
  )

  story(
    'a service was reviewed as a start, and its tags are changed and taken away by hand',
    'a tag of another value is not put back; one that is missing is',
    async () => {
      const { shop, claims } = await started(tagged)
      web(shop).tags = [{ key: 'a', value: 'other' }]
      expect((await shop.plan(tagged)).unreviewed(claims)).toEqual(['ecs_service:web'])
      web(shop).tags = [{ key: 'c', value: 'd' }]
      expect((await shop.plan(tagged)).unreviewed(claims)).toEqual(['ecs_service:web'])
      web(shop).tags = []
      expect((await shop.plan(tagged)).unreviewed(claims)).toEqual([])
    },
  )

  story(
    'a service was reviewed as a start with a capacity provider strategy, and is moved to a launch type by hand',
    'it is not moved back',
    async () => {
      const spot = all
        .replace('clusterName: main', 'clusterName: main\n  capacityProviders: [FARGATE]')
        .replace('launchType: FARGATE', 'capacityProviderStrategy: [{capacityProvider: FARGATE, weight: 1}]')
      const { shop, claims } = await started(spot)
      const { capacityProviderStrategy: _gone, ...rest } = web(shop).spec
      web(shop).spec = { ...rest, launchType: 'FARGATE' }
      const now = await shop.plan(spot)
      expect(now.step('ecs_service:web').transition).toBe('update')
      expect(now.unreviewed(claims)).toEqual(['ecs_service:web'])
    },
  )

  story(
    'a service was reviewed as a start, and somebody has made one of that name by hand that would have to be replaced',
    'it is not replaced',
    async () => {
      const shop = await Shop.open()
      const { claims } = await shop.plan(daemon)
      await shop.apply(replaceable)
      const now = await shop.plan(daemon)
      expect(now.step('ecs_service:web').transition).toBe('replace')
      expect(now.unreviewed(claims)).toContain('ecs_service:web')
    },
  )

  story(
    'a replacement was reviewed and done, and somebody makes the service anew by hand in another way',
    'it is not replaced a second time',
    async () => {
      const { shop } = await started(replaceable)
      const { claims, unreviewed } = await shop.plan(moved)
      expect(unreviewed(claims)).toEqual([])
      web(shop).spec = { ...web(shop).spec, launchType: 'EXTERNAL' }
      const now = await shop.plan(moved)
      expect(now.step('ecs_service:web').transition).toBe('replace')
      expect(now.unreviewed(claims)).toEqual(['ecs_service:web'])
    },
  )

  story(
    'a replacement was reviewed as such, and the update that was reviewed beside it is to stand for one',
    'changes that were reviewed in place allow no replacement, nor the other way round',
    async () => {
      const { shop } = await started(replaceable)
      const update = await shop.plan(replaceable.replace('desiredCount: 1', 'desiredCount: 3'))
      const replacement = moved.replace('desiredCount: 1', 'desiredCount: 3')
      const { claims, unreviewed, step } = await shop.plan(replacement)
      expect(step('ecs_service:web').transition).toBe('replace')
      expect(unreviewed(update.claims)).toEqual(['ecs_service:web'])
      expect(update.unreviewed(claims)).toEqual(['ecs_service:web'])
    },
  )

  story(
    'the answer to an update is lost, and somebody changes the service before the second try',
    'the second try is held against the plan again, and what came in between is not put back',
    async () => {
      const { shop } = await started(all)
      let inBetween = false
      loseUpdates(shop, () => {
        web(shop).spec = { ...web(shop).spec, desiredCount: 5, enableExecuteCommand: true }
        inBetween = true
      })
      const error = await failedWith(shop, wide, {})
      expect(inBetween).toBe(true)
      expect(error?.code).toBe('ChangedMeanwhile')
      expect(web(shop).spec).toMatchObject({ desiredCount: 5, enableExecuteCommand: true })
    },
  )

  story(
    'a service is deleted to be made anew, and somebody makes one of that name before the second half',
    'it is left as it is, and the step fails',
    async () => {
      const { shop } = await started(replaceable)
      let looks = 0
      shop.simulator.inject({
        operation: 'DescribeServices',
        fault: { kind: 'delay', seconds: 0 },
        when: () => {
          // The first look sees that it is gone, and the second what somebody has made since.
          if (web(shop).status !== 'INACTIVE' || ++looks !== 2) return false
          const made = {
            cluster: 'main',
            serviceName: 'web',
            taskDefinition: 'web',
            desiredCount: 4,
            launchType: 'FARGATE',
            networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } },
          }
          expect(shop.simulator.handle('us-east-1', 'CreateService', made)).toMatchObject({ status: 200 })
          return false
        },
      })
      const error = await failedWith(shop, moved, {})
      expect(looks).toBe(2)
      expect(error?.code).toBe('ChangedMeanwhile')
      expect(web(shop).spec).toMatchObject({ desiredCount: 4, launchType: 'FARGATE' })
    },
  )
})

describe('Never silent, never stuck', () => {
  story(
    'an apply dies between what a reviewed start makes and what it adds to it',
    'the next one finishes it without another review',
    async () => {
      const { shop, claims } = await started(tagged)
      web(shop).tags = []
      const rest = await shop.plan(tagged)
      expect(rest.step('ecs_service:web').transition).toBe('update')
      expect(rest.unreviewed(claims)).toEqual([])
      expect((await shop.apply(tagged)).report.result).toBe('succeeded')
    },
  )

  story(
    'an apply dies at any call of a reviewed replacement',
    'the next one finishes it without another review',
    async () => {
      for (let call = 1; ; call++) {
        const { shop } = await started(replaceable)
        const { claims } = await shop.plan(daemon)
        const { killed } = await shop.apply(daemon, { killedAt: { call, when: 'after', modifying: true } })
        if (!killed) break
        shop.simulator.advance(300)
        expect([call, (await shop.plan(daemon)).unreviewed(claims)]).toEqual([call, []])
      }
    },
  )

  story(
    'every answer to a reviewed replacement is lost once',
    'it is carried out all the same: what it has done itself is no drift',
    async () => {
      for (const operation of ['UpdateService', 'DeleteService', 'CreateService']) {
        const { shop } = await started(replaceable)
        shop.simulator.inject({ operation, fault: { kind: 'lose' } })
        const { report } = await shop.apply(daemon)
        expect([operation, report.result]).toEqual([operation, 'succeeded'])
      }
    },
  )

  story(
    'a service never becomes what is declared, as somebody sets it back all the time',
    'the failure says what is declared and what AWS says',
    async () => {
      const { shop } = await started(all)
      const log: string[] = []
      const error = await failedWith(shop, wide, {
        onSay: (particle, sentence) => {
          if (particle !== 'ecs_service:web') return
          log.push(sentence)
          if (sentence !== 'is updated') web(shop).spec = { ...web(shop).spec, desiredCount: 1 }
        },
      })
      expect(error?.message).toMatch(
        /^ecs_service:web is not equivalent to what is declared: desiredCount is declared 2 and 1 in AWS\.$/,
      )
      expect(log.filter(sentence => sentence.startsWith('looks different still'))[0]).toContain(
        'desiredCount is declared 2 and 1 in AWS',
      )
    },
  )
})

describe('What is hidden stays hidden', () => {
  story(
    'AWS never shows the hidden value that is declared, and the apply says what is different',
    'the failure names the place, and neither value',
    async () => {
      const shop = await Shop.open()
      const hidden = definition({
        more: '      environment: [{name: KEY, value: declared-secret}, {name: NEW, value: declared-secret}]',
      })
      shop.simulator.inject({
        operation: 'DescribeTaskDefinition',
        fault: { kind: 'delay', seconds: 0 },
        when: () => {
          const [container] = shop.simulator.region().families.get('web')?.at(-1)?.definition.containerDefinitions ?? []
          if (container) container.environment = ['KEY', 'OLD'].map(name => ({ name, value: 'live-secret' }))
          return false
        },
      })
      // The answer of the registration would show the value.
      shop.simulator.inject({ operation: 'RegisterTaskDefinition', fault: { kind: 'lose' } })
      const { done, log } = await shop.apply(cluster + hidden)
      const { error } = done('ecs_task_definition:web')
      for (const difference of [
        'environment[KEY].value is declared (hidden) and (hidden) in AWS',
        'environment[NEW].value is declared (hidden) and missing in AWS',
        'environment[OLD].value is not declared and (hidden) in AWS',
      ]) {
        expect(error?.message).toContain(difference)
        expect(log.join('\n')).toContain(difference)
      }
      expect(JSON.stringify([error, log])).not.toMatch(/declared-secret|live-secret/)
    },
  )
})

/** Answers to UpdateService are lost, nothing of them is done, and once they are given up somebody comes in between. */
function loseUpdates(shop: Shop, comesIn: () => void): void {
  shop.simulator.inject({ operation: 'UpdateService', fault: { kind: 'reset' }, times: 4 })
  let looks = 0
  shop.simulator.inject({
    operation: 'DescribeServices',
    fault: { kind: 'delay', seconds: 0 },
    when: () => {
      const updates = shop.simulator.calls.filter(({ operation, fault }) => operation === 'UpdateService' && fault)
      if (updates.length > 0 && looks++ === 0) comesIn()
      return false
    },
  })
}
