import { playStories } from './play.ts'
import { table } from './table.ts'

playStories(table)
