/**
 * What people read, held against what is on file. `UPDATE_GOLDEN=1 script/test __tests__/golden` writes the files anew, to be
 * read before they are committed.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from '@jest/globals'
import { bundle } from '../world/bundle.ts'
import { World } from '../world/world.ts'
import { scenarios, type Texts } from './scenarios.ts'

const folder = new URL('texts/', import.meta.url)
const isUpdate = Boolean(process.env.UPDATE_GOLDEN)
const played = new Set<string>()

// Built where the sources have changed since dist/ was committed, which takes a while.
beforeAll(() => void bundle(), 240_000)

const play = async (name: string) => {
  // One call after the other, so that ECS gives its ids in the same order each time.
  const world = await World.open({}, { 'max-concurrency': '1' })
  world.simulator.setThrottling(false)
  const texts: Texts = {}
  await scenarios[name]?.(world, texts)
  for (const [file, text] of Object.entries(texts)) {
    played.add(file)
    if (isUpdate) writeFileSync(new URL(file, folder), `${text.trimEnd()}\n`)
    expect(`${text.trimEnd()}\n`).toBe(readFileSync(new URL(file, folder), 'utf8'))
  }
}
test.each(Object.keys(scenarios))('%s', play, 240_000)

test('every text on file is one that a run has written', () => {
  const files = readdirSync(folder)
  if (isUpdate) for (const file of files) if (!played.has(file)) rmSync(new URL(file, folder))
  expect([...played].sort()).toEqual(readdirSync(folder).sort())
})
