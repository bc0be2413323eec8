import { describe, expect, test } from '@jest/globals'
import { parseWorkflow } from './interpreter/language.ts'
import { rewritten } from './stories/enterpriseServer.ts'

describe('on GitHub Enterprise Server, by docs/ghes.md', () => {
  test.each(Object.entries(rewritten()))('%s uses nothing that is not there', (name, text) => {
    expect(text).not.toMatch(/uses: \$\//)
    expect(text).not.toMatch(/^ *queue:/m)
    expect(text).not.toMatch(/-artifact@(?!v3-node20)/)
    expect(parseWorkflow(name, text).problems).toEqual([])
  })
})
