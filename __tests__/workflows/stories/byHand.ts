import { accountA } from '../accounts.ts'
import type { Story } from '../story.ts'
import { cluster, role, roles } from './given.ts'

const drift = 'examples/workflows/drift.yml'
const approved = 'examples/workflows/approved-digest.yml'

export const byHand: readonly Story[] = [
  {
    workflow: drift,
    settings: { vars: roles, files: cluster() },
    rows: [
      { event: 'schedule, something is missing', play: project => project.run(drift, project.schedule()) },
      {
        event: 'by hand, after approved-digest.yml has applied it',
        play: async project => {
          await project.run(approved, project.dispatch())
          return project.run(drift, project.dispatch())
        },
      },
      {
        event: 'pull request',
        play: project => project.run(drift, project.pull(project.repository.open([cluster('other')]))),
      },
    ],
  },
  {
    workflow: approved,
    settings: { vars: roles, files: cluster() },
    rows: [
      { event: 'by hand', play: project => project.run(approved, project.dispatch()) },
      { event: 'by hand again', play: project => project.run(approved, project.dispatch()) },
    ],
  },
  {
    workflow: approved,
    given: 'beside one-step.yml, the environment has an apply role of its own',
    settings: {
      vars: roles,
      environments: { production: { ECS_APPLY_ROLE: role('apply-by-approval', accountA) } },
      files: cluster(),
    },
    rows: [{ event: 'by hand', play: project => project.run(approved, project.dispatch()) }],
  },
]
