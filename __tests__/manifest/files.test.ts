import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { findManifests } from '../../src/manifest/files.ts'
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

test('a working directory that is not there is a problem', () => {
  expect(find(['particles'], 'infra')).toEqual({
    files: [],
    problems: ['working-directory: there is no folder "infra"; correct it'],
  })
})

describe('links', () => {
  test('inside the workspace are fine, and one file is one manifest', () => {
    write('particles/web.yml', 'shared/job.yml')
    symlinkSync('web.yml', join(root, 'particles/alias.yml'))
    symlinkSync('../shared', join(root, 'particles/shared'))
    expect(find(['particles'])).toEqual({ files: ['particles/alias.yml', 'particles/shared/job.yml'], problems: [] })
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
        problems: [`${link}:1:1 the symbolic link leads out of the workspace; put the file itself there`],
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
      'particles/link.yml:1:1 the symbolic link leads nowhere; correct or remove it',
    ])
  })
})

describe('texts', () => {
  const only = (bytes: Uint8Array | string) => {
    writeFileSync(join(root, 'a.yml'), bytes)
    const { texts, problems } = findManifests(['a.yml'], root)
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
