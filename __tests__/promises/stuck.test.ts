import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect } from '@jest/globals'
import { story } from '../world/story.ts'

describe('Never silent, never stuck', () => {
  story('everything waits for something that will never come', 'the step fails with 1 and says so', () => {
    const program = join(import.meta.dirname, '../fixtures/processes/stuck.ts')
    const { status, stdout } = spawnSync(process.execPath, ['--import', 'tsx', program], { encoding: 'utf8' })
    expect({ status, stdout }).toEqual({ status: 1, stdout: expect.stringMatching(/^::error::ecs-particles waited/) })
  })
})
