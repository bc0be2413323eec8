import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

const shown = (file: string): string => readFileSync(new URL(`../golden/texts/${file}`, import.meta.url), 'utf8')
const comment = shown('decide.comment.md')
const log = shown('decide.log.txt')

/** What a reviewer asks of every plan, and the words that answer it. */
describe('ten questions a reviewer has', () => {
  test.each([
    [
      'will the database migration run?',
      /\| 🟢&nbsp;start \| \[`ecs_task:migrate`\]\(\S+\) \| runs once, before `ecs_service:web` \|/,
    ],
    [
      'does anything restart?',
      /restarts tasks of 1 service[\s\S]*`ecs_service:web`: restarts 4 tasks, never below 4 running/,
    ],
    [
      'what is deleted?',
      /Deletes 1 particle[\s\S]*🔴 `ecs_service:legacy-api`: it is deleted and 4 running tasks stop/,
    ],
    ['which account?', /against account 123456789012, us-east-1/],
    ['which commit was planned?', /Planned for `[0-9a-f]{7}`/],
    ['what is hidden?', /environment\[LOG_LEVEL\] +\(hidden, changes\)[\s\S]*2 values are hidden/],
    ['in which order?', /<b>Order<\/b>[\s\S]*2\. `ecs_task:migrate`\n3\. `ecs_service:web`/],
    ['what else stays as it is?', /<b>Stays as it is<\/b> · 9 particles[\s\S]*`ecs_cluster:tools`/],
    [
      'where is the source line?',
      /<b>ecs_service:web<\/b> · 2 changes · <a href=\S+><code>particles\/web\.yml:19<\/code>/,
    ],
    ['does merging apply exactly this?', /\*\*Merging applies exactly this\*\*, or nothing/],
  ])('%s', (_, answer) => expect(comment).toMatch(answer))

  test('what must be decided comes before anything that is folded', () => {
    const fold = comment.indexOf('<details')
    for (const words of ['to delete', '[!WARNING]', 'what happens']) expect(comment.indexOf(words)).toBeLessThan(fold)
  })

  test.each([
    ['will the database migration run?', /^ecs_task:migrate start 6 settings\n {2}runs once, before ecs_service:web/m],
    ['does anything restart?', /^ {2}ecs_service:web: restarts 4 tasks, never below 4 running\.$/m],
    ['what is deleted?', /^ecs_service:legacy-api delete$/m],
    ['which account?', /account 123456789012/],
    ['what is hidden?', /environment\[LOG_LEVEL\] +\(hidden, changes\)/],
    ['in which order?', /^ {2}after ecs_cluster:main, ecs_task:migrate and ecs_task_definition:web$/m],
    ['what else stays as it is?', /^Stays as it is:\n[\s\S]* {2}ecs_cluster:tools running \(equivalent\)/m],
    ['where is the source line?', /particles\/web\.yml:19/],
  ])('in the log: %s', (_, answer) => expect(log).toMatch(answer))
})
