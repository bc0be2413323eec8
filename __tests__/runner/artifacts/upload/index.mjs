import { existsSync, readdirSync, statSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import { failed, input, say } from '../step.mjs'

const path = resolve(input('path'))
if (!existsSync(path)) say(`::warning::No files were found with the provided path: ${path}`)
else {
  const [root, files] = statSync(path).isFile()
    ? [dirname(path), [basename(path)]]
    : [path, readdirSync(path, { recursive: true }).filter(file => statSync(join(path, file)).isFile())]
  const whole = files.map(file => join(root, file))
  new DefaultArtifactClient().uploadArtifact(input('name'), whole, root, {}).catch(failed)
}
