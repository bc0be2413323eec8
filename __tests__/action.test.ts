import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'
import { defaults, postDefaults, readInputs, readPostInputs } from '../src/inputs.ts'

const root = join(import.meta.dirname, '..')
const text = (path: string): string => readFileSync(join(root, path), 'utf8')

interface Action {
  readonly name: string
  readonly description: string
  readonly branding: { readonly icon: string; readonly color: string }
  readonly inputs: Readonly<Record<string, { readonly description: string; readonly default?: unknown }>>
  readonly outputs: Readonly<Record<string, { readonly description: string }>>
  readonly runs: { readonly using: string; readonly main: string }
}

interface CalledStep {
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
}

interface Workflow {
  readonly on: { readonly workflow_call?: { readonly inputs: object; readonly secrets: object } }
  readonly permissions?: Readonly<Record<string, string>>
  readonly jobs: Readonly<
    Record<
      string,
      CalledStep & { readonly permissions?: Readonly<Record<string, string>>; readonly steps?: readonly CalledStep[] }
    >
  >
}

const action = (folder: string): Action => parse(text(join(folder, 'action.yml')))
const actions = {
  '': action('.'),
  plan: action('plan'),
  apply: action('apply'),
  post: action('post'),
  targets: action('targets'),
  validate: action('validate'),
}

/** What users' workflows rely on: every input with its default, every output. */
const contract = {
  inputs: {
    command: 'auto',
    manifests: 'particles',
    'working-directory': '.',
    environment: 'default',
    variables: undefined,
    'release-variables': undefined,
    'secret-variables': undefined,
    'aws-region': undefined,
    'allowed-account-ids': undefined,
    'github-token': '${{ github.token }}',
    comment: 'on-changes',
    'reveal-environment': undefined,
    'require-review': 'true',
    'apply-branches': undefined,
    'approved-digest': undefined,
    deployment: undefined,
    'retry-tasks': undefined,
    redeploy: undefined,
    'wait-timeout': '30m',
    'max-concurrency': '10',
    'fail-on-changes': 'false',
    'max-terminations': '25%',
    'on-failure': 'stop',
    'on-removed': 'report',
    'log-tail': '0',
  },
  outputs: ['has-changes', 'digest', 'summary', 'plan-file', 'report-file', 'result', 'deployment', 'comment-url'],
}

const defaultsOf = ({ inputs }: Action) =>
  Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.default]))

describe('the contract', () => {
  test('inputs and their defaults', () => {
    expect(defaultsOf(actions[''])).toEqual(contract.inputs)
  })

  test('outputs', () => {
    expect(Object.keys(actions[''].outputs)).toEqual(contract.outputs)
  })

  test('every input and output is described', () => {
    const said = [...Object.values(actions[''].inputs), ...Object.values(actions[''].outputs)]
    for (const { description } of said) expect(description).toMatch(/^[A-Z`].*[.;]$/s)
  })

  test('a default is what an input left empty means', () => {
    for (const [name, value] of Object.entries(defaultsOf(actions['']))) {
      // The token's default only GitHub can put in.
      if (name !== 'github-token') expect({ [name]: value ?? '' }).toEqual({ [name]: Reflect.get(defaults, name) })
    }
    const given = Object.entries(defaultsOf(actions['']))
      .filter(([name, value]) => name !== 'github-token' && value !== undefined)
      .map(([name, value]) => [`INPUT_${name.toUpperCase()}`, String(value)])
    expect(readInputs(Object.fromEntries(given))).toEqual(readInputs({}))
  })

  test('what GitHub asks of an action', () => {
    for (const { name, description, branding, runs } of Object.values(actions)) {
      expect(runs.using).toBe('node24')
      expect(name).toMatch(/^ECS Particles/)
      expect(description.length).toBeLessThanOrEqual(125)
      expect(branding).toEqual({ icon: 'share-2', color: 'orange' })
    }
    expect(actions[''].runs.main).toBe('dist/index.js')
  })
})

describe.each(['plan', 'apply'] as const)('the action %s', command => {
  let folder: string

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'action-'))
    mkdirSync(join(folder, 'dist'))
    mkdirSync(join(folder, command))
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    writeFileSync(join(folder, 'dist/index.js'), 'process.stdout.write(process.env.INPUT_COMMAND)')
    copyFileSync(join(root, command, 'index.js'), join(folder, command, 'index.js'))
  })

  afterAll(() => {
    rmSync(folder, { recursive: true })
  })

  test('has the same inputs and outputs, but no command', () => {
    const { command: _, ...inputs } = actions[''].inputs
    expect(actions[command].inputs).toEqual(inputs)
    expect(actions[command].outputs).toEqual(actions[''].outputs)
  })

  test.each(['', 'validate'])('runs the bundle with its own command, whatever INPUT_COMMAND says: %j', said => {
    const env = { ...process.env, INPUT_COMMAND: said }
    const main = join(folder, command, actions[command].runs.main)
    expect(execFileSync(process.execPath, [main], { env, encoding: 'utf8' })).toBe(command)
  })
})

describe('the action post', () => {
  test('has inputs of its own, with the defaults of the action', () => {
    expect(defaultsOf(actions.post)).toEqual({
      'plan-file': undefined,
      environment: contract.inputs.environment,
      'github-token': contract.inputs['github-token'],
      comment: contract.inputs.comment,
      'apply-branches': undefined,
    })
    expect(Object.keys(actions.post.outputs)).toEqual(['comment-url'])
    for (const name of ['comment'] as const) expect(actions.post.inputs[name]).toEqual(actions[''].inputs[name])
    expect(actions.post.outputs['comment-url']).toEqual(actions[''].outputs['comment-url'])
  })

  test('a default is what an input left empty means', () => {
    expect(Object.keys(postDefaults)).toEqual(Object.keys(actions.post.inputs))
    const given = { 'INPUT_PLAN-FILE': 'plan.json' }
    expect(readPostInputs({ ...given, INPUT_ENVIRONMENT: 'default', INPUT_COMMENT: 'on-changes' })).toEqual(
      readPostInputs(given),
    )
    expect(readPostInputs({})).toHaveProperty('problems')
  })

  test('posts, whatever the inputs say', () => {
    const folder = mkdtempSync(join(tmpdir(), 'action-'))
    mkdirSync(join(folder, 'dist'))
    mkdirSync(join(folder, 'post'))
    writeFileSync(join(folder, 'package.json'), '{"type": "module"}')
    writeFileSync(join(folder, 'dist/index.js'), 'process.stdout.write(process.env.ECS_PARTICLES_ACTION)')
    copyFileSync(join(root, 'post/index.js'), join(folder, 'post/index.js'))
    const env = { ...process.env, INPUT_COMMAND: 'apply', ECS_PARTICLES_ACTION: 'main' }
    const said = execFileSync(process.execPath, [join(folder, 'post', actions.post.runs.main)], {
      env,
      encoding: 'utf8',
    })
    rmSync(folder, { recursive: true })
    expect(said).toBe('post')
  })
})

describe('workflows', () => {
  const files = ['.github/workflows', 'examples/workflows'].flatMap(folder =>
    readdirSync(join(root, folder)).map(file => `${folder}/${file}`),
  )
  const workflow = (file: string): Workflow => parse(text(file))
  const called: Workflow['on']['workflow_call'] = workflow('.github/workflows/particles.yml').on.workflow_call

  /** Inputs of what a step or a job calls: one of the actions, or the reusable workflow. Undefined: somebody else's. */
  function inputsOf(uses: string): string[] | undefined {
    if (/^OWNER\/ecs-particles\/\.github\/workflows\/particles\.yml@v1$/.test(uses)) {
      return Object.keys(called?.inputs ?? {})
    }
    const match =
      /^(?:OWNER\/ecs-particles(?:\/(plan|apply|post|targets|validate))?@v1|\$\/(plan|apply|post|targets|validate)|\.\/)$/.exec(
        uses,
      )
    if (!match) return undefined
    return Object.keys(actions[(match[1] ?? match[2] ?? '') as keyof typeof actions].inputs)
  }

  const calls = files.flatMap(file =>
    Object.entries(workflow(file).jobs).flatMap(([job, { steps = [], ...itself }]) =>
      [itself, ...steps].flatMap(step => (step.uses ? [{ file, job, uses: step.uses, given: step.with ?? {} }] : [])),
    ),
  )

  test('there are calls to check', () => {
    expect(calls.filter(({ uses }) => inputsOf(uses)).length).toBeGreaterThan(8)
  })

  test.each(calls.filter(({ uses }) => inputsOf(uses)))('$file $job gives $uses only what it declares', call => {
    for (const name of Object.keys(call.given)) expect(inputsOf(call.uses)).toContain(name)
  })

  test.each(files)('%s pins what is somebody else’s, with its version', file => {
    for (const { uses } of calls.filter(call => call.file === file && !inputsOf(call.uses))) {
      expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/)
      expect(text(file)).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\n`))
    }
  })

  test('an action is pinned to one commit everywhere', () => {
    const foreign = new Set(calls.map(({ uses }) => uses).filter(uses => !inputsOf(uses)))
    const names = [...foreign].map(uses => uses.slice(0, uses.indexOf('@')))
    expect(new Set(names).size).toBe(names.length)
  })

  test.each(files)('%s says what it may do', file => {
    const { permissions, jobs } = workflow(file)
    expect(permissions).toBeDefined()
    // What is given to all jobs is never more than one that comments and checks needs.
    if (Object.keys(permissions ?? {}).length === 0) {
      for (const [job, { permissions: own }] of Object.entries(jobs)) expect({ job, own }).toHaveProperty('own')
    } else {
      expect(permissions).toHaveProperty('contents', 'read')
    }
  })

  test('every input of the reusable workflow is used, and every one it uses is declared', () => {
    const used = [...text('.github/workflows/particles.yml').matchAll(/inputs\.([\w-]+)/g)].map(([, name]) => name)
    expect([...new Set(used)].sort()).toEqual(Object.keys(called?.inputs ?? {}).sort())
  })

  test('the reusable workflow hands to its plans what it hands to its applies, but for what only an apply does', () => {
    const given = (job: string) =>
      calls.flatMap(call =>
        call.file.endsWith('/particles.yml') && call.job === job && inputsOf(call.uses) ? Object.keys(call.given) : [],
      )
    const byApply = new Set(['approved-digest', 'retry-tasks', 'redeploy', 'on-failure', 'log-tail', 'wait-timeout'])
    expect(given('plan').sort()).toEqual(
      given('apply')
        .filter(name => !byApply.has(name))
        .sort(),
    )
  })

  test('the reusable workflow has the defaults of the action', () => {
    for (const [name, input] of Object.entries(called?.inputs ?? {})) {
      const own = Reflect.get(defaults, name)
      if (own !== undefined) expect({ [name]: String(input.default) }).toEqual({ [name]: own })
    }
  })
})
