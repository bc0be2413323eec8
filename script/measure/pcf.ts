/** PCF, the Python framework whose ECS particles this project carries on, to be measured beside. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The Python that has PCF (script/measure/apply_with_pcf.py says what else it needs); undefined where there is none. */
export const pcf: string | undefined = process.env.PCF || undefined

/** Said by benches that have no PCF to run beside. */
export const withoutPcf = 'PCF: not measured; PCF names no Python that has it (script/measure/apply_with_pcf.py)'

/** Milliseconds until PCF has brought particles to the state `running`, in the account of the simulator at `url`. */
export async function applyWithPcf(python: string, particles: readonly object[], url: string): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'pcf-'))
  const file = join(folder, 'particles.json')
  writeFileSync(file, JSON.stringify(particles))
  const began = performance.now()
  const child = spawn(python, ['script/measure/apply_with_pcf.py', file], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      PATH: process.env.PATH,
      AWS_ENDPOINT_URL_ECS: url,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
      AWS_DEFAULT_REGION: 'us-east-1',
    },
  })
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const code = await new Promise((resolve, reject) => child.once('error', reject).once('close', resolve))
  const milliseconds = performance.now() - began
  rmSync(folder, { recursive: true, force: true })
  if (code !== 0) throw new Error(`PCF ended with ${code}:\n${said}`)
  return milliseconds
}
