import { all, checkLength, checks, is, lacks, wellFormed } from '../../schema/refusals.ts'
import { checkStrategy, launchRefusals } from '../rules/launchChecks.ts'

/** What RunTask would refuse. */
export const checkTask = checks(
  checkStrategy('capacityProviderStrategy'),
  launchRefusals,
  {
    '': [
      ['propagateTags', is('propagateTags', 'NONE'), 'NONE is refused by RunTask: leave it out'],
      [
        'propagateTags',
        is('propagateTags', 'SERVICE'),
        'SERVICE is refused by RunTask: a task has no service; say TASK_DEFINITION or leave it out',
      ],
    ],
    'overrides.containerOverrides[]': [
      ['', all(wellFormed, lacks('name')), 'lacks name: which container it overrides'],
    ],
  },
  // The API reference of RunTask counts the JSON of the overrides, punctuation included.
  checkLength('overrides', 8192),
)
