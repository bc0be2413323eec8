// Applies to a simulated ECS in real time, whose rollouts are COMPLETED 20.0 s after the call that makes them: one service
// changed, one created, twenty and forty from nothing. `script/bench apply FOLDER` measures the bundle in that folder,
// `script/bench apply FOLDER changed` one of the four alone. PCF names a Python with PCF to run beside.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Run, run } from '../../simulator/runner.ts'
import { type RunningSimulator, startSimulator } from '../../simulator/server.ts'
import type { Call } from '../../simulator/simulator.ts'
import { applyWithPcf, pcf, withoutPcf } from '../measure/pcf.ts'

const REGION = 'us-east-1'
/** Seconds from CreateService or UpdateService until the simulated rollout of a Fargate service is COMPLETED. */
const ROLLOUT = 20
/** RegisterTaskDefinition: so many at once, then one a second. */
const BURST = 20
/** Services from which on PCF, which makes one after the other, takes more than six minutes. */
const LONG = 20
/** Seconds after COMPLETED within which success is to be reported. */
const GOAL = 2.5

const cluster = 'bench'
const network = { awsvpcConfiguration: { subnets: ['subnet-0a'], securityGroups: ['sg-0a'] } }
const definitionOf = (name: string, tag: string) => ({
  family: name,
  cpu: '256',
  memory: '512',
  networkMode: 'awsvpc',
  requiresCompatibilities: ['FARGATE'],
  containerDefinitions: [{ name: 'app', image: `registry.example.com/${name}:${tag}` }],
})
const serviceOf = (name: string) => ({
  serviceName: name,
  desiredCount: 2,
  launchType: 'FARGATE',
  networkConfiguration: network,
})

/** A cluster and so many services, each with a task definition of its own. */
function particlesOf(names: readonly string[], tag: string): object[] {
  const particles: object[] = [{ flavor: 'ecs_cluster', pcf_name: cluster, aws_resource: { clusterName: cluster } }]
  for (const name of names) {
    const parents = [`ecs_cluster:${cluster}`, `ecs_task_definition:${name}`]
    particles.push({ flavor: 'ecs_task_definition', pcf_name: name, aws_resource: definitionOf(name, tag) })
    particles.push({ flavor: 'ecs_service', pcf_name: name, parents, aws_resource: serviceOf(name) })
  }
  return particles
}

interface Scenario {
  readonly title: string
  readonly services: number
  /** The account before: nothing, the cluster alone, or the services with another image. */
  readonly before: 'nothing' | 'cluster' | 'services'
  /** Seconds from the first changing call to the last COMPLETED that the rollout and the token buckets force. */
  readonly forced: number
}

const scenarios: Readonly<Record<string, Scenario>> = {
  changed: { title: 'one image changed', services: 1, before: 'services', forced: ROLLOUT },
  created: { title: 'one service created', services: 1, before: 'cluster', forced: ROLLOUT },
  twenty: { title: '20 services from nothing', services: 20, before: 'nothing', forced: ROLLOUT },
  forty: { title: '40 services from nothing', services: 40, before: 'nothing', forced: 40 - BURST + ROLLOUT },
}

function seed(simulator: RunningSimulator, { before }: Scenario, names: readonly string[]): void {
  const call = (operation: string, input: object) => {
    const answer = simulator.handle(REGION, operation, input)
    if (!('status' in answer) || answer.status !== 200) throw new Error(`${operation}: ${JSON.stringify(answer)}`)
  }
  if (before === 'nothing') return
  call('CreateCluster', { clusterName: cluster })
  simulator.advance(60)
  if (before === 'cluster') return
  for (const name of names) {
    call('RegisterTaskDefinition', definitionOf(name, '1'))
    call('CreateService', { ...serviceOf(name), cluster, taskDefinition: name })
  }
  simulator.advance(300)
}

const reads = ({ operation }: Call): boolean => /^(Describe|List)/.test(operation)

/** When the last rollout was COMPLETED, in milliseconds of the simulator's time; undefined when one was not. */
function lastCompletion(simulator: RunningSimulator): number | undefined {
  const times = [...simulator.region(REGION).clusters.values()]
    .flatMap(({ services }) => [...services.values()])
    .map(({ rollouts: [newest] }) => (newest?.status === 'SUCCESSFUL' ? newest.finishedAt?.getTime() : undefined))
  const known = times.filter(time => time !== undefined)
  return known.length === times.length && known.length > 0 ? Math.max(...known) : undefined
}

/** `3 CreateService, 2 DescribeServices` */
function byName(calls: readonly Call[]): string {
  const counts = new Map<string, number>()
  for (const { operation } of calls) counts.set(operation, (counts.get(operation) ?? 0) + 1)
  return [...counts].map(([operation, count]) => `${count} ${operation}`).join(', ')
}

/** Calls a second, over the time in which they were made. */
function frequency(calls: readonly Call[]): string {
  const times = calls.map(({ at }) => at)
  return (calls.length / Math.max(1, (Math.max(...times) - Math.min(...times)) / 1000)).toFixed(1)
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`

/** The lines that say how an apply went; with `late`, success came later than it should. */
function outcome(scenario: Scenario, simulator: RunningSimulator, begun: number, { report, milliseconds }: Run) {
  simulator.clock.catchUp()
  const calls = simulator.calls.filter(({ at }) => at >= begun)
  const first = calls.find(call => !reads(call))?.at ?? begun
  const polls = calls.filter(
    call =>
      call.operation === 'DescribeServices' &&
      calls.some(({ operation, at }) => /^(Create|Update)Service$/.test(operation) && at <= call.at),
  )
  const throttled = calls.filter(({ error }) => error === 'ThrottlingException').length
  const completed = lastCompletion(simulator)
  // The simulator's clock was put forward, and the report has the runner's.
  const finished = Date.parse(report?.finishedAt ?? '') + simulator.clock.now - Date.now()
  const after = completed === undefined ? undefined : finished - completed
  const others = calls.filter(reads).length - polls.length
  return {
    late: after === undefined || after < 0 || after > GOAL * 1000 || throttled > 0,
    lines: [
      `${seconds(milliseconds)} in all, ${report?.result}; success ${after === undefined ? 'without COMPLETED' : `${seconds(after)} after COMPLETED`} (goal ${GOAL} s)`,
      `${seconds(finished - first)} from the first change on, ${((finished - first) / 1000 / scenario.forced).toFixed(2)} of the ${scenario.forced} s that rollout and buckets force`,
      `${calls.filter(call => !reads(call)).length} modifying calls, ${others} reading ones and ${polls.length} polls, ${frequency(polls)} a second; ${throttled} throttled`,
      byName(calls),
    ],
  }
}

async function measure(bundle: string, name: string, scenario: Scenario): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'apply-'))
  const simulator = await startSimulator({ speed: 1 })
  try {
    const names = Array.from({ length: scenario.services }, (_, index) => `app-${index}`)
    seed(simulator, scenario, names)
    mkdirSync(join(folder, 'temp'))
    mkdirSync(join(folder, 'particles'))
    writeFileSync(join(folder, 'particles', 'bench.json'), JSON.stringify(particlesOf(names, '2')))
    const step = (command: string) =>
      run({
        bundle,
        workspace: folder,
        inputs: { command, 'aws-region': REGION, 'require-review': 'false' },
        env: {
          AWS_ENDPOINT_URL_ECS: simulator.url,
          AWS_ACCESS_KEY_ID: 'bench',
          AWS_SECRET_ACCESS_KEY: 'bench',
          AWS_EC2_METADATA_DISABLED: 'true',
          RUNNER_TEMP: join(folder, 'temp'),
        },
      })
    // As in one job: the apply does not begin with full buckets.
    await step('plan')
    const planned = simulator.calls.filter(({ error }) => error === 'ThrottlingException').length
    simulator.clock.catchUp()
    const begun = simulator.clock.now
    const applied = await step('apply')
    if (applied.report === undefined) throw new Error(`${bundle} left no report:\n${applied.stdout}${applied.stderr}`)
    const { late, lines } = outcome(scenario, simulator, begun, applied)
    process.stdout.write(`${name}: ${scenario.title}\n${lines.map(line => `  ${line}\n`).join('')}`)
    return late || planned > 0
  } finally {
    await simulator.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** PCF on the same account, in the same time: what it takes, and when it says that it is done. */
async function besidePcf(python: string, scenario: Scenario): Promise<string> {
  const simulator = await startSimulator({ speed: 1 })
  try {
    const names = Array.from({ length: scenario.services }, (_, index) => `app-${index}`)
    seed(simulator, scenario, names)
    const taken = await applyWithPcf(python, particlesOf(names, '2'), simulator.url)
    simulator.clock.catchUp()
    const completed = lastCompletion(simulator)
    const late = completed === undefined ? undefined : simulator.clock.now - completed
    const done = late === undefined ? 'before COMPLETED' : `${seconds(late)} after COMPLETED`
    return `${seconds(taken)} in all, done ${done}`
  } finally {
    await simulator.close()
  }
}

/** The bundle of the sources as they are now. */
function build(): { bundle: string; folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'))
  const { status, stderr } = spawnSync('script/build', [folder], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`script/build failed: ${stderr}`)
  return { bundle: join(folder, 'index.js'), folder }
}

const [given, only] = process.argv.slice(2)
const { bundle, folder } = given ? { bundle: resolve(given, 'index.js'), folder: undefined } : build()
try {
  for (const [name, scenario] of Object.entries(scenarios)) {
    if (only !== undefined && only !== name) continue
    if (await measure(bundle, name, scenario)) process.exitCode = 1
    const long = scenario.services > LONG
    if (pcf)
      process.stdout.write(`  PCF: ${long ? 'not measured, it takes too long' : await besidePcf(pcf, scenario)}\n`)
  }
  if (!pcf) process.stdout.write(`${withoutPcf}\n`)
  process.stdout.write('ecspresso: not measured\n')
} finally {
  if (folder) rmSync(folder, { recursive: true, force: true })
}
