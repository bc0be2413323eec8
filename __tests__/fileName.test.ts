import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { fileName } from '../src/commands/fileName.ts'

const of = (environment: string): string => fileName({ environment })

describe("the name of an environment's files", () => {
  test('is the name of the environment where every disk can keep it apart', () => {
    for (const environment of ['production', 'eu-west.1', 'a_b']) expect(of(environment)).toBe(environment)
  })

  test('has a mark where it has to be spelled otherwise, and where another differs in case alone', () => {
    expect(of('eu/prod')).toMatch(/^eu-prod~[0-9a-f]{12}$/)
    expect(of('Production')).toMatch(/^Production~[0-9a-f]{12}$/)
  })

  test("is no other environment's, on a disk that ignores case either", () => {
    const name = fc.stringMatching(/^[Aa][ ./_Aa-]{0,4}$/)
    fc.assert(
      fc.property(name, name, (one, other) => {
        fc.pre(one !== other)
        expect(of(one).toLowerCase()).not.toBe(of(other).toLowerCase())
        expect(of(one)).toMatch(/^[\w.~-]+$/)
      }),
      { numRuns: 2_000 },
    )
  })
})
