import { describe, expect, test } from '@jest/globals'
import { type Learnable, Redactor } from '../../src/redact/redactor.ts'
import { untrusted } from '../../src/untrusted.ts'
import { cluster, definition, job } from '../world/manifests.ts'
import { read, Shop } from '../world/shop.ts'

const environment = (value: string) => `      environment: [{name: PASSWORD, value: ${JSON.stringify(value)}}]`

/** A redactor that has read a definition with this hidden value. */
function knowing(value: string, { more = '', live }: { more?: string; live?: Learnable['live'] } = {}): Redactor {
  const redactor = new Redactor({ secretVariables: new Set(), releaseVariables: new Set(), revealed: () => false })
  for (const particle of read(definition({ more: `${environment(value)}${more}` }))) redactor.learn({ particle, live })
  return redactor
}

/** One that knows what a secret variable holds. */
const secretly = (...secretValues: string[]): Redactor =>
  new Redactor({ secretVariables: new Set(['S']), secretValues, releaseVariables: new Set(), revealed: () => false })

describe('words of others', () => {
  test.each([
    ['as it is', 'hunter22', 'exec: "hunter22": not found', 'exec: "(hidden)": not found'],
    ['inside of a word', 'hunter22', 'no xhunter22x', 'no x(hidden)x'],
    ['twice', 'hunter22', 'hunter22 hunter22', '(hidden) (hidden)'],
    ['over a line', 'correct horse 1', 'is correct\n   horse 1, no', 'is (hidden), no'],
    ['with its lines as one', 'correct\nhorse 1', 'is correct horse 1.', 'is (hidden).'],
    ['with escaped lines', 'correct\nhorse 1', 'is "correct\\nhorse 1"', 'is "(hidden)"'],
    ['with escaped quotes', 'say "hunter22"', 'is "say \\"hunter22\\""', 'is "(hidden)"'],
    ['with escapes of Go', 'a<b>hunter&22', 'is a\\u003cb\\u003ehunter\\u002622', 'is (hidden)'],
    ['broken anywhere', 'hunter22hunter22', 'is hunter22\nhunt er22.', 'is (hidden).'],
    ['cut off at the end', 'hunter22-and-much-more', 'exec: hunter22-and-m', 'exec: (hidden)'],
    ['cut off before an ellipsis', 'hunter22-and-much-more', 'exec: hunter22-a... failed', 'exec: (hidden)... failed'],
    ['a line of it', 'first line is\nhunter22-and-more\n', 'no hunter22-and-more', 'no (hidden)'],
    ['a word of it', 'curl -H token:hunter22 host', 'exec: "token:hunter22"', 'exec: "(hidden)"'],
    ['a phrase', 'correct horse battery staple', 'no correct horse battery staple', 'no (hidden)'],
    ['a long word', 'hunterhunter', 'no hunterhunter there', 'no (hidden) there'],
    ['a short word in quotes', 'hunter', 'exec: "hunter": not found', 'exec: "(hidden)": not found'],
    ['a short value as a whole', 'p4ss', 'is p4ss, not p4ssenger', 'is (hidden), not p4ssenger'],
  ])('lose a hidden value: %s', (_, value, words, expected) => {
    const redactor = knowing(value)
    expect(redactor.words(words)).toBe(expected)
    expect(redactor.sentence(`it failed: ${untrusted(words)}; see ${value}`)).toBe(
      `it failed: ${expected}; see ${value}`,
    )
  })

  test.each([
    ['a digit', '1', 'exited with 1 of 1'],
    ['a small number', '8080', 'listens on 8080'],
    ['true', 'true', 'essential is true'],
    ['a short word', 'prod', 'no such host prod'],
    ['a word of its own sentences', 'container', 'Essential container in task exited'],
    ['a phrase of its own', 'Essential container in task exited', 'Essential container in task exited'],
  ])('keep what cannot be told from them: %s', (_, value, words) => {
    expect(knowing(value).words(words)).toBe(words)
  })

  test('keep names, ids and open values, also where a hidden value is a part of one', () => {
    const arn = 'arn:aws:ecs:us-east-1:123456789012:service/main/app-01-blue'
    const redactor = knowing('app-01', {
      more: '\n      dockerLabels: {owner: team-app-01}',
      live: { serviceArn: arn },
    })
    expect(redactor.words(`${arn} of team-app-01: app-01`)).toBe(`${arn} of team-app-01: (hidden)`)
    expect(knowing('web:1').words('no image web:1')).toBe('no image web:1')
  })

  test('lose what is hidden in ECS alone, wherever in an answer it stands', () => {
    const log = { options: { 'splunk-token': 'hunter-23', 'awslogs-group': 'group-24' } }
    const live = {
      latest: { containerDefinitions: [{ environment: [{ name: 'A', value: 'hunter-22' }], logConfiguration: log }] },
      deployments: [{ serviceConnectConfiguration: { logConfiguration: { options: { token: 'hunter-25' } } } }],
    }
    const words = 'hunter-22 hunter-23 group-24 hunter-25'
    expect(knowing('other', { live }).words(words)).toBe('(hidden) (hidden) group-24 (hidden)')
  })
})

describe('what a secret variable holds', () => {
  test.each([
    ['in our own words', 'it runs s3cr3t-one:2 again', 'it runs (hidden):2 again'],
    ['in words of others', untrusted('no s3cr3t-one'), 'no (hidden)'],
    ['in a name', 'ecs_service:s3cr3t-one', 'ecs_service:(hidden)'],
  ])('is taken out, %s', (_, text, expected) => {
    expect(secretly('s3cr3t-one').sentence(text)).toBe(expected)
  })

  test('is taken out as a whole word where it is short, and stays where it is too short to be known', () => {
    expect(secretly('prod').sentence('prod, not production')).toBe('(hidden), not production')
    expect(secretly('1').sentence('1 of 1 tasks')).toBe('1 of 1 tasks')
  })

  test('is taken out of plans and reports, keys that somebody chose included', () => {
    const step = { particle: 'a:s3cr3t-one', task: { exitCodes: [{ 's3cr3t-one': 1 }] }, result: 'failed' }
    expect(secretly('s3cr3t-one', 'failed').data(step)).toEqual({
      particle: 'a:(hidden)',
      task: { exitCodes: [{ '(hidden)': 1 }] },
      result: 'failed',
    })
  })

  test('takes the place of a problem along, where it is in the name of the file', () => {
    const problem = { place: { file: 'particles/s3cr3t-one.yml', line: 1, column: 2 }, message: 'is wrong' }
    expect(secretly('s3cr3t-one').problem(problem)).toEqual({ message: 'particles/(hidden).yml:1:2 is wrong' })
  })
})

describe('what ECS repeats', () => {
  test('of a hidden value, stated or live, is taken out', async () => {
    const shop = await Shop.open()
    await shop.apply(definition({ more: environment('hunter22') }))
    const { redactor } = await shop.plan(definition({ more: environment('hunter22-and-more') }))
    expect(redactor.words('was hunter22, is to be hunter22-and-more; web:1')).toBe(
      'was (hidden), is to be (hidden); web:1',
    )
  })

  test('of a secret variable is taken out, also where it is a part', async () => {
    const shop = await Shop.open()
    const { redactor } = await shop.plan(definition({ image: 'shop/${WHO}' }), {
      variables: { WHO: 'secretive' },
      secret: ['WHO'],
    })
    expect(redactor.words('no image shop/secretive')).toBe('no image (hidden)')
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
