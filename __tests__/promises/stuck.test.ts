import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect } from '@jest/globals'
import { story } from '../world/story.ts'

/** A program of `fixtures/processes/`, run to its end. */
const run = (name: string) => {
  const program = join(import.meta.dirname, '../fixtures/processes', name)
  return spawnSync(process.execPath, ['--import', 'tsx', program], { encoding: 'utf8', maxBuffer: 1e8 })
}

describe('Never silent, never stuck', () => {
  story('everything waits for something that will never come', 'the step fails with 1 and says so', () => {
    const { status, stdout } = run('stuck.ts')
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(/^::error::ecs-particles waited/) })
  })

  story('more is said than a pipe holds', 'the last word of it arrives before the step ends', () => {
    const { status, stdout } = run('talkative.ts')
    expect({ status, lines: stdout.trimEnd().split('\n').length }).toEqual({ status: 0, lines: 20_000 })
  })
})
