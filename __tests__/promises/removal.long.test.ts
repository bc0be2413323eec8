import { beforeEach, describe, expect } from '@jest/globals'
import type { Pull } from '../../simulator/github/repository.ts'
import { clusterAt, clusterWith, definition, file, manifests, setting } from '../world/manifests.ts'
import type { Given, Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const appliedName = 'particles / production / applied'
const terminate: Given = { 'on-removed': 'terminate', 'max-terminations': '5' }
const withoutWeb = { 'particles/web.yml': null }
const service = 'ecs_service us-east-1 main/web'
const family = 'ecs_task_definition us-east-1 web'

const webStatus = (name = 'web', cluster = 'main') =>
  world.simulator.region().clusters.get(cluster)?.services.get(name)?.status ?? 'INACTIVE'
const webIs = (status: string, name = 'web') => expect(webStatus(name)).toBe(status)
const removedIn = ({ plan }: Ran) => (plan?.removed ?? []).map(({ particle }) => particle)
const steps = ({ plan }: Ran) => (plan?.steps ?? []).map(({ particle, transition }) => `${particle} ${transition}`)
const listOn = (commit: string, name = appliedName) =>
  world
    .checks(commit, name)[0]
    ?.output.text?.split('\n')
    .flatMap(line => (line.startsWith('    {') ? [JSON.parse(line)] : []))

const removals = ['ecs_service:web terminate', 'ecs_task_definition:web terminate']

/** A push straight to the branch that nobody reviewed, and is refused. */
async function refusedPush(given: Given = terminate, edits: Readonly<Record<string, string | null>> = withoutWeb) {
  const push = world.repository.push(edits)
  const mark = world.mark
  const ran = await world.push(push, given)
  expect(ran.report?.result).toBe('refused')
  expect(world.modifying(mark)).toEqual([])
  return { push, ran }
}

const words = (text: string) => ({ 'README.md': text })

/** A reviewed commit that has nothing to do with it. */
const another = async (text: string, given: Given = {}): Promise<Pull & { ran: Ran; landed: Ran }> => {
  const pull = await world.propose(words(text), given)
  return Object.assign(pull, { landed: await world.land(pull, given) })
}

describe('Nothing is applied that was not reviewed', () => {
  story(
    'a service is removed by a direct push with on-removed: terminate',
    'the push is refused, and the digest that it prints lets it through by hand on the same commit',
    async () => {
      await world.settle(manifests.web)
      const { ran } = await refusedPush()
      expect(steps(ran)).toEqual(removals)
      const digest = ran.plan?.digest ?? ''
      expect(ran.problems.join()).toContain(`approved-digest: ${digest}`)
      const byHand = await world.byHand({ ...terminate, command: 'apply', 'approved-digest': digest })
      expect(byHand.problems).toEqual([])
      expect(byHand.plan?.digest).toBe(digest)
      webIs('INACTIVE')
    },
  )

  story(
    'a service is removed by a direct push in a repository where nothing was ever applied by a release that marks commits',
    'the digest that the refusal prints is right by hand all the same',
    async () => {
      await world.settle(manifests.web)
      world.github.checks.splice(0)
      world.repository.push(withoutWeb)
      const before = world.repository.commit(world.repository.head()).parents[0] ?? ''
      const push = { before, after: world.repository.push(words('two commits at once')).after }
      const ran = await world.push(push, terminate)
      expect([ran.report?.result, steps(ran)]).toEqual(['refused', removals])
      const digest = ran.plan?.digest ?? ''
      const byHand = await world.byHand({ ...terminate, command: 'apply', 'approved-digest': digest })
      expect(byHand.problems).toEqual([])
      webIs('INACTIVE')
    },
  )

  story(
    'a push by force takes the commit away that declared a service, with on-removed: terminate',
    'the push is refused, and the digest that it prints lets it through by hand on the same commit',
    async () => {
      await world.settle(manifests.cluster)
      const instead = world.repository.branch('instead')
      const { after } = world.repository.push(words('instead'), 'Change', instead)
      await world.settle(manifests.web)
      const ran = await world.push(world.repository.reset(after), terminate)
      expect([ran.report?.result, steps(ran)]).toEqual(['refused', removals])
      const digest = ran.plan?.digest ?? ''
      const byHand = await world.byHand({ ...terminate, command: 'apply', 'approved-digest': digest })
      expect(byHand.problems).toEqual([])
      webIs('INACTIVE')
    },
  )

  story(
    'a refused removal is approved after another particle was changed by hand in AWS',
    'the plan is not the approved one any more, and nothing goes',
    async () => {
      await world.settle({ ...manifests.web, ...setting('other', 'enabled') })
      const { ran } = await refusedPush()
      const settings = world.simulator.region().clusters.get('other')?.settings
      settings?.splice(0, settings.length, { name: 'containerInsights', value: 'disabled' })
      const digest = ran.plan?.digest ?? ''
      const byHand = await world.byHand({ ...terminate, command: 'apply', 'approved-digest': digest })
      expect(byHand.problems.join()).toContain('not the approved one any more')
      webIs('ACTIVE')
    },
  )

  story(
    'a removal was refused and its base lacks the service since',
    'a new pull request shows the removal, and its merge is reviewed and deletes',
    async () => {
      await world.settle(manifests.web)
      await refusedPush()
      const pull = await world.propose(words('please remove web'), terminate)
      expect(steps(pull.ran)).toEqual(removals)
      expect(world.comments(pull)[0]).toContain('not declared any more')
      const landed = await world.land(pull, terminate)
      expect(landed.problems).toEqual([])
      webIs('INACTIVE')
    },
  )

  story(
    'a refused removal is followed by another direct push that has nothing to do with it',
    'the removal is refused again, and not forgotten',
    async () => {
      await world.settle(manifests.web)
      await refusedPush()
      const { ran } = await refusedPush(terminate, words('nothing'))
      expect(steps(ran)).toEqual(removals)
      webIs('ACTIVE')
    },
  )

  story(
    'on-removed is switched from report to terminate by a direct push long after a service was removed',
    'what is carried is planned to go, and refused until somebody has seen it',
    async () => {
      await world.settle(manifests.web)
      await world.land(await world.propose(withoutWeb))
      await another('one')
      const { ran } = await refusedPush(terminate, words('two'))
      expect(steps(ran)).toEqual(removals)
      const pull = await world.propose(words('three'), terminate)
      expect((await world.land(pull, terminate)).problems).toEqual([])
      webIs('INACTIVE')
    },
  )

  story(
    'more carried services would go at once than max-terminations allows',
    'the plan is an error, and nothing goes',
    async () => {
      await world.settle(manifests.web)
      await world.land(await world.propose(withoutWeb))
      const pull = await world.propose(words('one'), { 'on-removed': 'terminate', 'max-terminations': '1' })
      expect(pull.ran.problems.join()).toContain('max-terminations')
      webIs('ACTIVE')
    },
  )

  story(
    'a merge queue removes a service, once shown by its pull request and once not',
    'what was shown passes, what was not fails the group',
    async () => {
      await world.settle(manifests.web)
      const shown = await world.propose(withoutWeb, terminate)
      const [group] = world.repository.enqueue([shown])
      if (!group) throw new Error('no group')
      const passed = await world.mergeGroup(group, terminate)
      expect([passed.problems, steps(passed)]).toEqual([[], removals])
      const unseen = world.repository.open([withoutWeb])
      const [other] = world.repository.enqueue([unseen])
      if (!other) throw new Error('no group')
      const failed = await world.mergeGroup(other, terminate)
      expect(failed.problems.join()).toContain('ecs_service:web: terminate was not reviewed')
    },
  )

  story(
    'an app of somebody else writes an applied check whose list names a service that is of nobody here',
    'it is not believed, and nothing of it is planned',
    async () => {
      await world.settle(manifests.web)
      await world.land(await world.propose(withoutWeb))
      const [list] = world.checks(world.repository.head(), appliedName)
      await world.settle({ 'particles/u.yml': `unmanaged: ['${service}', '${family}']\n` })
      const head = world.repository.head()
      const [own] = world.checks(head, appliedName)
      if (!list || !own) throw new Error('no check')
      const foreign = { ...own, id: own.id + 1_000, app: 'stranger', output: list.output }
      world.github.checks.push(foreign)
      const line = { 'particles/u.yml': null }
      expect(steps((await world.propose(line, terminate)).ran)).toEqual([])
      // From our own app the very same would be believed.
      world.github.checks.splice(world.github.checks.indexOf(foreign), 1, { ...foreign, app: own.app })
      expect(steps((await world.propose(line, terminate)).ran)).toEqual(removals)
    },
  )

  story(
    'a list on the applied check was altered',
    'it is warned about and not believed, and the next check still says that it is not whole',
    async () => {
      await world.settle(manifests.web)
      await world.land(await world.propose(withoutWeb))
      const [check] = world.checks(world.repository.head(), appliedName)
      if (!check) throw new Error('no check')
      const text = check.output.text?.replaceAll('main/web', 'main/bew') ?? ''
      check.output = { ...check.output, text }
      const next = await another('one', terminate)
      expect(steps(next.ran)).toEqual([])
      expect(next.ran.warnings.join()).toContain('not as it was written')
      expect(world.checks(world.repository.head(), appliedName)[0]?.output.text).toMatch(/^.*, not whole\n/)
      webIs('ACTIVE')
    },
  )

  story(
    'the line that lets a service go is merged while on-removed is terminate',
    'the pull request says so, the service is never planned to go, and nothing tells of it again',
    async () => {
      await world.settle(manifests.web)
      const line = `unmanaged:\n  - ${service}\n  - ${family}\n`
      const pull = await world.propose({ ...withoutWeb, 'particles/unmanaged.yml': line }, terminate)
      expect(steps(pull.ran)).toEqual([])
      expect(pull.ran.plan?.removed).toMatchObject([
        { particle: 'ecs_service:web', unmanaged: { file: 'particles/unmanaged.yml', line: 2 } },
        { particle: 'ecs_task_definition:web', unmanaged: { file: 'particles/unmanaged.yml', line: 3 } },
      ])
      expect(world.comments(pull)[0]).toContain('Let go')
      expect((await world.land(pull, terminate)).problems).toEqual([])
      expect(listOn(world.repository.head())).toEqual([])
      const next = await another('one', terminate)
      expect([removedIn(next.ran), steps(next.ran), next.ran.warnings]).toEqual([[], [], []])
      webIs('ACTIVE')
    },
  )

  story(
    'the line that lets go is pushed directly and the apply of it is refused for something else',
    'the service stays on the list, and comes back when the line goes',
    async () => {
      await world.settle(manifests.web)
      await world.land(await world.propose(withoutWeb))
      await refusedPush({}, { 'particles/u.yml': `unmanaged: ['${service}']\n`, ...setting('other', 'enabled') })
      const pull = await world.propose({ 'particles/u.yml': null })
      expect(removedIn(pull.ran)).toContain('ecs_service:web')
    },
  )

  story(
    'a service is let go, and the task definition that it runs would be terminated',
    'the plan is an error at the line',
    async () => {
      await world.settle(manifests.web)
      const edits = { ...withoutWeb, 'particles/u.yml': `unmanaged: ['${service}']\n` }
      const pull = await world.propose(edits, terminate)
      expect(pull.ran.problems.join()).toMatch(
        /particles\/u\.yml:1:\d+ unmanaged: ecs_service us-east-1 main\/web is let go, but ecs_task_definition:web, which it needs/,
      )
    },
  )

  story('a service is declared and let go at once', 'the line is an error that names both places', async () => {
    const pull = await world.propose({ ...manifests.web, 'particles/u.yml': `unmanaged: ['${service}']\n` })
    expect(pull.ran.problems.join()).toMatch(
      /u\.yml:1:\d+ unmanaged: .* is still declared, as ecs_service:web at particles\/web\.yml:\d+/,
    )
  })

  story(
    'two environments have the same names, and a service is removed in one of them',
    'neither list, line nor removal reaches the other environment',
    async () => {
      const staging: Given = { environment: 'staging' }
      await world.settle(manifests.web)
      await world.settle(words('one'), staging)
      const text = manifests.web['particles/web.yml']
      const absent = text.replaceAll('pcf_name: web\n', 'pcf_name: web\nenvironments: { production: false }\n')
      const pull = await world.propose({ 'particles/web.yml': absent })
      expect(removedIn(pull.ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      await world.land(pull)
      const other = await world.propose(words('two'), staging)
      expect([removedIn(other.ran), steps(other.ran)]).toEqual([[], []])
      expect(removedIn((await another('three')).ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
    },
  )
})

describe('What is hidden stays hidden', () => {
  story(
    'a service with hidden environment variables and a tag made with a secret variable is removed',
    'the list holds neither of their values',
    async () => {
      const secret: Given = { variables: 'OWNER=kept-to-myself', 'secret-variables': 'OWNER' }
      const text = manifests.web['particles/web.yml'].replace(
        'image: registry.example/web:1',
        'image: registry.example/web:1\n      environment: [{ name: TOKEN, value: tok-12345 }]',
      )
      const hidden = {
        'particles/hidden.yml':
          'flavor: ecs_cluster\npcf_name: hidden\naws_resource:\n  clusterName: hidden\n  tags: [{ key: owner, value: "${OWNER}" }]\n',
      }
      await world.settle({ ...manifests.web, 'particles/web.yml': text, ...hidden }, secret)
      const pull = await world.propose({ ...withoutWeb, 'particles/hidden.yml': null }, secret)
      expect(removedIn(pull.ran)).toEqual(['ecs_cluster:hidden', 'ecs_service:web', 'ecs_task_definition:web'])
      const landed = await world.land(pull, secret)
      expect(listOn(world.repository.head())?.map(({ thing }) => thing)).toEqual([
        'ecs_cluster us-east-1 hidden',
        service,
        family,
      ])
      const everything = world.everything(pull.ran, landed)
      for (const value of ['kept-to-myself', 'tok-12345']) expect(everything).not.toContain(value)
    },
  )
})

describe('Never silent, never stuck', () => {
  story(
    'a service is removed with on-removed: report, and three unrelated commits are applied',
    'every pull request, every push and every look for drift shows it, until it is deleted by hand',
    async () => {
      await world.settle(manifests.web)
      const pull = await world.propose(withoutWeb)
      expect(pull.ran.plan?.removed).toMatchObject([
        { particle: 'ecs_service:web', thing: service, pullRequest: pull.number },
        { particle: 'ecs_task_definition:web', thing: family },
      ])
      const since = world.repository.head()
      await world.land(pull)
      const gone = world.repository.head()
      expect(since).not.toBe(gone)
      for (const text of ['one', 'two', 'three']) {
        const next = await another(text)
        for (const ran of [next.ran, next.landed])
          expect(ran.plan?.removed).toMatchObject([
            { particle: 'ecs_service:web', since: gone, pullRequest: pull.number },
            { particle: 'ecs_task_definition:web', since: gone },
          ])
        expect(world.comments(next)[0]).toContain(service)
        expect(listOn(world.repository.head())).toHaveLength(2)
      }
      const drift = await world.byHand({}, 'schedule')
      expect(removedIn(drift)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      expect(drift.summary).toContain('desired_state: terminated')
      expect(drift.said.join('\n')).toContain(`unmanaged: ['${service}']`)
      const web = world.simulator.region().clusters.get('main')?.services.get('web')
      if (web) web.status = 'INACTIVE'
      const last = await another('four')
      expect(removedIn(last.ran)).toEqual(['ecs_task_definition:web'])
      expect(listOn(world.repository.head())).toHaveLength(1)
    },
  )

  describe.each(['merge', 'squash', 'rebase'] as const)('in a busy repository with the method %s', method => {
    story(
      'sixty commits that the workflow does not run for follow the removal of a service',
      'the next plan and its apply show the service all the same',
      async () => {
        await world.settle(manifests.web)
        const pull = await world.propose(withoutWeb)
        await world.push(world.repository.merge(pull, method))
        const since = world.repository.head()
        for (let count = 0; count < 60; count++) world.repository.push({ 'app/main.ts': String(count) })
        const next = await world.propose(setting('other', 'enabled'))
        const landed = await world.push(world.repository.merge(next, method))
        for (const ran of [next.ran, landed])
          expect(ran.plan?.removed).toMatchObject([
            { particle: 'ecs_service:web', since, pullRequest: pull.number },
            { particle: 'ecs_task_definition:web', since },
          ])
        expect(listOn(world.repository.head())).toHaveLength(2)
      },
    )
  })

  story(
    'a removed service is declared again with desired_state: terminated',
    'it is deleted by review, and off the list',
    async () => {
      await world.settle(manifests.web)
      await world.land(await world.propose(withoutWeb))
      const text = manifests.web['particles/web.yml'].replaceAll(
        /^pcf_name: web$/gm,
        'pcf_name: web\ndesired_state: terminated',
      )
      await world.settle({ 'particles/web.yml': text })
      webIs('INACTIVE')
      const next = await another('one')
      expect(removedIn(next.ran)).toEqual([])
      expect(listOn(world.repository.head())).toEqual([])
    },
  )

  story(
    'a removal is merged, its apply fails, and the next commit is applied',
    'what could not be removed is tried again, and nothing is forgotten',
    async () => {
      await world.settle(manifests.web)
      const pull = await world.propose(withoutWeb, terminate)
      world.simulator.deny(['ecs:DeleteService'])
      expect((await world.land(pull, terminate)).report?.result).toBe('failed')
      world.simulator.deny([])
      const next = await another('one', terminate)
      expect(steps(next.ran)).toContain('ecs_service:web terminate')
      expect(next.landed.problems).toEqual([])
      webIs('INACTIVE')
      expect(listOn(world.repository.head())).toEqual([])
    },
  )

  story(
    'a service that an apply had started before it failed is removed by the next pull request',
    'the pull request shows it, although no applied commit ever declared it',
    async () => {
      await world.settle(manifests.cluster)
      const pull = await world.propose({ ...manifests.web, ...setting('other', 'enabled') })
      world.simulator.deny(['ecs:CreateCluster'])
      expect((await world.land(pull)).report?.result).toBe('failed')
      world.simulator.deny([])
      const next = await world.propose({ ...withoutWeb, [clusterAt('other')]: null })
      expect(removedIn(next.ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      await world.land(next)
      expect(listOn(world.repository.head())).toHaveLength(2)
    },
  )

  story(
    'an apply that starts a service fails, and so does the one that the removal of the service is merged with',
    'every plan after them shows it, although neither the last applied commit nor the one before declares it',
    async () => {
      await world.settle(manifests.cluster)
      world.simulator.deny(['ecs:CreateCluster'])
      const pull = await world.propose({ ...manifests.web, ...setting('other', 'enabled') })
      expect((await world.land(pull)).report?.result).toBe('failed')
      expect((await world.land(await world.propose(withoutWeb))).report?.result).toBe('failed')
      world.simulator.deny([])
      const next = await another('one')
      for (const ran of [next.ran, next.landed])
        expect(removedIn(ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      expect(listOn(world.repository.head())).toHaveLength(2)
    },
  )

  story(
    'an apply that adds to a service fails for something else, and the next merge takes the addition out',
    'the apply of it says that the member stays, and so does every plan after it',
    async () => {
      await world.settle(manifests.web)
      world.simulator.deny(['ecs:CreateCluster'])
      const text = manifests.web['particles/web.yml'].replace(
        'serviceName: web',
        'serviceName: web\n  propagateTags: SERVICE',
      )
      const pull = await world.propose({ 'particles/web.yml': text, ...setting('other', 'enabled') })
      expect((await world.land(pull)).report?.result).toBe('failed')
      world.simulator.deny([])
      const taken = await world.propose({ 'particles/web.yml': manifests.web['particles/web.yml'] })
      const landed = await world.land(taken)
      expect(landed.report?.result).toBe('succeeded')
      for (const ran of [taken.ran, landed, (await another('one')).ran])
        expect(ran.plan?.undeclared).toMatchObject([{ particle: 'ecs_service:web', path: 'propagateTags' }])
    },
  )

  story(
    'a push by force takes the commits away that declared a service, and those whose list had another one',
    'the push shows both, and every plan after it',
    async () => {
      await world.settle(manifests.cluster)
      const start = world.repository.head()
      await world.settle({ ...manifests.web, 'particles/old.yml': file(definition({ family: 'old' })) })
      await world.settle({ 'particles/old.yml': null })
      const instead = world.repository.branch('instead', start)
      const { after } = world.repository.push(words('instead'), 'Change', instead)
      const pushed = await world.push(world.repository.reset(after))
      expect(pushed.report?.result).toBe('succeeded')
      for (const ran of [pushed, (await another('one')).ran])
        expect(removedIn(ran)).toEqual(['ecs_service:web', 'ecs_task_definition:old', 'ecs_task_definition:web'])
    },
  )

  story(
    'the name of a service changes while another one is declared under the id that its removal once took',
    'both are told apart, and neither is swallowed',
    async () => {
      const other = manifests.web['particles/web.yml']
        .split('---\n')[1]
        ?.replace('pcf_name: web', 'pcf_name: web-removed')
        .replace('serviceName: web', 'serviceName: other')
      await world.settle({ ...manifests.web, 'particles/other.yml': other ?? '' })
      const moved = manifests.web['particles/web.yml']
        .replace('serviceName: web', 'serviceName: site')
        .replace('desiredCount: 1', 'desiredCount: 2')
      const pull = await world.propose({ 'particles/web.yml': moved }, terminate)
      expect(steps(pull.ran)).toEqual(['ecs_service:web start', 'ecs_service:web$us-east-1 main/web terminate'])
      expect(pull.ran.plan?.unchanged.map(({ particle }) => particle)).toContain('ecs_service:web-removed')
      expect((await world.land(pull, terminate)).problems).toEqual([])
      webIs('ACTIVE', 'site')
      webIs('ACTIVE', 'other')
      webIs('INACTIVE')
    },
  )

  story(
    'a service gets another name and stays the same otherwise',
    'the plan calls it a rename, and says that ECS cannot rename',
    async () => {
      await world.settle(manifests.web)
      const text = manifests.web['particles/web.yml'].replace('serviceName: web', 'serviceName: site')
      const pull = await world.propose({ 'particles/web.yml': text })
      expect(pull.ran.plan?.removed).toMatchObject([{ thing: service, renamedTo: 'ecs_service:web' }])
      const [start] = pull.ran.plan?.steps ?? []
      expect(start?.risks.join()).toContain(
        'renamed from main/web: ECS cannot rename, so this one is made and that one stays beside it until somebody deletes it',
      )
      expect(world.comments(pull)[0]).toContain('ECS cannot rename')
      await world.land(pull)
      const next = await another('one')
      expect(next.ran.plan?.removed).toMatchObject([{ thing: service, renamedTo: 'ecs_service:web' }])
    },
  )

  story(
    'one service goes and another one with the same few settings, but another task definition, comes',
    'nobody calls it a rename',
    async () => {
      await world.settle(manifests.web)
      const text = manifests.web['particles/web.yml']
        .replaceAll(/: web$/gm, ': worker')
        .replace('ecs_task_definition:web', 'ecs_task_definition:worker')
        .replace('web:1', 'worker:1')
      const pull = await world.propose({ ...withoutWeb, 'particles/worker.yml': text })
      expect(pull.ran.plan?.removed?.map(({ renamedTo }) => renamedTo)).toEqual([undefined, undefined])
    },
  )

  story(
    'the last applied check was written by an older release that kept no list',
    'its manifests are compared, and the list begins',
    async () => {
      await world.settle(manifests.web)
      for (const run of world.github.checks)
        run.output = { ...run.output, ...(run.name === appliedName && { text: null }) }
      await refusedPush()
      const next = await another('one')
      expect(removedIn(next.ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      expect(next.ran.warnings).toEqual([])
      expect(listOn(world.repository.head())).toHaveLength(2)
    },
  )

  story(
    'the list was written in a format of a later release',
    'a warning says so, nothing is guessed, and that release finds its list again',
    async () => {
      await world.settle(manifests.web)
      await world.land(await world.propose(withoutWeb))
      const [check] = world.checks(world.repository.head(), appliedName)
      if (!check) throw new Error('no check')
      const text = check.output.text ?? ''
      check.output = { ...check.output, text: text.replace('format 1', 'format 2') }
      const next = await another('one')
      expect(removedIn(next.ran)).toEqual([])
      expect(next.ran.warnings.join()).toContain('in format 2, and this release knows only 1')
      check.output = { ...check.output, text }
      const last = await another('two')
      expect(removedIn(last.ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      expect(listOn(world.repository.head())).toHaveLength(2)
    },
  )

  story(
    'more is on the list than one check holds',
    'it is continued in further checks, and all of it is found again',
    async () => {
      const name = (index: number) => `${'a-name-that-is-long-enough-to-fill-the-check-sooner-'.repeat(4)}${index}`
      const text = Array.from({ length: 140 }, (_, index) => clusterWith(name(index), 'enabled')).join('---\n')
      await world.settle({ ...manifests.cluster, 'particles/many.yml': text })
      await world.land(await world.propose({ 'particles/many.yml': null }))
      const head = world.repository.head()
      expect(world.checks(head, `${appliedName} (2)`)).toHaveLength(1)
      for (const run of world.github.checks) expect(run.output.text?.length ?? 0).toBeLessThanOrEqual(65_535)
      expect(removedIn((await another('one')).ran)).toHaveLength(140)
    },
  )

  story(
    'GitHub refuses the manifests of the last applied commit',
    'nothing looks removed, a warning says why, and the next apply that can read them tells',
    async () => {
      await world.settle(manifests.web)
      await another('one')
      world.github.truncated = true
      const blind = await world.propose(withoutWeb)
      expect([removedIn(blind.ran), steps(blind.ran)]).toEqual([[], []])
      expect(blind.ran.warnings.join()).toContain('what is not declared any more is not known')
      await world.land(blind)
      expect(world.checks(world.repository.head(), appliedName)[0]?.output.text).toMatch(/^.*, not whole\n/)
      world.github.truncated = false
      const next = await another('two')
      expect(removedIn(next.ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      expect(listOn(world.repository.head())).toHaveLength(2)
    },
  )

  story(
    'the earlier manifests cannot all be read with the variables of today',
    'what stands in the others is compared, what cannot be read never looks removed, and a warning names the place',
    async () => {
      const variables: Given = { variables: 'NAME=named' }
      const named = { 'particles/named.yml': clusterWith('named', 'enabled').replaceAll('named', '${NAME}') }
      await world.settle({ ...manifests.web, ...named }, variables)
      const pull = await world.propose({ ...withoutWeb, 'particles/named.yml': null })
      expect(removedIn(pull.ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      expect(pull.ran.warnings.join()).toMatch(
        /the manifests of commit \w+ cannot all be read today \(particles\/named\.yml:2/,
      )
    },
  )

  story(
    'a pull request removes a service, and the variables that its image and its count were made of',
    'it is shown, and remembered until it is gone',
    async () => {
      const variables: Given = { variables: 'TAG=1\nCOUNT=2' }
      const text = manifests.web['particles/web.yml']
        .replace('registry.example/web:1', 'registry.example/web:${TAG}')
        .replace(/desiredCount: \d+/, 'desiredCount: ${COUNT}')
      await world.settle({ ...manifests.web, 'particles/web.yml': text }, variables)
      const pull = await world.propose(withoutWeb)
      expect(removedIn(pull.ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
      expect(pull.ran.warnings.join()).not.toContain('cannot all be read')
      await world.land(pull)
      expect(listOn(world.repository.head())).toHaveLength(2)
      const next = await another('one', terminate)
      expect(steps(next.ran)).toEqual(removals)
      webIs('INACTIVE')
    },
  )

  story(
    'the role may not look at a carried service any more',
    'a warning says so, the plan is made, and the service stays on the list',
    async () => {
      await world.settle(manifests.web)
      await world.land(await world.propose(withoutWeb))
      world.simulator.deny(['ecs:DescribeServices'])
      const next = await another('one')
      expect(next.landed.problems).toEqual([])
      expect(next.ran.warnings.join()).toContain(`${service} was declared once, and is kept on the list unseen`)
      world.simulator.deny([])
      expect(removedIn((await another('two')).ran)).toEqual(['ecs_service:web', 'ecs_task_definition:web'])
    },
  )

  story(
    'a line lets go of something that is gone',
    'a note says that the line can be removed, and nothing fails',
    async () => {
      await world.settle(manifests.cluster)
      const pull = await world.propose({ 'particles/u.yml': `unmanaged: ['${service}']\n` })
      expect(pull.ran.problems).toEqual([])
      expect(pull.ran.warnings.join()).toContain(`particles/u.yml:1 unmanaged: ${service} is not there any more`)
    },
  )

  story(
    'a task that is kept running is removed, and its definition is long gone when it is to stop',
    'it is found by what the list keeps of it, shown, and stopped once that was reviewed',
    async () => {
      await world.settle(manifests.web)
      const kept = manifests.shop['particles/migrate.yml'].replace(
        'taskName: migrate\n',
        'taskName: migrate\n  custom_config: { wait: running }\n',
      )
      world.simulator.behave(/migrate/, {})
      await world.settle({ 'particles/migrate.yml': kept })
      const removed = await world.propose({ 'particles/migrate.yml': null })
      expect(removedIn(removed.ran)).toEqual(['ecs_task:migrate', 'ecs_task_definition:migrate'])
      await world.land(removed)
      const next = await another('one')
      expect(removedIn(next.ran)).toEqual(['ecs_task:migrate', 'ecs_task_definition:migrate'])
      const going = await world.propose(words('two'), terminate)
      expect(steps(going.ran)).toEqual(['ecs_task:migrate terminate', 'ecs_task_definition:migrate terminate'])
      expect((await world.land(going, terminate)).problems).toEqual([])
      expect(listOn(world.repository.head())).toEqual([])
    },
  )

  story(
    'a service that persist_on_termination keeps is removed from the manifests',
    'it is shown as kept, and never planned to go',
    async () => {
      const kept = manifests.web['particles/web.yml'].replaceAll(
        'pcf_name: web\n',
        'pcf_name: web\npersist_on_termination: true\n',
      )
      await world.settle({ ...manifests.web, 'particles/web.yml': kept })
      await world.land(await world.propose(withoutWeb))
      const shown = await another('one')
      expect(shown.ran.plan?.removed).toMatchObject([{ kept: true }, { kept: true }])
      const next = await another('two', terminate)
      expect([steps(next.ran), next.landed.problems]).toEqual([[], []])
      webIs('ACTIVE')
      expect(listOn(world.repository.head())).toHaveLength(2)
    },
  )
})
