import type { Story } from '../story.ts'
import { cluster, roles } from './given.ts'

const workflow = 'examples/workflows/one-step.yml'

export const oneStep: readonly Story[] = [
  {
    workflow,
    settings: { vars: roles },
    rows: [
      {
        event: 'pull request',
        play: project => project.run(workflow, project.pull(project.repository.open([cluster()]))),
      },
      {
        event: 'its merge',
        play: project => project.run(workflow, project.push(project.repository.merge({ number: 1 }, 'squash'))),
      },
    ],
  },
]
