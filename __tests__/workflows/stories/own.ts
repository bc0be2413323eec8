import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../../world/bundle.ts'
import type { Project, Started } from '../project.ts'
import type { Row, Story } from '../story.ts'

const ci = '.github/workflows/ci.yml'
const publishing = '.github/workflows/release.yml'

const script = (text: string): string => `#!/usr/bin/env bash\n${text}\n`
const shop = 'examples/shop/particles'

/** As much of this repository as its workflows touch. What takes minutes there is a line here. */
const files = {
  '.ci/run': script('exit 0'),
  'script/bootstrap': script('exit 0'),
  'node_modules/.bin/tsx': script('echo http://127.0.0.1:4510'),
  'dist/index.js': '',
  ...Object.fromEntries(
    [
      'script/release',
      'script/python-environment',
      'script/release.txt',
      ...readdirSync(join(root, shop)).map(name => `${shop}/${name}`),
    ].map(file => [file, readFileSync(join(root, file), 'utf8')]),
  ),
}
const failing = { '.ci/run': script('echo "1 passed, 1 failed"\nexit 1') }
const version = (number: string) => ({ 'package.json': JSON.stringify({ version: number }) })

/** Each run begins with an ECS of its own. */
const inCi = (event: string, started: (project: Project) => Started): Row => ({
  event,
  play: async project => {
    await project.openAccounts()
    return project.run(ci, started(project))
  },
})
const proposes = (event: string, edits: Readonly<Record<string, string>>, fork = false): Row =>
  inCi(event, project => project.pull(project.repository.open([edits], { fork })))
/** A tag on a new commit of this version. */
const tags = (event: string, name: string, edits: Readonly<Record<string, string>>): Row => ({
  event,
  play: project => {
    project.repository.push(edits)
    return project.run(publishing, project.tag(name), { runId: 7 })
  },
})
const again = (event: string, name: string, attempt: number, secrets = {}): Row => ({
  event,
  play: project => {
    project.secrets = secrets
    return project.run(publishing, project.tag(name), { runId: 7, attempt })
  },
})
const pushed = (project: Project, branch = 'main'): Started =>
  project.push(project.repository.push({ 'README.md': branch }, 'Change', branch), branch)

export const own: readonly Story[] = [
  {
    workflow: ci,
    settings: { files },
    rows: [
      proposes('pull request', { 'README.md': 'x' }),
      proposes('pull request that breaks something', failing),
      proposes('pull request from a fork', { 'README.md': 'y' }, true),
      inCi('push', pushed),
      inCi('push to another branch', project => {
        project.repository.branch('feature')
        return pushed(project, 'feature')
      }),
      inCi('tag', project => project.tag('v1.0.0')),
      inCi('by hand', project => project.dispatch()),
    ],
  },
  {
    workflow: publishing,
    settings: { files },
    rows: [
      tags('tag `v1.0.0`', 'v1.0.0', version('1.0.0')),
      again('second attempt', 'v1.0.0', 2),
      tags('tag that is not the version of package.json', 'v1.2.0', version('1.1.0')),
      tags('tag of a commit that does not pass', 'v1.1.0', failing),
      tags('tag `v1`, moved by hand', 'v1', {}),
      { event: 'push', play: project => project.run(publishing, pushed(project)) },
      { event: 'by hand', play: project => project.run(publishing, project.dispatch()) },
      {
        event: 'tag, and its workflow files are others than those of `v1`',
        play: project => {
          project.repository.push({ ...version('1.3.0'), '.ci/run': files['.ci/run'] })
          project.releases = { ...project.releases, workflowsDiffer: true }
          return project.run(publishing, project.tag('v1.3.0'), { runId: 7 })
        },
      },
      again('second attempt, with `RELEASE_TOKEN`', 'v1.3.0', 2, { RELEASE_TOKEN: 'github_pat_1' }),
      tags('tag of an older line', 'v1.2.1', version('1.2.1')),
    ],
  },
]
