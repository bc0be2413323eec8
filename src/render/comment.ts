/**
 * Plan and report as Markdown: for the pull request's comment (65,536), a check run's summary (65,535) and the job summary
 * (1 MiB). First what a reviewer must decide, folded the rest; what does not fit is left out, and the text says so.
 */
export { type Context, marker } from './context.ts'
export { renderPlan } from './plan.ts'
export { renderReport } from './report.ts'
