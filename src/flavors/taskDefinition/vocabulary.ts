import { RegisterTaskDefinitionRequest$, TaskDefinition$ } from '@aws-sdk/client-ecs'
import type { Vocabulary } from '../../schema/vocabulary.ts'
import { checkTaskDefinition } from './checks.ts'

/** Members of RegisterTaskDefinition. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html */
export const vocabulary = {
  name: 'ecs_task_definition',
  model: RegisterTaskDefinitionRequest$,
  answer: TaskDefinition$,
  inheritable: 'taskDefinition',
  check: checkTaskDefinition,
  whole: true,
  ownMembers: { revision: { kind: 'number', whole: true, limit: { minimum: 1 } } },
  refused: {},
  required: ['family', 'containerDefinitions[].name'],
  aliases: {},
  needs: {},
  options: { ignore: 'strings' },
  identifiedBy: ['family'],
  referredByName: false,
  description: 'A task definition family: a change registers a new revision.',
  descriptions: { revision: 'Pins an existing revision: it is checked, never registered.' },
  phrases: {
    starts: 'is registered',
    startWord: 'register',
    ends: 'every revision is deregistered',
    ended: 'deleted',
    revisedUnless: ['tags'],
  },
} satisfies Vocabulary
