import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { parse } from 'yaml'

interface Step {
  readonly uses?: string
  readonly with?: Readonly<Record<string, unknown>>
}
interface Workflow {
  readonly jobs: Readonly<Record<string, { readonly steps?: readonly Step[] }>>
}

const used = [
  '.github/workflows/particles.yml',
  ...readdirSync('examples/workflows').map(at => `examples/workflows/${at}`),
].flatMap(file =>
  Object.entries((parse(readFileSync(file, 'utf8')) as Workflow).jobs).flatMap(([job, { steps = [] }]) =>
    steps.map(step => ({ at: `${file}, ${job}`, uses: step.uses ?? '', given: step.with ?? {} })),
  ),
)

const assuming = used.filter(({ uses }) => uses.startsWith('aws-actions/configure-aws-credentials@'))
const planningOrApplying = used.filter(({ uses }) => /^(OWNER\/ecs-particles|\$)(\/(plan|apply))?(@|$)/.test(uses))

describe('credentials', () => {
  test.each(assuming)('$at: a role that does not trust the run is not asked twelve times', ({ given }) => {
    expect(given['retry-max-attempts']).toBe(3)
  })

  // With an identity token on a runner the versions before 6.2.1 do not look at that input.
  test.each(assuming)('$at: nothing rests on an account check that is not made', ({ given }) => {
    expect(given).not.toHaveProperty('allowed-account-ids')
  })

  test.each(planningOrApplying)('$at: the action itself checks the account', ({ given }) => {
    expect(given['allowed-account-ids']).toMatch(/^\d{12}$|^\$\{\{ matrix\.environment\.account \}\}$/)
  })

  test('the account is checked wherever credentials are there', () => {
    expect(new Set(planningOrApplying.map(({ at }) => at))).toEqual(
      new Set(assuming.map(({ at }) => at).filter(at => at !== 'examples/workflows/release.yml, build')),
    )
  })
})
