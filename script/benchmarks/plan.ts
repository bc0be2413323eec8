/**
 * What a plan of many services takes: calls, rounds, time and memory. `script/bench plan [BUNDLE…]`, where further bundles are
 * measured in the same rounds. NODE24 names the binary of Node 24, and PCF a Python with PCF to run beside: where nothing is to
 * be done, its apply is its plan.
 */
import { execFileSync } from 'node:child_process'
import { bundle } from '../../__tests__/world/bundle.ts'
import type { Call } from '../../simulator/simulator.ts'
import { type Measured, planOf, settledFleet } from '../measure/fleet.ts'
import { applyWithPcf, pcf, withoutPcf } from '../measure/pcf.ts'
import { emptyNode, interleaved, line, median, memoryOf, node, succeeded } from '../measure/processes.ts'

/** Milliseconds until a call is answered. */
const LATENCY = 50
/** Milliseconds of a plan of 20 services, and MiB of plans of so many services. */
const GOAL = 450
const MEMORY = { 20: 90, 300: 140 }
const ROUNDS = Number(process.env.ROUNDS || 10)

const print = (text: string): void => {
  process.stdout.write(`${text}\n`)
}
const bundles: [string, string][] = [
  ['', bundle()],
  ...process.argv.slice(2).map((one): [string, string] => [one, one]),
]

/** The longest chain of calls of which each began after the one before was answered. */
function roundsOf(calls: readonly Call[]): number {
  const started = calls.map(({ at }) => at).sort((one, other) => one - other)
  let rounds = 0
  let until = Number.NEGATIVE_INFINITY
  for (const at of started) {
    if (at < until) continue
    rounds++
    until = at + LATENCY
  }
  return rounds
}

function countsOf(calls: readonly Call[]): string {
  const counts = new Map<string, number>()
  for (const { operation } of calls) counts.set(operation, (counts.get(operation) ?? 0) + 1)
  return [...counts].map(([operation, count]) => `${count} ${operation}`).join(', ')
}

async function timed(fleet: Measured): Promise<void> {
  const contestants: Record<string, () => Promise<number>> = { 'an empty node': emptyNode }
  const made = new Map<string, Call[]>()
  for (const [name, path] of bundles) {
    contestants[`plan, 20 services ${name}`] = async () => {
      const from = fleet.simulator.calls.length
      const { milliseconds } = await succeeded(planOf(path, fleet))
      made.set(name, fleet.simulator.calls.slice(from))
      return milliseconds
    }
  }
  const measured = await interleaved(ROUNDS, contestants)
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
  print(`Node ${version}, ${ROUNDS} rounds, ${LATENCY} ms a call; goal ${GOAL} ms`)
  for (const [name, values] of Object.entries(measured)) print(line(name.trim(), values, measured['an empty node']))
  for (const [name, calls] of made) {
    const rounds = roundsOf(calls)
    print(`calls ${name}: ${calls.length}, of ${rounds} rounds (${rounds * LATENCY} ms): ${countsOf(calls)}`)
  }
}

/** The same beside PCF, in fewer rounds: it takes seconds. */
async function beside(title: string, fleet: Measured): Promise<void> {
  if (!pcf) return print(`${title}: ${withoutPcf}`)
  const python = pcf
  const { ours, theirs } = await interleaved(3, {
    ours: async () => (await succeeded(planOf(bundle(), fleet))).milliseconds,
    theirs: () => applyWithPcf(python, fleet.particles, fleet.simulator.url),
  })
  const ratio = (median(ours) / median(theirs)).toFixed(2)
  print(`${title}: ${median(ours).toFixed(0)} ms, PCF ${median(theirs).toFixed(0)} ms, ratio ${ratio}`)
}

const fleet = await settledFleet(20, LATENCY)
try {
  await timed(fleet)
  await beside(`nothing to do, 20 services, ${LATENCY} ms a call`, fleet)
} finally {
  await fleet.close()
}
const one = await settledFleet(1)
try {
  await beside('nothing to do, one service', one)
} finally {
  await one.close()
}
for (const [services, goal] of Object.entries(MEMORY)) {
  const quick = await settledFleet(Number(services))
  try {
    for (const [name, path] of bundles) {
      const mebibytes = await memoryOf(planOf(path, quick))
      print(`memory of a plan, ${services} services ${name}: ${mebibytes.toFixed(0)} MiB (goal ${goal})`)
    }
  } finally {
    await quick.close()
  }
}
