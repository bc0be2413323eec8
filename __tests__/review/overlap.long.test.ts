import { beforeEach, expect, test } from '@jest/globals'
import type { Pull } from '../../simulator/github/repository.ts'
import { clusterAt, clusterWith, setting } from '../world/manifests.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
  world.simulator.setThrottling(false)
})

const names = ['a', 'b', 'c', 'd', 'e', 'f']
const values = ['disabled', 'enabled', 'enhanced'] as const
type Value = (typeof values)[number]

/** The same numbers for the same seed, from 0 up to 1. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const declaredIn = (files: ReadonlyMap<string, string>): Map<string, Value> =>
  new Map(
    names.flatMap(name => {
      const [, value] = /value: (\w+)/.exec(files.get(clusterAt(name)) ?? '') ?? []
      return value ? [[name, value as Value]] : []
    }),
  )

const liveOf = (name: string): string | undefined => {
  const cluster = world.simulator.region().clusters.get(name)
  return cluster && String(cluster.settings?.find(one => one.name === 'containerInsights')?.value)
}

/** What has to change for these declarations: what a plan shows, in words of the test's own. */
const needed = (declared: ReadonlyMap<string, Value>): { whole: string; change?: string }[] =>
  [...declared].flatMap(([name, value]) => {
    const live = liveOf(name)
    if (live === value) return []
    const whole = `${name} is to be ${value}`
    return live === undefined ? [{ whole }] : [{ whole, change: `${name} from ${live} to ${value}` }]
  })

test.each([1, 2])(
  'fifty overlapping pull requests in random order: refused is what nobody reviewed, and nothing else (%d)',
  async seed => {
    const random = dice(seed)
    const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
    const open: Pull[] = []
    const shown = new Map<Pull, Set<string>>()
    let merged: Pull[] = []
    let before = world.repository.head()
    const count = { merged: 0, applied: 0, refused: 0, approved: 0, failed: 0 }

    const plan = async (pull: Pull) => {
      const all = needed(declaredIn(world.repository.proposal(pull)))
      const ran = await world.plan(pull)
      expect(ran.problems).toEqual([])
      shown.set(pull, new Set(all.map(({ whole, change }) => change ?? whole)))
    }

    const apply = async () => {
      const after = world.repository.head()
      const push = { before, after }
      const reviewed = new Set(merged.flatMap(pull => [...(shown.get(pull) ?? [])]))
      const missing = needed(declaredIn(world.repository.files(after))).filter(
        // What was reviewed as a start changes nothing that somebody else has started otherwise meanwhile.
        ({ whole, change }) => !reviewed.has(change ?? whole),
      )
      const fails = random() < 0.1
      if (fails) world.simulator.deny(['ecs:UpdateCluster', 'ecs:CreateCluster'])
      const mark = world.mark
      const ran = await world.push(push)
      world.simulator.deny([])
      expect({ seed, missing, result: ran.report?.result === 'refused' }).toEqual({
        seed,
        missing,
        result: missing.length > 0,
      })
      if (missing.length > 0) {
        expect(world.modifying(mark)).toEqual([])
        for (const { whole } of missing) expect(ran.problems.join()).toContain(`ecs_cluster:${whole.split(' ')[0]}: `)
        expect(ran.problems).toHaveLength(missing.length + 1)
        count.refused++
        if (random() < 0.3) return
        const approved = await world.push(push, { 'approved-digest': ran.plan?.digest ?? '' })
        expect(approved.problems).toEqual([])
        count.approved++
      } else if (ran.failed) {
        count.failed++
        return
      }
      count.applied++
      expect(needed(declaredIn(world.repository.files(after)))).toEqual([])
      merged = []
      before = after
    }

    while (count.merged < 50) {
      world.simulator.advance(2)
      const roll = random()
      if (open.length < 4 || (roll < 0.35 && open.length < 8)) {
        const edited = [pick(names), pick(names)].slice(0, random() < 0.5 ? 1 : 2)
        const pull = world.repository.open([
          Object.fromEntries(edited.map(name => [clusterAt(name), clusterWith(name, pick(values))])),
        ])
        open.push(pull)
        // A quarter is planned late or never.
        if (random() < 0.75) await plan(pull)
      } else if (roll < 0.45) await plan(pick(open))
      else if (roll < 0.5) {
        const name = pick(names)
        const cluster = world.simulator.region().clusters.get(name)
        if (cluster) cluster.settings = [{ name: 'containerInsights', value: pick(values) }]
      } else if (roll < 0.54) {
        const name = pick(names)
        world.repository.push(setting(name, pick(values)))
      } else {
        const [pull] = open.splice(Math.floor(random() * open.length), 1)
        if (!pull) continue
        world.repository.merge(pull, pick(['merge', 'squash', 'rebase'] as const))
        merged.push(pull)
        count.merged++
        // The others' runs were overtaken by a newer commit before they began.
        if (random() < 0.7) await apply()
      }
    }
    await apply()
    expect(count.applied).toBeGreaterThan(10)
    expect(count.refused).toBeGreaterThan(3)
    expect(count.failed).toBeGreaterThan(0)
  },
  120_000,
)
