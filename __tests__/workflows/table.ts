/** Every workflow and example through its events. `docs/workflows.md` shows it. */

import { approveRollout } from './stories/approveRollout.ts'
import { byHand } from './stories/byHand.ts'
import { enterpriseServer } from './stories/enterpriseServer.ts'
import { oneStep } from './stories/oneStep.ts'
import { own } from './stories/own.ts'
import { ownFork } from './stories/ownFork.ts'
import { release } from './stories/release.ts'
import { reusable } from './stories/reusable.ts'
import { rightsApart } from './stories/rightsApart.ts'
import { severalEnvironments } from './stories/severalEnvironments.ts'
import type { Story } from './story.ts'

export const table: readonly Story[] = [
  oneStep,
  release,
  severalEnvironments,
  rightsApart,
  byHand,
  approveRollout,
  reusable,
  enterpriseServer,
  ownFork,
  own,
].flat()
