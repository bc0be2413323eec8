/** A cluster with services, as manifests and in a simulated account. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { type RunningSimulator, startSimulator } from '../../simulator/server.ts'

interface Resource {
  readonly flavor: string
  readonly operation: string
  readonly parents?: readonly string[]
  /** Members that parents bring along. */
  readonly parental?: object
  readonly aws_resource: object
}

const cluster: Resource = {
  flavor: 'ecs_cluster',
  operation: 'CreateCluster',
  aws_resource: { clusterName: 'main' },
}

const definition = (name: string): Resource => ({
  flavor: 'ecs_task_definition',
  operation: 'RegisterTaskDefinition',
  aws_resource: {
    family: name,
    cpu: '256',
    memory: '512',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    executionRoleArn: 'arn:aws:iam::123456789012:role/execution',
    containerDefinitions: [
      {
        name: 'app',
        image: `registry.example.com/${name}:1.27`,
        portMappings: [{ containerPort: 8080 }],
        environment: [{ name: 'LOG_LEVEL', value: 'info' }],
        logConfiguration: {
          logDriver: 'awslogs',
          options: { 'awslogs-group': `/ecs/${name}`, 'awslogs-region': 'us-east-1', 'awslogs-stream-prefix': 'app' },
        },
      },
    ],
  },
})

const service = (name: string): Resource => ({
  flavor: 'ecs_service',
  operation: 'CreateService',
  parents: ['ecs_cluster:main', `ecs_task_definition:${name}`],
  parental: { cluster: 'main', taskDefinition: name },
  aws_resource: {
    serviceName: name,
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-0a', 'subnet-0b'] } },
  },
})

/** One cluster and so many services, each with a task definition of its own. */
export function fleetOf(services: number): Resource[] {
  const names = Array.from({ length: services }, (_, number) => `app-${number}`)
  return [cluster, ...names.map(definition), ...names.map(service)]
}

/** What a plan is measured on. */
export interface Measured {
  readonly workspace: string
  /** The particles that the manifests declare, and that run already. */
  readonly particles: readonly object[]
  readonly simulator: RunningSimulator
  close(): Promise<void>
}

/** Manifests of a fleet and an account in which it runs already. Each call is answered after `latency` milliseconds. */
export async function settledFleet(services: number, latency = 0): Promise<Measured> {
  const workspace = mkdtempSync(join(tmpdir(), 'fleet-'))
  const simulator = await startSimulator({ speed: 1, throttling: false })
  mkdirSync(join(workspace, 'particles'))
  const particles: object[] = []
  for (const [number, { flavor, operation, parents, parental, aws_resource }] of fleetOf(services).entries()) {
    const pcf_name = Object.values(aws_resource)[0]
    const particle = { flavor, pcf_name, ...(parents && { parents }), aws_resource }
    particles.push(particle)
    writeFileSync(join(workspace, 'particles', `${number}.yml`), stringify(particle))
    const reply = simulator.handle('us-east-1', operation, { ...aws_resource, ...parental })
    if (!('status' in reply) || reply.status !== 200) throw new Error(`${operation}: ${JSON.stringify(reply)}`)
  }
  simulator.advance(600)
  if (latency > 0) simulator.inject({ fault: { kind: 'delay', seconds: latency / 1000 }, always: true })
  const close = async () => {
    await simulator.close()
    rmSync(workspace, { recursive: true, force: true })
  }
  return { workspace, particles, simulator, close }
}

/** A step that plans against this account, without GitHub. */
export const planOf = (bundle: string, { workspace, simulator }: Measured, command = 'plan') => ({
  bundle,
  workspace,
  inputs: { command, environment: 'production', 'aws-region': 'us-east-1' },
  env: {
    AWS_ENDPOINT_URL_ECS: simulator.url,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_EC2_METADATA_DISABLED: 'true',
  },
})
