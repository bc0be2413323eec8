import { describe, expect, test } from '@jest/globals'
import { cluster, definition, job, service } from '../world/manifests.ts'
import { Shop } from '../world/shop.ts'
import { down, phases, result, started } from './life.ts'

describe('an apply', () => {
  test('leaves nothing to do, through a whole life', async () => {
    const shop = await Shop.open()
    for (const manifests of phases) {
      expect(await result(shop, manifests)).toEqual(['succeeded'])
      const calls = shop.simulator.calls.length
      const { plan } = await shop.plan(manifests)
      expect(plan.steps).toEqual([])
      expect(await result(shop, manifests)).toEqual(['succeeded'])
      expect(shop.modifying(calls)).toEqual([])
    }
    const region = shop.simulator.region()
    expect(region.clusters.get('main')?.status).toBe('INACTIVE')
    expect(region.families.get('web')?.filter(({ status }) => status === 'ACTIVE')).toEqual([])
  })

  test('asks for nothing twice in one look around', async () => {
    const shop = await Shop.open()
    await shop.apply(started)
    const calls = shop.simulator.calls.length
    await shop.plan(started)
    const asked = shop.simulator.calls
      .slice(calls)
      .map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`)
    expect(new Set(asked).size).toBe(asked.length)
    expect(asked.length).toBeLessThanOrEqual(7)
  })

  test('is as wide as the graph is', async () => {
    const names = ['a', 'b', 'c', 'd']
    const shop = await Shop.open()
    const { written } = await shop.apply(
      cluster + names.map(name => definition({ family: name }) + service({ name, family: name })).join(''),
    )
    const together = Math.max(
      ...written.map(
        ({ steps }) =>
          steps.filter(step => step.particle.startsWith('ecs_service') && step.result === 'running').length,
      ),
    )
    expect(together).toBe(4)
  })

  test('that fails somewhere skips what depends on it, says why, and finishes the rest', async () => {
    const shop = await Shop.open()
    shop.simulator.behave('crash:1', { runSeconds: 1, exitCode: 1 })
    const failing = definition({ family: 'bad', image: 'bad:1' }) + job({ name: 'bad', family: 'bad' })
    shop.simulator.behave('bad:1', { runSeconds: 1, exitCode: 4 })
    const { report, done, log } = await shop.apply(
      cluster +
        definition() +
        service() +
        failing +
        service({ name: 'after', parents: ['ecs_task:bad'] }) +
        job({ name: 'last', family: 'web', parents: ['ecs_service:after'] }),
    )
    expect(report.result).toBe('failed')
    expect(done('ecs_task:bad').result).toBe('failed')
    expect(done('ecs_service:web').result).toBe('succeeded')
    expect(done('ecs_service:after')).toEqual({
      particle: 'ecs_service:after',
      transition: 'start',
      result: 'skipped',
      calls: 0,
      error: {
        code: 'Skipped',
        message: 'needs ecs_task:bad, which failed (exit code 4)',
        details: [],
      },
    })
    expect(done('ecs_task:last').error?.message).toMatch(
      /^needs ecs_service:after, which was skipped \(needs ecs_task:bad/,
    )
    expect(log).toContain('ecs_service:after: skipped: needs ecs_task:bad, which failed (exit code 4)')
    expect(shop.simulator.region().clusters.get('main')?.services.has('after')).toBe(false)
  })

  test('goes down children first', async () => {
    const shop = await Shop.open()
    await shop.apply(started)
    const calls = shop.simulator.calls.length
    expect(await result(shop, down)).toEqual(['succeeded'])
    const order = shop.modifying(calls)
    expect(order.indexOf('DeleteService')).toBeGreaterThanOrEqual(0)
    expect(order.indexOf('DeleteCluster')).toBeGreaterThan(order.indexOf('DeleteService'))
    const carriedOut = shop.simulator.calls
      .slice(calls)
      .map(({ operation, input }) => `${operation} ${JSON.stringify(input)}`)
    const web = carriedOut.findIndex(call => call.startsWith('DeregisterTaskDefinition') && call.includes('/web:'))
    expect(web).toBeGreaterThan(carriedOut.findIndex(call => call.startsWith('DeleteService')))
  })

  test('that takes too long for one transition says how far it came', async () => {
    const shop = await Shop.open()
    shop.simulator.behave('web:1', { startSeconds: 3600 })
    const { done } = await shop.apply(cluster + definition() + service(), { waitTimeout: 120_000 })
    expect(done('ecs_service:web').error?.message).toMatch(
      /^ecs_service:web was not done after 2 min \(wait-timeout\): 0 of 1 task running/,
    )
    shop.simulator.advance(3600)
    expect(await result(shop, cluster + definition() + service())).toEqual(['succeeded'])
  })

  test('that is cancelled says so, whenever that is, and the next one finishes', async () => {
    const whole = await (await Shop.open()).apply(started)
    expect(whole.log.length).toBeGreaterThan(10)
    for (let nth = 1; nth < whole.log.length; nth += 2) {
      const shop = await Shop.open()
      const controller = new AbortController()
      let said = 0
      const { report } = await shop.apply(started, {
        signal: controller.signal,
        onSay: () => {
          if (++said === nth) controller.abort(new Error('cancelled'))
        },
      })
      const ends = new Set(report.steps.map(step => step.result))
      // With its last sentence everything may be done already.
      const over = nth > 9 && ends.size === 1 && ends.has('succeeded')
      expect([nth, report.result]).toEqual([nth, over ? 'succeeded' : 'cancelled'])
      for (const end of ends) expect(['succeeded', 'cancelled']).toContain(end)
      expect(await result(shop, started)).toEqual(['succeeded'])
      expect(shop.runs.size).toBe(1)
    }
  }, 60_000)

  test('that is cancelled during a call says so too', async () => {
    for (const operation of ['RegisterTaskDefinition', 'CreateService', 'RunTask', 'DescribeServices', 'TagResource']) {
      const shop = await Shop.open()
      const controller = new AbortController()
      shop.simulator.inject({
        operation,
        nth: operation === 'DescribeServices' ? 2 : 1,
        fault: { kind: 'delay', seconds: 0 },
        when: () => {
          if (operation !== 'DescribeServices' || shop.modifying().includes('CreateService'))
            controller.abort(new Error('cancelled'))
          return false
        },
      })
      const { report } = await shop.apply(started, { signal: controller.signal })
      expect([operation, report.result]).toEqual([operation, 'cancelled'])
      expect(report.steps.map(step => step.result)).not.toContain('failed')
      expect(await result(shop, started)).toEqual(['succeeded'])
      expect(shop.runs.size).toBe(1)
    }
  }, 30_000)

  test('does not carry out what somebody else changed between plan and step, and nothing else suffers', async () => {
    const two = (image: string) => cluster + definition({ image }) + service() + service({ name: 'other' })
    const shop = await Shop.open()
    await shop.apply(two('web:1'))
    const web = shop.simulator.region().clusters.get('main')?.services.get('web')
    const { report, done } = await shop.apply(two('web:2'), {
      onSay: (particle, sentence) => {
        if (particle === 'ecs_task_definition:web' && sentence.startsWith('done') && web) {
          web.spec = { ...web.spec, enableExecuteCommand: true, desiredCount: 3 }
        }
      },
    })
    expect(report.result).toBe('failed')
    expect(done('ecs_service:web').error).toMatchObject({ code: 'ChangedMeanwhile' })
    expect(done('ecs_service:web').error?.message).toBe(
      'ecs_service:web is not what the plan showed any more: somebody else changed it, and the step would update desiredCount, taskDefinition.',
    )
    expect(web?.spec.taskDefinition).toMatch(/web:1$/)
    expect(done('ecs_service:other').result).toBe('succeeded')
    expect(await result(shop, two('web:2'))).toEqual(['succeeded'])
  })

  test('does not take over what somebody else created between plan and step', async () => {
    const shop = await Shop.open()
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } }
    const where = { cluster: 'main', launchType: 'FARGATE', networkConfiguration }
    const theirs = { ...where, serviceName: 'web', taskDefinition: 'web', desiredCount: 5 }
    const { report, done } = await shop.apply(cluster + definition() + service(), {
      onSay: (particle, sentence) => {
        if (particle !== 'ecs_service:web' || sentence !== 'is created') return
        const answer = shop.simulator.handle('us-east-1', 'CreateService', theirs)
        expect(answer).toMatchObject({ status: 200 })
      },
    })
    expect(report.result).toBe('failed')
    expect(done('ecs_service:web').error).toMatchObject({ code: 'ChangedMeanwhile' })
    expect(shop.modifying().filter(name => /^(Update|Delete)/.test(name))).toEqual([])
  })

  test('writes the journal when a step begins and when it ends, and has nothing else to tell', async () => {
    const shop = await Shop.open()
    const { written } = await shop.apply(cluster + definition())
    const seen = written.map(({ result, steps }) => [
      result,
      ...steps.map(step => `${step.particle} ${step.result}`).sort(),
    ])
    expect(seen[0]).toEqual(['running'])
    expect(seen).toContainEqual(['running', 'ecs_cluster:main running', 'ecs_task_definition:web running'])
    expect(seen.at(-1)).toEqual(['succeeded', 'ecs_cluster:main succeeded', 'ecs_task_definition:web succeeded'])
    const last = written.at(-1)
    for (const step of last?.steps ?? []) {
      expect(step.calls).toBeGreaterThan(0)
      expect(Date.parse(step.finishedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(step.startedAt ?? ''))
    }
  })

  test('with nothing to do makes no call that changes anything, and succeeds', async () => {
    const shop = await Shop.open()
    const { report } = await shop.apply(down)
    expect(report).toMatchObject({ result: 'succeeded', steps: [] })
    expect(shop.modifying()).toEqual([])
  })
})

describe('a disturbed apply', () => {
  test('that sees late what was made converges', async () => {
    const shop = await Shop.open({ consistencySeconds: 15 })
    for (const manifests of phases) expect(await result(shop, manifests)).toEqual(['succeeded'])
    expect(shop.runs.size).toBe(2)
  })

  test('of sixty particles does not throttle itself', async () => {
    const names = Array.from({ length: 30 }, (_, n) => `s${n}`)
    const many = cluster + names.map(name => definition({ family: name }) + service({ name, family: name })).join('')
    const shop = await Shop.open()
    expect(await result(shop, many)).toEqual(['succeeded'])
    expect(shop.simulator.calls.filter(({ error }) => error === 'ThrottlingException')).toEqual([])
    expect((await shop.plan(many)).plan.steps).toEqual([])
  }, 60_000)

  test('that died says running, and what it was doing', async () => {
    const shop = await Shop.open()
    const { killed, report } = await shop.apply(started, { killedAt: { call: 3, when: 'after', modifying: true } })
    expect(killed).toBe(true)
    expect(report.result).toBe('running')
    expect(report.steps.map(step => step.result)).toContain('running')
    expect(report).not.toHaveProperty('finishedAt')
  })
})

describe('what a manifest asks for besides', () => {
  test('persist_on_update shows differences and applies none', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster + definition() + service())
    const kept = cluster + definition() + service({ count: 3, top: 'persist_on_update: true' })
    const { plan, report } = await shop.apply(kept)
    expect(plan.steps).toEqual([])
    expect(plan.unchanged).toContainEqual({
      particle: 'ecs_service:web',
      state: 'running',
      reason: 'protected',
      changes: [{ path: 'desiredCount', before: 1, after: 3 }],
    })
    expect(plan.summary.protected).toBe(1)
    expect(report.result).toBe('succeeded')
  })

  test('persist_on_termination keeps it, and the cluster above it is not deleted with it', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster + definition() + service())
    const gone = cluster + definition() + service({ top: 'persist_on_termination: true\ndesired_state: terminated' })
    const { plan } = await shop.apply(gone)
    expect(plan.unchanged).toContainEqual({ particle: 'ecs_service:web', state: 'running', reason: 'protected' })
    expect(shop.simulator.region().clusters.get('main')?.services.get('web')?.status).toBe('ACTIVE')
  })

  test('stopped is deleted for a service, and says so', async () => {
    const shop = await Shop.open()
    await shop.apply(cluster + definition() + service())
    const { step } = await shop.apply(cluster + definition() + service({ top: 'desired_state: stopped' }))
    expect(step('ecs_service:web')).toMatchObject({ transition: 'stop', from: 'running', to: 'stopped' })
    expect(step('ecs_service:web').risks).toEqual([
      'a service that is to be stopped is deleted, and 1 running task stops',
    ])
  })

  test('a service that somebody has made anew meanwhile is not replaced: it is named once, and what cannot change', async () => {
    const shop = await Shop.running(cluster + definition() + service())
    shop.simulator.inject({
      operation: 'RegisterTaskDefinition',
      fault: { kind: 'delay', seconds: 0 },
      when: () => {
        const web = shop.simulator.region().clusters.get('main')?.services.get('web')
        if (web) Object.assign(web.spec, { launchType: 'EXTERNAL' })
        return false
      },
    })
    const { done } = await shop.apply(cluster + definition({ image: 'web:2' }) + service())
    expect(done('ecs_service:web').error).toMatchObject({
      code: 'Refused',
      message: expect.stringMatching(/^ecs_service:web [^:]*: launchType cannot change in place; /),
    })
  })

  test('redeploy deploys again once, needs no review, and nothing is left of it', async () => {
    const manifests = cluster + definition() + service()
    const shop = await Shop.open()
    await shop.apply(manifests)
    const before = shop.simulator.calls.length
    const again = await shop.apply(manifests, { asked: ['ecs_service:web'] })
    expect(again.step('ecs_service:web').changes).toEqual([{ path: 'forceNewDeployment', before: false, after: true }])
    expect(again.claims).toEqual([])
    expect(again.report.result).toBe('succeeded')
    expect(shop.modifying(before)).toEqual(['UpdateService'])
    expect((await shop.plan(manifests)).plan.steps).toEqual([])
  })

  test('an ignored member of a structure keeps its live value when the structure changes', async () => {
    const stated = (percent: number) =>
      cluster +
      definition() +
      service({
        more: `  deploymentConfiguration: {maximumPercent: ${percent}, minimumHealthyPercent: 100}`,
        options: 'ignore: [deploymentConfiguration.minimumHealthyPercent]',
      })
    const shop = await Shop.open()
    await shop.apply(stated(200))
    const web = shop.simulator.region().clusters.get('main')?.services.get('web')
    if (web) {
      web.spec = {
        ...web.spec,
        deploymentConfiguration: { ...web.spec.deploymentConfiguration, minimumHealthyPercent: 50 },
      }
    }
    expect((await shop.plan(stated(200))).plan.steps).toEqual([])
    expect(await result(shop, stated(150))).toEqual(['succeeded'])
    expect(web?.spec.deploymentConfiguration).toMatchObject({ maximumPercent: 150, minimumHealthyPercent: 50 })
  })
})
