import { definition, file, manifests, service } from '../../world/manifests.ts'
import type { Project, Started } from '../project.ts'
import type { Row, Story } from '../story.ts'
import { firstQueued, refusedDigest, roles, rolesToRelease } from './given.ts'

const workflow = 'examples/workflows/release.yml'
const execution = '  executionRoleArn: arn:aws:iam::123456789012:role/execution'
/** A service with so many tasks, of whatever image is handed to it. */
export const web = (count: number) => ({
  'particles/web.yml': file(definition({ image: '${IMAGE}', settings: execution }), service({ count })),
})

export const withImage = { ...manifests.cluster, ...web(1) }

/** A commit with another program and the same manifests. */
export const program = (version: number) => ({ 'src/main.js': `// ${version}\n` })

const pushes = (event: string, edits: Readonly<Record<string, string>>): Row => ({
  event,
  play: project => project.run(workflow, project.push(project.repository.push(edits))),
})

/** The push before the last one. */
function olderPush(project: Project): Started {
  const [, older, before] = project.repository.log(project.repository.head())
  if (!older || !before) throw new Error('there is no older push')
  return project.push({ before: before.sha, after: older.sha })
}
const again = (event: string, attempt: number): Row => ({
  event,
  play: project => project.run(workflow, olderPush(project), { runId: 7, attempt }),
})

export const release: readonly Story[] = [
  {
    workflow,
    settings: { vars: rolesToRelease },
    rows: [
      {
        event: 'pull request',
        play: project => project.run(workflow, project.pull(project.repository.open([withImage]))),
      },
      { event: 'merge group', play: project => project.run(workflow, firstQueued(project)) },
      {
        event: 'its merge',
        play: project => project.run(workflow, project.push(project.repository.merge({ number: 1 }, 'squash'))),
      },
      pushes('push of another program', program(2)),
      {
        event: 'two pushes, and the newer image is ready first',
        play: project => {
          project.repository.push(program(3))
          return project.run(workflow, project.push(project.repository.push(program(4))))
        },
      },
      again('then the older image is ready', 1),
      again('second attempt of the older push', 2),
      pushes('push of more than another image, without a pull request', web(2)),
      {
        event: 'by hand with the digest that this refusal names',
        play: project => project.run(workflow, project.dispatch({ 'approved-digest': refusedDigest(project) })),
      },
      {
        event: 'by hand with `redeploy`',
        play: project => project.run(workflow, project.dispatch({ redeploy: 'ecs_service:web' })),
      },
      {
        event: 'pull request from a fork',
        play: project => project.run(workflow, project.pull(project.repository.open([web(3)], { fork: true }))),
      },
      {
        event: 'merge, and `ECR_PUSH_ROLE` is not set',
        play: project => {
          project.vars = roles
          return project.run(workflow, project.push(project.repository.push(program(5))))
        },
      },
    ],
  },
]
