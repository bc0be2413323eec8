import { ECSClient } from '@aws-sdk/client-ecs'
import { afterEach } from '@jest/globals'
import { type RunningSimulator, type ServerOptions, startSimulator } from '../../simulator/server.ts'

const open: { close(): Promise<void> | void }[] = []

afterEach(async () => {
  for (const it of open.splice(0)) await it.close()
})

/** A simulator and a client of it, both gone when the test is. */
export async function world(options: ServerOptions = {}): Promise<{ simulator: RunningSimulator; client: ECSClient }> {
  const simulator = await startSimulator({ start: new Date('2026-01-02T03:04:05Z'), ...options })
  open.push(simulator)
  return { simulator, client: clientFor(simulator.url) }
}

/** One attempt only: a test wants to see the first answer. */
export function clientFor(endpoint: string, region = 'us-east-1', maxAttempts = 1): ECSClient {
  const client = new ECSClient({
    endpoint,
    region,
    maxAttempts,
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  open.push({ close: () => client.destroy() })
  return client
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
