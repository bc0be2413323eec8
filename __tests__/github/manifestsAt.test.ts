import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { manifestsAt } from '../../src/github/manifestsAt.ts'
import { type Api, mayOnly, openApi, token } from '../world/github.ts'

const files = {
  'particles/web.yml': 'flavor: ecs_service\nname: wéb\n',
  'particles/api.yml': 'flavor: ecs_task\n',
  'particles/away.link': '../elsewhere',
  'README.md': '# Acme\n',
}
const manifests = [
  { file: 'particles/api.yml', text: files['particles/api.yml'] },
  { file: 'particles/web.yml', text: files['particles/web.yml'] },
]
const wanted = (file: string): boolean => file.startsWith('particles/')

let world: Api
let commit: string
let workspace: string
beforeEach(async () => {
  world = await openApi(files)
  commit = world.repository.head()
  world.repository.push({ 'particles/web.yml': null, 'particles/new.yml': 'new' })
  workspace = await mkdtemp(join(tmpdir(), 'removed-'))
})
afterEach(() => rm(workspace, { recursive: true }))

async function write(texts: Record<string, string>): Promise<void> {
  await mkdir(join(workspace, 'particles'), { recursive: true })
  for (const [file, text] of Object.entries(texts)) await writeFile(join(workspace, file), text)
}

/** A checkout with one commit, whose name is returned. */
function commitAll(): string {
  const git = (...words: string[]) => execFileSync('git', ['-C', workspace, ...words], { encoding: 'utf8' }).trim()
  git('init', '-q')
  git('add', '.')
  git('-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', '-c', 'commit.gpgsign=false', 'commit', '-qm', 'Begin')
  return git('rev-parse', 'HEAD')
}

describe('from GitHub', () => {
  test('the wanted files as they were, without links', async () => {
    expect(await manifestsAt(world.github, commit, wanted)).toEqual({ texts: manifests })
  })

  test('what did not change is not asked for', async () => {
    await write({ 'particles/api.yml': files['particles/api.yml'], 'particles/web.yml': 'changed since' })
    expect(await manifestsAt(world.github, commit, wanted, workspace)).toEqual({ texts: manifests })
    expect(world.server.called('GET /repos/{owner}/{repo}/git/blobs')).toHaveLength(1)
  })

  test('none', async () => {
    expect(await manifestsAt(world.github, commit, () => false)).toEqual({ texts: [] })
  })

  test('half a list is no list', async () => {
    world.server.truncated = true
    expect(await manifestsAt(world.github, commit, wanted)).toEqual({
      why: `the manifests of commit ${commit.slice(0, 7)} cannot be read: GitHub cannot list so many files at once`,
    })
  })

  test('more than a thousand manifests are too many', async () => {
    const many = Object.fromEntries(Array.from({ length: 1_001 }, (_, index) => [`particles/${index}.yml`, 'x']))
    const { after } = world.repository.push(many)
    expect(await manifestsAt(world.github, after, wanted)).toMatchObject({
      why: expect.stringContaining('more than 1000 manifests'),
    })
  })

  test('a missing right is named', async () => {
    world.server.tokens.set(token, mayOnly({}))
    expect(await manifestsAt(world.github, commit, wanted)).toMatchObject({
      why: expect.stringContaining('the token lacks "contents: read"'),
    })
  })
})

describe('from the checkout', () => {
  test('when there is no GitHub', async () => {
    await write({ 'particles/web.yml': files['particles/web.yml'], 'README.md': '# Acme\n' })
    const earlier = commitAll()
    await write({ 'particles/web.yml': 'changed since' })
    expect(await manifestsAt(undefined, earlier, wanted, workspace)).toEqual({ texts: manifests.slice(1) })
  })

  test('when GitHub refuses', async () => {
    await write({ 'particles/web.yml': files['particles/web.yml'] })
    const earlier = commitAll()
    world.server.tokens.set(token, mayOnly({}))
    expect(await manifestsAt(world.github, earlier, wanted, workspace)).toEqual({ texts: manifests.slice(1) })
  })

  test('which is too shallow', async () => {
    await write({ 'particles/web.yml': 'x' })
    commitAll()
    expect(await manifestsAt(undefined, commit, wanted, workspace)).toEqual({
      why: `the manifests of commit ${commit.slice(0, 7)} cannot be read: there is no token for GitHub`,
    })
  })
})

test.each(['', 'main', '--output=x', 'a'.repeat(39)])('%j is no commit', async name => {
  expect(await manifestsAt(world.github, name, wanted, workspace)).toEqual({
    why: 'the earlier commit is not known',
  })
})
