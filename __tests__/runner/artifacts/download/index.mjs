import { join, resolve } from 'node:path'
import { DefaultArtifactClient } from '@actions/artifact'
import picomatch from 'picomatch'
import { failed, input } from '../step.mjs'

/** One lands in the folder itself, several in a folder each, as in `src/download-artifact.ts` of version 8. */
async function download() {
  const client = new DefaultArtifactClient()
  const name = input('name')
  const isWanted = picomatch(input('pattern') || '*')
  const found = name
    ? [(await client.getArtifact(name)).artifact]
    : (await client.listArtifacts({ latest: true })).artifacts.filter(artifact => isWanted(artifact.name))
  const to = resolve(input('path'))
  for (const { id, name, digest } of found)
    await client.downloadArtifact(id, { path: found.length === 1 ? to : join(to, name), expectedHash: digest })
}

download().catch(failed)
