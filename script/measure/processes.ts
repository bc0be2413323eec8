/** Processes of Node, measured side by side. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Run, type RunOptions, run } from '../../simulator/runner.ts'

/** The binary of Node to measure on: that of GitHub's runners where NODE24 names one, else this process's own. */
export const node = process.env.NODE24 || process.execPath

/** Milliseconds of `node -e 0`: what no program in Node can be faster than. */
export async function emptyNode(): Promise<number> {
  const began = performance.now()
  const child = spawn(node, ['-e', '0'], { stdio: ['ignore', 'pipe', 'pipe'], env: { PATH: process.env.PATH } })
  await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  return performance.now() - began
}

/** A step that is expected to succeed. */
export async function succeeded(options: Omit<RunOptions, 'node'>): Promise<Run> {
  const ended = await run({ ...options, node })
  if (ended.code !== 0) throw new Error(`${options.bundle} ended with ${ended.code}:\n${ended.stdout}${ended.stderr}`)
  return ended
}

/** MiB that a step takes at most, of which preloading this measurement is about one. */
export async function memoryOf(options: Omit<RunOptions, 'node'>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'memory-'))
  const preload = join(folder, 'preload.cjs')
  const target = join(folder, 'kilobytes')
  // Linux counts what a process took before it became Node into its maxRSS, which is this process's own: VmHWM it does not.
  writeFileSync(
    preload,
    `const { readFileSync, writeFileSync } = require('node:fs')
const peak = () => {
  try {
    return /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]
  } catch {
    return process.resourceUsage().maxRSS
  }
}
process.on('exit', () => writeFileSync(${JSON.stringify(target)}, String(peak())))
`,
  )
  await succeeded({ ...options, env: { ...options.env, NODE_OPTIONS: `--require=${preload}` } })
  return Number(readFileSync(target, 'utf8')) / 1024
}

/** Measures each contestant once a round, in turn, so that what else the machine does hits all of them alike. */
export async function interleaved<Name extends string>(
  rounds: number,
  contestants: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contestants) as Name[]
  const measured = Object.fromEntries(names.map(name => [name, [] as number[]])) as Record<Name, number[]>
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const value = await contestants[name]()
      // The first round fills the caches of the disk.
      if (round >= 0) measured[name].push(value)
    }
  }
  return measured
}

/** The middle one; of an even number the upper of the two. */
export const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN

/** One line: median and minimum, and both as ratios to what was measured in the same rounds. */
export function line(name: string, values: readonly number[], against?: readonly number[]): string {
  const least = Math.min(...values)
  const times = `${median(values).toFixed(0)} ms (least ${least.toFixed(0)})`
  if (!against) return `${name.padEnd(40)}${times}`
  const ratios = values.map((value, round) => value / (against[round] ?? Number.NaN))
  const ratio = `${median(ratios).toFixed(2)} times (least of each: ${(least / Math.min(...against)).toFixed(2)})`
  return `${name.padEnd(40)}${times.padEnd(28)}${ratio}`
}
