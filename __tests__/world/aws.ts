/** The account that tests act on: a simulated ECS, its virtual clock, and what was asked of it. */
import { ECSClient, RegisterTaskDefinitionCommand, type RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs'
import { type RunningSimulator, type ServerOptions, startSimulator } from '../../simulator/server.ts'
import type { Call } from '../../simulator/simulator.ts'
import type { Clock } from '../../src/clock.ts'
import { afterTest } from './afterwards.ts'

/** The environment variables by which the action finds an ECS and has credentials for it. */
export const awsVariables = (url: string) => ({
  AWS_ENDPOINT_URL_ECS: url,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_EC2_METADATA_DISABLED: 'true',
})

/** Starts a simulated ECS for one test, which this process's environment variables name from now on. */
export async function openEcs(options: ServerOptions = {}): Promise<RunningSimulator> {
  const simulator = await startSimulator({ start: new Date('2026-01-02T03:04:05Z'), ...options })
  afterTest(() => simulator.close())
  Object.assign(process.env, awsVariables(simulator.url))
  return simulator
}

/** One attempt only: a test wants to see the first answer. */
export function clientFor(endpoint: string, region = 'us-east-1', maxAttempts = 1): ECSClient {
  const credentials = { accessKeyId: 'other', secretAccessKey: 'other' }
  const client = new ECSClient({ endpoint, region, maxAttempts, credentials })
  afterTest(() => client.destroy())
  return client
}

/** A simulated ECS and a client of it. */
export async function openClient(
  options: ServerOptions = {},
): Promise<{ simulator: RunningSimulator; client: ECSClient }> {
  const simulator = await openEcs(options)
  return { simulator, client: clientFor(simulator.url) }
}

/** The error that a call ends with. */
export async function errorOf(call: Promise<unknown>): Promise<{ name: string; message: string }> {
  try {
    await call
  } catch (error) {
    return error as Error
  }
  throw new Error('the call succeeded')
}

/** @param skew milliseconds by which the clock is ahead of the simulator's. */
export const clockOf = (simulator: RunningSimulator, skew: () => number = () => 0): Clock => ({
  now: () => simulator.clock.now + skew(),
  sleep: (milliseconds, signal) => simulator.sleep(milliseconds, signal),
})

export const modifies = ({ operation }: Pick<Call, 'operation'>): boolean => !/^(Describe|List)/.test(operation)

/** What a colleague, or another tool, registers in the family `web`. */
export const registered = (image: string, more: Partial<RegisterTaskDefinitionCommandInput> = {}) =>
  new RegisterTaskDefinitionCommand({
    family: 'web',
    networkMode: 'awsvpc',
    requiresCompatibilities: ['FARGATE'],
    cpu: '256',
    memory: '512',
    containerDefinitions: [{ name: 'web', image }],
    ...more,
  })

/** An account of a simulated ECS, and what is asked of it from outside the action. */
export class Account {
  /** The account that runs have credentials for. */
  simulator: RunningSimulator
  readonly clock: Clock
  /** Milliseconds by which the runners' clock is ahead of everybody else's. */
  skew = 0

  protected constructor(simulator: RunningSimulator) {
    this.simulator = simulator
    this.clock = clockOf(simulator, () => this.skew)
  }

  now(): number {
    return this.clock.now()
  }

  /** Where the calls to ECS stand now. */
  get mark(): number {
    return this.simulator.calls.length
  }

  /** Calls to ECS that change something, since the mark; with a status, those that were answered with that status. */
  modifying(from = 0, answered?: number): string[] {
    return this.simulator.calls
      .slice(from)
      .filter(call => modifies(call) && (answered ?? call.status) === call.status)
      .map(({ operation }) => operation)
  }

  /** What was asked of ECS with this call, since the mark. */
  sent(operation: string, from = 0): Record<string, unknown>[] {
    return this.simulator.calls
      .slice(from)
      .filter(call => call.operation === operation)
      .map(({ input }) => input as Record<string, unknown>)
  }

  /** How often each call was made, since the mark. */
  counted(from = 0): Record<string, number> {
    const counts: Record<string, number> = {}
    for (const { operation } of this.simulator.calls.slice(from)) counts[operation] = (counts[operation] ?? 0) + 1
    return counts
  }

  /** Somebody else with credentials for the same account. */
  somebody(region = 'us-east-1'): ECSClient {
    return clientFor(this.simulator.url, region, 3)
  }
}
