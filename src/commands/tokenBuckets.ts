/** How full ECS's token buckets are, handed from one step of a job to the next: plan and apply are two processes. */
import type { Levels } from '../ecs/rate.ts'
import type { Runner } from '../github/runner.ts'
import { isJsonObject, parsedJson } from '../json.ts'

const bucketsFile = 'token-buckets.json'

/** The levels that an earlier step of this job has left, by region; a file that cannot be read says nothing. */
export function levelsLeft(runner: Runner): Map<string, Levels> {
  const regions = entriesOf(parsedJson(runner.left(bucketsFile) ?? ''))
  return new Map(regions.map(([region, buckets]) => [region, new Map(entriesOf(buckets).flatMap(levelIn))]))
}

/** Leaves the levels to the next step of this job, which learns them from ECS's first refusal where they cannot be written. */
export function leaveLevels(runner: Runner, regions: ReadonlyMap<string, Levels>): void {
  if (regions.size === 0) return
  const plain = Object.fromEntries([...regions].map(([region, levels]) => [region, Object.fromEntries(levels)]))
  try {
    runner.file(bucketsFile, `${JSON.stringify(plain)}\n`)
  } catch {
    // The end of this step is not the place to fail for it.
  }
}

const entriesOf = (value: unknown): [string, unknown][] => (isJsonObject(value) ? Object.entries(value) : [])

function levelIn([bucket, level]: [string, unknown]): [string, { tokens: number; at: number }][] {
  if (!isJsonObject(level)) return []
  const { tokens, at } = level
  return typeof tokens === 'number' && typeof at === 'number' ? [[bucket, { tokens, at }]] : []
}
