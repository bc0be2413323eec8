/** script/release with stand-ins for `gh` and Python: what is published, and where the major tag ends. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

interface GitHub {
  /** Commits by tag. */
  readonly tags: Record<string, string>
  readonly releases: Record<string, { readonly latest: boolean; readonly notes: string }>
  /** GitHub's own token may not move a tag where workflow files differ. */
  readonly workflowsDiffer?: boolean
}

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function release(tag: string, before: GitHub) {
  const state = join(folder, 'state.json')
  const commit = `commit-of-${tag}`
  writeFileSync(state, JSON.stringify({ ...before, tags: { ...before.tags, [tag]: commit } }))
  const { status, stdout } = spawnSync('bash', ['script/release'], {
    encoding: 'utf8',
    env: {
      ...process.env,
      PATH: `${join(import.meta.dirname, 'workflows/bin')}:${process.env.PATH}`,
      GITHUB_STATE: state,
      GITHUB_REF_NAME: tag,
      GITHUB_SHA: commit,
      GH_REPO: 'o/r',
    },
  })
  return { status, stdout, after: JSON.parse(readFileSync(state, 'utf8')) as GitHub }
}

const nothing: GitHub = { tags: {}, releases: {} }
const released = (...tags: readonly string[]): GitHub['releases'] =>
  Object.fromEntries(tags.map(tag => [tag, { latest: true, notes: 'notes\n' }]))

describe('a release', () => {
  test('that is the first has notes, and makes the major tag', () => {
    const { status, after } = release('v1.0.0', nothing)
    expect(status).toBe(0)
    expect(after.releases).toEqual({ 'v1.0.0': { latest: true, notes: 'notes\n' } })
    expect(after.tags.v1).toBe('commit-of-v1.0.0')
  })

  test('that is newer takes the major tag along, by version and not by text', () => {
    const { after } = release('v1.10.0', { releases: released('v1.9.0'), tags: { 'v1.9.0': 'a', v1: 'a' } })
    expect(after.tags.v1).toBe('commit-of-v1.10.0')
  })

  test('of an older line leaves the major tag where it is, and is not called the latest', () => {
    const { status, stdout, after } = release('v1.1.1', { releases: released('v1.2.0'), tags: { v1: 'newer' } })
    expect(status).toBe(0)
    expect(after.tags.v1).toBe('newer')
    expect(after.releases['v1.1.1']?.latest).toBe(false)
    expect(stdout).toContain('v1 stays at v1.2.0')
  })

  test('of another major version touches no other major tag', () => {
    const { after } = release('v2.0.0', { releases: released('v1.2.0', 'v10.0.0'), tags: { v1: 'a', v10: 'b' } })
    expect(after.tags).toMatchObject({ v1: 'a', v2: 'commit-of-v2.0.0', v10: 'b' })
  })

  test('is held back by no other major version that begins with the same digit', () => {
    const { after } = release('v1.3.0', { releases: released('v10.0.0'), tags: { v1: 'a', v10: 'b' } })
    expect(after.tags).toMatchObject({ v1: 'commit-of-v1.3.0', v10: 'b' })
  })

  test('is held back by no newer tag that was never released', () => {
    const { status, after } = release('v1.2.1', { ...nothing, tags: { 'v1.3.0': 'failed', v1: 'older' } })
    expect(status).toBe(0)
    expect(after.tags.v1).toBe('commit-of-v1.2.1')
    expect(after.releases['v1.2.1']?.latest).toBe(true)
  })

  test('may run again', () => {
    const once = release('v1.0.0', nothing).after
    const { status, after } = release('v1.0.0', once)
    expect(status).toBe(0)
    expect(after).toEqual(once)
  })

  test('whose major tag may not be moved says what to do, and is published', () => {
    const { status, stdout, after } = release('v1.3.0', { ...nothing, tags: { v1: 'a' }, workflowsDiffer: true })
    expect(status).toBe(1)
    expect(after.releases).toHaveProperty(['v1.3.0'])
    expect(stdout).toMatch(
      /^::error::v1\.3\.0 is released, and v1 could not be moved to it\. .*RELEASE_TOKEN.*git push --force/m,
    )
  })
})
