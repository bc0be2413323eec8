import { RunTaskRequest$, Task$ } from '@aws-sdk/client-ecs'
import type { Vocabulary } from '../../schema/vocabulary.ts'
import { checkTaskDefinitionOf } from '../taskDefinition/checkChild.ts'
import { checkTask } from './checks.ts'

/** Members of RunTask. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html */
export const vocabulary = {
  name: 'ecs_task',
  model: RunTaskRequest$,
  answer: Task$,
  check: checkTask,
  checkParents: checkTaskDefinitionOf,
  whole: true,
  ownMembers: { taskName: { kind: 'text' }, stopReason: { kind: 'text' } },
  refused: { clientToken: 'leave it out: this tool makes it from what is to run' },
  required: ['taskName'],
  pcfNameMember: 'taskName',
  aliases: { clusterName: 'cluster', clusterArn: 'cluster', taskDefinitionArn: 'taskDefinition' },
  needs: { ecs_cluster: 'cluster', ecs_task_definition: 'taskDefinition' },
  options: {
    ignore: 'strings',
    wait: ['exit', 'running'],
    retry: 'number',
    record: 'boolean',
    assume: ['done'],
    review: ['always'],
  },
  identifiedBy: ['cluster', 'taskName'],
  referredByName: false,
  neededToEnd: { members: ['taskDefinition', 'startedBy', 'stopReason'] },
  description: 'A task that runs once, or is kept running, with a cluster and a task definition as its parents.',
  descriptions: {
    taskName: 'The name of the task in its cluster, pcf_name unless stated; this tool’s own, not sent to AWS.',
    stopReason: 'What ECS is told when the task is stopped.',
    wait: 'exit (default): a job, that runs once for what it is. running: a task that is kept running.',
    retry: 'A counter: raise it to run a job once more, whatever became of it.',
    record: 'false: run without the record on the task definition; what has run is then forgotten after an hour.',
    assume:
      'done: the job is put on record as done and does not run. It holds for this definition alone: take it out once it is applied.',
  },
  phrases: { starts: 'runs', ends: 'is stopped', ended: 'stopped', isRun: true },
} satisfies Vocabulary
