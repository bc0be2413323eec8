import { describe, expect, test } from '@jest/globals'
import { applyBranches, branchIn, whyNotAppliedFrom } from '../../src/github/branches.ts'

test.each([
  ['refs/heads/main', 'main'],
  ['refs/heads/release/1', 'release/1'],
  ['refs/tags/main', undefined],
  ['refs/pull/7/merge', undefined],
  ['main', undefined],
  ['refs/heads/', undefined],
  [undefined, undefined],
])('the branch in %s', (ref, branch) => {
  expect(branchIn(ref)).toBe(branch)
})

describe('the branches that are applied', () => {
  test.each([
    [[], 'main', true],
    [[], 'next', false],
    [['next'], 'next', true],
    [['next'], 'main', false],
    [['release/*'], 'release/1', true],
    [['release/*'], 'release/1/fix', false],
    [['release/**'], 'release/1/fix', true],
    [['*', '!draft'], 'draft', false],
    [['*', '!draft'], 'main', true],
    [['v*'], '.v', false],
    [['*'], '.hidden', true],
    // Characters of a glob are allowed in names.
    [['fix(1)'], 'fix(1)', true],
    [['a{b}'], 'a{b}', true],
    [['Main'], 'main', false],
  ])('%j: %s, %s', (names, branch, is) => {
    expect(applyBranches(names, 'main')?.has(branch)).toBe(is)
  })

  test('are not known where nobody says which', () => {
    expect(applyBranches([], undefined)).toBeUndefined()
  })

  test('a run without any ref is on none', () => {
    const branches = applyBranches([], 'main')
    expect(branches && whyNotAppliedFrom(undefined, branches)).toContain('a run without GITHUB_REF is no branch')
  })
})
