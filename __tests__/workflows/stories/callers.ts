import type { Story } from '../story.ts'
import { cluster, firstQueued } from './given.ts'
import { caller, one, proposes, workflow } from './reusable.ts'

/** What whoever calls the reusable workflow must do. */
export const callers: readonly Story[] = [
  {
    workflow,
    given: 'rights of the caller',
    settings: { files: one },
    rows: [
      proposes('pull request, `checks` not given', cluster(), {
        permissions: '{ contents: read, id-token: write, pull-requests: write }',
      }),
      proposes('pull request, `pull-requests` not given', cluster(), {
        permissions: '{ contents: read, id-token: write, checks: write }',
      }),
      proposes('pull request, `id-token` not given', cluster(), {
        permissions: '{ contents: read, pull-requests: write, checks: write }',
      }),
      proposes('pull request, no `permissions`', cluster(), { permissions: '{}' }),
      proposes('pull request, all rights', cluster(), { permissions: 'write-all' }),
    ],
  },
  {
    workflow,
    given: 'what a caller may not write otherwise',
    settings: { files: one },
    rows: [
      proposes('pull request, `apply: ${{ inputs.apply }}`, which is empty but by hand', cluster(), {
        with: { apply: '${{ inputs.apply }}' },
      }),
      proposes('pull request, `apply: ${{ inputs.apply == true }}`', cluster(), {
        with: { apply: '${{ inputs.apply == true }}' },
      }),
      {
        event: 'merge group, `merge_group` not among the events: a required check stays pending',
        play: project => project.run(caller({ on: '[pull_request, push]' }), firstQueued(project)),
      },
    ],
  },
  {
    workflow,
    given: 'only where manifests changed (`paths`), with a required check',
    settings: { files: one },
    rows: [
      proposes('pull request to a manifest', cluster(), { on: '{ pull_request: { paths: ["particles/**"] } }' }),
      proposes(
        'pull request to something else',
        { 'README.md': 'x' },
        { on: '{ pull_request: { paths: ["particles/**"] } }' },
      ),
    ],
  },
]
