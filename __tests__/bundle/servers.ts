/**
 * ECS servers that others wrote, from the same documentation: where they agree, our own simulator is no fiction. They are
 * Python's, of the versions in script/ecs-servers.txt.
 */
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { test } from '@jest/globals'
import { afterFile } from '../world/afterwards.ts'

/** That of `script/ecs-servers`, which `.ci/run` makes; otherwise the one that is there, which may have a server or not. */
const given = process.env.ECS_SERVERS_PYTHON
const python = given || 'python3'

/** Where somebody said that the servers are there, tests without them would pass for tests with them. */
const required = Boolean(given || process.env.CI)

/** Whether a server can be started; where it must be there and is not, a test that fails says so. */
export function isInstalled(name: string, module: string): boolean {
  if (spawnSync(python, ['-c', `import ${module}`]).status === 0) return true
  if (!required) test.skip(`${name}, which ${python} does not have`, () => {})
  else
    test(name, () => {
      throw new Error(
        `${python} has no ${name}, which CI must run these tests against too: run script/ecs-servers FOLDER, and set ECS_SERVERS_PYTHON=FOLDER/bin/python`,
      )
    })
  return false
}

export interface Start {
  /** Words after `python -m`. */
  readonly words: (port: number) => readonly string[]
  readonly env: (port: number) => Readonly<Record<string, string>>
  /** Path that answers once the server is up. */
  readonly probe: string
}

/** A server on a port of its own, gone after the test file. */
export async function startServer({ words, env, probe }: Start): Promise<string> {
  const port = await freePort()
  const server = spawn(python, ['-m', ...words(port)], {
    stdio: 'ignore',
    env: { ...process.env, ...env(port) },
  })
  afterFile(async () => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const gone = once(server, 'exit')
    server.kill('SIGKILL')
    await gone
  })
  const url = `http://127.0.0.1:${port}`
  for (let tries = 0; tries < 300; tries++) {
    try {
      await fetch(`${url}${probe}`)
      return url
    } catch {
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
  throw new Error(`${python} -m ${words(port).join(' ')} did not answer within a minute`)
}

function freePort(): Promise<number> {
  return new Promise(resolve => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
