/** Plays stories as tests: what comes of them is what `outcomes.json` says. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { Project, type Settings } from './project.ts'
import { type Outcome, outcomeOf, type Story } from './story.ts'

const file = join(import.meta.dirname, '../fixtures/workflows/outcomes.json')

interface Played {
  readonly workflow: string
  readonly given?: string
  readonly rows: readonly Outcome[]
}

const titleOf = ({ workflow, given }: Pick<Played, 'workflow' | 'given'>): string =>
  [workflow, given].filter(Boolean).join(', ')

/** @param play runs the action as a process; without it, it is called in this one */
export function playStories(stories: readonly Story[], play?: Settings['play']): void {
  const recorded: readonly Played[] = JSON.parse(readFileSync(file, 'utf8'))
  const played: Played[] = []
  describe.each(stories.map(story => ({ story, title: titleOf(story) })))('$title', ({ story, title }) => {
    test(story.rows.map(({ event }) => event).join(', '), async () => {
      const { workflow, given, settings } = story
      const rows: Outcome[] = []
      const project = await Project.open({ ...settings, play })
      try {
        for (const row of story.rows) rows.push(await outcomeOf(project, row))
      } finally {
        await project.close()
      }
      played.push({ workflow, ...(given && { given }), rows })
      if (process.env.UPDATE_GOLDEN) writeFileSync(file, `${JSON.stringify(played, null, 2)}\n`)
      else expect(rows).toEqual(recorded.find(one => titleOf(one) === title)?.rows)
    })
  })
}
