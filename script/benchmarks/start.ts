/**
 * How long the smallest runs of the bundle take, against an empty Node: `script/bench start [BUNDLE…]`, where further bundles are
 * measured in the same rounds. NODE24 names the binary of Node 24, and DEPLOY_ACTION the bundle (dist/index.js) of
 * aws-actions/amazon-ecs-deploy-task-definition to run beside.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundle } from '../../__tests__/world/bundle.ts'
import { planOf, settledFleet } from '../measure/fleet.ts'
import { emptyNode, interleaved, line, memoryOf, node, succeeded } from '../measure/processes.ts'

/** An empty Node 24 takes a plan of one cluster this many times, and the bundle this many bytes at most. */
const GOAL = 5.5
const BYTES = 1_300_000
const ROUNDS = Number(process.env.ROUNDS || 20)

const print = (text: string) => process.stdout.write(`${text}\n`)
const bundles: [string, string][] = [
  ['', bundle()],
  ...process.argv.slice(2).map((one): [string, string] => [one, one]),
]
const small = await settledFleet(0)
const peer = process.env.DEPLOY_ACTION

/** Registers a definition and updates nothing: what the official action does at least. */
function registration(bundle: string) {
  const file = join(small.workspace, 'definition.json')
  const containerDefinitions = [{ name: 'app', image: 'registry.example.com/app:1.27', memory: 128 }]
  writeFileSync(file, JSON.stringify({ family: 'app', containerDefinitions }))
  const { env, workspace } = planOf(bundle, small)
  return { bundle, workspace, inputs: { 'task-definition': file }, env: { ...env, AWS_REGION: 'us-east-1' } }
}

try {
  const time = (command: string) => (path: string) => async () =>
    (await succeeded(planOf(path, small, command))).milliseconds
  const contestants: Record<string, () => Promise<number>> = { 'an empty node': emptyNode }
  for (const [name, path] of bundles) {
    contestants[`validate, one cluster ${name}`] = time('validate')(path)
    contestants[`plan, one cluster ${name}`] = time('plan')(path)
  }
  const isThere = peer !== undefined && existsSync(peer)
  if (isThere)
    contestants['the official action, one definition'] = async () => (await succeeded(registration(peer))).milliseconds

  const measured = await interleaved(ROUNDS, contestants)
  const empty = measured['an empty node'] ?? []
  print(`Node ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}, ${ROUNDS} rounds; goal ${GOAL} times`)
  for (const [name, values] of Object.entries(measured)) print(line(name.trim(), values, empty))
  if (!isThere) print('the official action: not measured; DEPLOY_ACTION names no dist/index.js of it')
  for (const [name, path] of bundles) {
    const all = readdirSync(dirname(path)).filter(file => file.endsWith('index.js'))
    const bytes = all.reduce((sum, file) => sum + statSync(join(dirname(path), file)).size, 0)
    const what = `${statSync(path).size} bytes in index.js (goal ${BYTES}), ${bytes} in all ${all.length} files`
    print(`bundle ${name}: ${what}; plan of one cluster ${(await memoryOf(planOf(path, small))).toFixed(0)} MiB`)
  }
} finally {
  await small.close()
}
