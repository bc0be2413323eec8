import type { Story } from '../story.ts'
import { cluster, target } from './given.ts'

const workflow = 'examples/workflows/reusable.yml'
const one = { vars: { ECS_ENVIRONMENTS: JSON.stringify([target('production')]) } }

export const reusable: readonly Story[] = [
  {
    workflow,
    settings: one,
    rows: [
      {
        event: 'pull request',
        play: project => project.run(workflow, project.pull(project.repository.open([cluster()]))),
      },
      {
        event: 'its merge',
        play: project => project.run(workflow, project.push(project.repository.merge({ number: 1 }, 'squash'))),
      },
      { event: 'schedule', play: project => project.run(workflow, project.schedule()) },
      {
        event: 'pull request from a fork',
        play: project =>
          project.run(workflow, project.pull(project.repository.open([cluster('other')], { fork: true }))),
      },
    ],
  },
]
