import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../world/bundle.ts'
import { accountB } from '../accounts.ts'
import type { Project, Started, Workflow } from '../project.ts'
import type { Story } from '../story.ts'
import { cluster, target } from './given.ts'

const folder = '.github/workflows'

/** The reusable workflow and the examples as docs/ghes.md has them rewritten, by their path in the user's repository. */
export function rewritten(): Readonly<Record<string, string>> {
  const at = mkdtempSync(join(tmpdir(), 'server-'))
  try {
    mkdirSync(join(at, folder), { recursive: true })
    cpSync(join(root, 'examples/workflows'), join(at, folder), { recursive: true })
    cpSync(join(root, folder, 'particles.yml'), join(at, folder, 'particles.yml'))
    const [, command = ''] = /```sh\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/ghes.md'), 'utf8')) ?? []
    execFileSync('bash', ['-e', '-c', command], { cwd: at })
    const names = readdirSync(join(at, folder)).map(name => join(folder, name))
    return Object.fromEntries(names.map(name => [name, readFileSync(join(at, name), 'utf8')]))
  } finally {
    rmSync(at, { recursive: true })
  }
}

const files: Readonly<Record<string, string>> = {
  ...rewritten(),
  '.github/ecs-environments.json': JSON.stringify([target('staging', {}, accountB), target('production')]),
}
const run = (project: Project, event: Started) =>
  project.run({ name: 'reusable.yml', text: files[`${folder}/reusable.yml`] ?? '' }, event)

const twoCalls: Workflow = {
  name: 'ecs.yml',
  text: `on: [pull_request]
permissions: { contents: read, id-token: write, pull-requests: write, checks: write }
jobs:${[target('production'), target('staging', {}, accountB)]
    .map(
      one => `
  ${one.name}:
    uses: ./${folder}/particles.yml
    with: ${JSON.stringify({ name: one.name, environments: JSON.stringify([one]) })}`,
    )
    .join('')}`,
}

export const enterpriseServer: readonly Story[] = [
  {
    workflow: 'examples/workflows/reusable.yml',
    given: 'on GitHub Enterprise Server, rewritten as docs/ghes.md says',
    settings: { files, isEnterpriseServer: true },
    rows: [
      { event: 'pull request', play: project => run(project, project.pull(project.repository.open([cluster()]))) },
      {
        event: 'its merge',
        play: project => run(project, project.push(project.repository.merge({ number: 1 }, 'squash'))),
      },
      { event: 'schedule', play: project => run(project, project.schedule()) },
      {
        event: 'pull request, two calls in one workflow',
        play: project => project.run(twoCalls, project.pull(project.repository.open([cluster('second')]))),
      },
    ],
  },
]
