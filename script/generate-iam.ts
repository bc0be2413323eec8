/**
 * Writes the policies of docs/iam/ from the calls that the code can make, and the trust policies of both roles. With --check it only
 * says whether they are fresh.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { calls } from '../src/ecs/calls.ts'
import type { AnyFlavor } from '../src/engine/flavor.ts'
import { flavors } from '../src/flavors/index.ts'

const folder = join(import.meta.dirname, '../docs/iam')

const account = '123456789012'
const provider = 'token.actions.githubusercontent.com'

const policy = (...statements: object[]): object => ({ Version: '2012-10-17', Statement: statements })

type Flavors = Readonly<Record<string, Pick<AnyFlavor, 'calls'>>>

/** What flavors call. The account is found out by DescribeClusters, whatever else is called. */
function actions(all: Flavors, modifying: boolean): string[] {
  const rows = Object.values(all).flatMap(flavor =>
    flavor.calls.map(call => (typeof call === 'string' ? { name: call, ...calls[call] } : call)),
  )
  const wanted = rows.filter(row => 'modifies' in row === modifying).map(({ name }) => `ecs:${name}`)
  return [...new Set([...wanted, ...(modifying ? [] : ['ecs:DescribeClusters'])])].sort()
}

const allow = (sid: string, all: readonly string[]): object => ({
  Sid: sid,
  Effect: 'Allow',
  Action: all,
  Resource: '*',
})

/** ECS takes on the roles that a definition names; whoever names them must be allowed to hand them over. */
const passing = (sid: string, roles: string, service: string): object => ({
  Sid: sid,
  Effect: 'Allow',
  Action: 'iam:PassRole',
  Resource: `arn:aws:iam::${account}:role/${roles}`,
  Condition: { StringEquals: { 'iam:PassedToService': service } },
})

/** How a repository begins its subjects: by names, or, in repositories made since July 2026, by names with ids. */
const repositories = { '': 'repo:ORG/REPO', '-with-ids': 'repo:ORG@ORG_ID/REPO@REPO_ID' }

const trust = (repository: string, contexts: readonly string[]): object => {
  const all = contexts.map(context => `${repository}:${context}`)
  const subjects = all.length === 1 ? all[0] : all
  const like = all.some(subject => subject.includes('*'))
  return policy({
    Effect: 'Allow',
    Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${provider}` },
    Action: 'sts:AssumeRoleWithWebIdentity',
    Condition: {
      StringEquals: { [`${provider}:aud`]: 'sts.amazonaws.com', ...(!like && { [`${provider}:sub`]: subjects }) },
      ...(like && { StringLike: { [`${provider}:sub`]: subjects } }),
    },
  })
}

/** Who may assume which role, by the end of the subject that GitHub gives to the job. */
const trusted = {
  // The merge queue's branches are GitHub's own; the default branch looks for drift.
  plan: ['pull_request', 'ref:refs/heads/gh-readonly-queue/main/*', 'ref:refs/heads/main'],
  // An environment takes the ref's place in the subject: it must itself be restricted to the default branch.
  'apply-environment': ['environment:production'],
  'apply-branch': ['ref:refs/heads/main'],
}

/** The policies of both roles, by file. */
export function policies(all: Flavors = flavors): Readonly<Record<string, object>> {
  const reading = allow('Read', actions(all, false))
  return {
    'plan-policy.json': policy(reading),
    'apply-policy.json': policy(
      reading,
      allow('Write', actions(all, true)),
      passing('PassTaskRoles', 'shop-*', 'ecs-tasks.amazonaws.com'),
      passing('PassInfrastructureRoles', 'shop-infrastructure-*', 'ecs.amazonaws.com'),
    ),
    'log-tail-policy.json': policy({
      Sid: 'ReadContainerLogs',
      Effect: 'Allow',
      Action: 'logs:GetLogEvents',
      Resource: `arn:aws:logs:*:${account}:log-group:/ecs/shop-*:*`,
    }),
  }
}

function writeOrCheck(): void {
  const files: Record<string, object> = { ...policies() }
  for (const [role, contexts] of Object.entries(trusted))
    for (const [end, repository] of Object.entries(repositories))
      files[`${role}-trust${end}.json`] = trust(repository, contexts)
  for (const [file, content] of Object.entries(files)) {
    const path = join(folder, file)
    const text = `${JSON.stringify(content, undefined, 2)}\n`
    if (!process.argv.includes('--check')) writeFileSync(path, text)
    else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      process.stderr.write(`docs/iam/${file} is stale: run npx tsx script/generate-iam.ts\n`)
      process.exitCode = 1
    }
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeOrCheck()
