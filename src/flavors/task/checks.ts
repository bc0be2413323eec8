import { all, checks, is, jsonLength, lacks, sound } from '../../manifest/rules/rows.ts'
import type { Stated } from '../../manifest/rules/stated.ts'
import { checkStrategy, launchRules } from '../rules/launchChecks.ts'

/** Characters of the overrides as JSON, punctuation included. From the API reference of RunTask. */
const longestOverrides = 8192

function checkLength(task: Stated): void {
  const overrides = task.member('overrides')
  const length = overrides ? jsonLength(overrides) : 0
  if (length > longestOverrides)
    task.report('overrides', `must have at most ${longestOverrides} characters as JSON, and has ${length}`)
}

/** What RunTask would refuse. */
export const checkTask = checks(
  checkStrategy('capacityProviderStrategy'),
  launchRules,
  {
    '': [
      ['propagateTags', is('propagateTags', 'NONE'), 'NONE is refused by RunTask: leave it out'],
      [
        'propagateTags',
        is('propagateTags', 'SERVICE'),
        'SERVICE is refused by RunTask: a task has no service; say TASK_DEFINITION or leave it out',
      ],
    ],
    'overrides.containerOverrides[]': [['', all(sound, lacks('name')), 'lacks name: which container it overrides']],
  },
  checkLength,
)
