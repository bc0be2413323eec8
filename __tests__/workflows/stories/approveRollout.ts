import { file, manifests, service } from '../../world/manifests.ts'
import type { Project, Workflow } from '../project.ts'
import type { Story } from '../story.ts'
import { mergeOfPlanned, rolesToDecide } from './given.ts'

const oneStep = 'examples/workflows/one-step.yml'
export const approve = 'examples/workflows/approve-rollout.yml'

const pausing = service({
  more: `  deploymentConfiguration:
    strategy: BLUE_GREEN
    lifecycleHooks: [{ targetType: PAUSE, lifecycleStages: [POST_TEST_TRAFFIC_SHIFT] }]
`,
})
const [definition = ''] = manifests.web['particles/web.yml'].split('---\n')
/** A shop whose first rollout is paused. */
export const shop = { ...manifests.web, 'particles/web.yml': file(`${definition}---\n`, pausing) }

/** The deployment at which an apply was paused last. */
const pausedDeployment = ({ github }: Project): string =>
  github.checks
    .findLast(({ name }) => name.endsWith(' / paused'))
    ?.output.text?.split('/')
    .at(-1) ?? ''

/** Somebody answers it by the inputs that the comment names, with this workflow or a copy of it. */
export const answer = (project: Project, given: string, workflow: Workflow = approve) =>
  project.run(workflow, project.dispatch({ command: given, deployment: pausedDeployment(project) }))

export const approveRollout: readonly Story[] = [
  {
    workflow: approve,
    given: 'after a merge that is paused',
    settings: { vars: rolesToDecide },
    rows: [
      {
        event: 'the merge, by one-step.yml',
        async play(project) {
          return project.run(oneStep, await mergeOfPlanned(project, oneStep, shop))
        },
      },
      { event: 'by hand: continue', play: project => answer(project, 'continue') },
      { event: 'by hand: continue again', play: project => answer(project, 'continue') },
    ],
  },
  {
    workflow: approve,
    given: 'of a release that is taken back',
    settings: { vars: rolesToDecide },
    rows: [
      {
        event: 'the second release, by one-step.yml',
        async play(project) {
          await project.run(oneStep, await mergeOfPlanned(project, oneStep, manifests.web))
          const next = file(`${definition.replace('web:1', 'web:2')}---\n`, pausing)
          return project.run(oneStep, await mergeOfPlanned(project, oneStep, { 'particles/web.yml': next }))
        },
      },
      { event: 'by hand: rollback', play: project => answer(project, 'rollback') },
      {
        event: 'a push of something else',
        play: project => project.run(oneStep, project.push(project.repository.push({ 'README.md': 'more\n' }))),
      },
    ],
  },
]
