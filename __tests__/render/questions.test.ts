/**
 * What a reviewer and somebody on call want to know, asked of the texts that runs of the bundle have written, which
 * `../golden` keeps as they are. An answer counts where a person sees it at once: in the first screen.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'

/** A screen: so many lines of so many characters. */
const [lines, columns] = [40, 80]

const whole = (file: string): string => readFileSync(new URL(`../golden/texts/${file}`, import.meta.url), 'utf8')

/** Characters without a meaning, each in place of a link's address: a link takes no room in a line. */
const firstLink = 0xe000

interface Screen {
  /** What a reader sees, as one line. */
  readonly text: string
  readonly links: readonly string[]
  readonly lines: number
}

/** Markdown up to the first folded part, as it reads: without marks, comments, addresses and character references. */
function readable(markdown: string, links: string[]): string {
  const linked = (text: string, address: string) => `${text}${String.fromCharCode(firstLink + links.push(address) - 1)}`
  const [above = ''] = markdown.replace(/<!--.*?-->/g, '').split(/^<details>/m)
  return above
    .replace(/\[([^\]\n]+)\]\((https?:[^)\n]+)\)/g, (_, text, address) => linked(text, address))
    .replace(/<a href="([^"]+)">(.*?)<\/a>/g, (_, address, text) => linked(text, address))
    .replace(/^\| --- .*\n/gm, '')
    .replace(/^>( |$)/gm, '')
    .replace(/^```\w*\n/gm, '')
    .replace(/^\| (.*) \|$/gm, '$1')
    .replace(/&nbsp;|<br>/g, ' ')
    .replace(/&#8203;|&#8288;|<[^>]+>|\*\*|`/g, '')
    .replace(/&#(\d+);/g, (_, number) => String.fromCharCode(number))
}

/** A log begins with its plan; of an apply a person sees the end, which begins below the lines of its steps. */
const endOf = (log: string): string => log.split('(steps)\n').at(-1) ?? ''

const wrap = (line: string): string[] => line.match(new RegExp(`.{1,${columns}}(?:\\s|$)|\\S+`, 'g')) ?? []

function screenOf(file: string): Screen {
  const links: string[] = []
  const text = file.endsWith('.txt') ? endOf(whole(file)) : readable(whole(file), links)
  const shown = text
    .trim()
    .split('\n')
    .flatMap(line => (line === '' ? [''] : wrap(line)))
    .slice(0, lines)
  const joined = shown.join(' ')
  return {
    text: joined.replace(/[\ue000-\uefff]/g, '').replace(/\s+/g, ' '),
    links: links.filter((_, index) => joined.includes(String.fromCharCode(firstLink + index))),
    lines: shown.length,
  }
}

/** The first seven digits of the commit that a text is about, which it has for later runs as well. */
const commitOf = (file: string): string => /head=([0-9a-f]{7})/.exec(whole(file))?.[1] ?? ''

/** A question, and in which text what answers it. `COMMIT` stands for the text's own one. */
type Question = readonly [question: string, answers: Readonly<Record<string, readonly string[]>>]

const reviewer: readonly Question[] = [
  [
    'what will change, and how many?',
    {
      'decide.comment.md': ['4 to change, 1 to start, 1 to delete, 9 as they should be.'],
      'decide.check.md': ['4 to change, 1 to start, 1 to delete, 9 as they should be.'],
      'decide.log.txt': ['4 to change, 1 to start, 1 to delete; 9 as they should be.'],
      'mixed.comment.md': [
        '1 to change, 1 to replace, 2 to stop, 1 still on its way, 1 failed earlier, 8 as they should be',
      ],
      'hundreds.comment.md': ['602 to start, 86 as they should be.'],
      'nothing.comment.md': ['Nothing to do: 15 as they should be.'],
    },
  ],
  [
    'what is deleted or stopped, and how much runs there?',
    {
      'decide.comment.md': [
        'Deletes 1 particle, restarts tasks of 1 service',
        'ecs_service:legacy-api: it is deleted and 4 running tasks stop.',
      ],
      'decide.log.txt': ['ecs_service:legacy-api: it is deleted and 4 running tasks stop.'],
      'removed.summary.md': [
        'ecs_service:forgotten: it is deleted and 1 running task stops; not declared any more, last at particles/forgotten.yml:13',
      ],
      'mixed.comment.md': [
        'ecs_service:api: 3 running tasks stop before it is made anew.',
        'ecs_instance:reports: it is drained, 3 running tasks must end or move.',
      ],
      'impossible.comment.md': [
        'Merging applies nothing while the problems below stand.',
        'ecs_service:api: 0 running tasks stop before it is made anew.',
      ],
    },
  ],
  [
    'which tasks restart, and may it be down?',
    {
      'decide.comment.md': ['ecs_service:web: restarts 4 tasks, never below 4 running.'],
      'decide.log.txt': ['ecs_service:web: restarts 4 tasks, never below 4 running.'],
    },
  ],
  [
    'does a migration run, and before what?',
    {
      'decide.comment.md': ['runs 1 task once.', 'ecs_task:migrate | runs once, before ecs_service:web'],
      'decide.log.txt': ['ecs_task:migrate: runs once.'],
      'never-applied.comment.md': ['ecs_task:migrate | runs once, before ecs_service:web'],
    },
  ],
  [
    'is something of this not mine?',
    {
      'not-its-own.comment.md': [
        'drift: in part of 1 particle',
        'drift: somebody changed it in AWS; merging puts it back: desiredCount 9 → 4',
      ],
      'not-its-own.log.txt': ['drift: in part of 1 particle'],
      'drift.summary.md': ['Drift: 1 to change', 'drift: somebody changed it in AWS; an apply puts it back'],
      'refused.check.md': ['Drift: 1 to change', 'ecs_service:web: update (desiredCount) was not reviewed'],
    },
  ],
  [
    'whose pull request is in it besides?',
    {
      'not-its-own.comment.md': [
        'not applied yet (#3): 1 to change',
        'not applied yet (#3): settings[containerInsights]',
      ],
      'not-its-own.log.txt': ['not applied yet (#3): 1 to change'],
    },
  ],
  [
    'against which account and region, and of which commit?',
    {
      'decide.comment.md': ['Planned for COMMIT against account 123456789012, us-east-1.'],
      'decide.check.md': ['Planned for COMMIT against account 123456789012, us-east-1.'],
      'decide.log.txt': ['production · account 123456789012 · us-east-1'],
      'drift.summary.md': ['Planned for COMMIT against account 123456789012, us-east-1.'],
      'nothing.comment.md': ['Planned for COMMIT against account 123456789012, us-east-1.'],
    },
  ],
  ['where is it declared?', { 'decide.comment.md': ['/particles/web.yml#L23'] }],
  [
    'is it the environment that I mean?',
    {
      'first.comment.md': [
        'Environment production is new, and everything would start: no manifest and no earlier apply knows it.',
        '4 to start.',
      ],
    },
  ],
  [
    'does merging apply exactly this?',
    {
      'decide.comment.md': ['Merging applies exactly this, or nothing.'],
      'hundreds.comment.md': ['Merging applies exactly this, or nothing.'],
      'unreviewed.summary.md': ['Merging applies what is different by then: require-review is off.'],
      'never-applied.comment.md': ['Merging applies nothing: next is not among apply-branches'],
      'impossible.comment.md': ['Merging applies nothing while the problems below stand.'],
    },
  ],
  [
    'what is hidden from me?',
    {
      'decide.comment.md': ['2 values are hidden; they count by the manifest’s text.'],
      'mixed.comment.md': ['2 values are hidden; they count by the manifest’s text.'],
    },
  ],
  [
    'what must I do about what is no longer declared?',
    {
      'not-its-own.comment.md': [
        '2 no longer declared and still there',
        'deploymentConfiguration.deploymentCircuitBreaker of ecs_service:web (was declared at particles/web.yml:33 in',
        'write {enable: false, rollback: false} to remove it',
        'ecs_cluster:spare (ecs_cluster us-east-1 spare), running, removed by #4; renamed to ecs_cluster:another',
        "To let one go, add it to the manifests: unmanaged: ['ecs_cluster us-east-1 spare'].",
      ],
      'not-its-own.log.txt': ['2 no longer declared and still there'],
      'mixed.comment.md': ['3 no longer declared and still there'],
    },
  ],
  [
    'why is there no plan, and where is the fault?',
    {
      'problems.comment.md': [
        '❌ 4 problems Nothing was planned for COMMIT: the manifests are wrong.',
        'particles/web.yml:15 parents: ecs_cluster:mian is not declared; did you mean ecs_cluster:main?',
      ],
      'fork.summary.md': ['No plan: what a fork proposes is never planned', 'Commit COMMIT.'],
      'no-access.comment.md': ['allow the action ecs:DescribeServices in the policy of the role'],
    },
  ],
]

const onCall: readonly Question[] = [
  [
    'what runs now?',
    {
      'applied.comment.md': [
        'ecs_service:web | 1 min 15 s | 6 of 6 tasks run web:42',
        'ecs_service:legacy-api | 12 s | gone',
      ],
      'applied.log.txt': ['ecs_service:web update succeeded in 1 min 15 s: 6 of 6 tasks run web:42'],
      'failed.comment.md': ['web:41 runs again, 4 of 4 tasks.'],
      'failed.log.txt': ['web:41 runs again, 4 of 4 tasks.'],
      'failed-job.comment.md': ['needs ecs_task:migrate, which failed (exit code 1); web:41 runs on'],
      'failed-before.comment.md': ['it runs web:41'],
      'timed-out.comment.md': ['web:44: 0 of 4 running; web:41: 4 still running'],
      'cancelled.summary.md': ['not begun; web:42 runs on'],
      'cancelled.log.txt': ['ecs_service:web update cancelled: not begun; web:42 runs on'],
      'paused.comment.md': ['test traffic on web:42'],
      'rolled-back.summary.md': ['web:41 runs again'],
      'continued.comment.md': ['4 of 4 tasks run web:43'],
    },
  ],
  [
    'is it this merge?',
    {
      'applied.comment.md': ['for COMMIT, the merge of this pull request'],
      'applied.summary.md': ['for COMMIT, the merge of #4'],
      'applied.log.txt': ['the merge of #4'],
      'failed.comment.md': ['for COMMIT, the merge of this pull request'],
      'failed.summary.md': ['for COMMIT, the merge of #2'],
      'failed.log.txt': ['the merge of #2.'],
      'timed-out.comment.md': ['for COMMIT, the merge of this pull request, and what #2 and #4 left unapplied'],
      'cancelled.summary.md': ['for COMMIT, the merge of #5'],
      'paused.summary.md': ['for COMMIT, the merge of #3, and what #2 left unapplied'],
      'rolled-back.summary.md': ['not applied for COMMIT, the merge of #3'],
      'superseded.summary.md': ['Nothing was changed for COMMIT', 'which is newer, is applied already'],
    },
  ],
  [
    'where are the logs?',
    {
      'failed.comment.md': [
        '/shop/web ecs/web/',
        'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Fshop$252Fweb/',
        'https://github.test/acme/infrastructure/actions/runs/1004/attempts/1',
      ],
      'failed-job.comment.md': [
        'Log of container migrate in task',
        'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#logsV2:log-groups/log-group/$252Fshop$252Fmigrate/',
        'https://github.test/acme/infrastructure/actions/runs/1007/attempts/1',
      ],
      'many-failed.comment.md': ['https://github.test/acme/infrastructure/actions/runs/1005/attempts/1'],
      'applied.comment.md': ['https://github.test/acme/infrastructure/actions/runs/1009/attempts/1'],
      'decide.comment.md': ['https://github.test/acme/infrastructure/actions/runs/1008/attempts/1'],
      'cancelled.summary.md': ['https://github.test/acme/infrastructure/actions/runs/1011/attempts/1'],
      'failed.log.txt': ['log of container web in task', 'group /shop/web, stream ecs/web/'],
      'failed-job.log.txt': ['log of container migrate in task', 'group /shop/migrate, stream ecs/migrate/'],
    },
  ],
  [
    'how do I go back?',
    {
      'applied.comment.md': [
        'To go back: revert this pull request; the plan of the revert shows what it changes, and it does not undo what ecs_task:migrate did.',
      ],
      'applied.summary.md': ['To go back: revert #4;'],
      'failed.comment.md': [
        'or revert this one; where the cause was elsewhere and is gone, name ecs_service:web in redeploy',
      ],
      'failed.log.txt': ['or revert this one'],
      'many-failed.comment.md': ['revert this one'],
      'timed-out.comment.md': ['To go back: revert this pull request'],
      'failed-job.comment.md': ['To go back: revert this pull request'],
      'cancelled.summary.md': ['To go back: revert #5'],
      'paused.comment.md': ['command: rollback (ECS puts the earlier revision back'],
      'paused.log.txt': ['command: rollback (ECS puts the earlier revision back'],
      'baking.comment.md': ['To go back instead, run the workflow with deployment: '],
    },
  ],
  [
    'what was done before it failed, and what was not?',
    {
      'failed.comment.md': ['1 of 2 done, 1 failed', '✅ update ecs_task_definition:web | under 1 s | web:42'],
      'failed-job.comment.md': [
        '2 of 4 done, 1 failed, 1 skipped',
        '❌ start ecs_task:migrate | 21 s | exit code 1',
        '⏭️ update ecs_service:web | | needs ecs_task:migrate, which failed',
      ],
      'failed-rights.comment.md': ['0 of 5 done, 3 failed, 2 skipped'],
      'many-failed.comment.md': ['46 of 50 done, 4 failed', 'ecs_service:shop-33 was rolled back by ECS'],
      'failed.log.txt': ['1 of 2 done, 1 failed', 'ecs_task_definition:web update succeeded in under 1 s: web:42'],
      'cancelled.summary.md': ['3 of 5 done, 2 cancelled', '✅ update ecs_task_definition:web | under 1 s | web:43'],
    },
  ],
  [
    'is something still going on?',
    {
      'timed-out.comment.md': ['deployment IN_PROGRESS', 'the next apply waits for what ECS is still doing'],
      'timed-out.log.txt': ['deployment IN_PROGRESS', 'the next apply waits for what ECS is still doing'],
      'cancelled.summary.md': ['ecs_task:migrate | 21 s | begun, and what ECS is doing goes on'],
      'cancelled.log.txt': ['ecs_task:migrate start cancelled in 21 s: begun, and what ECS is doing goes on'],
      'mixed.comment.md': ['1 still on its way', 'ecs_service:slow | waits | slow:1: 0 of 2 running'],
      'paused.comment.md': [
        'ecs_service:web | 52 s | paused at POST_TEST_TRAFFIC_SHIFT',
        'ecs_service:search | | needs ecs_service:web, which is paused; search:1 runs on',
      ],
      'waiting.comment.md': ['ecs_service:web | waits | paused at POST_TEST_TRAFFIC_SHIFT, test traffic on web:42'],
      'baking.comment.md': ['ecs_service:web is paused at BAKE_TIME, production traffic on web:42'],
    },
  ],
  [
    'why did it fail?',
    {
      'failed.comment.md': [
        '4 tasks of web:42 stopped, container web exited 137 (OutOfMemoryError: Container killed due to memory usage).',
      ],
      'failed.log.txt': ['container web exited 137 (OutOfMemoryError: Container killed due to memory usage).'],
      'failed-job.comment.md': ['ecs_task:migrate failed: container migrate exited 1.'],
      'failed-rights.comment.md': ['ecs_cluster:main was denied ecs:UpdateCluster by AWS'],
      'failed-before.comment.md': ['web:42 was rolled back by the deployment circuit breaker (3 of 3 tasks failed)'],
      'many-failed.comment.md': [
        'container shop-03 exited 137 (OutOfMemoryError: Container killed due to memory usage)',
      ],
      'refused.comment.md': ['ecs_service:web would change in a way that no merged pull request showed'],
    },
  ],
  [
    'may I run it again, and does the migration run twice?',
    {
      'failed.comment.md': ['What is done stays done: the next apply begins with what AWS has.'],
      'failed-job.comment.md': ['name ecs_task:migrate in retry-tasks: a failed job does not run again by itself.'],
      'failed-job.log.txt': ['name ecs_task:migrate in retry-tasks: a failed job does not run again by itself.'],
      'failed-after-job.comment.md': ['It does not run ecs_task:migrate again.'],
      'failed-rights.comment.md': [
        'to the policy of the role that this workflow assumes, then run the workflow again.',
      ],
      'many-failed.comment.md': ['What is done stays done: the next apply begins with what AWS has.'],
      'cancelled.summary.md': ['what was begun is taken up where AWS has it: no job runs twice.'],
      'timed-out.comment.md': ['run the workflow again: the next apply waits'],
    },
  ],
  [
    'whose turn is it, and what happens if nobody does anything?',
    {
      'paused.comment.md': [
        'ecs_service:web is paused at POST_TEST_TRAFFIC_SHIFT, test traffic on web:42, rolls back by itself at 2026-01-02T09:00:57Z unless answered.',
        'command: continue (traffic goes on; once the rollout has ended, what depends on the service follows, and the commit is applied), or command: rollback',
      ],
      'paused.summary.md': ['rolls back by itself at 2026-01-02T09:00:57Z unless answered'],
      'paused.log.txt': ['rolls back by itself at 2026-01-02T09:00:57Z unless answered', 'command: continue'],
      'waiting.comment.md': ['rolls back by itself at 2026-01-02T09:00:57Z unless answered', 'command: continue'],
      'baking.comment.md': ['run the workflow again after that, since only a later apply'],
      'rolled-back.summary.md': [
        'held back from now on, and every apply fails until it changes: revert the pull request that brought it (#2 and #3), or name ecs_service:web in redeploy to deploy it again.',
      ],
      'rolled-back.log.txt': ['name ecs_service:web in redeploy to deploy it again.'],
      'held-back.summary.md': ['ecs_service:web: web:42 was rolled back', 'or name ecs_service:web in redeploy'],
      'failed-before.comment.md': [
        '1 failed earlier, 14 as they should be.',
        'Failed earlier, and fails every apply:',
        'change it, or name ecs_service:web in redeploy',
      ],
      'failed-before.log.txt': ['1 failed earlier, 14 as they should be.', 'Failed earlier, and fails every apply:'],
      'failed-again.comment.md': [
        'ecs_service:web failed earlier: web:42 was rolled back',
        'Nothing was changed for COMMIT, the merge of this pull request',
        'To go on: do what stands with the failure',
      ],
      'failed-again.log.txt': ['Nothing was changed for COMMIT'],
      'refused.comment.md': ['To go on: open a new pull request', 'run the workflow with approved-digest: sha256:'],
      'cancelled.summary.md': [
        'To go on: nothing, if a newer commit has taken over; otherwise run the workflow again.',
      ],
    },
  ],
  [
    'which environment and account is it, and was anything changed there?',
    {
      'applied.comment.md': ['ECS particles · production · ✅ applied', 'in account 123456789012, us-east-1.'],
      'failed.comment.md': ['ECS particles · production · ❌ failed', 'in account 123456789012, us-east-1.'],
      'failed.log.txt': ['ECS particles · production · account 123456789012 · Failed after 20 s'],
      'refused.comment.md': ['Refused before anything was changed', 'in account 123456789012, us-east-1.'],
      'applied-nothing.summary.md': ['Nothing to do for COMMIT, the merge of #2, in account 123456789012, us-east-1.'],
      'superseded.summary.md': ['ECS particles · production · ⏩ superseded', 'Nothing was changed'],
    },
  ],
]

const cases = (questions: readonly Question[]) =>
  questions.flatMap(([question, answers]) =>
    Object.entries(answers).map(([file, expected]) => [question, file, expected] as const),
  )

const isAnswered = (_: string, file: string, answers: readonly string[]): void => {
  const { text, links } = screenOf(file)
  for (const answer of answers) {
    if (/^https:|#L\d+$/.test(answer)) expect(links).toContainEqual(expect.stringContaining(answer))
    else expect(text).toContain(answer.replace('COMMIT', commitOf(file)))
  }
}

describe('A reviewer asks:', () => test.each(cases(reviewer))('%s %s', isAnswered))

describe('Somebody on call asks:', () => test.each(cases(onCall))('%s %s', isAnswered))

describe('Below the first screen', () => {
  test.each([
    ['in which order?', '2. `ecs_task:migrate`\n3. `ecs_service:web`'],
    ['what else stays as it is?', '- pinned: `ecs_task_definition:proxy`'],
    ['which value is hidden?', '!   environment[LOG_LEVEL]   (hidden, changes)'],
    ['from where to where?', '! desiredCount    4 → 6'],
  ])('%s', (_, answer) => expect(whole('decide.comment.md')).toContain(answer))

  test.each([
    ['in which order?', '  after ecs_cluster:main, ecs_task:migrate and ecs_task_definition:web'],
    ['what else stays as it is?', '  ecs_cluster:tools running (equivalent)'],
    ['which value is hidden?', '  !   environment[LOG_LEVEL]   (hidden, changes)'],
    ['where is it declared?', '  new deployment (particles/web.yml:23)'],
  ])('in the log: %s', (_, answer) => expect(whole('decide.log.txt')).toContain(answer))
})

describe('Nothing is said twice:', () => {
  test.each([
    ['that nothing was done, in a refusal', 'refused.comment.md', /anything was changed|nothing was applied/gi],
    ['how to let a refused plan through', 'refused.comment.md', /approved-digest/g],
    ['that a newer commit is applied', 'superseded.summary.md', /newer/g],
    ['that nothing was done for an older one', 'superseded.summary.md', /nothing/gi],
    ['what to do about an earlier failure', 'failed-before.comment.md', /until it changes|\bchange it\b/g],
    ['that a run was cancelled', 'cancelled.summary.md', /\bcancelled\b(?! after)/gi],
    ['how many problems there are', 'problems.comment.md', /\d problems/g],
    ['that the manifests are right', 'fork.summary.md', /manifests/g],
    ['how many particles start', 'first.comment.md', /\b4 (?:particles|to start)/g],
    ['that a service is deleted', 'decide.log.txt', /(?<=\n {2}).*\bis deleted(?! and)/g],
    ['what restarts', 'held-back.summary.md', /restarts/gi],
    ['what drift is', 'drift.summary.md', /changed it in AWS/g],
    ['that ECS cannot rename', 'not-its-own.comment.md', /cannot rename/g],
    ['what is no longer declared, in the log of an apply', 'paused.log.txt', /No longer declared/g],
    ['a warning, in the log', 'mixed.log.txt', /is not registered in the cluster/g],
  ])('%s', (_, file, pattern) => expect(whole(file).match(pattern)).toHaveLength(1))

  test.each(['failed-again.comment.md', 'failed-rights.comment.md'])('%s: nothing stays done where nothing is', file =>
    expect(whole(file)).not.toContain('stays done'),
  )
})

describe('The first screen', () => {
  test('has nothing of what is folded', () => {
    const { text } = screenOf('decide.comment.md')
    expect(whole('decide.comment.md')).toContain('Stays as it is')
    expect(text).not.toContain('Stays as it is')
    expect(text).not.toContain('environment[LOG_LEVEL]')
  })

  test('ends after 40 lines', () => {
    expect(screenOf('many.comment.md').lines).toBe(lines)
    expect(whole('many-failed.comment.md')).toContain('ecs_service:shop-39')
    expect(screenOf('many-failed.comment.md').text).not.toContain('ecs_service:shop-39')
  })

  test('does not speak of drift where there is none', () => {
    for (const file of ['decide.comment.md', 'applied.comment.md', 'failed.comment.md', 'first.comment.md'])
      expect(whole(file).toLowerCase()).not.toContain('drift')
  })
})
