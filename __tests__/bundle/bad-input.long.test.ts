/** What people and machines get wrong: one clear line each, where it is, exit code 1, and nothing half done. */
import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import type { RunningSimulator } from '../../simulator/server.ts'
import { bundle } from '../world/bundle.ts'
import {
  Checkout,
  type Ended,
  errorsOf,
  expectRefusal,
  silentServer,
  simulatedEcs,
  temporaryFolder,
} from '../world/checkout.ts'

let ecs: RunningSimulator

beforeAll(async () => {
  bundle()
  ecs = await simulatedEcs()
}, 240_000)

const here = () => new Checkout(ecs.url, ecs.calls)

const cluster = 'flavor: ecs_cluster\npcf_name: main\naws_resource:\n  clusterName: main\n'

interface Said {
  readonly message: RegExp
  readonly file?: string
  readonly line?: number
}

function expectProblems(ended: Ended, ...problems: readonly Said[]): void {
  const errors = expectRefusal(ended)
  expect(errors.map(({ file, line }) => ({ file, line }))).toEqual(problems.map(({ file, line }) => ({ file, line })))
  for (const [index, { message }] of problems.entries()) expect(errors[index]?.message).toMatch(message)
}

const bomb = ['a: &a [x, x, x, x, x, x, x, x, x, x]']
for (let index = 1; index < 9; index++) {
  const before = String.fromCharCode(96 + index)
  const name = String.fromCharCode(97 + index)
  bomb.push(`${name}: &${name} [${Array(10).fill(`*${before}`).join(', ')}]`)
}

const manifests: Readonly<
  Record<string, { readonly files: Readonly<Record<string, string>>; readonly says: readonly Said[] }>
> = {
  'YAML that is none': {
    files: { 'particles/a.yml': `${cluster}  settings: [{name: a\nb: "c` },
    says: [{ file: 'particles/a.yml', message: /particles\/a\.yml:\d+/ }],
  },
  'an empty file': {
    files: { 'particles/a.yml': '' },
    says: [{ file: 'particles/a.yml', line: 1, message: /empty|no particle/ }],
  },
  'a file of 2 MiB': {
    files: { 'particles/a.yml': `${cluster}#${'x'.repeat(2 * 1024 * 1024)}` },
    says: [{ file: 'particles/a.yml', line: 1, message: /larger than 1 MiB; split it/ }],
  },
  'aliases that multiply': {
    files: { 'particles/a.yml': bomb.join('\n') },
    says: Array(10).fill({
      file: 'particles/a.yml',
      message: /aliases of this file stand for more than|is missing|is not a key/,
    }),
  },
  'a flavor that is none': {
    files: { 'particles/a.yml': cluster.replace('ecs_cluster', 'ecs_clutser') },
    says: [{ file: 'particles/a.yml', line: 1, message: /ecs_clutser.*did you mean ecs_cluster/ }],
  },
  'no pcf_name': {
    files: { 'particles/a.yml': cluster.replace('pcf_name: main\n', '') },
    says: [{ file: 'particles/a.yml', line: 1, message: /pcf_name/ }],
  },
  'no unique key': {
    files: { 'particles/a.yml': 'flavor: ecs_cluster\npcf_name: main\naws_resource:\n  settings: []\n' },
    says: [{ file: 'particles/a.yml', line: 4, message: /clusterName/ }],
  },
  'a circle of parents': {
    files: {
      'particles/a.yml': `${cluster}parents: [ecs_cluster:other]\n`,
      'particles/b.yml': `${cluster.replaceAll('main', 'other')}parents: [ecs_cluster:main]\n`,
    },
    says: [{ file: 'particles/a.yml', line: 5, message: /ecs_cluster:main.*ecs_cluster:other.*ecs_cluster:main/ }],
  },
  'a variable that is not set': {
    files: { 'particles/a.yml': cluster.replace('clusterName: main', 'clusterName: ${NAME}') },
    says: [{ file: 'particles/a.yml', line: 4, message: /\$\{NAME\} is not set.*\$\$\{NAME\}/ }],
  },
  'an aws_resource that is a list': {
    files: { 'particles/a.yml': 'flavor: ecs_cluster\npcf_name: main\naws_resource:\n  - clusterName: main\n' },
    says: [{ file: 'particles/a.yml', line: 4, message: /aws_resource must be a map/ }],
  },
  'two problems in two files': {
    files: {
      'particles/a.yml': `${cluster}  setings: []\n`,
      'particles/b.yml': cluster.replaceAll('main', 'other').replace('ecs_cluster', 'ecs_custer'),
    },
    says: [
      { file: 'particles/a.yml', line: 5, message: /setings.*did you mean settings/ },
      { file: 'particles/b.yml', line: 1, message: /ecs_custer/ },
    ],
  },
  'no manifest at all': { files: { 'README.md': '# Nothing' }, says: [{ message: /no manifest found by.*particles/ }] },
}

describe('a manifest', () => {
  test.each(Object.entries(manifests))('%s', async (_, { files, says }) => {
    const ended = await here().write(files).plan()
    const errors = expectRefusal(ended)
    // What is reported at a line that YAML's own parser chooses is not pinned to it.
    expect(errors.map(({ file }) => file)).toEqual(says.map(({ file }) => file))
    for (const [index, { message, line }] of says.entries()) {
      expect(errors[index]?.message).toMatch(message)
      if (line !== undefined) expect(errors[index]?.line).toBe(line)
    }
    expect(ended.calls).toEqual([])
  })

  test('a symbolic link out of the workspace', async () => {
    const outside = temporaryFolder()
    const checkout = here().write({ 'particles/a.yml': cluster })
    symlinkSync(join(outside, '..'), join(checkout.workspace, 'particles/out'))
    expectProblems(await checkout.plan(), {
      file: 'particles/out',
      line: 1,
      message: /the symbolic link leads to "[^"]+", which is not below "particles"/,
    })
  })

  test('is refused by apply and validate in the same words', async () => {
    const checkout = here().write({ 'particles/a.yml': cluster.replace('ecs_cluster', 'ecs_clutser') })
    const planned = errorsOf(await checkout.plan())
    expect(expectRefusal(await checkout.apply())).toEqual(planned)
    expect(expectRefusal(await checkout.step({ command: 'validate' }))).toEqual(planned)
  })

  test('many problems are all in the log, ten of them as annotations', async () => {
    const files = Array.from({ length: 14 }, (_, index) => [`particles/${index + 10}.yml`, `flavor: ecs_${index}\n`])
    const ended = await here().write(Object.fromEntries(files)).plan()
    expectRefusal(ended)
    for (const [file = ''] of files) expect(ended.stdout).toContain(file)
    expect(errorsOf(ended)).toHaveLength(10)
  })
})

const inputs: Readonly<Record<string, readonly [Readonly<Record<string, string>>, RegExp]>> = {
  command: [
    { command: 'destroy' },
    /^input command: must be auto, validate, plan, apply, continue or rollback, not "destroy"$/,
  ],
  environment: [{ environment: 'prod; rm -rf /' }, /^input environment: must be up to 64 letters/],
  'working-directory': [
    { 'working-directory': '../..' },
    /^input working-directory: must be a folder of the workspace/,
  ],
  variables: [{ variables: 'TAG' }, /^input variables: line 1 is not NAME=value/],
  'release-variables': [{ 'release-variables': 'TAG' }, /^input release-variables: TAG is not set/],
  'aws-region': [{ 'aws-region': 'us east' }, /^input aws-region: must be a region such as us-east-1/],
  'allowed-account-ids': [{ 'allowed-account-ids': '1234' }, /^input allowed-account-ids: an account id has 12 digits/],
  'approved-digest': [{ 'approved-digest': 'sha256:12' }, /^input approved-digest: must be sha256: and 64 hex digits/],
  'retry-tasks': [{ 'retry-tasks': 'migrate' }, /^input retry-tasks: takes ids such as ecs_task:name/],
  redeploy: [{ redeploy: 'ecs_task:migrate' }, /^input redeploy: takes ids such as ecs_service:name/],
  'a redeploy of nothing': [{ redeploy: 'ecs_service:wbe' }, /^input redeploy: ecs_service:wbe is not declared$/],
  'wait-timeout': [{ 'wait-timeout': 'soon' }, /^input wait-timeout: must be a time/],
  'max-concurrency': [{ 'max-concurrency': '0' }, /^input max-concurrency: must be a whole number from 1 to 100/],
  'fail-on-changes': [{ 'fail-on-changes': 'maybe' }, /^input fail-on-changes: must be true or false/],
  'max-terminations': [{ 'max-terminations': '300%' }, /^input max-terminations: must be a whole number or a share/],
  'on-failure': [{ 'on-failure': 'ignore' }, /^input on-failure: must be stop or rollback/],
  deployment: [
    { deployment: 'aB3' },
    /^input deployment: belongs to the commands continue and rollback; leave it out$/,
  ],
  'log-tail': [{ 'log-tail': '-1' }, /^input log-tail: must be a whole number from 0 to 1000/],
}

describe('an input', () => {
  test.each(Object.entries(inputs))('%s', async (_, [given, message]) => {
    const ended = await here().write({ 'particles/a.yml': cluster }).apply(given)
    expectProblems(ended, { message })
    expect(ended.calls).toEqual([])
  })

  test('three wrong ones are said at once', async () => {
    const ended = await here().step({ command: 'x', 'on-removed': 'y', comment: 'z' })
    expectProblems(
      ended,
      { message: /^input command/ },
      { message: /^input comment/ },
      { message: /^input on-removed/ },
    )
  })
})

describe('an event', () => {
  test('pull_request_target', async () => {
    const checkout = here().write({ 'particles/a.yml': cluster })
    for (const command of ['auto', 'plan']) {
      const ended = await checkout.step({ command }, { event: { name: 'pull_request_target' } })
      expectProblems(ended, { message: /pull_request_target is refused.*use pull_request/ })
      expect(ended.calls).toEqual([])
    }
  })

  test('one that auto does not know', async () => {
    const ended = await here()
      .write({ 'particles/a.yml': cluster })
      .step({}, { event: { name: 'release' } })
    expectProblems(ended, { message: /the event release; set command/ })
  })

  test('a push without a review', async () => {
    const ended = await here().write({ 'particles/a.yml': cluster }).step({ command: 'apply' })
    expectProblems(
      ended,
      { file: 'particles/a.yml', line: 1, message: /ecs_cluster:main: start .*was not reviewed/ },
      { message: /nothing was applied.*approved-digest: sha256:[0-9a-f]{64}/ },
    )
    expect(ended.report?.result).toBe('refused')
    // In one piece, as a person copies it.
    expect(ended.summary).toContain(ended.outputs.digest)
  })
})

describe('AWS', () => {
  const plain = () => here().write({ 'particles/a.yml': cluster })
  const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' }
  const noCredentials = /no AWS credentials.*aws-actions\/configure-aws-credentials.*id-token: write/

  test('no region', async () => {
    const ended = await plain().plan({ 'aws-region': '' })
    expectProblems(ended, { file: 'particles/a.yml', line: 1, message: /region.*aws-region/ })
  })

  test('no credentials, and nobody to ask for them', async () => {
    const checkout = here().copy('examples/shop')
    expectProblems(await checkout.step({ command: 'plan' }, { env: none }), { message: noCredentials })
  })

  test('no credentials, and an instance metadata service that does not answer', async () => {
    const silent = await silentServer()
    const env = { ...none, AWS_EC2_METADATA_DISABLED: '', AWS_EC2_METADATA_SERVICE_ENDPOINT: silent }
    const ended = await plain().step({ command: 'plan' }, { env })
    expectProblems(ended, { message: noCredentials })
    expect(ended.milliseconds).toBeLessThan(15_000)
  }, 30_000)

  test('every action that is missing is named', async () => {
    const mine = await simulatedEcs()
    mine.deny(['ecs:Describe*'])
    const ended = await new Checkout(mine.url, mine.calls).copy('examples/shop').apply()
    const messages = expectRefusal(ended).map(({ message }) => message)
    for (const action of ['DescribeClusters', 'DescribeServices', 'DescribeTaskDefinition'])
      expect(messages).toContainEqual(expect.stringMatching(`allow the action ecs:${action} in the policy of the role`))
    expect(new Set(messages).size).toBe(messages.length)
    expect(ended.report?.result).toBe('failed')
  })

  test('an endpoint where nobody listens', async () => {
    const ended = await new Checkout('http://127.0.0.1:9').write({ 'particles/a.yml': cluster }).apply()
    expectProblems(ended, { message: /no answer from http:\/\/127\.0\.0\.1:9 \(ECONNREFUSED/ })
    expect(ended.milliseconds).toBeLessThan(15_000)
  }, 30_000)

  test('another account', async () => {
    const ended = await plain().apply({ 'allowed-account-ids': '210987654321' })
    expectProblems(ended, {
      message: /for the account 123456789012, which is not among allowed-account-ids \(210987654321\)/,
    })
  })
})
