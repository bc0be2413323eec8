// Loads and checks 10,000 particles from 500 files, and says what that costs.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { flavors } from '../../src/flavors/index.ts'
import { findManifests } from '../../src/manifest/files.ts'
import { load } from '../../src/manifest/load.ts'
import { sayProblem } from '../../src/particle.ts'

const FILES = 500
const PAIRS = 10
/**
 * Seconds of CPU for a thousand particles; an idle machine of 2026 takes 0.7. Of these 10,000, half are task definitions,
 * which take more than four minutes to describe at 20 calls a second (src/ecs/rate.ts): nobody who waits for that notices
 * fifteen seconds of reading before.
 */
const GOAL = 1.5

const definition = (name: string) => `flavor: ecs_task_definition
pcf_name: ${name}
aws_resource:
  family: ${name}
  cpu: 256
  memory: 512
  networkMode: awsvpc
  requiresCompatibilities: [FARGATE]
  executionRoleArn: arn:aws:iam::123456789012:role/execution
  containerDefinitions:
    - name: app
      image: registry.example.com/${name}:\${TAG}
      essential: true
      portMappings:
        - containerPort: 8080
      environment:
        - name: LOG_LEVEL
          value: info
      logConfiguration:
        logDriver: awslogs
        options:
          awslogs-group: /ecs/${name}
          awslogs-region: us-east-1
          awslogs-stream-prefix: app
`
const service = (name: string, cluster: string) => `flavor: ecs_service
pcf_name: ${name}
parents:
  - ecs_cluster:${cluster}
  - ecs_task_definition:${name}
aws_resource:
  serviceName: ${name}
  desiredCount: 2
  launchType: FARGATE
  networkConfiguration:
    awsvpcConfiguration:
      subnets: [subnet-0a, subnet-0b]
environments:
  production:
    aws_resource:
      desiredCount: 4
`
const cluster = (name: string) => `flavor: ecs_cluster
pcf_name: ${name}
aws_resource:
  clusterName: ${name}
`

const folder = mkdtempSync(join(tmpdir(), 'manifests-'))
try {
  let bytes = 0
  for (let file = 0; file < FILES; file++) {
    const documents = [cluster(`c${file}`)]
    for (let pair = 0; pair < PAIRS; pair++) {
      const name = `app-${file}-${pair}`
      documents.push(definition(name))
      // With the cluster that makes twenty particles a file.
      if (pair < PAIRS - 1) documents.push(service(name, `c${file}`))
    }
    const text = documents.join('---\n')
    bytes += text.length
    mkdirSync(join(folder, 'particles', String(file % 20)), { recursive: true })
    writeFileSync(join(folder, 'particles', String(file % 20), `${file}.yml`), text)
  }
  const before = process.cpuUsage()
  const started = performance.now()
  const { texts, problems } = findManifests(['particles'], folder, folder)
  const loaded = load(texts, {
    environment: 'production',
    variables: new Map([['TAG', '1.27']]),
    region: 'us-east-1',
    vocabularies: flavors,
  })
  const { user, system } = process.cpuUsage(before)
  const wall = (performance.now() - started) / 1e3
  const cpu = (user + system) / 1e6
  const wrong = [...problems, ...loaded.problems]
  for (const problem of wrong.slice(0, 3)) process.stdout.write(`${sayProblem(problem)}\n`)
  const what = `${loaded.counts.particles} particles in ${loaded.counts.files} files, ${(bytes / 1e6).toFixed(1)} MB`
  const each = (cpu / loaded.counts.particles) * 1e3
  const cost = `${each.toFixed(2)} s of CPU for a thousand (goal ${GOAL}), ${wall.toFixed(2)} s in all`
  process.stdout.write(`${what}: ${cost}, ${wrong.length} problems\n`)
  if (each > GOAL || wrong.length > 0) process.exitCode = 1
} finally {
  rmSync(folder, { recursive: true, force: true })
}
