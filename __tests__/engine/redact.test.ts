import { describe, expect, test } from '@jest/globals'
import { redactor } from '../../src/engine/redact.ts'
import { cluster, definition, job } from '../flavors/manifests.ts'
import { Shop } from '../flavors/shop.ts'

const environment = (value: string) => `      environment: [{name: PASSWORD, value: "${value}"}]`

describe('what ECS repeats', () => {
  test('of a hidden value, stated or live, is taken out', async () => {
    const shop = await Shop.open()
    await shop.apply(definition({ more: environment('hunter22') }))
    const { planned } = await shop.plan(definition({ more: environment('hunter22-and-more') }))
    const hide = redactor(planned.decisions)
    expect(hide('was hunter22, is to be hunter22-and-more; web:1')).toBe('was (hidden), is to be (hidden); web:1')
  })

  test('of a secret variable is taken out, also where it is a part', async () => {
    const shop = await Shop.open()
    const { planned } = await shop.plan(definition({ image: 'shop/${WHO}' }), {
      variables: { WHO: 'secretive' },
      secret: ['WHO'],
    })
    expect(redactor(planned.decisions)('no image shop/secretive')).toBe('no image (hidden)')
  })

  test('never reaches the log or the report', async () => {
    const shop = await Shop.open()
    shop.simulator.inject({
      operation: 'RegisterTaskDefinition',
      fault: { kind: 'error', name: 'ClientException', message: 'the value correct-horse is not allowed', status: 400 },
    })
    const { report, log } = await shop.apply(definition({ more: environment('correct-horse') }))
    expect(report.result).toBe('failed')
    expect(JSON.stringify([report, log])).toContain('the value (hidden) is not allowed')
    expect(JSON.stringify([report, log])).not.toContain('correct-horse')
  })

  test('in the overrides of a job is hidden too', async () => {
    const manifests =
      cluster +
      definition({ family: 'migrate', image: 'migrate:1' }) +
      job({
        more: '  overrides: {containerOverrides: [{name: migrate, environment: [{name: P, value: correct-horse}]}]}',
      })
    const shop = await Shop.open()
    shop.simulator.inject({
      operation: 'RunTask',
      fault: { kind: 'error', name: 'InvalidParameterException', message: 'correct-horse', status: 400 },
    })
    const { plan, report, log } = await shop.apply(manifests)
    expect(report.result).toBe('failed')
    expect(JSON.stringify([plan, report, log])).not.toContain('correct-horse')
  })
})
