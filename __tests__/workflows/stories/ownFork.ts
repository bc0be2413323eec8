import type { Pull } from '../../../simulator/github/repository.ts'
import type { Project, Started } from '../project.ts'
import type { Story } from '../story.ts'
import { cluster, rolesOfTwo, rolesToRelease, target } from './given.ts'

const settings = {
  vars: { ...rolesToRelease, ...rolesOfTwo },
  files: { '.github/ecs-environments.json': JSON.stringify([target('production')]) },
}

/** Its branches are in a fork as well, namely in this repository. */
function pullWithin(project: Project, pull: Pull): Started {
  const started = project.pull(pull)
  const { pull_request: shown, ...rest } = started.payload as { readonly pull_request: Shown }
  const head = { ...shown.head, repo: { id: 1, fork: true } }
  return { ...started, payload: { ...rest, pull_request: { ...shown, head } } }
}

interface Shown {
  readonly head: object
}

export const ownFork: readonly Story[] = [
  'one-step',
  'release',
  'several-environments',
  'rights-apart',
  'reusable',
].map(name => {
  const workflow = `examples/workflows/${name}.yml`
  return {
    workflow,
    given: 'in a repository that is itself a fork',
    settings,
    rows: [
      {
        event: 'pull request from a branch of its own',
        play: project => project.run(workflow, pullWithin(project, project.repository.open([cluster()]))),
      },
      {
        event: 'its merge',
        play: project => project.run(workflow, project.push(project.repository.merge({ number: 1 }, 'squash'))),
      },
    ],
  }
})
