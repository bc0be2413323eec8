/**
 * The example shop from its first plan to its end, against the simulated ECS on loopback: what a user would see, with
 * the bundle run as GitHub's runner runs it. Checks what it shows, and exits 1 when something is not as told.
 */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Run, run } from '../simulator/runner.ts'
import { startSimulator } from '../simulator/server.ts'

const root = join(import.meta.dirname, '..')
const bundle = join(root, 'dist/index.js')
if (!existsSync(bundle)) {
  process.stderr.write('dist/index.js is missing: run script/build first\n')
  process.exit(1)
}

/** Virtual seconds per real one: a rollout of a minute takes about two seconds. */
const speed = 40
const simulator = await startSimulator({ speed })
const workspace = mkdtempSync(join(tmpdir(), 'ecs-particles-demo-'))
const particles = join(workspace, 'particles')
cpSync(join(root, 'examples/shop/particles'), particles, { recursive: true })

const began = performance.now()
const colored = process.stdout.isTTY
const write = (text: string) => process.stdout.write(`${text}\n`)
const mark = (code: number, text: string) => (colored ? `\x1b[${code}m${text}\x1b[0m` : text)

let chapter = 0
function heading(title: string, ...told: string[]): void {
  write(`\n${mark(1, `━━ ${++chapter}. ${title} ${'━'.repeat(Math.max(0, 100 - title.length))}`)}`)
  for (const line of told) write(mark(2, line))
  write('')
}

const wrong: string[] = []
function check(holds: boolean, what: string): void {
  write(`${holds ? mark(32, '  ✓') : mark(31, '  ✗')} ${what}`)
  if (!holds) wrong.push(`${chapter}. ${what}`)
}

let shown = ''

interface Counted extends Run {
  readonly reads: number
  readonly changes: number
}

const table: { readonly chapter: number; readonly what: string; readonly counted: Counted }[] = []
const modifies = (operation: string) => !/^(Describe|List)/.test(operation)

/** One step of a workflow, and what its log shows. */
async function step(what: string, inputs: Record<string, string>): Promise<Counted> {
  const from = simulator.calls.length
  const ended = await run({
    bundle,
    workspace,
    inputs: { environment: 'production', 'aws-region': 'us-east-1', ...inputs },
    env: {
      AWS_ENDPOINT_URL_ECS: simulator.url,
      AWS_ACCESS_KEY_ID: 'demo',
      AWS_SECRET_ACCESS_KEY: 'demo',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
  })
  const made = simulator.calls.slice(from).map(({ operation }) => operation)
  const changes = made.filter(modifies).length
  const counted = { ...ended, reads: made.length - changes, changes }
  table.push({ chapter, what, counted })
  write(
    mark(
      2,
      `$ ecs-particles ${Object.entries(inputs)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}`,
    ),
  )
  // What an apply is about to do was shown a moment ago.
  const log = logOf(ended)
  write(shown && log.startsWith(shown) ? log.replace(shown, mark(2, '(the plan as above)')) : log)
  shown = log
  if (ended.stderr.trim()) write(ended.stderr.trim())
  return counted
}

/** Workflow commands as GitHub shows them. */
const logOf = ({ stdout }: Run): string =>
  stdout
    .split('\n')
    .map(line =>
      line
        .replace(/^::group::(.*)$/, '▾ $1')
        .replace(
          /^::(error|warning|notice)(?: [^:]*)?::/,
          (_, kind: string) => `${kind[0]?.toUpperCase()}${kind.slice(1)}: `,
        )
        .replace(/%25/g, '%')
        .replace(/%0A/g, '\n'),
    )
    .filter(line => line !== '::endgroup::')
    .join('\n')
    .trim()

const plan = (more: Record<string, string> = {}) => step('plan', { command: 'plan', ...more })
/** Applies the very plan that was shown: any other is refused. */
const apply = ({ outputs }: Run) => step('apply', { command: 'apply', 'approved-digest': outputs.digest ?? '' })

function edit(file: string, ...changes: readonly (readonly [string, string])[]): void {
  const path = join(particles, file)
  let text = readFileSync(path, 'utf8')
  for (const [before, after] of changes) {
    if (!text.includes(before)) throw new Error(`${file} does not say ${before}`)
    text = text.replaceAll(before, after)
    write(`  ${file}:  ${mark(31, before.trim())}  →  ${mark(32, after.trim().replace(/\s*\n\s*/g, ', '))}`)
  }
  writeFileSync(path, text)
  write('')
}

const image = (tag: string) => `registry.example/shop/web:${tag}`
const stepOf = ({ report }: Run, particle: string) => report?.steps.find(one => one.particle === particle)

try {
  write(
    mark(
      1,
      'A shop on Amazon ECS: a cluster, a migration that runs once, a web service behind it, a machine of our own.',
    ),
  )
  write(`ECS is simulated at ${simulator.url}; a minute there takes ${60 / speed} s here. Manifests: examples/shop.`)

  heading('The first plan', 'Nothing exists yet. A plan only reads.')
  const first = await plan()
  check(first.code === 0 && first.changes === 0, 'the plan changed nothing')
  check(first.plan?.summary.start === 5, 'five particles are to start')

  heading('Apply it', 'The digest of the plan is approved: exactly that is done, parents first.')
  const applied = await apply(first)
  check(applied.code === 0 && applied.report?.result === 'succeeded', 'it succeeded')
  check(
    JSON.stringify(stepOf(applied, 'ecs_task:migrate')?.task?.exitCodes) === '[{"migrate":0}]',
    'the migration ran once, exit code 0',
  )

  heading('A machine joins the cluster', 'Its agent registers it; the manifest says what it is for.')
  simulator.registerContainerInstance({ cluster: 'shop', ec2InstanceId: 'i-0a1b2c3d4e5f60718' })
  const joined = await plan()
  const tagged = await apply(joined)
  check(tagged.code === 0 && tagged.changes === 1, 'one call gave it its attribute')

  heading('Plan again', 'Everything is as it should be.')
  const again = await plan()
  check(again.code === 0 && again.outputs['has-changes'] === 'false', 'there is nothing to do')
  check(again.changes === 0, 'no call changed anything')

  heading('A release', 'A new image and one task more, as a pull request would bring them.')
  edit('web.yml', [image('1.8.2'), image('1.9.0')], ['desiredCount: 2', 'desiredCount: 3'])
  const release = await plan()
  check(release.plan?.summary.update === 2, 'the definition gets a revision, and the service follows it')
  const released = await apply(release)
  check(released.code === 0 && released.report?.result === 'succeeded', 'the rollout completed')

  heading(
    'A release that crashes',
    'The circuit breaker of ECS rolls it back. What runs is healthy, and still it is a failure.',
  )
  edit('web.yml', [image('1.9.0'), image('1.10.0-crash')])
  const bad = await plan()
  const failed = await apply(bad)
  check(failed.code === 1 && failed.report?.result === 'failed', 'the step failed')
  check(stepOf(failed, 'ecs_service:web')?.result === 'failed', 'the report says which particle')
  check(/roll/i.test(stepOf(failed, 'ecs_service:web')?.error?.message ?? ''), 'and that ECS rolled it back')

  heading('The fix', 'The next release goes through.')
  edit('web.yml', [image('1.10.0-crash'), image('1.10.1')])
  const fix = await plan()
  const fixed = await apply(fix)
  check(fixed.code === 0 && fixed.report?.result === 'succeeded', 'the rollout completed')

  heading('The end', 'Everything is to go: children first, the machine is drained and taken off the cluster.')
  for (const file of readdirSync(particles).sort()) {
    const text = readFileSync(join(particles, file), 'utf8')
    // The machine itself is only referred to: nothing can happen to it.
    const gone = text.replace(/^(flavor: ecs_.*\npcf_name: .*)$/gm, '$1\ndesired_state: terminated')
    writeFileSync(join(particles, file), gone)
  }
  write('  every particle:  desired_state: terminated')
  edit('reports.yml', ['  attributes:', '  custom_config:\n    deregister: true\n  attributes:'])
  const end = await plan()
  check(end.plan?.summary.terminate === 5, 'five particles are to go')
  const ended = await apply(end)
  check(ended.code === 0 && ended.report?.result === 'succeeded', 'everything is gone')

  heading('Plan after the end')
  const last = await plan()
  check(last.code === 0 && last.outputs['has-changes'] === 'false' && last.changes === 0, 'there is nothing to do')

  heading('Calls to ECS', 'In every chapter, what was asked and what was changed.')
  write('   step              reading  changing   seconds')
  for (const { chapter, what, counted } of table) {
    const { reads, changes, milliseconds } = counted
    const number = (value: string | number, width: number) => String(value).padStart(width)
    write(
      `   ${number(chapter, 2)}. ${what.padEnd(12)} ${number(reads, 8)} ${number(changes, 9)} ${number((milliseconds / 1000).toFixed(1), 9)}`,
    )
  }
  const sum = (of: (counted: Counted) => number) => table.reduce((all, { counted }) => all + of(counted), 0)
  write(
    `\n${sum(({ reads }) => reads)} calls read, ${sum(({ changes }) => changes)} changed something; ${((performance.now() - began) / 1000).toFixed(0)} s in all.`,
  )
} finally {
  await simulator.close()
  rmSync(workspace, { recursive: true, force: true })
}

if (wrong.length > 0) {
  process.stderr.write(`\nnot as told:\n${wrong.map(line => `  ${line}`).join('\n')}\n`)
  process.exitCode = 1
} else write(mark(32, 'All of it went as told.'))
