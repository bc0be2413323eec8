import { cluster, definition, job, service } from '../world/manifests.ts'
import type { Asked, Shop } from '../world/shop.ts'

export const started =
  cluster + definition() + service() + definition({ family: 'migrate', image: 'migrate:1' }) + job()

const changed =
  cluster.replace(
    'clusterName: main',
    'clusterName: main\n  settings: [{name: containerInsights, value: enabled}]\n  tags: [{key: a, value: b}]',
  ) +
  definition({ image: 'web:2', more: '  tags: [{key: a, value: b}]' }) +
  service({ count: 2, more: '  tags: [{key: a, value: b}]\n  enableExecuteCommand: true' }) +
  definition({ family: 'migrate', image: 'migrate:2' }) +
  job()

export const down = started.replaceAll('\naws_resource:', '\ndesired_state: terminated\naws_resource:')

export const phases = [started, changed, started, down]

export const result = async (shop: Shop, manifests: string, asked?: Asked) => {
  const { report } = await shop.apply(manifests, asked)
  return [report.result, ...report.steps.flatMap(({ particle, error }) => (error ? [particle, error.message] : []))]
}
