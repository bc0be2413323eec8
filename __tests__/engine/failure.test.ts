import { describe, expect, test } from '@jest/globals'
import type { Fault } from '../../simulator/faults.ts'
import { EcsError } from '../../src/ecs/errors.ts'
import { DiagnosedEcsError, refusalError, reportError, reportErrorOf, StepFailed } from '../../src/engine/failure.ts'
import { failureAnnotations, remedyText } from '../../src/render/failures.ts'
import { renderReportText } from '../../src/render/log.ts'
import { renderReport } from '../../src/render/report.ts'
import { untrusted, withoutMarks } from '../../src/untrusted.ts'
import { family, main, particle, serviceOf, stated } from '../world/particles.ts'
import { type Applied, type Asked, Shop } from '../world/shop.ts'

const breaker = { deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } } }
const alarmed = {
  deploymentConfiguration: { bakeTimeInMinutes: 5, alarms: { alarmNames: ['web-5xx'], enable: true, rollback: true } },
}

const web = (image: string, definition: Readonly<Record<string, unknown>> = breaker) =>
  stated(main, family('web', image), serviceOf('web', { desiredCount: 2, ...definition }))

const network = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } }
const job = (name: string, parents: readonly string[] = []) =>
  particle(
    'ecs_task',
    name,
    { taskName: name, launchType: 'FARGATE', ...network },
    {
      top: { parents: ['ecs_cluster:main', `ecs_task_definition:${name}`, ...parents] },
    },
  )
const migrate = (image: string) => stated(main, family('migrate', image), job('migrate'))

/** What the annotations of an apply say, each on its line. */
const annotations = ({ redactor, ended, plan }: Applied): string[] =>
  failureAnnotations(redactor.data(ended), plan, () => undefined).map(({ message }) => message)

const comment = ({ redactor, ended, plan }: Applied): string =>
  renderReport(redactor.data(ended), plan, {
    environment: 'production',
    head: '',
    merges: false,
    reviewed: true,
    runId: 1,
    attempt: 1,
    limit: 65_000,
  }).text

const times = (text: string, part: string): number => text.split(part).length - 1

const sentence = (applied: Applied, id: string): string => applied.done(id).error?.message ?? ''

const failing = async (shop: Shop, manifests: string, asked: Asked = {}): Promise<Applied> => {
  const applied = await shop.apply(manifests, asked)
  expect(applied.report.result).toBe('failed')
  return applied
}

test('a comment says each failure once: the sentence, a word in the table, ECS own words, and what to do', async () => {
  const failed = await failing(await Shop.running(web('web:1')), web('web:2-oom'))
  const text = comment(failed)
  expect(text).toContain(
    '**`ecs_service:web` was rolled back by ECS**: 4 tasks of `web:2` stopped, container web exited 137 (OutOfMemoryError: Container killed due to memory usage). `web:1` runs again, 2 of 2 tasks.',
  )
  expect(text).toMatch(/\| ❌&nbsp;update<br>`ecs_service:web` \| [^|]+ \| rolled back \|/)
  expect(text).toMatch(/What ECS said[\s\S]*deployment failed: tasks failed to start/)
  expect(text).toContain(
    '**To go on:** raise the memory of container `web` in `ecs_task_definition:web` at `shop.yml:1` in a new pull request, or revert this one; where the cause was elsewhere and is gone, name `ecs_service:web` in `redeploy`. What is done stays done',
  )
  expect([times(text, 'OutOfMemoryError'), times(text, 'runs again')]).toEqual([1, 1])
  const log = renderReportText(failed.redactor.data(failed.ended), failed.plan, { head: '' })
  expect(log).toMatch(/^ecs_service:web update failed in [^:]+: rolled back$/m)
  expect(log).not.toContain('OutOfMemoryError')
})

test('a comment about two failures lists what each needs', async () => {
  const shop = await Shop.open()
  shop.simulator.deny(['ecs:CreateService'])
  const failed = await failing(
    shop,
    stated(main, family('web', 'web:1'), serviceOf('web'), family('migrate', 'failing:1'), job('migrate')),
  )
  const [, remedies = ''] = comment(failed).split('**To go on:**')
  const [, one, other, end] = /^\n\n- ([^\n]+)\n- ([^\n]+)\n- ([^\n]+)/.exec(remedies) ?? []
  expect([one, other].sort()).toEqual([
    expect.stringMatching(/^Add `\{"Effect":"Allow"/),
    expect.stringMatching(/^Fix and change what `ecs_task:migrate`/),
  ])
  expect(end).toMatch(/^What is done/)
})

const change =
  'Change ecs_task_definition:web in a new pull request, or revert this one; where the cause was elsewhere and is gone, name ecs_service:web in redeploy.'

describe('a release that ECS rolled back', () => {
  test('for a lack of memory', async () => {
    const failed = await failing(await Shop.running(web('web:1')), web('web:2-oom'))
    const said =
      'ecs_service:web was rolled back by ECS: 4 tasks of web:2 stopped, container web exited 137 (OutOfMemoryError: Container killed due to memory usage). web:1 runs again, 2 of 2 tasks.'
    expect(sentence(failed, 'ecs_service:web')).toBe(said)
    expect(annotations(failed)).toEqual([
      `${said} Raise the memory of container web in ecs_task_definition:web in a new pull request, or revert this one; where the cause was elsewhere and is gone, name ecs_service:web in redeploy.`,
    ])
    expect(failed.log).toContain('ecs_service:web: failed: rolled back')
    // As they stopped, each once, and not again at the end.
    const crashed = failed.log.filter(line => line.includes('OutOfMemoryError'))
    expect(crashed.every(line => /^ecs_service:web: 2 × stopped: /.test(line))).toBe(true)
    expect(failed.log.indexOf(crashed.at(-1) ?? '')).toBeLessThan(
      failed.log.indexOf('ecs_service:web: failed: rolled back'),
    )
    expect(failed.done('ecs_service:web').error).toEqual({
      code: 'RolledBack',
      message: said,
      details: expect.arrayContaining([expect.stringContaining('deployment failed: tasks failed to start')]),
    })
  })

  test('for an image that cannot be pulled', async () => {
    const failed = await failing(await Shop.running(web('web:1')), web('web:2-missing'))
    const said =
      'ecs_service:web was rolled back by ECS: 4 tasks of web:2 stopped, image web:2-missing could not be pulled (CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref web:2-missing: web:2-missing: not found). web:1 runs again, 2 of 2 tasks.'
    expect(annotations(failed)).toEqual([
      `${said} Check that web:2-missing exists, that the execution role may pull it and that the tasks reach its registry, or change the image in ecs_task_definition:web in a new pull request, or revert this one; where the cause was elsewhere and is gone, name ecs_service:web in redeploy.`,
    ])
  })

  test('for an alarm', async () => {
    const shop = await Shop.running(web('web:1', alarmed))
    const failed = await failing(shop, web('web:2', alarmed), {
      onSay: (_id, said) => {
        if (/2 of 2/.test(said)) shop.simulator.setAlarm('web-5xx', true)
      },
    })
    expect(sentence(failed, 'ecs_service:web')).toBe(
      'ecs_service:web was rolled back by ECS: the alarm web-5xx ended the deployment. web:1 runs again, 2 of 2 tasks.',
    )
  })
})

test('a release that did not settle in time names what its tasks ended with', async () => {
  const failed = await failing(await Shop.running(web('web:1', {})), web('web:2-crash', {}), { waitTimeout: 60_000 })
  expect(sentence(failed, 'ecs_service:web')).toMatch(
    /^ecs_service:web was not done after 1 min \(wait-timeout\): \d+ tasks of web:2 stopped, container web exited 1\. web:2: 0 of 2 running; web:1: 2 still running, deployment IN_PROGRESS\.$/,
  )
  expect(annotations(failed)[0]?.endsWith(change)).toBe(true)
})

test('a release that is only slow goes on at the next apply', async () => {
  const shop = await Shop.running(web('web:1', {}))
  shop.simulator.behave('web:2', { startSeconds: 3600 })
  const failed = await failing(shop, web('web:2', {}), { waitTimeout: 60_000 })
  expect(annotations(failed)).toEqual([
    'ecs_service:web was not done after 1 min (wait-timeout): web:2: 0 of 2 running; web:1: 2 still running, deployment IN_PROGRESS. Run the workflow again: the next apply waits for what ECS is still doing; or raise wait-timeout.',
  ])
})

test("somebody else's deployment is named, and the next plan shows it", async () => {
  const shop = await Shop.running(web('web:1', {}))
  await shop.apply(stated(family('other', 'other:1')))
  shop.simulator.behave('web:*', { startSeconds: 60 })
  let meddled = false
  const failed = await failing(shop, web('web:2', {}), {
    onSay: (_id, said) => {
      if (!/IN_PROGRESS/.test(said) || meddled) return
      meddled = true
      shop.simulator.handle('us-east-1', 'UpdateService', {
        cluster: 'main',
        service: 'web',
        taskDefinition: 'other:1',
      })
    },
  })
  expect(annotations(failed)).toEqual([
    expect.stringMatching(
      /^ecs_service:web was deployed by somebody else meanwhile: deployment ecs-svc\/\d+ of other:1 took its place\. Plan again: the new plan shows what somebody else changed\.$/,
    ),
  ])
})

describe('a job', () => {
  test('that exited with an error runs again in three ways', async () => {
    const failed = await failing(await Shop.open(), migrate('failing:1'))
    expect(annotations(failed)).toEqual([
      'ecs_task:migrate failed: container migrate exited 1. Fix and change what ecs_task:migrate runs, raise its custom_config.retry, or name ecs_task:migrate in retry-tasks: a failed job does not run again by itself.',
    ])
    expect(failed.log).toContain('ecs_task:migrate: failed: exit code 1')
    expect(failed.done('ecs_task:migrate')).toMatchObject({ task: { exitCodes: [{ migrate: 1 }] } })
  })

  test('that ECS had no capacity for is tried again', async () => {
    const shop = await Shop.open()
    shop.simulator.setCapacity({ fargate: 0 })
    const failed = await failing(shop, migrate('migrate:1'), { waitTimeout: 120_000 })
    expect(annotations(failed)).toEqual([
      'ecs_task:migrate was not done after 2 min (wait-timeout): 1 task without capacity: Capacity is unavailable at this time. Please try again later or in a different availability zone. Add capacity to the cluster, or let the task ask for less cpu and memory; then run the workflow again.',
    ])
  })

  test('that may not be recorded names the statement, and the way without it', async () => {
    const shop = await Shop.open()
    shop.simulator.deny(['ecs:TagResource'])
    const [said] = annotations(await failing(shop, migrate('migrate:1')))
    expect(said).toMatch(/^ecs_task:migrate was not started: the run cannot be recorded on migrate:1: User: /)
    expect(said).toMatch(
      /\. Add \{"Effect":"Allow","Action":"ecs:TagResource","Resource":"[^"]+"\} to the policy of the role that this workflow assumes, or set custom_config\.record: false if an hour's memory is enough, then run the workflow again\.$/,
    )
  })
})

test('a right that is missing is named with its statement, and what waits for the step says so', async () => {
  const shop = await Shop.open()
  shop.simulator.deny(['ecs:CreateService'])
  const failed = await failing(
    shop,
    stated(main, family('web', 'web:1'), serviceOf('web'), family('smoke', 'job:1'), job('smoke', ['ecs_service:web'])),
  )
  const [said, ...more] = annotations(failed)
  expect(more).toEqual([])
  expect(said).toMatch(
    /^ecs_service:web was denied ecs:CreateService by AWS: User: \S+ is not authorized to perform: ecs:CreateService on resource: (\S+) because no identity-based policy allows the ecs:CreateService action\. Add \{"Effect":"Allow","Action":"ecs:CreateService","Resource":"\1"\} to the policy of the role that this workflow assumes, then run the workflow again\.$/,
  )
  expect(failed.done('ecs_service:web').error?.code).toBe('AccessDeniedException')
  expect(sentence(failed, 'ecs_task:smoke')).toBe('needs ecs_service:web, which failed (access denied)')
})

test('two failures are two sentences, each with its own remedy', async () => {
  const shop = await Shop.open()
  shop.simulator.deny(['ecs:CreateService'])
  const failed = await failing(
    shop,
    stated(main, family('web', 'web:1'), serviceOf('web'), family('migrate', 'failing:1'), job('migrate')),
  )
  // In the order in which they began.
  expect([...annotations(failed)].sort()).toEqual([
    expect.stringMatching(/^ecs_service:web was denied .* to the policy of the role/),
    expect.stringMatching(/^ecs_task:migrate failed: container migrate exited 1\. Fix and change/),
  ])
})

const denied = (said: string) =>
  new EcsError({ call: 'RegisterTaskDefinition', code: 'AccessDeniedException', said, message: said, unsure: false })
const passRole =
  'User: arn:aws:sts::1:assumed-role/ci/s is not authorized to perform: iam:PassRole on resource: arn:aws:iam::1:role/exec'
const plainly = { name: (text: string) => text, at: (id: string) => id }

test.each([
  [
    'a right to pass a role has an action and a resource of its own',
    denied(`${passRole} because no identity-based policy allows the iam:PassRole action`),
    'add {"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::1:role/exec"} to the policy of the role that this workflow assumes, then run the workflow again',
  ],
  [
    'an explicit deny is not overruled by a statement',
    denied(`${passRole} with an explicit deny in a service control policy`),
    'take the explicit deny of iam:PassRole out of a service control policy: a statement that allows the action does not help; then run the workflow again',
  ],
  [
    'a denial without words is about everything',
    denied(''),
    'add {"Effect":"Allow","Action":"ecs:RegisterTaskDefinition","Resource":"*"} to the policy of the role that this workflow assumes, then run the workflow again',
  ],
  [
    'what ECS does not start waits for a change',
    new DiagnosedEcsError(denied('ATTRIBUTE'), 'x', {
      code: 'NotStarted',
      remedy: { kind: 'rerun', fix: { kind: 'placement' } },
    }),
    'change what the task asks for, or what its cluster has: waiting does not help; then run the workflow again',
  ],
  ['any other error is met by a change', new Error('x'), 'change a:b in a new pull request, or revert this one'],
  ['a sentence that says what to do is enough', new StepFailed({ cause: 'x', remedy: { kind: 'said' } }), ''],
])('%s', (_, thrown, remedy) => {
  const error = reportErrorOf('a:b', thrown)
  const step = { particle: 'a:b', transition: 'start', result: 'failed', calls: 0, error } as const
  expect(withoutMarks(remedyText(step, plainly))).toBe(remedy)
})

test('a sentence has one full stop, whoever wrote the last words', () => {
  const error = reportError('a:b', { cause: untrusted('Host gone.'), now: 'nothing runs' })
  const { message, happened, rest = '', brief } = error
  expect([withoutMarks(message), happened, withoutMarks(rest), brief]).toEqual([
    'a:b failed: Host gone. nothing runs.',
    'failed',
    'Host gone. nothing runs.',
    'failed',
  ])
})

test.each([
  ['an outage of ECS', { kind: 'unavailable' }],
  ['credentials that have run out', { kind: 'error', name: 'ExpiredTokenException', message: 'expired', status: 400 }],
] as const)('%s asks for another run, and blames no manifest', async (_name, fault) => {
  const shop = await Shop.running(web('web:1'))
  shop.simulator.inject({ operation: 'UpdateService', always: true, fault })
  const [annotation] = annotations(await failing(shop, web('web:2')))
  expect(annotation).toMatch(/run the workflow again\.$/)
  expect(annotation).not.toMatch(/new pull request/)
})

describe('AWS gives no answer while a rollout is waited for', () => {
  const during = async (fault: Fault, seconds: number) => {
    const shop = await Shop.running(web('web:1'))
    const begun = shop.now()
    const isOut = () => shop.now() > begun + 5_000 && shop.now() < begun + seconds * 1000
    shop.simulator.inject({ operation: 'DescribeServices', always: true, fault, when: isOut })
    return shop.apply(web('web:2'))
  }

  test.each<Fault>([{ kind: 'unavailable' }, { kind: 'reset' }, { kind: 'throttle' }, { kind: 'garble', body: '{}' }])(
    'for two minutes ($kind): the log says so, every ten seconds at most, and the rollout is waited for',
    async fault => {
      const applied = await during(fault, 120)
      expect(applied.report.result).toBe('succeeded')
      const said = applied.log.filter(line => line.includes('asked again, as what was begun goes on'))
      expect(said.length).toBeGreaterThan(0)
      expect(said.length).toBeLessThanOrEqual(12)
    },
  )

  test('for ten minutes: the step fails with the words of AWS, and blames no manifest', async () => {
    const applied = await during({ kind: 'unavailable' }, 600)
    expect(applied.report.result).toBe('failed')
    expect(sentence(applied, 'ecs_service:web')).toMatch(/ECS failed with HTTP 500/)
    expect(annotations(applied)[0]).toMatch(/run the workflow again\.$/)
  })

  test('by a refusal: the step fails at once', async () => {
    const applied = await during({ kind: 'deny' }, 120)
    expect(sentence(applied, 'ecs_service:web')).toMatch(/was denied ecs:DescribeServices/)
  })

  test('while a service is put back: that is waited for, and the sentence says how it ended', async () => {
    const shop = await Shop.running(web('web:1', {}))
    let outage = Number.POSITIVE_INFINITY
    const isOut = () => shop.now() >= outage && shop.now() < outage + 60_000
    const fault = { kind: 'unavailable' } as const
    shop.simulator.inject({ operation: 'DescribeServices', always: true, fault, when: isOut })
    const onSay = (_: string, sentence: string) => {
      if (sentence.startsWith('is put back')) outage = shop.now()
    }
    const applied = await shop.apply(web('web:2-crash'), { onFailure: 'rollback', waitTimeout: 300_000, onSay })
    expect(outage).toBeLessThan(Number.POSITIVE_INFINITY)
    expect(sentence(applied, 'ecs_service:web')).toMatch(/It was put back: /)
  })

  test('after a job has ended: it is done, and what needs it goes on', async () => {
    const manifests = stated(main, family('migrate', 'migrate:1'), job('migrate'), family('web', 'web:1'), {
      ...serviceOf('web', { desiredCount: 1 }),
      parents: ['ecs_cluster:main', 'ecs_task_definition:web', 'ecs_task:migrate'],
    })
    const shop = await Shop.open()
    const hasEnded = () => shop.sent('TagResource').some(({ tags }) => JSON.stringify(tags).includes('done'))
    let until: number | undefined
    const isOut = () => {
      if (!hasEnded()) return false
      until ??= shop.now() + 60_000
      return shop.now() < until
    }
    shop.simulator.inject({
      operation: 'DescribeTaskDefinition',
      always: true,
      fault: { kind: 'unavailable' },
      when: isOut,
    })
    const applied = await shop.apply(manifests)
    expect(until).toBeDefined()
    expect(applied.report.result).toBe('succeeded')
    expect(shop.runs.size).toBe(1)
  })
})

test('a deletion that is not done in time is not blamed on tasks that crashed before it', async () => {
  const shop = await Shop.open()
  shop.simulator.behave('web:1', [{ runSeconds: 60, exitCode: 1 }, { stopSeconds: 600 }])
  await shop.apply(web('web:1', {}))
  shop.simulator.advance(1_800)
  const gone = stated(
    main,
    family('web', 'web:1'),
    serviceOf('web', { desiredCount: 2 }, { top: { desired_state: 'terminated' } }),
  )
  const failed = await failing(shop, gone, { waitTimeout: 60_000 })
  expect(sentence(failed, 'ecs_service:web')).toMatch(/was not done after 1 min \(wait-timeout\)/)
  expect(sentence(failed, 'ecs_service:web')).not.toMatch(/exited/)
  expect(annotations(failed)[0]).not.toMatch(/redeploy/)
})

describe('A refusal', () => {
  const place = { file: 'particles/web.yml', line: 3, column: 1 }
  const unreviewed = [
    { place, message: 'ecs_service:web: update (desiredCount) was not reviewed' },
    { message: 'nothing was applied: …; approved-digest: sha256:1', cause: 'ecs_service:web would change' },
  ]
  const late = { message: 'nothing was answered: 42 is no rollout that is paused now' }

  test.each([
    ['of what was not reviewed', unreviewed],
    ['of an answer, too, that came too late', [...unreviewed, late]],
  ])('%s is about the review', (_, problems) => {
    expect(refusalError(problems)).toMatchObject({
      message: unreviewed[1]?.message,
      rest: 'ecs_service:web would change',
    })
  })

  test('of an answer alone is about the answer', () => {
    expect(refusalError([late])).toEqual({ code: 'Refused', message: late.message, details: [] })
  })
})
