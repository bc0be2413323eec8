import type { Story } from '../story.ts'
import { cluster, roles } from './given.ts'

const drift = 'examples/workflows/drift.yml'
const approved = 'examples/workflows/approved-digest.yml'

export const byHand: readonly Story[] = [
  {
    workflow: drift,
    settings: { vars: roles, files: cluster() },
    rows: [
      { event: 'schedule, something is missing', play: project => project.run(drift, project.schedule()) },
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
]
