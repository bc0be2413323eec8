import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { getInput } from '@actions/core'
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals'
import fc from 'fast-check'
import { wallClock } from '../src/clock.ts'
import { defaults, type Inputs, readInputs } from '../src/inputs.ts'
import { targets } from '../src/targets.ts'
import { recorder } from './world/run.ts'

type Given = Partial<Record<keyof typeof defaults, string>>

/** The environment that the runner makes: INPUT_ and the name in capitals, hyphens as they are. */
const runner = (given: Given, around: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
  GITHUB_WORKSPACE: '/workspace',
  ...around,
  ...Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
})

function accepted(given: Given, around?: NodeJS.ProcessEnv): Inputs {
  const read = readInputs(runner(given, around))
  if ('problems' in read) throw new Error(read.problems.map(problem => problem.message).join('\n'))
  return read.inputs
}

function refused(given: Given, around?: NodeJS.ProcessEnv): string[] {
  const read = readInputs(runner(given, around))
  return 'problems' in read ? read.problems.map(problem => problem.message) : []
}

let written: string[]

beforeEach(() => {
  written = []
  jest.spyOn(process.stdout, 'write').mockImplementation(chunk => {
    written.push(String(chunk))
    return true
  })
})

afterEach(() => {
  jest.restoreAllMocks()
})

describe('apply-branches', () => {
  test('are names and globs, one a line or by commas', () => {
    expect(accepted({ 'apply-branches': 'main, release/*\n# later\n!release/old' }).applyBranches).toEqual([
      'main',
      'release/*',
      '!release/old',
    ])
  })

  test.each([
    ['refs/heads/main', 'takes names of branches without refs/heads/, not "refs/heads/main"'],
    ['main next', 'takes names of branches or globs, not "main next"'],
    ['!main', 'names no branch, only what is left out'],
  ])('%s is refused', (text, message) => {
    expect(readInputs({ 'INPUT_APPLY-BRANCHES': text })).toEqual({
      problems: [{ message: `input apply-branches: ${message}` }],
    })
  })
})

describe('a run that gets no secrets', () => {
  const given = { INPUT_VARIABLES: 'EMPTY=\nPLAIN=a', 'INPUT_SECRET-VARIABLES': 'EMPTY, UNSET' }

  test('lacks those that are empty or not set', () => {
    const read = readInputs(given, true)
    expect('inputs' in read && read.inputs.missingSecrets).toEqual(['EMPTY', 'UNSET'])
  })

  test('any other run is told that one is not set', () => {
    expect(readInputs(given)).toEqual({
      problems: [{ message: 'input secret-variables: UNSET is not set by the variables input' }],
    })
  })
})

describe('what is left out', () => {
  test('is the default', () => {
    expect(accepted({})).toEqual({
      command: 'auto',
      manifests: ['particles'],
      workspace: '/workspace',
      workingDirectory: '.',
      environment: 'default',
      variables: new Map([['ENVIRONMENT', 'default']]),
      releaseVariables: new Set(),
      missingSecrets: [],
      secretVariables: new Set(),
      region: undefined,
      allowedAccountIds: [],
      githubToken: undefined,
      comment: 'on-changes',
      revealEnvironment: [],
      requireReview: true,
      applyBranches: [],
      approvedDigest: undefined,
      retryTasks: [],
      redeploy: [],
      waitTimeout: 1_800_000,
      deployments: [],
      logTail: 0,
      maxConcurrency: 10,
      failOnChanges: false,
      maxTerminations: { percent: 25 },
      onFailure: 'stop',
      onRemoved: 'report',
    })
  })

  test('is the same as what is set to nothing', () => {
    const nothing = Object.fromEntries(Object.keys(defaults).map(name => [name, ' \n']))
    expect(accepted(nothing)).toEqual(accepted({}))
  })

  test('comes from process.env when no environment is given', () => {
    const read = readInputs()
    expect('inputs' in read && read.inputs.command).toBe('auto')
  })
})

test('a name is put into capitals as the toolkit does it', () => {
  process.env['INPUT_WORKING-DIRECTORY'] = ' shop '
  try {
    const read = readInputs()
    expect('inputs' in read && read.inputs.workingDirectory).toBe(getInput('working-directory'))
  } finally {
    delete process.env['INPUT_WORKING-DIRECTORY']
  }
})

describe('accepted', () => {
  const cases: [string, Given, Partial<Inputs>][] = [
    ['a command', { command: 'apply' }, { command: 'apply' }],
    [
      'manifests, one a line, with comments',
      { manifests: 'particles/**/*.yml\n# not these\n\n!particles/drafts\n' },
      { manifests: ['particles/**/*.yml', '!particles/drafts'] },
    ],
    ['a pattern with a comma', { manifests: 'particles/*.{yml,json}' }, { manifests: ['particles/*.{yml,json}'] }],
    ['a folder', { 'working-directory': './deploy/../shop/' }, { workingDirectory: 'shop' }],
    ['an absolute folder of the workspace', { 'working-directory': '/workspace/a/b' }, { workingDirectory: 'a/b' }],
    ['an environment', { environment: 'eu/production 2' }, { environment: 'eu/production 2' }],
    [
      'variables',
      { variables: 'TAG=1.8.2\n# the query\nQUERY = a=b&c=d \n\nEMPTY=\r\nURL=https://shop.example/#top' },
      {
        variables: new Map([
          ['TAG', '1.8.2'],
          ['QUERY', 'a=b&c=d'],
          ['EMPTY', ''],
          ['URL', 'https://shop.example/#top'],
          ['ENVIRONMENT', 'default'],
        ]),
      },
    ],
    [
      'names of variables, lines or commas, each once',
      { variables: 'A=1\nB=2\nC=3', 'release-variables': 'A, B\nA,', 'secret-variables': 'C' },
      { releaseVariables: new Set(['A', 'B']), secretVariables: new Set(['C']) },
    ],
    [
      'a variable named like a member of every object',
      { variables: '__proto__=x\nconstructor=y', 'release-variables': 'constructor' },
      { releaseVariables: new Set(['constructor']) },
    ],
    ['a region', { 'aws-region': 'us-gov-west-1' }, { region: 'us-gov-west-1' }],
    [
      'account ids, leading zeros kept',
      { 'allowed-account-ids': '012345678901, 123456789012\n' },
      { allowedAccountIds: ['012345678901', '123456789012'] },
    ],
    ['a comment mode', { comment: 'never' }, { comment: 'never' }],
    [
      'names to reveal',
      { 'reveal-environment': 'LOG_LEVEL\nFEATURE_*' },
      { revealEnvironment: ['LOG_LEVEL', 'FEATURE_*'] },
    ],
    ['a false in capitals', { 'require-review': 'FALSE' }, { requireReview: false }],
    ['a true', { 'fail-on-changes': 'True' }, { failOnChanges: true }],
    ['a digest', { 'approved-digest': `sha256:${'0f'.repeat(32)}` }, { approvedDigest: `sha256:${'0f'.repeat(32)}` }],
    [
      'ids',
      { 'retry-tasks': 'ecs_task:migrate', redeploy: 'ecs_service:web,ecs_service:worker' },
      { retryTasks: ['ecs_task:migrate'], redeploy: ['ecs_service:web', 'ecs_service:worker'] },
    ],
    ['seconds', { 'wait-timeout': '90s' }, { waitTimeout: 90_000 }],
    ['hours and minutes', { 'wait-timeout': '1h30m' }, { waitTimeout: 5_400_000 }],
    ['a day', { 'wait-timeout': '24h' }, { waitTimeout: 86_400_000 }],
    ['as wide as it may be', { 'max-concurrency': '100' }, { maxConcurrency: 100 }],
    ['a number of terminations', { 'max-terminations': '0' }, { maxTerminations: { count: 0 } }],
    ['a share of terminations', { 'max-terminations': '12.5%' }, { maxTerminations: { percent: 12.5 } }],
    ['what a failure does', { 'on-failure': 'rollback' }, { onFailure: 'rollback' }],
    ['lines of logs', { 'log-tail': '40' }, { logTail: 40 }],
    [
      'paused rollouts',
      { command: 'continue', deployment: 'arn:aws:ecs:us-east-1:123456789012:service-deployment/shop/web/aB3\naB4' },
      { deployments: ['arn:aws:ecs:us-east-1:123456789012:service-deployment/shop/web/aB3', 'aB4'] },
    ],
    ['what a removal does', { 'on-removed': 'terminate' }, { onRemoved: 'terminate' }],
  ]
  test.each(cases)('%s', (_, given, expected) => {
    expect(accepted(given)).toMatchObject(expected)
  })
})

describe('region', () => {
  const cases: [string, Given, NodeJS.ProcessEnv, string][] = [
    ['the input first', { 'aws-region': 'eu-west-1' }, { AWS_REGION: 'eu-west-2' }, 'eu-west-1'],
    ['then AWS_REGION', {}, { AWS_REGION: 'eu-west-2', AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-2'],
    ['then AWS_DEFAULT_REGION', {}, { AWS_REGION: '', AWS_DEFAULT_REGION: 'eu-west-3' }, 'eu-west-3'],
  ]
  test.each(cases)('%s', (_, given, around, region) => {
    expect(accepted(given, around).region).toBe(region)
  })
})

describe('refused', () => {
  const cases: [string, Given, string[]][] = [
    [
      'a command',
      { command: 'destroy' },
      ['input command: must be auto, validate, plan, apply, continue or rollback, not "destroy"'],
    ],
    ['only exclusions', { manifests: '!a\n!b' }, ['input manifests: names no file or folder, only what is left out']],
    [
      'a folder outside',
      { 'working-directory': '../secrets' },
      ['input working-directory: must be a folder of the workspace, not "../secrets"'],
    ],
    [
      'the folder above',
      { 'working-directory': '..' },
      ['input working-directory: must be a folder of the workspace, not ".."'],
    ],
    [
      'an environment that would end the marker',
      { environment: 'a --> b' },
      [
        'input environment: must be up to 64 letters, digits, spaces, ".", "_", "/" or "-" and begin with one of the first two',
      ],
    ],
    [
      'an environment that would share its check with another',
      { environment: 'production / applied' },
      ['input environment: must not have a space beside a slash: the names of its checks are made with those'],
    ],
    [
      'lines that are no assignment',
      { variables: 'A=1\nsecret\n9LIVES=9\nA=2\nENVIRONMENT=x' },
      [
        'input variables: line 2 is not NAME=value; a name is letters, digits and "_", a value stays on its line',
        'input variables: line 3 is not NAME=value; a name is letters, digits and "_", a value stays on its line',
        'input variables: line 4 sets A a second time',
        'input variables: line 5 sets ENVIRONMENT, which is always the environment input',
      ],
    ],
    [
      'a secret that is shown everywhere',
      { variables: 'A=staging', 'secret-variables': 'A', environment: 'staging' },
      ['input secret-variables: A holds the name of the environment or of the region, which are shown; take it out'],
    ],
    [
      'names of variables that are not set',
      { variables: 'A=1', 'release-variables': 'B', 'secret-variables': 'C, hunter 2' },
      [
        'input secret-variables: C is not set by the variables input',
        'input secret-variables: takes names of variables, without values',
        'input release-variables: B is not set by the variables input',
      ],
    ],
    [
      'ENVIRONMENT as a release variable',
      { 'release-variables': 'ENVIRONMENT' },
      ['input release-variables: ENVIRONMENT is not set by the variables input'],
    ],
    ['a region', { 'aws-region': 'Ireland' }, ['input aws-region: must be a region such as us-east-1, not "Ireland"']],
    [
      'an account id',
      { 'allowed-account-ids': '123456789012\n1234' },
      ['input allowed-account-ids: an account id has 12 digits; "1234" has not'],
    ],
    ['a comment mode', { comment: 'true' }, ['input comment: must be on-changes, always or never, not "true"']],
    [
      'a value to reveal',
      { 'reveal-environment': 'PASSWORD=hunter2' },
      ['input reveal-environment: takes names or globs of environment variables, without values'],
    ],
    ['a boolean', { 'require-review': 'no' }, ['input require-review: must be true or false, not "no"']],
    [
      'a digest',
      { 'approved-digest': 'sha256:1234' },
      ['input approved-digest: must be sha256: and 64 hex digits, as the plan shows it, not "sha256:1234"'],
    ],
    [
      'ids of another flavor',
      { 'retry-tasks': 'migrate, ecs_service:web', redeploy: 'ecs_service:' },
      [
        'input retry-tasks: takes ids such as ecs_task:name, not "migrate"',
        'input retry-tasks: takes ids such as ecs_task:name, not "ecs_service:web"',
        'input redeploy: takes ids such as ecs_service:name, not "ecs_service:"',
      ],
    ],
    ...['30', '0s', '25h', '1m1h', '-5m', 'm'].map((text): [string, Given, string[]] => [
      `the time ${text}`,
      { 'wait-timeout': text },
      [`input wait-timeout: must be a time from 1s to 24h such as 90s, 30m or 1h30m, not "${text}"`],
    ]),
    ...['0', '101', '1.5', '1e1', 'ten'].map((text): [string, Given, string[]] => [
      `${text} calls at once`,
      { 'max-concurrency': text },
      [`input max-concurrency: must be a whole number from 1 to 100, not "${text}"`],
    ]),
    ...['101%', '2.5', '-1', '%', 'all'].map((text): [string, Given, string[]] => [
      `${text} terminations`,
      { 'max-terminations': text },
      [`input max-terminations: must be a whole number or a share up to 100%, such as 25%, not "${text}"`],
    ]),
    ['what a failure does', { 'on-failure': 'ignore' }, ['input on-failure: must be stop or rollback, not "ignore"']],
    [
      'an answer to nothing',
      { command: 'rollback' },
      [
        'input deployment: command rollback needs the paused service deployment, as the comment and the output deployment name it',
      ],
    ],
    [
      'an answer without a question',
      { deployment: 'aB3' },
      ['input deployment: belongs to the commands continue and rollback; leave it out'],
    ],
    [
      'a deployment',
      { command: 'continue', deployment: 'a b' },
      [
        'input deployment: takes ARNs of service deployments or their last parts, as the comment and the output deployment name them, not "a b"',
      ],
    ],
    ['lines of logs', { 'log-tail': 'all' }, ['input log-tail: must be a whole number from 0 to 1000, not "all"']],
    [
      'what a removal does',
      { 'on-removed': 'delete' },
      ['input on-removed: must be report or terminate, not "delete"'],
    ],
  ]
  test.each(cases)('%s', (_, given, messages) => {
    expect(refused(given)).toEqual(messages)
  })

  test('a region from the environment, saying so', () => {
    expect(refused({}, { AWS_REGION: 'nowhere' })).toEqual([
      'input aws-region: must be a region such as us-east-1, not "nowhere" (from the environment)',
    ])
  })

  test('everything at once', () => {
    expect(refused({ command: 'x', comment: 'x', 'on-failure': 'x', 'max-concurrency': 'x' })).toHaveLength(4)
  })

  test('in one line each, whatever was written', () => {
    fc.assert(
      fc.property(
        fc.record(Object.fromEntries(Object.keys(defaults).map(name => [name, fc.string({ unit: 'binary' })]))),
        given => refused(given).every(message => !/[\r\n]/.test(message)),
      ),
      { numRuns: 100 },
    )
  })
})

describe('secrets', () => {
  test('are registered with the runner', () => {
    accepted({
      'github-token': 'token-1',
      variables: 'KEY=hunter2\nNONE=\nTAG=1.8.2',
      'secret-variables': 'KEY\nNONE',
    })
    expect(written.join('')).toBe(`::add-mask::token-1\n::add-mask::hunter2\n`)
  })

  test('are registered although other inputs are wrong', () => {
    refused({ command: 'x', variables: 'KEY=hunter2', 'secret-variables': 'KEY' })
    expect(written.join('')).toContain('::add-mask::hunter2')
  })

  test('are in no problem, wherever they were put', () => {
    const secret = 'hunter2-correct-horse'
    for (const given of [
      { variables: `KEY:${secret}` },
      { variables: `KEY=begin\n${secret}` },
      { variables: `KEY=begin\n${secret}=` },
      { variables: `${secret} = KEY` },
      { 'secret-variables': secret },
      { 'secret-variables': `KEY=${secret}` },
      { 'release-variables': `KEY=${secret}` },
      { 'reveal-environment': `KEY=${secret}` },
    ]) {
      const messages = refused(given)
      expect(messages).not.toEqual([])
      expect(messages.join('\n')).not.toContain(secret)
    }
  })
})

describe('the list of environments', () => {
  const target = (name: string, more: string) =>
    `{"name": ${JSON.stringify(name)}, "region": "us-east-1", "account": "111111111111",\n "plan-role": "arn:aws:iam::111111111111:role/plan", "apply-role": "arn:aws:iam::111111111111:role/apply"${more}}`

  async function problemsOf(text: string | undefined) {
    const folder = mkdtempSync(join(tmpdir(), 'workspace-'))
    try {
      if (text === undefined) mkdirSync(join(folder, 'list.json'))
      else writeFileSync(join(folder, 'list.json'), text)
      const { runner, ran } = recorder(1)
      const env = {
        GITHUB_EVENT_NAME: 'pull_request',
        GITHUB_WORKSPACE: folder,
        'INPUT_ENVIRONMENTS-FILE': 'list.json',
      }
      await targets({ env, runner, clock: wallClock, signal: new AbortController().signal })
      return ran().problems
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  test('begins with a byte order mark, as editors of Windows write one', async () => {
    expect(await problemsOf(`\ufeff[${target('prod', '')}]`)).toEqual([])
  })

  test('is a file, and no folder', async () => {
    expect(await problemsOf(undefined)).toEqual([
      'list.json:1:1 this is no file; write the list into a file of that name',
    ])
  })

  test('has a key twice', async () => {
    expect(await problemsOf(`[${target('prod', ',\n "apply-role": "arn:aws:iam::111111111111:role/other"')}]`)).toEqual(
      ['list.json:3:2 "apply-role" stands twice; keep one of them'],
    )
  })

  test('has keys that every object inherits', async () => {
    expect(await problemsOf(`[${target('prod', ', "toString": "x"')}]`)).toEqual([
      expect.stringContaining('toString is unknown; there are name, '),
    ])
  })

  test('ends with a comma, which is said on one line', async () => {
    expect(await problemsOf('[\n{},\n]')).toEqual([expect.stringMatching(/^list\.json:1:1 this is no JSON: .+$/)])
  })
})
