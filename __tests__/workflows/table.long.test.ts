import { bundle } from '../world/bundle.ts'
import { bundled } from '../world/bundled.ts'
import { playStories } from './play.ts'
import { table } from './table.ts'

// Where it has to be built, that takes as long as a test may.
bundle()
playStories(table, bundled())
