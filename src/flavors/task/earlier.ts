/** Running tasks that are called like a particle's and are not what it states. Pure. */

import type { FoundChange } from '../../compare/change.ts'
import { resourceName } from '../../schema/address.ts'
import { plural } from '../containers.ts'
import { repositoryTag } from './runNames.ts'
import type { LiveTask, TaskParticle } from './runs.ts'

/** Tasks of an earlier definition stop, which is a change with a claim of its own. Revisions and counts are in no claim. */
export function stopsEarlier({ others }: LiveTask): { changes: FoundChange[]; risks: string[] } {
  if (others.length === 0) return { changes: [], risks: [] }
  const revisions = [...new Set(others.map(({ taskDefinitionArn = '' }) => resourceName(taskDefinitionArn)))].sort()
  return {
    changes: [{ path: 'earlierTasks', before: 'running', after: 'stopped', reviewedApart: true }],
    risks: [
      `${plural(others.length, 'task')} of its earlier definition (${revisions.join(', ')}) ${others.length === 1 ? 'stops' : 'stop'} when the new one runs`,
    ],
  }
}

/** Tasks that are left running because nobody knows that they are ours, said in every plan. */
export function foreignRunWarnings(particle: TaskParticle, { strangers, repository }: LiveTask): string[] {
  if (strangers.length === 0) return []
  const ids = strangers.map(({ taskArn = '' }) => resourceName(taskArn)).sort()
  const shown = ids.length > 5 ? `${ids.slice(0, 5).join(', ')} and ${ids.length - 5} more` : ids.join(', ')
  const why =
    repository === undefined
      ? 'this run does not know its repository (neither the event nor GITHUB_REPOSITORY_ID names its id)'
      : `not one of them carries the tag ${repositoryTag} of this repository (${repository})`
  return [
    `${particle.id}: ${plural(strangers.length, 'running task')} called like its own (${shown}) and left alone, because ${why}; stop by hand what is not needed`,
  ]
}
