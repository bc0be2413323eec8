import { execFileSync } from 'node:child_process'
import { appendFileSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from '@jest/globals'
import { isOfItsCommit } from '../world/bundle.ts'
import { temporaryFolder } from '../world/checkout.ts'

const old = new Date('2026-01-02T03:04:05Z')
const later = new Date('2026-01-03T03:04:05Z')

let folder: string
const git = (...given: string[]) =>
  execFileSync(
    'git',
    ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', '-c', 'commit.gpgSign=false', ...given],
    {
      cwd: folder,
      stdio: 'pipe',
    },
  )
const touch = (file: string, date: Date) => utimesSync(join(folder, file), date, date)

function write(file: string, text: string): void {
  mkdirSync(join(folder, file, '..'), { recursive: true })
  writeFileSync(join(folder, file), text)
}

function commit(texts: Readonly<Record<string, string>>): void {
  for (const [file, text] of Object.entries(texts)) write(file, text)
  git('add', '--all')
  git('commit', '--quiet', '--message', 'A step')
}

beforeEach(() => {
  folder = temporaryFolder()
  git('init', '--quiet')
  commit({ 'src/index.ts': '1', 'script/https.js': '', 'README.md': '', 'dist/index.js': 'one' })
})

describe('the bundle of a checkout is tested', () => {
  test('as it was committed with the sources, whatever is newer', () => {
    touch('dist/index.js', old)
    touch('src/index.ts', later)
    expect(isOfItsCommit(folder)).toBe(true)
  })

  test('after a commit that the bundle is not made from', () => {
    commit({ 'README.md': 'what it is' })
    expect(isOfItsCommit(folder)).toBe(true)
  })
})

describe('another one is built', () => {
  test.each([
    ['a source was edited', () => appendFileSync(join(folder, 'src/index.ts'), '2')],
    ['what the bundler injects was edited', () => appendFileSync(join(folder, 'script/https.js'), '2')],
    ['a source was added', () => write('src/new.ts', '')],
    ['a source was committed without a bundle', () => commit({ 'src/index.ts': '2' })],
    ['the bundle was edited', () => appendFileSync(join(folder, 'dist/index.js'), '2')],
  ])('when %s, though the bundle is the newest file', (_, edit) => {
    edit()
    touch('src/index.ts', old)
    touch('dist/index.js', later)
    expect(isOfItsCommit(folder)).toBe(false)
  })

  test('where there is no Git to ask', () => {
    expect(isOfItsCommit(temporaryFolder())).toBe(false)
  })
})
