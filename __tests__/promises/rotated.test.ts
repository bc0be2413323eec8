import { beforeEach, describe, expect } from '@jest/globals'
import { manifests, setting } from '../world/manifests.ts'
import type { Given, Ran } from '../world/run.ts'
import { story } from '../world/story.ts'
import { World } from '../world/world.ts'

let world: World
beforeEach(async () => {
  world = await World.open()
})

const old = 'hunter-22-of-old'

/** Every place that a secret variable may go into, as it is written there. */
interface Written {
  readonly command: string
  readonly label: string
  readonly tag: string
  readonly key: string
  readonly name: string
}

const secretly: Written = {
  command: 'serve, "--key=${SECRET}"',
  label: '"${SECRET}"',
  tag: '"${SECRET}"',
  key: '"${SECRET}"',
  name: '"${SECRET}"',
}
const openly: Written = {
  command: 'serve, --open',
  label: 'label-now',
  tag: 'tag-now',
  key: 'key-now',
  name: 'NAME_NOW',
}

const web = ({ command, label, tag, key, name }: Written): Record<string, string> => ({
  'particles/web.yml': `flavor: ecs_task_definition
pcf_name: web
aws_resource:
  family: web
  requiresCompatibilities: [FARGATE]
  networkMode: awsvpc
  cpu: 256
  memory: 512
  tags:
    - { key: plain, value: ${tag} }
    - { key: ${key}, value: of-the-key }
  containerDefinitions:
    - name: web
      image: registry.example/web:1
      command: [${command}]
      dockerLabels: { plain: ${label} }
      environment: [{ name: ${name}, value: hidden-anyway }]
`,
})

const given = (value: string): Given => ({ variables: `SECRET=${value}`, 'secret-variables': 'SECRET' })

const expectHidden = (ran: Ran): void => {
  expect(ran.plan?.steps).toHaveLength(1)
  expect(ran.plan?.steps[0]?.changes.length).toBeGreaterThan(3)
  expect(world.everything(ran)).not.toContain(old)
}

const changeAt = (ran: Ran, path: string) => ran.plan?.steps[0]?.changes.find(change => change.path === path)

describe('What is hidden stays hidden', () => {
  story(
    'a secret variable gets another value',
    'neither the old nor the new one is shown, and that they differ is',
    async () => {
      await world.settle(web(secretly), given(old))
      const next = 'hunter-23-is-new'
      const { ran } = await world.propose({ 'README.md': 'words' }, given(next))
      expectHidden(ran)
      expect(world.everything(ran)).not.toContain(next)
      expect(changeAt(ran, 'containerDefinitions[web].command')).toEqual({
        path: 'containerDefinitions[web].command',
        sensitive: true,
      })
    },
  )

  story(
    'a pull request takes a secret variable out of the manifests and out of the workflow',
    'what it made before is hidden, what stands there now is shown',
    async () => {
      await world.settle(web(secretly), given(old))
      const pull = await world.propose(web(openly))
      expectHidden(pull.ran)
      expect(changeAt(pull.ran, 'containerDefinitions[web].command')).toEqual({
        path: 'containerDefinitions[web].command',
        after: ['serve', '--open'],
      })
      const ran = await world.land(pull)
      expect(ran.problems).toEqual([])
      expect(world.everything(pull.ran, ran)).not.toContain(old)
    },
  )

  story('a secret variable gets another name and another value', 'neither value is shown', async () => {
    await world.settle(web(secretly), given(old))
    const renamed = Object.fromEntries(
      Object.entries(secretly).map(([member, text]) => [member, text.replace('SECRET', 'OTHER')]),
    ) as unknown as Written
    const { ran } = await world.propose(web(renamed), { variables: 'OTHER=hunter-24', 'secret-variables': 'OTHER' })
    expectHidden(ran)
    expect(world.everything(ran)).not.toContain('hunter-24')
  })

  story(
    'the members that a secret variable made are taken out of the manifest',
    'that they go is shown, not what they held',
    async () => {
      await world.settle(web(secretly), given(old))
      const text = (web(secretly)['particles/web.yml'] ?? '')
        .replace(/ {6}(command|dockerLabels|environment): .*\n/g, '')
        .replace(/ {4}- \{ key: .*\n/g, '')
        .replace('  tags:\n', '  tags: [{ key: other, value: other }]\n')
      const { ran } = await world.propose({ 'particles/web.yml': text })
      expectHidden(ran)
    },
  )

  story(
    'the variable is gone at the base, and the merge that took it out was never applied',
    'the manifests of the last applied commit tell what to hide',
    async () => {
      await world.settle(web(secretly), given(old))
      world.repository.push(web(openly))
      const { ran } = await world.propose({ 'README.md': 'words' })
      expectHidden(ran)
    },
  )

  story(
    'a secret variable goes live in an apply that fails for something else, and the next merge takes it out',
    'the merge is applied as it was reviewed, and what the variable made stays hidden',
    async () => {
      await world.settle(web(openly), given(old))
      world.simulator.deny(['ecs:CreateCluster'])
      const more = { ...web(secretly), ...setting('other', 'enabled') }
      const failed = await world.land(await world.propose(more, given(old)), given(old))
      expect(failed.report?.result).toBe('failed')
      world.simulator.deny([])
      const next = given('hunter-23-is-new')
      const pull = await world.propose(web({ ...openly, label: 'label-later' }), next)
      const landed = await world.land(pull, next)
      expect([landed.problems, landed.report?.result]).toEqual([[], 'succeeded'])
      expect(world.everything(pull.ran, landed)).not.toContain(old)
    },
  )

  story(
    'a push by force takes the applied commit away that a secret variable went into',
    'what the variable made stays hidden',
    async () => {
      await world.settle(web(openly), given(old))
      const start = world.repository.head()
      await world.settle(web(secretly), given(old))
      expectHidden(await world.push(world.repository.reset(start), given('hunter-23-is-new')))
    },
  )

  story(
    'the particle gets another id in the pull request that takes the variable out',
    'it is known by what it is in AWS, and its old values stay hidden',
    async () => {
      await world.settle(web(secretly), given(old))
      const renamed = (web(openly)['particles/web.yml'] ?? '').replace('pcf_name: web', 'pcf_name: site')
      const { ran } = await world.propose({ 'particles/web.yml': renamed })
      expectHidden(ran)
    },
  )

  story(
    'the manifests of the base cannot be read while a secret variable is taken out',
    'no value from before is shown, and a warning says why',
    async () => {
      await world.settle(web(secretly), given(old))
      const pull = world.repository.open([web(openly)])
      world.github.faults.push({ on: '/git/trees/', status: 404, message: 'Not Found', times: 99 })
      const ran = await world.plan(pull)
      expectHidden(ran)
      expect(changeAt(ran, 'containerDefinitions[web].dockerLabels[plain]')).toEqual({
        path: 'containerDefinitions[web].dockerLabels[plain]',
        after: 'label-now',
      })
      expect(ran.warnings.join()).toContain('before')
    },
  )

  story(
    'the variable is gone at the base, and GitHub does not let the last applied commit be found, or its manifests be read',
    'no value from before is shown, and a warning says why',
    async () => {
      await world.settle(web(secretly), given(old))
      world.repository.merge(world.repository.open([web(openly)]), 'squash')
      const refused = { status: 403, message: 'Resource not accessible by integration', times: 99 }
      // The manifests of the base are read first.
      let trees = 0
      for (const fault of [
        { on: '/commits/{ref}/check-runs', ...refused },
        { on: '/git/trees/', when: () => ++trees > 1, ...refused },
      ]) {
        world.github.faults.splice(0, 1, fault)
        const { ran } = await world.propose({ 'README.md': 'words' }, given('hunter-23-is-new'))
        expectHidden(ran)
        expect(ran.warnings.join()).toContain('what values were before is not shown')
      }
    },
  )

  story(
    'a run by hand looks at what a secret variable made before its value changed',
    'nothing of it is shown',
    async () => {
      await world.settle(web(secretly), given(old))
      world.repository.push(web(openly))
      expectHidden(await world.byHand({ command: 'plan' }))
    },
  )

  story(
    'a run by hand that may not read on GitHub meets what a secret variable made under another name',
    'no value from before is shown',
    async () => {
      await world.settle(web(secretly), given(old))
      world.repository.push(web(openly))
      world.github.faults.push({ status: 403, message: 'Resource not accessible by integration', times: 99 })
      expectHidden(await world.byHand({ command: 'plan', variables: 'OTHER=another-one', 'secret-variables': 'OTHER' }))
    },
  )

  story('nothing was ever secret', 'what was there before is shown', async () => {
    await world.settle(web({ ...openly, label: 'label-before' }))
    const { ran } = await world.propose(web(openly))
    expect(changeAt(ran, 'containerDefinitions[web].dockerLabels[plain]')).toMatchObject({
      before: 'label-before',
      after: 'label-now',
    })
  })

  story('a secret variable goes into a name that everybody sees', 'it is refused at its line', async () => {
    const files = {
      'particles/main.yml': manifests.cluster['particles/main.yml'].replace(
        'clusterName: main',
        'clusterName: "${SECRET}"',
      ),
      'particles/web.yml': (web(openly)['particles/web.yml'] ?? '').replace('family: web', 'family: "a-${SECRET}"'),
      'particles/service.yml': `flavor: ecs_service
pcf_name: web
aws_resource:
  cluster: "\${SECRET}"
  taskDefinition: "a-\${SECRET}"
  serviceName: "\${SECRET}"
  desiredCount: 1
`,
    }
    const { ran } = await world.propose(files, given(old))
    expect(ran.problems.filter(problem => problem.includes('is a secret variable'))).toHaveLength(5)
    expect(world.everything(ran)).not.toContain(old)
  })
})
