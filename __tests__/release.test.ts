/** script/release with a stand-in for GitHub's command line: what is published, and where the major tag ends. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** As much of `gh` as the script uses. State is a file; `--jq` is done by the real jq. */
const gh = `#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
const state = JSON.parse(readFileSync(process.env.GITHUB_STATE, 'utf8'))
const all = process.argv.slice(2)
const option = name => all.find((_, index) => all[index - 1] === name)
const field = name => all.find((text, index) => /^--(raw-)?field$/.test(all[index - 1]) && text.startsWith(name + '='))?.slice(name.length + 1)
const fail = text => { process.stderr.write(text + '\\n'); process.exit(1) }
const save = () => writeFileSync(process.env.GITHUB_STATE, JSON.stringify(state))
if (all[0] === 'release' && all[1] === 'view') {
  if (!(all[2] in state.releases)) fail('release not found')
} else if (all[0] === 'release') {
  if (all[2] in state.releases) fail('a release with the same tag name already exists: ' + all[2])
  const notes = readFileSync(option('--notes-file'), 'utf8')
  state.releases[all[2]] = { latest: all.includes('--latest=true'), notes }
  save()
} else {
  const path = all.find(text => text.startsWith('repos/'))
  const matching = /git\\/matching-refs\\/tags\\/(.*)$/.exec(path)
  if (matching) {
    const refs = Object.keys(state.tags).filter(tag => tag.startsWith(matching[1])).map(tag => ({ ref: 'refs/tags/' + tag }))
    process.stdout.write(spawnSync('jq', ['--raw-output', option('--jq')], { input: JSON.stringify(refs) }).stdout)
  } else {
    if (state.workflowsDiffer) fail('refusing to allow a GitHub App to create or update workflow without workflows permission')
    const tag = (field('ref') ?? path).split('/').pop()
    if (option('--method') === 'POST' && tag in state.tags) fail('Reference already exists')
    if (option('--method') === 'PATCH' && !(tag in state.tags)) fail('Reference does not exist')
    state.tags[tag] = field('sha')
    save()
  }
}
`

/** Python whose environments hold a git-cliff that writes one line. */
const python = `#!/usr/bin/env bash
bin=\${@: -1}/bin
mkdir -p "$bin"
printf '#!/bin/sh\\n' > "$bin/python"
printf '#!/bin/sh\\nfor last; do :; done\\necho notes > "$last"\\n' > "$bin/git-cliff"
chmod +x "$bin"/*
`

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'release-'))
  mkdirSync(join(folder, 'bin'))
  for (const [name, text] of Object.entries({ 'gh.mjs': gh, python3: python })) {
    writeFileSync(join(folder, 'bin', name), text)
    chmodSync(join(folder, 'bin', name), 0o755)
  }
  writeFileSync(join(folder, 'bin/gh'), `#!/bin/sh\nexec node ${JSON.stringify(join(folder, 'bin/gh.mjs'))} "$@"\n`)
  chmodSync(join(folder, 'bin/gh'), 0o755)
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
      PATH: `${join(folder, 'bin')}:${process.env.PATH}`,
      GITHUB_STATE: state,
      GITHUB_REF_NAME: tag,
      GITHUB_SHA: commit,
      GH_REPO: 'o/r',
    },
  })
  return { status, stdout, after: JSON.parse(readFileSync(state, 'utf8')) as GitHub }
}

const nothing: GitHub = { tags: {}, releases: {} }

describe('a release', () => {
  test('that is the first has notes, and makes the major tag', () => {
    const { status, after } = release('v1.0.0', nothing)
    expect(status).toBe(0)
    expect(after.releases).toEqual({ 'v1.0.0': { latest: true, notes: 'notes\n' } })
    expect(after.tags.v1).toBe('commit-of-v1.0.0')
  })

  test('that is newer takes the major tag along, by version and not by text', () => {
    const { after } = release('v1.10.0', { ...nothing, tags: { 'v1.9.0': 'a', v1: 'a' } })
    expect(after.tags.v1).toBe('commit-of-v1.10.0')
  })

  test('of an older line leaves the major tag where it is, and is not called the latest', () => {
    const { status, stdout, after } = release('v1.1.1', { ...nothing, tags: { 'v1.2.0': 'newer', v1: 'newer' } })
    expect(status).toBe(0)
    expect(after.tags.v1).toBe('newer')
    expect(after.releases['v1.1.1']?.latest).toBe(false)
    expect(stdout).toContain('v1 stays at v1.2.0')
  })

  test('of another major version touches no other major tag', () => {
    const { after } = release('v2.0.0', { ...nothing, tags: { 'v1.2.0': 'a', v1: 'a', v10: 'b' } })
    expect(after.tags).toMatchObject({ v1: 'a', v2: 'commit-of-v2.0.0', v10: 'b' })
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
