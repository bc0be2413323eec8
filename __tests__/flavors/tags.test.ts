import { ListTagsForResourceCommand, TagResourceCommand } from '@aws-sdk/client-ecs'
import { expect, test } from '@jest/globals'
import { clusterOf, definition, service } from '../world/manifests.ts'
import { Shop } from '../world/shop.ts'

const arn = 'arn:aws:ecs:us-east-1:123456789012'

test.each([
  ['ecs_cluster:main', `${arn}:cluster/main`],
  ['ecs_task_definition:web', `${arn}:task-definition/web:1`],
  ['ecs_service:web', `${arn}:service/main/web`],
])('%s: tags of other owners stay as they are when another tag changes', async (id, resourceArn) => {
  const manifests = (value: string, ignore = '') => {
    const tags = (of: string) =>
      of === id ? `  tags: { owned: "${value}", scaled: "1" }\n  custom_config: { ignore: [${ignore}] }\n` : ''
    return (
      clusterOf({ more: tags('ecs_cluster:main') }) +
      definition({ settings: tags('ecs_task_definition:web') }) +
      service({ more: tags('ecs_service:web') })
    )
  }
  const shop = await Shop.running(manifests('1'))
  const tags = [
    { key: 'scaled', value: '7' },
    { key: 'found', value: 'x' },
  ]
  const somebody = shop.somebody()
  await somebody.send(new TagResourceCommand({ resourceArn, tags }))
  const { step, report } = await shop.apply(manifests('2', '"tags[scaled]", "tags[found].value"'))
  expect(step(id).changes).toEqual([{ path: 'tags[owned].value', before: '1', after: '2' }])
  expect(report.result).toBe('succeeded')
  const { tags: left = [] } = await somebody.send(new ListTagsForResourceCommand({ resourceArn }))
  expect(left).toHaveLength(3)
  expect(left).toEqual(expect.arrayContaining([...tags, { key: 'owned', value: '2' }]))
})

test.each([['"tags[scaled]", "tags[found].value"'], ['tags']])(
  'a new revision takes tags of other owners along: %s',
  async ignore => {
    const manifests = (image: string) =>
      clusterOf() +
      definition({ image, settings: `  tags: { owned: "1", scaled: "1" }\n  custom_config: { ignore: [${ignore}] }\n` })
    const shop = await Shop.running(manifests('web:1'))
    const tags = [
      { key: 'ecs-particles:x', value: '1' },
      { key: 'scaled', value: '7' },
      { key: 'found', value: 'x' },
    ]
    await shop.somebody().send(new TagResourceCommand({ resourceArn: `${arn}:task-definition/web:1`, tags }))
    const { report } = await shop.apply(manifests('web:2'))
    expect(report.result).toBe('succeeded')
    const sent = shop.sent('RegisterTaskDefinition')[1]?.tags
    expect(sent).toHaveLength(3)
    expect(sent).toEqual(expect.arrayContaining([...tags.slice(1), { key: 'owned', value: '1' }]))
  },
)
