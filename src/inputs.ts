import { resolve } from 'node:path'
import { setSecret } from '@actions/core'
import {
  accountIds,
  assignments,
  boolean,
  branchNames,
  callName,
  deploymentArns,
  digestsByEnvironment,
  environmentName,
  environmentNames,
  folderOf,
  idsOf,
  milliseconds,
  namesIn,
  oneOf,
  patterns,
  planDigest,
  planFile,
  type Refuse,
  regionOr,
  terminationLimit,
  variableNames,
  wholeNumber,
} from './inputValues.ts'
import { ENVIRONMENT, type Problem } from './particle.ts'

/** What the input `command` may say. */
export const commands = ['auto', 'validate', 'plan', 'apply', 'continue', 'rollback'] as const
const comments = ['on-changes', 'always', 'never'] as const

/**
 * Every input with what an empty one means. GitHub puts in the defaults of action.yml only where a workflow leaves an
 * input out; one that it sets to an empty expression (`${{ inputs.missing }}`) arrives empty, and means the same.
 */
export const defaults = {
  command: 'auto',
  manifests: 'particles',
  'working-directory': '.',
  environment: 'default',
  variables: '',
  'release-variables': '',
  'secret-variables': '',
  'aws-region': '',
  'allowed-account-ids': '',
  'github-token': '',
  comment: 'on-changes',
  'reveal-environment': '',
  'require-review': 'true',
  'apply-branches': '',
  'approved-digest': '',
  deployment: '',
  'retry-tasks': '',
  redeploy: '',
  'wait-timeout': '30m',
  'max-concurrency': '10',
  'fail-on-changes': 'false',
  'max-terminations': '25%',
  'on-failure': 'stop',
  'on-removed': 'report',
  'log-tail': '0',
} as const

/** An input's name, as `action.yml` spells it. */
export type InputName = keyof typeof defaults

/** The inputs of a workflow's step, read once and checked. All other code takes values from here. */
export type Inputs = Readonly<ReturnType<typeof inputsIn>>

function inputsIn(read: Read<InputName>, workspace: string, env: NodeJS.ProcessEnv, lacksSecrets: boolean) {
  return {
    githubToken: read('github-token', secretToken),
    ...readVariables(read, lacksSecrets),
    command: read('command', oneOf(commands)),
    /** Globs and folders, `!` excludes, relative to `workingDirectory`. */
    manifests: read('manifests', patterns),
    /** Absolute: the root that places in problems and plans are relative to. */
    workspace,
    /** Relative to the workspace, with forward slashes; `.` is the workspace itself. */
    workingDirectory: read('working-directory', folderOf(workspace)),
    /** Region of particles that name none; undefined when neither input nor environment names one. */
    region: read('aws-region', regionOr(env.AWS_REGION || env.AWS_DEFAULT_REGION)),
    /** Empty: any account. */
    allowedAccountIds: read('allowed-account-ids', accountIds),
    comment: read('comment', oneOf(comments)),
    /** Names or globs of container environment variables whose values may be shown. */
    revealEnvironment: read('reveal-environment', environmentNames),
    requireReview: read('require-review', boolean),
    /** Names or globs of the branches that are applied, without `refs/heads/`; empty: the default branch. */
    applyBranches: read('apply-branches', branchNames),
    approvedDigest: read('approved-digest', planDigest),
    /** With `continue` and `rollback`: ARNs of service deployments, or their last parts. */
    deployments: read('deployment', deploymentArns),
    /** Ids of particles to run again, and of those to deploy again. */
    retryTasks: read('retry-tasks', idsOf('ecs_task')),
    redeploy: read('redeploy', idsOf('ecs_service')),
    waitTimeout: read('wait-timeout', milliseconds),
    maxConcurrency: read('max-concurrency', wholeNumber(1, 100)),
    failOnChanges: read('fail-on-changes', boolean),
    maxTerminations: read('max-terminations', terminationLimit),
    onFailure: read('on-failure', oneOf(['stop', 'rollback'])),
    onRemoved: read('on-removed', oneOf(['report', 'terminate'])),
    /** Last lines of the log of each failed container that are shown. */
    logTail: read('log-tail', wholeNumber(0, 1000)),
  }
}

/**
 * The action's inputs as one value, or everything that is wrong with them at once. Secrets are registered with the
 * runner before any problem is said. No problem repeats a value that may be secret.
 *
 * @param lacksSecrets GitHub gives this run no secrets of the repository, so a secret variable may be empty or not set
 */
export const readInputs = (env: NodeJS.ProcessEnv = process.env, lacksSecrets = false): ReadInputs<Inputs> =>
  readAll(env, defaults, (read, workspace) => inputsIn(read, workspace, env, lacksSecrets), problemsBetween)

/** Inputs that are right, and wrong beside each other. */
function problemsBetween({ command, deployments, secretVariables, variables, environment, region }: Inputs): Problem[] {
  const shown = [...secretVariables].filter(name => [environment, region].includes(variables.get(name) ?? ''))
  const answers = command === 'continue' || command === 'rollback'
  const deployment = answers
    ? `input deployment: command ${command} needs the paused service deployment, as the comment and the output deployment name it`
    : 'input deployment: belongs to the commands continue and rollback; leave it out'
  return [
    ...shown.map(name => ({
      message: `input secret-variables: ${name} holds the name of the environment or of the region, which are shown; take it out`,
    })),
    ...(answers === deployments.length > 0 ? [] : [{ message: deployment }]),
  ]
}

/** Manifests are validated with it where a secret is missing. */
const standIn = 'missing'

/** The environment and all variables. Values of secret ones are registered with the runner. */
function readVariables(read: Read<InputName>, lacksSecrets: boolean) {
  const environment = read('environment', environmentName)
  const variables = read('variables', assignments)
  const missingSecrets = lacksSecrets ? read('secret-variables', namesIn).filter(name => !variables.get(name)) : []
  for (const name of missingSecrets) variables.set(name, standIn)
  const secretVariables = read('secret-variables', variableNames(variables))
  for (const name of missingSecrets) secretVariables.delete(name)
  for (const name of secretVariables) {
    const value = variables.get(name)
    if (value) setSecret(value)
  }
  const releaseVariables = read('release-variables', variableNames(variables))
  variables.set(ENVIRONMENT, environment)
  return {
    environment,
    /** Values of `${NAME}` in manifests, `ENVIRONMENT` among them. */
    variables,
    /** Names whose values are hidden everywhere. */
    secretVariables,
    /** Names whose values may differ between review and apply. */
    releaseVariables,
    /** Secret variables without a value in a run that gets no secrets. They have a stand-in, and nothing is planned. */
    missingSecrets,
  }
}

/** Inputs of the action that only posts a plan, with what an empty one means. */
export const postDefaults = {
  'plan-file': '',
  environment: defaults.environment,
  'github-token': '',
  comment: defaults.comment,
  'apply-branches': defaults['apply-branches'],
} as const

/** The inputs of `post/action.yml`. */
export type PostInputs = Readonly<ReturnType<typeof postInputsIn>>

const postInputsIn = (read: Read<keyof typeof postDefaults>, workspace: string) => ({
  githubToken: read('github-token', secretToken),
  workspace,
  /** Absolute, or relative to the workspace. */
  planFile: read('plan-file', planFile),
  environment: read('environment', environmentName),
  comment: read('comment', oneOf(comments)),
  applyBranches: read('apply-branches', branchNames),
})

/** The inputs of the action that only posts a plan, or everything that is wrong with them at once. */
export const readPostInputs = (env: NodeJS.ProcessEnv): ReadInputs<PostInputs> =>
  readAll(env, postDefaults, postInputsIn)

/** Inputs of the action that reads the list of environments, with what an empty one means. */
const targetDefaults = {
  name: 'ecs-particles',
  environments: '',
  'environments-file': '.github/ecs-environments.json',
  apply: 'false',
  'apply-branches': defaults['apply-branches'],
  'approved-digest': '',
  'retry-tasks': '',
  redeploy: '',
} as const

/** The inputs of `targets/action.yml`. */
export type TargetInputs = Readonly<ReturnType<typeof targetInputsIn>>

function targetInputsIn(read: Read<keyof typeof targetDefaults>, workspace: string) {
  read('name', callName)
  return {
    workspace,
    /** JSON; empty: the file has it. */
    environments: read('environments', text => text),
    /** Relative to the workspace. */
    environmentsFile: read('environments-file', text => text),
    apply: read('apply', boolean),
    applyBranches: read('apply-branches', branchNames),
    /** Digests by the environment's name. */
    approved: read('approved-digest', digestsByEnvironment),
    retryTasks: read('retry-tasks', text => text !== ''),
    redeploy: read('redeploy', text => text !== ''),
  }
}

/** The inputs of the action that reads the list of environments, or everything that is wrong with them at once. */
export const readTargetInputs = (env: NodeJS.ProcessEnv): ReadInputs<TargetInputs> =>
  readAll(env, targetDefaults, targetInputsIn)

/** The token, hidden from the log before any problem is said. */
function secretToken(text: string): string | undefined {
  if (text) setSecret(text)
  return text || undefined
}

type Read<Name> = <Value>(name: Name, parse: (text: string, refuse: Refuse) => Value) => Value

type ReadInputs<All> = { readonly inputs: All } | { readonly problems: Problem[] }

/** Reads an action's inputs by name, in the order of `inputsIn`, and collects their problems. */
function readAll<Name extends string, All>(
  env: NodeJS.ProcessEnv,
  defaults: Readonly<Record<Name, string>>,
  inputsIn: (read: Read<Name>, workspace: string) => All,
  problemsBetween: (inputs: All) => readonly Problem[] = () => [],
): ReadInputs<All> {
  const problems: Problem[] = []
  const read: Read<Name> = (name, parse) =>
    // The same as getInput of @actions/core, which reads process.env alone.
    parse(env[`INPUT_${name.toUpperCase()}`]?.trim() || defaults[name], message =>
      problems.push({ message: `input ${name}: ${message}` }),
    )
  const inputs = inputsIn(read, resolve(env.GITHUB_WORKSPACE || process.cwd()))
  problems.push(...problemsBetween(inputs))
  return problems.length > 0 ? { problems } : { inputs }
}
