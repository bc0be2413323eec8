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

const base64 = (value: string): string => Buffer.from(value).toString('base64')
const base64url = (value: string): string => Buffer.from(value).toString('base64url')

/** Each way in which a system writes a value that it was sent, with what is left of a text in quotes: nothing more. */
const encodings: readonly [string, (value: string) => string, RegExp?][] = [
  ['for a URL', encodeURIComponent],
  ['for a URL, in small letters', value => encodeURIComponent(value).replace(/%../g, code => code.toLowerCase())],
  ['for a URL, twice', value => encodeURIComponent(encodeURIComponent(value))],
  ['for a form', value => new URLSearchParams({ value }).toString().slice('value='.length)],
  ['for HTML', value => value.replace(/[&<>"']/g, one => `&#${one.charCodeAt(0)};`)],
  ['for HTML, by names', value => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')],
  ['as JSON in JSON', value => JSON.stringify(JSON.stringify(value)).slice(1, -1), /^\\?"\(hidden\)\\?"$/],
  ['as JSON in HTML', value => JSON.stringify(value).slice(1, -1).replaceAll('"', '&quot;')],
  ['by bytes', value => [...Buffer.from(value)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('')],
  ['in capitals', value => value.toUpperCase()],
  ['in small letters', value => value.toLowerCase()],
  ['as base64', base64, /^\(hidden\)=*$/],
  ['as base64 for a URL', base64url],
  ['as base64 of JSON', value => base64(JSON.stringify({ value })), /^eyJ2YWx1ZSI6.?\(hidden\).{1,4}=*$/],
  ['as base64 with a user', value => base64(`somebody:${value}`), /^c29tZWJvZHk6?\(hidden\)=*$/],
  ['as base64 in a URL', value => `a/path/${encodeURIComponent(base64(value))}`, /^a\/path\/?\(hidden\)(%3D)*$/],
  ['as base64 in lines', value => base64(value.repeat(4)).replace(/.{76}/g, '$&\n'), /^(\(hidden\))+[=\n]*$/],
]

describe('a hidden value in another encoding', () => {
  test.each(
    encodings.flatMap(([how, encode, left = /^\(hidden\)$/]) =>
      ['hunter-22 & "more" <Ünder>?', 'P4ssw0rd+/22-and-ÿÿ~~more', 'correct Horse\nbattery_22'].map(
        value => [how, value, encode(value), left] as const,
      ),
    ),
  )('is taken out, %s: %s', (_, value, written, left) => {
    for (const redactor of [knowing(value), secretly(value)])
      expect(redactor.words(`exec "${written}": no`)).toMatch(new RegExp(`^exec "${left.source.slice(1, -1)}": no$`))
  })

  test.each([
    ['hunter', 'exec: "HUNTER" aHVudGVy', 'exec: "(hidden)" (hidden)'],
    ['p4ss', 'is P4SS, %704ss and cDRzcw==', 'is P4SS, (hidden) and (hidden)=='],
    ['prod', 'is "PROD" of prod-22 and "cHJvZA"', 'is "PROD" of prod-22 and "(hidden)"'],
    ['running', 'is "RUNNING"', 'is "RUNNING"'],
    ['1', 'is MQ==', 'is MQ=='],
    ['a%20b%20c%2022', 'is a b c 22 or a%20b%20c%2022', 'is (hidden) or (hidden)'],
  ])('is told from other words as in its own: %s', (value, words, expected) => {
    expect(knowing(value).words(words)).toBe(expected)
  })

  test('leaves names, ids and open values, whatever they are the encoding of', () => {
    const arn = 'arn:aws:ecs:us-east-1:123456789012:service/main/APP-01-blue'
    const redactor = knowing('app-0122', {
      more: `\n      dockerLabels: {owner: ${base64('app-0122')}, again: APP-0122, of: app%2d0122}`,
      live: { serviceArn: arn.replace('01', '0122') },
    })
    const words = [base64('app-0122'), 'APP-0122', 'app%2d0122', arn.replace('01', '0122'), 'app%2D0122'].join(' ')
    expect(redactor.words(words)).toBe(words.replace(/app%2D0122$/, '(hidden)'))
    expect(redactor.words(encodeURIComponent(`${arn.replace('01', '0122')} App-0122`))).toBe(
      `${encodeURIComponent(arn.replace('01', '0122'))}%20(hidden)`,
    )
  })
})

test('Hidden values are looked for all at once: their number costs next to nothing', () => {
  const environment = Array.from({ length: 20_000 }, (_, index) => ({ name: `V${index}`, value: `${index}-of-20000` }))
  const redactor = knowing('other', { live: { containerDefinitions: [{ environment }] } })
  const words = `${'a sentence of ECS, with words/and-paths in it. '.repeat(20)}77-of-20000`
  const begun = performance.now()
  for (let time = 0; time < 100; time++) expect(redactor.words(words)).toMatch(/it\. \(hidden\)$/)
  // One by one they would take ten times as long.
  expect(performance.now() - begun).toBeLessThan(2_000)
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
