/** Runs of the bundle in virtual time, each a process of its own. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { transformSync } from '@swc/core'
import { run } from '../../simulator/runner.ts'
import { awsVariables } from './aws.ts'
import { bundle } from './bundle.ts'
import { errorsOf, temporaryFolder } from './checkout.ts'
import type { Play } from './run.ts'

/** Node 20 reads no TypeScript. */
function preload(): string {
  const source = readFileSync(new URL('virtualTime.ts', import.meta.url), 'utf8')
  const file = join(temporaryFolder(), 'virtualTime.mjs')
  writeFileSync(file, transformSync(source, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }).code)
  return pathToFileURL(file).href
}

let preloaded: string | undefined

/** @param signal such as `SIGTERM@21`: so many virtual seconds after its first call to AWS the process gets it. */
export function bundled(signal = ''): Play {
  return async env => {
    preloaded ??= preload()
    const { code, stdout, stderr, outputs, summary, plan, report } = await run({
      bundle: bundle(),
      workspace: env.GITHUB_WORKSPACE ?? '',
      env: {
        ...(env as Record<string, string>),
        ...awsVariables(process.env.AWS_ENDPOINT_URL_ECS ?? ''),
        NODE_OPTIONS: `--import=${preloaded}`,
        VIRTUAL_SIGNAL: signal,
      },
    })
    if (stderr !== '') throw new Error(stderr)
    return {
      failed: code !== 0,
      problems: errorsOf({ stdout }).map(({ message }) => message),
      warnings: [],
      said: stdout.split('\n'),
      outputs,
      summary,
      files: new Map(),
      plan,
      report,
    }
  }
}
