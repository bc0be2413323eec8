/** What stands in for other people's actions, and the project's own. */
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import picomatch from 'picomatch'
import type { Token } from '../../simulator/github/server.ts'
import type { RunningSimulator } from '../../simulator/server.ts'
import { main } from '../../src/main.ts'
import { post } from '../../src/post.ts'
import { targets } from '../../src/targets.ts'
import { awsVariables, clockOf } from '../world/aws.ts'
import { root } from '../world/bundle.ts'
import type { Event } from '../world/github.ts'
import { inputVariables, type Play, type Ran, recorder } from '../world/run.ts'
import { entries, member, parseAction, text, valueIn } from './interpreter/language.ts'
import type { Steps, Use, Values } from './interpreter/model.ts'

/** Artifacts of one run, all attempts together: files by name, by the artifact's name. */
export type Artifacts = Map<string, Map<string, string>>

/** The repository's project around a run. */
export interface Around {
  readonly accounts: ReadonlyMap<string, RunningSimulator>
  readonly play: Play | undefined
  grant(token: string, permissions: Token['permissions']): void
  /** What happens once a job has come to its action. */
  meanwhile(job: string): Promise<void>
  /** Seconds pass. */
  advance(seconds: number): void
  readonly event: Pick<Event, 'name' | 'ref'> & { readonly files: ReadonlyMap<string, string> }
  readonly payload: object
  readonly variables: Values
  /** The role's name and what it trusts, as the example's first comment states them, where that is this subject. */
  trust(role: string, subject: string): string | undefined
  readonly artifacts: Artifacts
  /** Whether GitHub is a GitHub Enterprise Server. */
  readonly isEnterpriseServer: boolean
  /** The folder of built images: files named by their tag, with their digest. */
  readonly images: string
  /** The file of tags and releases. */
  readonly releases: string
}

type Played = Awaited<ReturnType<Steps['use']>>

const ended = (log: string, env: Values = {}): Played => ({ failed: false, log, env })

export function steps(around: Around): Steps {
  const { variables } = around
  let tokens = 0
  return {
    // `aws`, `gh` and `python3` are those beside this file.
    env: {
      ...variables,
      IMAGES: around.images,
      GITHUB_STATE: around.releases,
      PATH: `${join(import.meta.dirname, 'bin')}:${process.env.PATH}`,
    },
    token(permissions) {
      const token = `ghs_${variables.GITHUB_RUN_ID}_${++tokens}`
      around.grant(token, permissions as Token['permissions'])
      return token
    },
    use: async use => {
      const name = use.uses.replace(/@.*$/, '')
      if (around.isEnterpriseServer) refuseOnServer(use.uses)
      const own = /^(?:\$|\.|OWNER\/ecs-particles)(?:\/(plan|apply|post|targets|validate)?)?$/.exec(name)
      if (own) return ours(own[1] ?? '', use, around)
      const play = others[name]
      if (!play) throw new Error(`there is no stand-in for ${use.uses}`)
      return play(use, around)
    },
  }
}

/** What GitHub Enterprise Server does not have. docs/ghes.md names it. */
function refuseOnServer(uses: string): void {
  if (uses.startsWith('$/')) throw new Error(`${uses}: there is no self-repository reference on this server`)
  // The READMEs of these actions: there must be v3 or v3-node20.
  if (/^actions\/(upload|download)-artifact@(?!v3)/.test(uses)) throw new Error(`${uses} is not supported on GHES`)
}

const others: Readonly<Record<string, (use: Use, around: Around) => Played>> = {
  'actions/checkout': checkOut,
  'actions/setup-node': () => ended(''),
  'actions/setup-python': () => ended(''),
  'actions/attest-build-provenance': attest,
  'actions/upload-artifact': upload,
  'actions/download-artifact': download,
  'aws-actions/configure-aws-credentials': assumeRole,
  'aws-actions/amazon-ecr-login': logIn,
  'docker/setup-buildx-action': () => ended(''),
  'docker/build-push-action': buildImage,
}

function checkOut({ workspace, permissions }: Use, { event }: Around): Played {
  if (!/read|write/.test(permissions.contents ?? '')) throw new Error('checkout: contents: read is missing')
  for (const [file, content] of event.files) {
    mkdirSync(dirname(join(workspace, file)), { recursive: true })
    writeFileSync(join(workspace, file), content)
    if (content.startsWith('#!')) chmodSync(join(workspace, file), 0o755)
  }
  return ended('')
}

function attest({ with: given, permissions, workspace }: Use): Played {
  if (permissions['id-token'] !== 'write' || permissions.attestations !== 'write')
    throw new Error('missing "id-token" permission, or "attestations"')
  if (!existsSync(join(workspace, dirname(given['subject-path'] ?? ''))))
    throw new Error(`Could not find subject at path ${given['subject-path']}`)
  return ended('')
}

/**
 * As version 6 does: the region is exported first; with an identity token on a runner `allowed-account-ids` is not
 * looked at (its src/index.ts before 6.2.1).
 */
function assumeRole({ with: given, permissions, environment }: Use, { accounts, event, trust }: Around): Played {
  const region = given['aws-region'] ?? ''
  if (!/^[a-z0-9-]+$/.test(region)) throw new Error(`Region is not valid: ${region}`)
  const role = given['role-to-assume'] ?? ''
  if (!role || permissions['id-token'] !== 'write') throw new Error('Could not load credentials from any providers')
  const [, account = ''] = /^arn:aws:iam::(\d{12}):role\//.exec(role) ?? []
  const subject = environment
    ? `environment:${environment}`
    : event.name === 'pull_request'
      ? 'pull_request'
      : `ref:${event.ref}`
  const simulator = accounts.get(account)
  const trusted = trust(role, subject)
  if (!simulator || !trusted)
    throw new Error('Could not assume role with OIDC: Not authorized to perform sts:AssumeRoleWithWebIdentity')
  return ended(`assumed ${trusted}`, { AWS_REGION: region, ...awsVariables(simulator.url) })
}

/** What the login to a registry leaves for the build that pushes there. */
const loggedIn = 'DOCKER_LOGIN'

function logIn({ env }: Use): Played {
  if (!env.AWS_ACCESS_KEY_ID) throw new Error('Could not load credentials from any providers')
  return ended('', { [loggedIn]: 'true' })
}

/** No two builds have one digest, and a tag is given once. */
function buildImage({ with: given, env }: Use, { images }: Around): Played {
  const [, name = '', tag = ''] = /^(.+):([^:/]+)$/.exec(given.tags ?? '') ?? []
  if (given.push !== 'true' || !env[loggedIn]) throw new Error(`denied: ${name} was not pushed`)
  if (existsSync(join(images, tag))) throw new Error(`tag invalid: ${tag} is there already and cannot be overwritten`)
  const digest = `sha256:${createHash('sha256')
    .update(`${tag} ${readdirSync(images).length}`)
    .digest('hex')}`
  writeFileSync(join(images, tag), digest)
  return { ...ended(''), outputs: { digest } }
}

function upload({ with: given, workspace }: Use, { artifacts }: Around): Played {
  const name = given.name || 'artifact'
  if (/["<>:|*?\r\n\\/]/.test(name)) throw new Error(`The artifact name is not valid: ${name}`)
  const path = resolve(workspace, given.path ?? '')
  if (!given.path || !existsSync(path)) return ended('::warning::No files were found with the provided path')
  if (artifacts.has(name) && given.overwrite !== 'true')
    throw new Error(`Failed to CreateArtifact: (409) Conflict: an artifact with this name already exists: ${name}`)
  const files = new Map<string, string>()
  if (statSync(path).isFile()) files.set(basename(path), readFileSync(path, 'utf8'))
  else
    for (const file of readdirSync(path, { recursive: true, encoding: 'utf8' }))
      if (statSync(join(path, file)).isFile()) files.set(file, readFileSync(join(path, file), 'utf8'))
  if (files.size > 0) artifacts.set(name, files)
  return ended('')
}

/** One artifact by its name lands in the folder itself, those of a pattern in a folder each unless it is only one. */
function download({ uses, with: given, workspace }: Use, { artifacts }: Around): Played {
  // Version 3 knows no pattern.
  const pattern = uses.includes('@v3') ? '' : given.pattern

  if (given.name && !artifacts.has(given.name))
    throw new Error(`Unable to download artifact(s): Artifact not found for name: ${given.name}`)
  const isWanted = given.name ? (name: string) => name === given.name : picomatch(pattern || '*')
  const found = [...artifacts].filter(([name]) => isWanted(name))
  for (const [name, files] of found) {
    const apart =
      (uses.includes('@v3') ? !given.name : found.length > 1) && given['merge-multiple'] !== 'true' ? name : ''
    for (const [file, content] of files) {
      const to = resolve(workspace, given.path || '.', apart, file)
      mkdirSync(dirname(to), { recursive: true })
      writeFileSync(to, content)
    }
  }
  return ended(`found ${found.map(([name]) => name).join(', ')}`)
}

/** The action of this repository: what its `action.yml` declares, and what the bundle, or `main`, makes of it. */
async function ours(folder: string, use: Use, around: Around): Promise<Played> {
  const { event, payload, variables } = around
  const { root: action } = parseAction('action.yml', readFileSync(join(root, folder, 'action.yml'), 'utf8'))
  const declared = entries(member(action, 'inputs'))
  const inputs = Object.fromEntries(
    declared.map(([name, input]) => [name, use.with[name] ?? text(valueIn(member(input, 'default'), use.contexts))]),
  )
  if (/^(plan|apply|validate)$/.test(folder)) inputs.command = folder
  const unexpected = Object.keys(use.with).filter(name => !(name in inputs))
  if (unexpected.length > 0) throw new Error(`unexpected inputs: ${unexpected.join(', ')}`)
  const eventFile = join(use.workspace, '../event.json')
  writeFileSync(eventFile, JSON.stringify(payload))
  const { GITHUB_OUTPUT, GITHUB_STEP_SUMMARY, GITHUB_ENV, ...others } = use.env
  const env: Record<string, string> = {
    ...others,
    ...inputVariables(inputs),
    ...variables,
    GITHUB_EVENT_PATH: eventFile,
  }
  await around.meanwhile(use.job)
  around.advance(event.name === 'push' ? 5 : 1)
  const ran = await (around.play ? played(around.play, around, folder, env) : called(around, folder, env, use.signal))
  writeFileSync(GITHUB_STEP_SUMMARY ?? '', ran.summary)
  const outputs = Object.fromEntries(Object.entries(ran.outputs).map(([name, value]) => [name, String(value)]))
  return { failed: ran.failed, log: (ran.failed ? ran.problems : [...ran.said, ...ran.warnings]).join('\n'), outputs }
}

/** Nothing listens there: what calls AWS without credentials fails. */
const nowhere = 'http://127.0.0.1:9'

const simulatorOf = ({ accounts }: Around, env: Values) => {
  const [first, ...more] = [...accounts.values()]
  const found = [first, ...more].find(one => one?.url === env.AWS_ENDPOINT_URL_ECS) ?? first
  if (!found) throw new Error('there is no account')
  return found
}

async function called(around: Around, folder: string, env: Record<string, string>, signal: AbortSignal): Promise<Ran> {
  Object.assign(process.env, awsVariables(env.AWS_ENDPOINT_URL_ECS ? simulatorOf(around, env).url : nowhere))
  const { runner, ran } = recorder(0)
  const masks: string[] = []
  const write = process.stdout.write
  process.stdout.write = (chunk: string | Uint8Array) =>
    String(chunk).startsWith('::add-mask::') ? masks.push(String(chunk).trim()) > 0 : write.call(process.stdout, chunk)
  try {
    const file = (name: string, content: string) => {
      const path = join(env.RUNNER_TEMP ?? '', 'ecs-particles', name)
      mkdirSync(dirname(path), { recursive: true })
      writeFileSync(path, content)
      return path
    }
    const host = {
      env,
      clock: clockOf(simulatorOf(around, env)),
      runner: { ...runner, file },
      signal,
    }
    await ({ post, targets }[folder] ?? main)(host)
  } finally {
    process.stdout.write = write
  }
  return { ...ran(), said: [...ran().said, ...masks] }
}

function played(play: Play, around: Around, folder: string, env: Record<string, string>): ReturnType<Play> {
  Object.assign(process.env, awsVariables(simulatorOf(around, env).url))
  return play({ ...env, ECS_PARTICLES_ACTION: folder })
}
