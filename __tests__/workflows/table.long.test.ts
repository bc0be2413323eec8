import { bundled } from '../world/bundled.ts'
import { playStories } from './play.ts'
import { table } from './table.ts'

playStories(table, bundled())
