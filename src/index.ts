import * as core from '@actions/core'
import { ECSClient } from '@aws-sdk/client-ecs'
import { foo } from './foo.ts'

core.info(`${foo} ${typeof ECSClient}`)
const { getOctokit } = await import('@actions/github')
core.info(typeof getOctokit)
