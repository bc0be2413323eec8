import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { readText } from '../../src/manifest/disk.ts'
import { choosesManifest, findManifests, manifestFolder } from '../../src/manifest/files.ts'
import { sayProblem } from '../../src/particle.ts'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'workspace-'))
})
afterEach(() => {
  rmSync(root, { recursive: true, force: true })
})

function write(...files: readonly string[]) {
  for (const file of files) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), file)
  }
}

const find = (patterns: readonly string[], folder = '') => {
  const { texts, problems } = findManifests(patterns, join(root, folder), root)
  return { files: texts.map(({ file }) => file), problems: problems.map(sayProblem) }
}

describe('patterns', () => {
  const files = [
    'particles/web.yml',
    'particles/api.yaml',
    'particles/deep/er/job.json',
    'particles/README.md',
    'particles/.hidden.yml',
    'particles/.idea/a.yml',
    'particles/node_modules/a/b.yml',
    'other/a.yml',
    'root.yml',
  ]
  test.each([
    ['a folder', ['particles'], ['particles/api.yaml', 'particles/deep/er/job.json', 'particles/web.yml']],
    [
      'a folder with a slash',
      ['./particles/'],
      ['particles/api.yaml', 'particles/deep/er/job.json', 'particles/web.yml'],
    ],
    ['a file', ['particles/web.yml'], ['particles/web.yml']],
    ['a file twice', ['particles/web.yml', 'particles/*.yml'], ['particles/web.yml']],
    ['a glob', ['particles/*.yml'], ['particles/web.yml']],
    ['a glob of any depth', ['particles/**/*.{yml,json}'], ['particles/deep/er/job.json', 'particles/web.yml']],
    ['a glob that other files match as well', ['particles/*'], ['particles/api.yaml', 'particles/web.yml']],
    ['a name with a dot, when the pattern names the dot', ['particles/.hidden.yml'], ['particles/.hidden.yml']],
    ['a folder with a dot, when the pattern names the dot', ['*/.idea/*.yml'], ['particles/.idea/a.yml']],
    ['several', ['root.yml', 'other'], ['other/a.yml', 'root.yml']],
    [
      'everything',
      ['.', '!other'],
      ['particles/api.yaml', 'particles/deep/er/job.json', 'particles/web.yml', 'root.yml'],
    ],
    ['all but one', ['particles', '!particles/web.yml'], ['particles/api.yaml', 'particles/deep/er/job.json']],
    ['all but a folder', ['particles', '!particles/deep'], ['particles/api.yaml', 'particles/web.yml']],
    ['all but a glob', ['particles', '!**/*.json'], ['particles/api.yaml', 'particles/web.yml']],
    ['blank lines', ['', '  root.yml  '], ['root.yml']],
  ])('%s', (_, patterns, found) => {
    write(...files)
    expect(find(patterns)).toEqual({ files: found, problems: [] })
  })

  test.each(['particles/.', './particles', 'particles/./deep/.', '././particles//deep', 'particles/./**/*.json'])(
    'spell a folder in any way, here and in git: %s',
    pattern => {
      write(...files)
      const { files: found } = find([pattern])
      expect(found).toContain('particles/deep/er/job.json')
      const inGit = files.filter(file => !file.includes('node_modules'))
      expect(inGit.filter(choosesManifest([pattern], root, root)).sort()).toEqual(found)
      expect(find(['particles/web.yml', 'particles/deep', `!${pattern}`]).files).not.toContain(found[0])
    },
  )

  test('choose what a folder held that is gone, but nothing with a dot', () => {
    const chosen = ['gone/a.yml', 'gone/deep/b.json', 'gone/.c.yml', 'gone/.d/e.yml', 'gone/README.md', 'goner/a.yml']
    expect(chosen.filter(choosesManifest(['gone', '!gone/deep'], root, root))).toEqual(['gone/a.yml'])
    expect(chosen.filter(choosesManifest(['gone'], root, root))).toEqual(['gone/a.yml', 'gone/deep/b.json'])
  })

  test('choose nothing that npm installed, as on the disk', () => {
    const files = ['particles/web.yml', 'particles/node_modules/a/b.yml', 'particles/a/node_modules/c.yml']
    write(...files)
    for (const pattern of ['particles', 'particles/**', '**/*.yml', '.']) {
      expect(find([pattern]).files).toEqual(['particles/web.yml'])
      expect(files.filter(choosesManifest([pattern], root, root))).toEqual(['particles/web.yml'])
    }
    for (const inside of [['particles/node_modules/a/*.yml'], ['particles/node_modules/a/b.yml']]) {
      expect(find(inside).files).toEqual(['particles/node_modules/a/b.yml'])
      expect(files.filter(choosesManifest(inside, root, root))).toEqual(find(inside).files)
    }
  })

  test.each([
    [['particles'], '', 'particles'],
    [['particles/web.yml', '!other'], '', 'particles'],
    [['particles/base/*.yml', 'particles/deep'], '', 'particles'],
    [['particles', 'particle'], '', ''],
    [['**/*.yml'], '', ''],
    [['.'], 'infra', 'infra'],
    [['./particles/', 'particles/**'], 'infra/aws', 'infra/aws/particles'],
  ])('%j in the working directory %j have their manifests in the folder %j', (patterns, directory, folder) => {
    write('particles/deep/a.yml', 'infra/aws/particles/web.yml')
    expect(manifestFolder(patterns, join(root, directory), root)).toBe(folder)
  })

  test('are relative to the working directory, files to the workspace', () => {
    write('infra/particles/web.yml', 'particles/web.yml')
    expect(find(['particles'], 'infra')).toEqual({ files: ['infra/particles/web.yml'], problems: [] })
  })

  test.each([
    [
      'nothing there',
      ['particles'],
      'manifests: no manifest found by "particles" in the workspace; add a .yml, .yaml or .json file there, or set manifests or working-directory',
    ],
    [
      'nothing but what is excluded',
      ['root.yml', '!root.yml'],
      'manifests: no manifest found by "root.yml" in the workspace; add a .yml, .yaml or .json file there, or set manifests or working-directory',
    ],
    [
      'nothing but exclusions',
      ['!root.yml'],
      'manifests: no manifest found by the patterns, which only exclude in the workspace; add a .yml, .yaml or .json file there, or set manifests or working-directory',
    ],
    [
      'one that matches nothing',
      ['root.yml', 'service/*.yml'],
      'manifests: no .yml, .yaml or .json file matches "service/*.yml"; correct the pattern or remove it',
    ],
    [
      'a file that is no manifest',
      ['root.yml', 'README.md'],
      'manifests: no .yml, .yaml or .json file matches "README.md"; correct the pattern or remove it',
    ],
    [
      'above the working directory',
      ['root.yml', '../*.yml'],
      'manifests: "../*.yml" leads out of the working directory; write a path below it, or set working-directory',
    ],
    [
      'above it by a detour',
      ['root.yml', 'a/../../x.yml'],
      'manifests: "a/../../x.yml" leads out of the working directory; write a path below it, or set working-directory',
    ],
    [
      'from the root of the disk',
      ['root.yml', '/etc/*.yml'],
      'manifests: "/etc/*.yml" leads out of the working directory; write a path below it, or set working-directory',
    ],
  ])('%s is a problem', (_, patterns, problem) => {
    write('root.yml', 'README.md')
    expect(find(patterns).problems).toEqual([problem])
  })
})

test('a name of several lines is a problem', () => {
  write('particles/web.yml', 'particles/a\nb.yml')
  expect(find(['particles'])).toEqual({
    files: ['particles/web.yml'],
    problems: ['manifests: "particles" finds the file "particles/a\\nb.yml", whose name is not of one line; rename it'],
  })
})

test('a pattern that leads through a file finds nothing', () => {
  write('particles/web.yml')
  expect(find(['particles', 'particles/web.yml/job.yml'])).toEqual({
    files: ['particles/web.yml'],
    problems: [
      'manifests: no .yml, .yaml or .json file matches "particles/web.yml/job.yml"; correct the pattern or remove it',
    ],
  })
})

test('a working directory that is not there is a problem', () => {
  expect(find(['particles'], 'infra')).toEqual({
    files: [],
    problems: ['working-directory: there is no folder "infra"; correct it'],
  })
})

describe('links', () => {
  test('below the folders that are named are fine, and one file is one manifest', () => {
    write('particles/web.yml', 'shared/job.yml')
    symlinkSync('web.yml', join(root, 'particles/alias.yml'))
    symlinkSync('../shared', join(root, 'particles/shared'))
    const files = ['particles/alias.yml', 'particles/shared/job.yml']
    expect(find(['particles', 'shared'])).toEqual({ files, problems: [] })
    expect(find(['.'])).toEqual({ files, problems: [] })
  })

  test('out of the folder that is named are refused, unless they are excluded', () => {
    write('particles/web.yml', 'shared/job.yml')
    symlinkSync('../shared', join(root, 'particles/shared'))
    symlinkSync('../shared/job.yml', join(root, 'particles/job.yml'))
    const refused = (link: string, target: string) =>
      `particles/${link}:1:1 the symbolic link leads to "../${target}", which is not below "particles"; put there what it leads to, or exclude the link`
    expect(find(['particles'])).toEqual({
      files: ['particles/web.yml'],
      problems: [refused('job.yml', 'shared/job.yml'), refused('shared', 'shared')],
    })
    expect(find(['particles', '!particles/shared', '!particles/job.yml'])).toEqual({
      files: ['particles/web.yml'],
      problems: [],
    })
    expect(find(['particles/w*.yml', '!particles/shared/**'])).toEqual({ files: ['particles/web.yml'], problems: [] })
  })

  test('into a folder with a dot are fine where a pattern names it', () => {
    write('particles/web.yml', '.infra/job.yml')
    symlinkSync('../.infra/job.yml', join(root, 'particles/job.yml'))
    expect(find(['.'])).toEqual({
      files: ['particles/web.yml'],
      problems: [
        'particles/job.yml:1:1 the symbolic link leads to "../.infra/job.yml", where no manifests are looked for; remove the link',
      ],
    })
    expect(find(['.', '.infra'])).toEqual({ files: ['.infra/job.yml', 'particles/web.yml'], problems: [] })
  })

  test('by way of which the working directory is named are refused', () => {
    write('infra/particles/web.yml')
    symlinkSync('infra', join(root, 'link'))
    symlinkSync(tmpdir(), join(root, 'out'))
    const refused = (link: string, target: string) =>
      `working-directory: "${link}" is a symbolic link that leads to "${target}"; name the folder itself`
    expect(find(['particles'], 'link')).toEqual({ files: [], problems: [refused('link', 'infra')] })
    expect(find(['.'], 'link/particles')).toEqual({ files: [], problems: [refused('link', 'infra')] })
    expect(find(['.'], 'out').problems).toEqual([refused('out', tmpdir())])
  })

  test('by way of which a pattern is named are refused', () => {
    write('infra/web.yml')
    symlinkSync('infra', join(root, 'particles'))
    const problems = [
      'particles:1:1 the symbolic link leads to "infra", which is not below "particles"; put there what it leads to, or exclude the link',
    ]
    expect(find(['particles'])).toEqual({ files: [], problems })
    expect(find(['particles/*.yml'])).toEqual({ files: [], problems })
  })

  test('whose names or targets are not of one line are told on one', () => {
    write('particles/web.yml')
    symlinkSync('../a\n::error::b', join(root, 'particles/a.yml'))
    symlinkSync('..', join(root, 'particles/x\n::error::y'))
    expect(find(['particles']).problems).toEqual([
      'particles/a.yml:1:1 the symbolic link leads to "../a\\n::error::b", where nothing can be read; correct or remove it',
      'manifests: "particles/x\\n::error::y": the symbolic link leads to "..", which is not below "particles"; put there what it leads to, or exclude the link',
    ])
  })

  test('that go round end', () => {
    write('particles/web.yml')
    symlinkSync('.', join(root, 'particles/loop'))
    symlinkSync('../particles', join(root, 'particles/again'))
    expect(find(['particles'])).toEqual({ files: ['particles/web.yml'], problems: [] })
  })

  test.each([
    ['a file', 'secret.yml', 'particles/link.yml'],
    ['a folder', '.', 'particles/link'],
  ])('out of the workspace are refused: %s', (_, target, link) => {
    const outside = mkdtempSync(join(tmpdir(), 'outside-'))
    try {
      writeFileSync(join(outside, 'secret.yml'), 'a: 1')
      write('particles/web.yml')
      symlinkSync(join(outside, target), join(root, link))
      expect(find(['particles'])).toEqual({
        files: ['particles/web.yml'],
        problems: [
          `${link}:1:1 the symbolic link leads to "${join(outside, target)}", which is not below "particles"; put there what it leads to, or exclude the link`,
        ],
      })
      expect(find([`${link}${link.endsWith('.yml') ? '' : '/*.yml'}`]).problems).toHaveLength(1)
    } finally {
      rmSync(outside, { recursive: true, force: true })
    }
  })

  test('to nowhere are refused when they should be manifests', () => {
    write('particles/web.yml')
    symlinkSync('gone.yml', join(root, 'particles/link.yml'))
    symlinkSync('gone', join(root, 'particles/other'))
    expect(find(['particles']).problems).toEqual([
      'particles/link.yml:1:1 the symbolic link leads to "gone.yml", where nothing can be read; correct or remove it',
    ])
  })

  test.each([['particles'], ['particles/link.yml']])(
    'to themselves are refused when they should be manifests: %s',
    pattern => {
      write('particles/web.yml')
      symlinkSync('link.yml', join(root, 'particles/link.yml'))
      symlinkSync('other', join(root, 'particles/other'))
      const target = Array(5).fill('"link.yml"').join(', and that to ')
      expect(find([pattern]).problems).toEqual([
        `particles/link.yml:1:1 the symbolic link leads to ${target}, where nothing can be read; correct or remove it`,
      ])
    },
  )
})

describe('texts', () => {
  const only = (bytes: Uint8Array | string) => {
    writeFileSync(join(root, 'a.yml'), bytes)
    const { texts, problems } = findManifests(['a.yml'], root, root)
    return texts[0]?.text ?? problems.map(sayProblem)[0]
  }
  test.each([
    ['UTF-8', 'name: Ünïcode 😀\n', 'name: Ünïcode 😀\n'],
    ['a byte order mark', '\ufeffname: a\n', 'name: a\n'],
    ['nothing', '', ''],
    ['a MiB', ' '.repeat(1024 * 1024), ' '.repeat(1024 * 1024)],
    ['more than a MiB', ' '.repeat(1024 * 1024 + 1), 'a.yml:1:1 the file is larger than 1 MiB; split it'],
    ['Latin-1', Uint8Array.of(0x61, 0xfc, 0x62), 'a.yml:1:1 the file is not UTF-8; save it as UTF-8'],
    ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x61, 0x00), 'a.yml:1:1 the file is not UTF-8; save it as UTF-8'],
  ])('%s', (_, bytes, result) => {
    expect(only(bytes)).toBe(result)
  })
})

describe('what is no manifest', () => {
  test.each([['.git/**/*.yml'], ['.git'], ['.GIT/a.yml'], ['particles/.Git/*.yml'], ['git~1/a.yml']])(
    "%s names git's own folder",
    pattern => {
      write('particles/web.yml', '.git/a.yml', '.GIT/a.yml', 'particles/.Git/a.yml', 'git~1/a.yml')
      expect(find([pattern, 'particles'])).toEqual({
        files: ['particles/web.yml'],
        problems: [`manifests: "${pattern}" leads into git's own folder, which is never read; remove it`],
      })
    },
  )

  test("git's own folder is not found by a pattern that names dots", () => {
    write('.github/a.yml', '.git/b.yml', '.GIT/c.yml', 'sub/.Git/d.yml')
    expect(find(['{.,sub/.}*/*.yml'])).toEqual({ files: ['.github/a.yml'], problems: [] })
  })

  test('a pipe, which nobody waits for', () => {
    write('particles/web.yml')
    expect(spawnSync('mkfifo', [join(root, 'particles/pipe.yml')]).status).toBe(0)
    symlinkSync('pipe.yml', join(root, 'particles/link.yml'))
    expect(find(['particles'])).toEqual({
      files: ['particles/web.yml'],
      problems: [
        'particles/link.yml:1:1 the symbolic link leads to "pipe.yml", which is no regular file; remove the link',
        'particles/pipe.yml:1:1 it is no regular file but a pipe, a socket or a device; remove it',
      ],
    })
    expect(find(['particles/pipe.yml']).problems).toEqual([
      'particles/pipe.yml:1:1 it is no regular file but a pipe, a socket or a device; remove it',
    ])
  })

  test('a file that something else has taken the place of since it was found', () => {
    write('particles/web.yml', 'secret')
    const said: string[] = []
    const found = join(realpathSync(root), 'particles/web.yml')
    rmSync(found)
    symlinkSync('../secret', found)
    expect(readText(found, message => said.push(message))).toBeUndefined()
    rmSync(found)
    expect(spawnSync('mkfifo', [found]).status).toBe(0)
    expect(readText(found, message => said.push(message))).toBeUndefined()
    expect(said).toEqual([
      'the file cannot be read; check its permissions',
      'the file became something else while it was read; run it again',
    ])
  })
})
