import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect } from '@jest/globals'
import { findManifests } from '../../src/manifest/files.ts'
import { sayProblem } from '../../src/particle.ts'
import { manifests } from '../world/manifests.ts'
import type { Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

const secret = 'PASSWORD=correct-horse-battery'

let world: World
beforeEach(async () => {
  world = await World.open()
})

/** Whatever a run leaves for others to read. */
const everything = ({ problems, warnings, said, outputs, summary, files }: Ran): string =>
  JSON.stringify([problems, warnings, said, outputs, summary, ...files])

/** A pull request whose checkout has files that no manifest is, and one symbolic link. */
async function planWith(link: string, target: string, edits: Readonly<Record<string, string>> = {}) {
  world.links.set(link, target)
  const pull = await world.propose({ ...manifests.web, '.env': secret, ...edits })
  return {
    ran: pull.ran,
    shown: `${everything(pull.ran)}${world.comments(pull).join()}${JSON.stringify(world.github.checks)}`,
  }
}

const refused = (ran: Ran, sentence: string): void => {
  expect(ran.failed).toBe(true)
  expect(ran.problems).toContain(sentence)
  expect(ran.plan).toBeUndefined()
}

describe('What is hidden stays hidden', () => {
  story(
    'a manifest is a symbolic link to an .env file beside the folder of manifests',
    'an error that names the link and where it leads, and no word of what stands there',
    async () => {
      const { ran, shown } = await planWith('particles/e.yml', '../.env')
      refused(
        ran,
        'particles/e.yml:1:1 the symbolic link leads to "../.env", which is not below "particles"; put there what it leads to, or exclude the link',
      )
      expect(shown).not.toContain('correct-horse')
    },
  )

  story(
    'a manifest is a symbolic link to an .env file inside the folder of manifests',
    'an error that names the link and where it leads, and no word of what stands there',
    async () => {
      const { ran, shown } = await planWith('particles/e.yml', '.env', { 'particles/.env': secret })
      refused(
        ran,
        'particles/e.yml:1:1 the symbolic link leads to ".env", where no manifests are looked for; remove the link',
      )
      expect(shown).not.toContain('correct-horse')
    },
  )

  story(
    'a manifest is a symbolic link to a text file inside the folder of manifests',
    'an error that says that it leads to no manifest',
    async () => {
      const { ran, shown } = await planWith('particles/e.yml', 'token.txt', { 'particles/token.txt': secret })
      refused(ran, 'particles/e.yml:1:1 the symbolic link leads to "token.txt", which is no manifest; remove the link')
      expect(shown).not.toContain('correct-horse')
    },
  )

  story(
    "the workspace is the folder of manifests, and a manifest is a symbolic link to git's configuration with its credentials",
    'an error that names the link, and nothing of the configuration',
    async () => {
      world.links.set('particles/e.yml', '../.git/config')
      const { ran } = await world.propose({ ...manifests.web, '.git/config': secret }, { manifests: '.' })
      expect(ran.problems).toEqual([
        'particles/e.yml:1:1 the symbolic link leads to "../.git/config", where no manifests are looked for; remove the link',
      ])
      expect(everything(ran)).not.toContain('correct-horse')
    },
  )

  story(
    "a pattern names git's own folder, also in the case that some disks do not tell apart",
    'the pattern is refused and nothing there is read',
    async () => {
      world.links.set('.git/config.yml', 'config')
      const { ran } = await world.propose(
        { ...manifests.web, '.git/config': secret, '.GIT/a.yml': secret },
        {
          manifests: 'particles\n.git/*.yml\n.GIT/*.yml',
        },
      )
      expect(ran.problems).toEqual([
        `manifests: ".git/*.yml" leads into git's own folder, which is never read; remove it`,
        `manifests: ".GIT/*.yml" leads into git's own folder, which is never read; remove it`,
      ])
    },
  )

  story(
    'a manifest is a symbolic link to the environment of the running process',
    'an error that names the link and where it leads, and nothing of the environment',
    async () => {
      process.env.KEPT_TO_ITSELF = 'correct-horse-battery'
      const { ran, shown } = await planWith('particles/e.yml', '/proc/self/environ')
      delete process.env.KEPT_TO_ITSELF
      expect(ran.problems.join()).toContain('particles/e.yml:1:1 the symbolic link leads to "/proc/self/environ", ')
      expect(ran.failed).toBe(true)
      expect(shown).not.toContain('correct-horse')
    },
  )

  story(
    'a symbolic link leads by way of another one, which looks like a manifest, out of the folder',
    'both links are named, and nothing is read',
    async () => {
      world.links.set('particles/a.yml', 'b.yml')
      const { ran, shown } = await planWith('particles/b.yml', '../.env')
      expect(ran.problems).toEqual([
        'particles/a.yml:1:1 the symbolic link leads to "b.yml", and that to "../.env", which is not below "particles"; put there what it leads to, or exclude the link',
        'particles/b.yml:1:1 the symbolic link leads to "../.env", which is not below "particles"; put there what it leads to, or exclude the link',
      ])
      expect(shown).not.toContain('correct-horse')
    },
  )

  story(
    'a folder of manifests holds a symbolic link to a folder elsewhere on the machine',
    'an error that names the link and where it leads',
    async () => {
      const outside = mkdtempSync(join(tmpdir(), 'outside-'))
      writeFileSync(join(outside, 'a.yml'), secret)
      const { ran, shown } = await planWith('particles/more', outside)
      rmSync(outside, { recursive: true })
      refused(
        ran,
        `particles/more:1:1 the symbolic link leads to "${outside}", which is not below "particles"; put there what it leads to, or exclude the link`,
      )
      expect(shown).not.toContain('correct-horse')
    },
  )

  story(
    'the working directory is a symbolic link out of the workspace',
    'an error that names it, and nothing is read',
    async () => {
      const outside = mkdtempSync(join(tmpdir(), 'outside-'))
      mkdirSync(join(outside, 'particles'))
      writeFileSync(join(outside, 'particles/a.yml'), secret)
      world.links.set('infra', outside)
      const { ran } = await world.propose(manifests.web, { 'working-directory': 'infra' })
      rmSync(outside, { recursive: true })
      expect(ran.problems).toEqual([
        `working-directory: "infra" is a symbolic link that leads to "${outside}"; name the folder itself`,
      ])
      expect(everything(ran)).not.toContain('correct-horse')
    },
  )

  story('a symbolic link leads to a name that forges a line of the log', 'the name is told on one line', async () => {
    const { ran } = await planWith('particles/e.yml', '../x\n::add-mask::web')
    expect(ran.problems).toEqual([
      'particles/e.yml:1:1 the symbolic link leads to "../x\\n::add-mask::web", where nothing can be read; correct or remove it',
    ])
  })
})

describe('Nothing is applied that was not reviewed', () => {
  story(
    'a pull request puts a symbolic link that is refused in place of a manifest, where what is removed is terminated',
    'an error, and none of its particles is planned to go or applied away',
    async () => {
      const given = { 'on-removed': 'terminate' }
      await world.settle(manifests.web, given)
      const { ran } = await planWith('particles/web.yml', '../.env')
      expect(ran.failed).toBe(true)
      expect(ran.plan).toBeUndefined()
      const from = world.simulator.calls.length
      const applied = await world.push(world.repository.push({ 'README.md': 'again' }), given)
      expect(applied.failed).toBe(true)
      expect(applied.plan).toBeUndefined()
      expect(world.modifying(from)).toEqual([])
    },
  )

  story(
    'a manifest becomes a symbolic link to another manifest of the folder that says the same',
    'nothing is removed and nothing is to do',
    async () => {
      const given = { 'on-removed': 'terminate', 'max-terminations': '100%' }
      await world.settle(manifests.web, given)
      world.links.set('particles/web.yml', 'parts/web.yml')
      const pull = await world.propose({ 'particles/parts/web.yml': manifests.web['particles/web.yml'] }, given)
      expect(pull.ran.problems).toEqual([])
      expect(pull.ran.plan?.steps).toEqual([])
    },
  )
})

describe('Never silent, never stuck', () => {
  story('a manifest is a pipe that nobody writes into', 'an error that names it, at once', () => {
    const root = mkdtempSync(join(tmpdir(), 'pipe-'))
    try {
      for (const file of ['particles/a.yml', 'particles/parts/b.yml']) {
        mkdirSync(dirname(join(root, file)), { recursive: true })
        expect(spawnSync('mkfifo', [join(root, file)]).status).toBe(0)
      }
      symlinkSync('parts/b.yml', join(root, 'particles/c.yml'))
      const { texts, problems } = findManifests(['particles'], root, root)
      expect(texts).toEqual([])
      expect(problems.map(sayProblem)).toEqual([
        'particles/a.yml:1:1 it is no regular file but a pipe, a socket or a device; remove it',
        'particles/c.yml:1:1 the symbolic link leads to "parts/b.yml", which is no regular file; remove the link',
        'particles/parts/b.yml:1:1 it is no regular file but a pipe, a socket or a device; remove it',
      ])
    } finally {
      rmSync(root, { recursive: true })
    }
  })
})
